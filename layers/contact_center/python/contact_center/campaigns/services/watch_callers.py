"""Watch how our own numbers fare, and let one rest when it is flagged.

    outcomes of calls ─► tallies by the hour ─► why_rest ─► rest until ─► no campaign plans with it

The tallies are figures, not a ledger: a crash between an outcome and its tally loses one.
"""

from __future__ import annotations

from dataclasses import field
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
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contact_center.campaigns.domain.contacts import AttemptOutcome
    from contact_center.campaigns.services.caller_ports import CallerBook
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.kernel.ports import CivilTime, Clock, Metrics

# A settled attempt, and what was told of it before, if anything was.
type News = tuple[DialAttempt, AttemptOutcome | None]


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

    def note(self, ended: Iterable[News]) -> None:
        """Count attempts that are told of for the first time or anew, and let numbers rest.

        Whatever goes wrong costs figures, of one attempt or of one number; the attempts
        themselves are noted.
        """
        for number, hours in self._by_number(ended).items():
            try:
                for tally in hours.values():
                    self.book.add(number, tally)
                self._judge(number)
            except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
                self.metrics.count("caller_not_counted")
                log_broken("caller_not_counted", error)

    def _by_number(self, ended: Iterable[News]) -> dict[str, dict[int, CallerTally]]:
        found: dict[str, dict[int, CallerTally]] = {}
        for attempt, known in ended:
            hours = found.setdefault(attempt.request.phone_number_id or DEFAULT_NUMBER, {})
            try:
                tallies = list(_tallies(attempt, known, self.civil))
            except Exception as error:  # noqa: BLE001  as above
                self.metrics.count("caller_not_counted")
                log_broken("caller_not_counted", error)
                continue
            for tally in tallies:
                before = hours.get(tally.began_at_ms)
                hours[tally.began_at_ms] = tally if before is None else before + tally
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
    """Count those of these attempts that their contacts had not been told of, or otherwise."""
    if watch is None:
        return
    news = [(attempt, _told_before(attempt, change)) for attempt, change in moved]
    watch.note(
        [(one, known) for one, known in news if not known or known.disposition != one.disposition]
    )


def _told_before(attempt: DialAttempt, change: ContactChange) -> AttemptOutcome | None:
    return next((one for one in change.before.outcomes if one.n == attempt.request.n), None)


def _tallies(
    attempt: DialAttempt, known: AttemptOutcome | None, civil: CivilTime
) -> Iterator[CallerTally]:
    """What the call says of the number; and, told anew, what takes back what it said before."""
    rang_ms, ended_ms = attempt.counts_at_ms or attempt.slot_at_ms, attempt.ended_at_ms
    if not rang_ms:
        return  # it never came to a dial
    at_ms, lasted_ms = civil_ms(rang_ms, civil), None if ended_ms is None else ended_ms - rang_ms
    ended_as = attempt.disposition or Disposition.UNKNOWN
    tally = tally_of_call(at_ms, ended_as, attempt.reason, lasted_ms)
    if tally is not None:
        yield tally
    if known is None:
        return
    before = tally_of_call(known.at_ms, known.disposition, known.reason, lasted_ms)
    if before is not None:
        yield -before
