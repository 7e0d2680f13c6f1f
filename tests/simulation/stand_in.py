"""A stand-in for campaigns, for histories of the dialing half: it plans with the same ports."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.retry_policy import PastAttempt, RetryPolicy, next_attempt
from contact_center.campaigns.services.finish_attempt import ContactBusyError
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.domain.pacing import PacedCall, SlotRequest
from contact_center.dialing.services.change_attempt import AttemptBusyError, civil_ms
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import DialJobs, SlotBook
    from tests.simulation.load import Load
    from tests.simulation.simulated_ports import WatchedLedger
    from tests.simulation.world import World

EXPECTED = (
    AttemptBusyError,
    ContactBusyError,
    ContentionError,
    HistoryMovedOnError,
    QueueUnavailableError,
    StoreUnavailableError,
)
HOUR_MS = 60 * 60_000


@dataclass(eq=False, kw_only=True)
class StandIn:
    """Plans a list of attempts, and one more of each that the policy wants tried again."""

    world: World
    load: Load
    ledger: LedgerParts
    tables: WatchedLedger
    slots: SlotBook
    jobs: DialJobs
    reported: set[str]
    planned: list[DialRequest] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether an attempt is still to be planned, now or later."""
        return any(one.attempt_id not in self.tables.attempts for one in self.planned)

    def unplanned(self) -> list[DialRequest]:
        now_ms = int(self.world.now)
        return [
            request
            for request in self.planned
            if request.created_at_ms <= now_ms and request.attempt_id not in self.tables.attempts
        ]

    def plan(self) -> None:
        """Put what is planned and not there yet, with slots reserved in one batch."""
        now_ms = self.ledger.clock.now_ms()
        missing = self.unplanned()
        if not missing:
            return
        try:
            self._put(missing, now_ms)
        except EXPECTED:
            return

    def _put(self, requests: list[DialRequest], now_ms: int) -> None:
        calls = tuple(
            PacedCall(one.prefix, one.campaign_id or "", one.stagger_ms) for one in requests
        )
        slots = self.slots.reserve(SlotRequest(now_ms + 2_000, 150_000, calls))
        for request, slot_ms in zip(requests, slots, strict=True):
            attempt = DialAttempt(request=request, due_at_ms=now_ms + 120_000)
            if self.ledger.ledger.enqueue(attempt):
                delay_ms = 0 if slot_ms is None else max(0, slot_ms - now_ms - 5_000)
                self.jobs.send(DialJob(request.attempt_id, slot_ms), delay_ms // 1000)

    def report(self, attempt: DialAttempt) -> None:
        """Outcomes: the next attempt, if the policy wants one within this history."""
        self.world.boundary("report")
        request = attempt.request
        self.reported.add(attempt.attempt_id)
        once = request.n > 1 or request.campaign_id is None or not self.load.retries
        if once or attempt.disposition is None:
            return
        civil = self.ledger.civil
        last_ms = attempt.counts_at_ms or self.ledger.clock.now_ms()
        at = civil.at(civil_ms(last_ms, civil))
        past = PastAttempt(
            disposition=attempt.disposition, at=at, next_allowed_at=attempt.next_allowed_at
        )
        proposal = next_attempt([past], RetryPolicy(), spread=0.0)
        if proposal is None:
            return
        begins_ms = civil.machine_ms(proposal.at)
        if begins_ms < self.world.now + HOUR_MS:
            self._plan_again(request, begins_ms)

    def report_all(self, attempts: Sequence[DialAttempt]) -> frozenset[str]:
        for attempt in attempts:
            self.report(attempt)
        return frozenset(attempt.attempt_id for attempt in attempts)

    def _plan_again(self, request: DialRequest, begins_ms: int) -> None:
        again = replace(
            request,
            attempt_id=attempt_id(request.campaign_id or "", request.contact_id or "", 2),
            n=2,
            created_at_ms=begins_ms,
            expires_at_ms=begins_ms + self.load.expires_ms,
        )
        if all(one.attempt_id != again.attempt_id for one in self.planned):
            self.planned.append(again)
