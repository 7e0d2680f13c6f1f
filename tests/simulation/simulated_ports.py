"""The fakes behind boundaries: each call takes time, may die, be refused or lose its reply."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Any, TypeVar

from contact_center.campaigns.services.campaign_ports import CampaignMovedOnError
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.dialing.domain.due_attempts import DueFor
from contact_center.dialing.services.ledger_ports import ConditionLostError, DueAttempts
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreUnavailableError,
)
from contact_center.lists.services.import_ports import ImportMovedOnError
from tests.fakes.dialing_ledger import FakeLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_circumstances import (
        Circumstances,
        Customer,
        DialingSwitch,
    )
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.domain.pacing import SlotRequest
    from contact_center.dialing.services.dialing_ports import DialJob, LineLease
    from contact_center.dialing.services.ledger_ports import Change, CustomerChange
    from tests.fakes.dialing_slots import FakeSlotBook
    from tests.simulation.queues import SimulatedQueue
    from tests.simulation.world import World

T = TypeVar("T")
# So many changes go into one transaction: few, for histories of few people.
AT_ONCE = 2


@dataclass
class WatchedLedger(FakeLedger):
    """The tables themselves; whoever watches sees every change the moment it is applied."""

    watch_change: Callable[[Change], None] = lambda _change: None
    watch_line: Callable[[str, bool], None] = lambda _holder, _ended: None
    watch_switch: Callable[[], None] = lambda: None

    def commit(self, change: Change) -> None:
        super().commit(change)
        self.watch_change(change)

    def set_switch(self, *, stopped: bool) -> DialingSwitch:
        switch = super().set_switch(stopped=stopped)
        self.watch_switch()
        return switch

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        admitted = super().admit(holder, at_ms, caller)
        self.watch_line(holder, False)  # noqa: FBT003  a callback's two arguments
        return admitted

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        left = super().leave(holder, at_ms, caller)
        self.watch_line(holder, True)  # noqa: FBT003  as above
        return left


@dataclass
class TableClient:
    """A client of DynamoDB in one process: reads and writes as they go over the network."""

    world: World

    def read(self, label: str, effect: Callable[[], T]) -> T:
        world = self.world
        world.boundary(f"{label} asked")
        if world.fault("throttled"):
            raise StoreUnavailableError
        result = effect()
        world.boundary(f"{label} read")
        return result

    def write(self, label: str, effect: Callable[[], T], *, transaction: bool) -> T:
        """One request. A transaction carries a token; what carries none may be sent twice.

        boto3 sends again what it had no reply to, and gets the second one's answer: of a write
        on a condition, that the condition no longer holds.
        """
        world = self.world
        world.boundary(f"{label} sent")
        if transaction and world.fault("contention"):
            raise ContentionError
        if world.fault("throttled"):
            raise StoreUnavailableError
        if world.fault("late_write"):
            world.later(world.chance.uniform(500, 8_000), lambda: _applied_late(effect))
            world.boundary(f"{label} timed out", 2_000)
            raise StoreUnavailableError
        try:
            result = effect()
            if not transaction and world.fault("sent_twice"):
                world.boundary(f"{label} sent again", world.chance.uniform(50, 1_500))
                result = effect()
        except ConditionLostError:
            world.boundary(f"{label} refused")
            raise
        world.boundary(f"{label} applied")
        if world.fault("lost_reply"):
            raise StoreUnavailableError
        return result


def _applied_late(effect: Callable[[], Any]) -> None:
    try:
        effect()
    except (ConditionLostError, CampaignMovedOnError, HistoryMovedOnError, ImportMovedOnError):
        return  # nobody is there to be told


@dataclass
class SimulatedLedger:
    """AttemptLedger, LineBook, SwitchBoard and CampaignBrake over the network."""

    client: TableClient
    tables: WatchedLedger

    def read(self, attempt_id: str) -> DialAttempt | None:
        return self.client.read("attempt", lambda: self.tables.read(attempt_id))

    def circumstances(self, number: str, campaign_id: str | None) -> Circumstances:
        """One request, in which each item is read at an instant of its own."""

        def in_pieces() -> Circumstances:
            first = self.tables.circumstances(number, campaign_id)
            self.client.world.boundary("circumstances, half of them")
            second = self.tables.circumstances(number, campaign_id)
            return replace(second, customer=first.customer, campaign=first.campaign)

        return self.client.read("circumstances", in_pieces)

    def read_with_customer(
        self, attempt_id: str, number: str
    ) -> tuple[DialAttempt | None, Customer]:
        """One request, in which the customer is read before the attempt, or after it."""

        def in_pieces() -> tuple[DialAttempt | None, Customer]:
            first = self.tables.read_with_customer(attempt_id, number)
            self.client.world.boundary("attempt and customer, one of them")
            second = self.tables.read_with_customer(attempt_id, number)
            late_attempt = self.client.world.chance.random() < 0.5
            return (second[0], first[1]) if late_attempt else (first[0], second[1])

        return self.client.read("attempt and customer", in_pieces)

    def read_to_claim(
        self, attempt_id: str, number: str, campaign_id: str | None
    ) -> tuple[DialAttempt | None, Circumstances]:
        """One request, in which each item is read at an instant of its own."""

        def in_pieces() -> tuple[DialAttempt | None, Circumstances]:
            attempt = self.tables.read(attempt_id)
            first = self.tables.circumstances(number, campaign_id)
            self.client.world.boundary("what a claim reads, half of it")
            late, second = self.tables.read_to_claim(attempt_id, number, campaign_id)
            around = replace(second, customer=first.customer, campaign=first.campaign)
            return (late if self.client.world.chance.random() < 0.5 else attempt), around

        return self.client.read("what a claim reads", in_pieces)

    def customer(self, number: str) -> Customer:
        return self.client.read("customer", lambda: self.tables.customer(number))

    def enqueue(self, attempt: DialAttempt) -> bool:
        return self.client.write("enqueue", lambda: self.tables.enqueue(attempt), transaction=False)

    def enqueue_all(self, attempts: Sequence[DialAttempt]) -> None:
        """Several transactions: when one is not answered, those before it are written."""
        if len(attempts) == 1:
            self.enqueue(attempts[0])
            return
        for part in batched(attempts, AT_ONCE, strict=False):
            effect = partial(self.tables.enqueue_all, part)
            self.client.write(f"enqueue {len(part)}", effect, transaction=True)

    def commit(self, change: Change) -> None:
        """A transaction; a change of the attempt alone is a put, which may be sent twice."""
        label = f"commit {change.after.state}"
        alone = change.customer is None and change.line is None and change.checks is None
        effect = partial(self._commit_alone if alone else self.tables.commit, change)
        self.client.write(label, effect, transaction=not alone)

    def _commit_alone(self, change: Change) -> None:
        """The second copy of a put is refused by the first, which is known by what stands."""
        try:
            self.tables.commit(change)
        except ConditionLostError:
            ours = replace(change.after, version=change.before.version + 1)
            if self.tables.read(change.after.attempt_id) != ours:
                raise

    def due(
        self,
        now_ms: int,
        limit: int,
        what: DueFor = DueFor.CARE,
        cursor: object | None = None,
    ) -> DueAttempts:
        label = f"due for {what}"
        found = self.client.read(label, lambda: self.tables.due(now_ms, limit, what, cursor))
        world = self.client.world
        if not world.fault("index_lag"):
            return found
        stale = [one for one in self.tables.attempts if world.chance.random() < 0.3]
        seen = [one for one in found.attempt_ids if world.chance.random() < 0.5]
        return DueAttempts([*stale, *seen], found.cursor)

    def read_many(self, attempt_ids: Sequence[str]) -> Mapping[str, DialAttempt]:
        return self.client.read("attempts", lambda: self.tables.read_many(attempt_ids))

    def commit_all(self, changes: Sequence[Change]) -> frozenset[str]:
        """Several transactions: when one is not answered, those before it are written."""
        written: frozenset[str] = frozenset()
        for part in batched(changes, AT_ONCE, strict=False):
            label = f"commit {len(part)}"
            effect = partial(self.tables.commit_all, part)
            written |= self.client.write(label, effect, transaction=True)
        return written

    def stumble(self, attempt_id: str, cause: str, now_ms: int, timings: DialTimings) -> bool:
        return self.client.write(
            "stumble",
            lambda: self.tables.stumble(attempt_id, cause, now_ms, timings),
            transaction=False,
        )

    def release(self, holder: str, claim: str) -> bool:
        return self.client.write(
            "release", lambda: self.tables.release(holder, claim), transaction=True
        )

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        return self.client.write(
            "admit", lambda: self.tables.admit(holder, at_ms, caller), transaction=True
        )

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        return self.client.write(
            "leave", lambda: self.tables.leave(holder, at_ms, caller), transaction=True
        )

    def held(self) -> Sequence[LineLease]:
        return self.client.read("leases", self.tables.held)

    def stop(self, campaign_id: str, reason: str) -> None:
        self.client.write(
            "stop campaign", lambda: self.tables.stop(campaign_id, reason), transaction=False
        )


@dataclass
class SimulatedSlotBook:
    client: TableClient
    book: FakeSlotBook

    def reserve(self, request: SlotRequest) -> Sequence[int | None]:
        return self.client.write("reserve", lambda: self.book.reserve(request), transaction=False)


@dataclass
class SimulatedJobs:
    queue: SimulatedQueue

    def send(self, job: DialJob, delay_seconds: int = 0) -> None:
        self.queue.send(job, delay_seconds * 1000)

    def send_all(self, jobs: Sequence[tuple[DialJob, int]]) -> frozenset[str]:
        """Of one request some may be in and some not, whatever is answered."""
        return frozenset(job.attempt_id for job, seconds in jobs if not self._is_in(job, seconds))

    def _is_in(self, job: DialJob, delay_seconds: int) -> bool:
        try:
            self.send(job, delay_seconds)
        except QueueUnavailableError:
            return False
        return True


@dataclass
class SimulatedSleeper:
    world: World

    def until(self, at_ms: int) -> None:
        world, running = self.world, self.world.running
        skew_ms = running.skew_ms if running else 0
        wait_ms = at_ms - skew_ms - world.now
        if wait_ms <= 0:
            return
        over_ms = world.chance.uniform(0, 2)
        if world.fault("oversleep"):
            over_ms += world.chance.uniform(*world.oversleep_ms)
        world.boundary("slept", wait_ms + over_ms)


@dataclass
class SimulatedCivilTime:
    """The civil clock is the machine clock, as deployed."""

    def at(self, machine_ms: int) -> datetime:
        return datetime.fromtimestamp(machine_ms / 1000, UTC)

    def machine_ms(self, at: datetime) -> int:
        return round(at.timestamp() * 1000)


@dataclass
class SimulatedClockCheck:
    """Clocks are as far apart as the slack allows for, and no further."""

    def is_off(self) -> bool:
        return False


@dataclass
class CountedIds:
    kind: str = "token"
    used: int = 0

    def new(self) -> str:
        self.used += 1
        return f"{self.kind}-{self.used}"


@dataclass
class SimulatedMetrics:
    world: World
    counted: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, **dimensions: str) -> None:
        swallowed = sys.exception()
        if name in {"reconcile_failed", "plan_failed"} and swallowed is not None:
            self.world.strange.append(swallowed)  # judged at the end with all others
        key = ":".join((name, *dimensions.values()))
        self.counted[key] = self.counted.get(key, 0) + 1
