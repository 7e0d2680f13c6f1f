"""Watch how our own numbers fare, and let one rest when it is flagged.

    outcomes of calls ─► tallies by the hour ─► why_rest ─► rest until ─► no campaign plans with it

The tallies are figures, not a ledger: a crash between an outcome and its tally loses one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.caller_numbers import (
    DEFAULT_NUMBER,
    CallerTally,
    RestPolicy,
    tally_of_call,
    why_rest,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.services.change_attempt import civil_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.campaigns.services.caller_ports import CallerBook
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.kernel.ports import CivilTime, Clock, Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerWatch:
    """What watching needs."""

    book: CallerBook
    clock: Clock
    civil: CivilTime
    metrics: Metrics
    policy: RestPolicy = field(default_factory=RestPolicy)

    def now_ms(self) -> int:
        """Civil ms since 1970."""
        return civil_ms(self.clock.now_ms(), self.civil)

    def note(self, ended: Iterable[DialAttempt]) -> None:
        """Count attempts that are told of for the first time, and let numbers rest.

        Whatever goes wrong costs figures, of one attempt or of one number; the attempts
        themselves are noted.
        """
        for number, hours in self._by_number(ended).items():
            try:
                for tally in hours.values():
                    self.book.add(number, tally)
                self._judge(number)
            except Exception:  # noqa: BLE001  whatever is wrong with one must not stop the next
                self.metrics.count("caller_not_counted")

    def _by_number(self, ended: Iterable[DialAttempt]) -> dict[str, dict[int, CallerTally]]:
        found: dict[str, dict[int, CallerTally]] = {}
        for attempt in ended:
            try:
                tally = _tally_of(attempt, self.civil)
            except Exception:  # noqa: BLE001  as above
                self.metrics.count("caller_not_counted")
                continue
            if tally is None:
                continue
            hours = found.setdefault(attempt.request.phone_number_id or DEFAULT_NUMBER, {})
            known = hours.get(tally.began_at_ms)
            hours[tally.began_at_ms] = tally if known is None else known + tally
        return found

    def _judge(self, number: str) -> None:
        now_ms = self.now_ms()
        until_ms = self.book.last_rest(number).until_ms
        if until_ms > now_ms:
            return
        hours = self.book.since(number, now_ms - self.policy.memory_ms)
        reason = why_rest(hours, until_ms, now_ms, self.policy)
        if reason is not None:
            self.book.rest(number, now_ms + self.policy.rest_ms, reason)
            self.metrics.count("caller_rests")


def note_news(
    moved: Iterable[tuple[DialAttempt, ContactChange]], watch: CallerWatch | None
) -> None:
    """Count those of these attempts that their contacts had not been told of before."""
    if watch is not None:
        watch.note([attempt for attempt, change in moved if change.tally is not None])


def _tally_of(attempt: DialAttempt, civil: CivilTime) -> CallerTally | None:
    """What it adds to the tally of its hour; None when it never came to a dial, or says nothing."""
    rang_ms, ended_ms = attempt.counts_at_ms or attempt.slot_at_ms, attempt.ended_at_ms
    if not rang_ms:
        return None
    return tally_of_call(
        civil_ms(rang_ms, civil),
        attempt.disposition or Disposition.UNKNOWN,
        attempt.reason,
        None if ended_ms is None else ended_ms - rang_ms,
    )
