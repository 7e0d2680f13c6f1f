"""One attempt, its customer and all ports in memory, for tests of the dialing services."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.change_attempt import LedgerParts
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.find_script import CallScripts
from contact_center.dialing.services.judge_call import JudgeParts
from contact_center.dialing.services.place_call import PlaceParts, Placing, place_call
from contact_center.dialing.services.reconcile_attempts import (
    Reconciled,
    ReconcileParts,
    reconcile_attempts,
)
from contact_center.dialing.services.settle_attempt import CallNews, SettleParts, hear_of_call
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.contactability import may_call
from contact_center.permission.domain.permission import Permission
from tests.fakes.call_scripts import FakePresentScripts, FakeSnapshots
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_jobs import FakeDialJobs
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.dialing_slots import FakeSlotBook
from tests.fakes.dialing_voice import FakeVoice
from tests.fakes.troubles import FakeTroubles
from tests.unit.permission.dialing_examples import WRITTEN, shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.domain.attempt_waits import WaitsFor
    from contact_center.permission.domain.dialing_rules import DialingRules

MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # noon in New York, 9 in the morning in LA
NOW_MS = int(MONDAY.timestamp() * 1000)
NUMBER = "+12122345678"
ATTEMPT = attempt_id("spring", "contact-1", 1)
TIMINGS = DialTimings()


def request(**changed: Any) -> DialRequest:
    values: dict[str, Any] = {
        "attempt_id": ATTEMPT,
        "number": NUMBER,
        "prefix": "+1212",
        "purpose": "marketing",
        "assistant": "sales",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 3_600_000,
        "campaign_id": "spring",
        "contact_id": "contact-1",
    }
    return DialRequest(**(values | changed))


@dataclass
class SleeperOfClock:
    clock: FakeClock
    oversleeps_ms: int = 0

    def until(self, at_ms: int) -> None:
        if at_ms > self.clock.at_ms:
            self.clock.at_ms = at_ms + self.oversleeps_ms


@dataclass
class MachineIsCivil:
    def at(self, machine_ms: int) -> datetime:
        return datetime.fromtimestamp(machine_ms / 1000, UTC)

    def machine_ms(self, at: datetime) -> int:
        return round(at.timestamp() * 1000)


@dataclass
class ToldClock:
    """ClockCheck: off when a test says so."""

    off: bool = False

    def is_off(self) -> bool:
        return self.off


@dataclass
class CountedTokens:
    used: int = 0

    def new(self) -> str:
        self.used += 1
        return f"token-{self.used}"


@dataclass
class ToldOutcomes:
    told: list[DialAttempt] = field(default_factory=list)
    fails: bool = False
    poisoned: set[str] = field(default_factory=set)

    def report(self, attempt: DialAttempt) -> None:
        if self.fails:
            raise StoreUnavailableError
        if attempt.attempt_id in self.poisoned:
            raise OverflowError("date value out of range: a customer's words")
        self.told.append(attempt)

    def report_all(self, attempts: Sequence[DialAttempt]) -> frozenset[str]:
        noted = set()
        for attempt in attempts:
            with suppress(StoreUnavailableError):
                self.report(attempt)
                noted.add(attempt.attempt_id)
        return frozenset(noted)


class Scene:
    """A customer who agreed, a running campaign, a queued attempt, everything reachable."""

    def __init__(self, *, lines_below: int = 8, rules: DialingRules | None = None) -> None:
        self.clock = FakeClock(NOW_MS)
        self.tables = FakeLedger(self.clock)
        self.voice, self.jobs, self.slots = FakeVoice(), FakeDialJobs(), FakeSlotBook()
        self.metrics, self.outcomes = CountedMetrics(), ToldOutcomes()
        self.sleeper = SleeperOfClock(self.clock)
        self.clock_check = ToldClock()
        civil = MachineIsCivil()
        self.ledger = LedgerParts(
            ledger=self.tables,
            clock=self.clock,
            civil=civil,
            metrics=self.metrics,
            timings=TIMINGS,
            troubles=FakeTroubles(),
        )
        self.judge = JudgeParts(may_call=may_call, rules=rules or shipped(), civil=civil)
        self.present, self.snapshots = FakePresentScripts(), FakeSnapshots()
        self.place = PlaceParts(
            ledger=self.ledger,
            judge=self.judge,
            slots=self.slots,
            jobs=self.jobs,
            voice=self.voice,
            sleeper=self.sleeper,
            ids=CountedTokens(),
            brake=self.tables,
            scripts=CallScripts(self.present, self.snapshots),
            clock_check=self.clock_check,
            lines_below=lines_below,
        )
        self.settle = SettleParts(ledger=self.ledger, lines=self.tables)
        self.reconcile = ReconcileParts(
            ledger=self.ledger,
            lines=self.tables,
            jobs=self.jobs,
            voice=self.voice,
            outcomes=self.outcomes,
        )
        self.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,)))
        self.tables.set_campaign("spring", running=True)

    def queue(self, **changed: Any) -> DialAttempt:
        attempt = DialAttempt(request=request(**changed), due_at_ms=NOW_MS + 60_000)
        assert self.tables.enqueue(attempt)
        return attempt

    def dial(self, slot_at_ms: int | None = None, *, seconds_left: float = 30) -> Placing:
        ends_at_ms = self.clock.at_ms + round(seconds_left * 1000)
        return place_call(self.newest_job(slot_at_ms), ends_at_ms, self.place)

    def newest_job(self, slot_at_ms: int | None = None) -> DialJob:
        """The copy of its job that goes on."""
        attempt = self.tables.attempts.get(ATTEMPT)
        return DialJob(ATTEMPT, slot_at_ms, attempt.job_at_ms if attempt else 0)

    def tick(self) -> Reconciled:
        return reconcile_attempts(self.clock.at_ms + 60_000, self.reconcile)

    def hear(self, **changed: Any) -> DialAttempt | None:
        values: dict[str, Any] = {"call_id": "call-1", "name": f"{ATTEMPT}.1", "ended": False}
        return hear_of_call(CallNews(**(values | changed)), self.settle)

    @property
    def attempt(self) -> DialAttempt:
        return self.tables.attempts[ATTEMPT]

    def free(self) -> bool:
        """Whether neither a line nor the customer is held."""
        customer = self.tables.customer(NUMBER)
        lines = self.tables.lines_in_use == 0 and not self.tables.leases
        return lines and customer.held_by is None


def in_state(state: AttemptState, **changed: Any) -> DialAttempt:
    """An attempt as it typically is in a state, after its first POST but for `queued`."""
    posted: dict[str, Any] = {
        "posts": 1,
        "token": "token-1",
        "claimed_at_ms": NOW_MS,
        "lease_until_ms": NOW_MS + TIMINGS.lease_ms,
        "slot_at_ms": NOW_MS + 300,
        "counts_at_ms": NOW_MS + 300,
    }
    values: dict[AttemptState, dict[str, Any]] = {
        AttemptState.QUEUED: {"due_at_ms": NOW_MS},
        AttemptState.DIALING: posted | {"line": True, "due_at_ms": NOW_MS + TIMINGS.lease_ms},
        AttemptState.PLACED: posted
        | {"line": True, "call_id": "call-1", "due_at_ms": NOW_MS + 660_000},
        AttemptState.SETTLED: posted | {"due_at_ms": NOW_MS},
        AttemptState.DOUBTFUL: posted,
    }
    attempt = DialAttempt(request=request(), state=state, **values[state])
    return replace(attempt, **changed)


def waits(scene: Scene) -> tuple[WaitsFor | None, int | None]:
    """What an attempt waits for, and since when."""
    return scene.attempt.waits_for, scene.attempt.waits_since_ms
