"""What of a call is asked, counted, booked and forgotten, behind boundaries."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.conversations.services.archive_report import report_key
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.conversations.services.take_found import Found
from contact_center.figures.services.day_book_ports import BeganCalls
from contact_center.figures.services.roll_up_ports import DueSubject
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.kernel.ports import ContentionError
from tests.fakes.calendar import FakeCalendar
from tests.fakes.call_store import FakeCallStore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact, MeetingBooked
    from contact_center.conversations.services.ports.calendar import Openings
    from contact_center.conversations.services.ports.calls import CallGlance, CallHistory
    from contact_center.conversations.services.ports.look_ups import DueCall
    from contact_center.figures.domain.day_book import Leaf
    from contact_center.figures.domain.worst_seconds import Dial, Worst
    from contact_center.figures.services.roll_up_ports import (
        Change,
        Everything,
        Subject,
    )
    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.effects import Effect
    from tests.fakes.day_book import FakeBookedCalls, FakeDayBook
    from tests.fakes.effects import FakeEffects
    from tests.fakes.figures import FakeFigures
    from tests.fakes.forgettings import FakeForgettings, FakeRegister
    from tests.fakes.forgotten_calls import FakeCallsEraser
    from tests.fakes.look_ups import FakeLookUps
    from tests.fakes.report_archive import FakeReportArchive
    from tests.simulation.after.crm_truth import CrmTruth
    from tests.simulation.queues import SimulatedQueue
    from tests.simulation.simulated_ports import TableClient
    from tests.simulation.world import World

TRIES = 3
LAG_MS = 60_000  # of an index, for what was written by then


@dataclass
class CallsAndEffects(FakeCallStore):
    """Both are one table: what a call causes is written in the transaction that writes the call."""

    lines: FakeEffects | None = None
    now_ms: Callable[[], int] = int
    caused: Callable[[Sequence[Effect]], None] = lambda _: None
    first_heard_ms: dict[str, int] = field(default_factory=dict)
    swept: Callable[[str], None] = lambda _: None

    def sweep(self, call_id: str) -> None:
        super().sweep(call_id)
        self.swept(call_id)

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        super().note(facts, customer)
        for fact in facts:
            self.first_heard_ms.setdefault(fact.call_id, self.now_ms())

    def commit(  # noqa: PLR0913 - as the port has it
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
        glance: CallGlance,
        *,
        amended: Sequence[Fact] = (),
        effects: Sequence[Effect] = (),
        look_at_ms: int | None = None,
        count_at_ms: int | None = None,
    ) -> None:
        assert self.lines is not None
        if any(one.effect_id in self.lines.kept for one in effects):
            raise HistoryMovedOnError
        super().commit(
            history,
            record,
            facts,
            decisions,
            glance,
            amended=amended,
            effects=effects,
            look_at_ms=look_at_ms,
            count_at_ms=count_at_ms,
        )
        self.first_heard_ms.setdefault(record.call_id, self.now_ms())
        self.lines.write(effects, self.now_ms())
        self.caused(effects)


@dataclass
class BookedAtTheDoor(FakeCalendar):
    """A booking is a fact of its call, written with the slot that it takes."""

    calls: FakeCallStore | None = None

    def book(self, meeting: MeetingBooked) -> MeetingBooked | None:
        stands = super().book(meeting)
        assert self.calls is not None
        kept = self.calls.read(meeting.call_id)
        known = {fact.key for fact in (*kept.facts, *kept.unrecorded)}
        if stands is not None and stands.key not in known:
            left = replace(kept, unrecorded=(*kept.unrecorded, stands))
            self.calls.histories[meeting.call_id] = left
        return stands


@dataclass
class SimulatedCalendar:
    """Calendar, as one process at the door asks it."""

    client: TableClient
    tables: BookedAtTheDoor

    @property
    def wants_attendee(self) -> bool:
        return self.tables.wants_attendee

    @property
    def zone(self) -> str:
        return self.tables.zone

    def look(self, call_id: str, now: datetime) -> Openings:
        return self.client.read("slots", lambda: self.tables.look(call_id, now))

    def book(self, meeting: MeetingBooked) -> MeetingBooked | None:
        return self.client.write("book", lambda: self.tables.book(meeting), transaction=True)


@dataclass
class SimulatedArchive:
    """ReportArchive."""

    client: TableClient
    tables: FakeReportArchive

    def put(self, key: str, body: bytes) -> None:
        self.client.write("archive", lambda: self.tables.put(key, body), transaction=False)

    def get(self, key: str) -> bytes:
        return self.client.read("body", lambda: self.tables.get(key))

    def delete(self, key: str) -> None:
        self.client.write("delete body", lambda: self.tables.delete(key), transaction=False)


@dataclass
class SimulatedLookUps:
    """LookUpBook; its index lags."""

    client: TableClient
    tables: FakeLookUps

    def due(self, now_ms: int, limit: int) -> Sequence[DueCall]:
        found = list(self.client.read("look-ups", lambda: self.tables.due(now_ms, limit)))
        world = self.client.world
        if world.fault("index_lag") and found:
            found.remove(world.chance.choice(found))
        if world.fault("index_lag") and self.tables.put:
            found.append(world.chance.choice(list(self.tables.put.values())))
        return found

    def record(self, call_id: str) -> CallRecord | None:
        return self.client.read("call", lambda: self.tables.record(call_id))

    def put_off(
        self, seen: DueCall, due_ms: int | None, step: str = "", tries: int = 0, cause: str = ""
    ) -> DueCall | None:
        return self.client.write(
            f"look-up {step}",
            lambda: self.tables.put_off(seen, due_ms, step, tries, cause),
            transaction=False,
        )


@dataclass
class SimulatedFacts:
    """FactQueue: what was found goes where calls' own messages go."""

    queue: SimulatedQueue

    def send(self, body: str, attributes: Mapping[str, str]) -> None:
        told = json.loads(body)
        report = told.get("report")
        self.queue.send(
            Found(
                call_id=told["callId"],
                step=told["step"],
                received_at_ms=int(attributes["received_at_ms"]),
                report=report.encode() if report else None,
                price=told.get("price"),
            )
        )


@dataclass
class SimulatedFigures:
    """CountBook and DialBook; the index lags."""

    client: TableClient
    tables: FakeFigures

    def due(self, now_ms: int, limit: int) -> Sequence[DueSubject]:
        found = list(self.client.read("to count", lambda: self.tables.due(now_ms, limit)))
        world = self.client.world
        if world.fault("index_lag") and found:
            found.remove(world.chance.choice(found))
        if world.fault("index_lag") and self.tables.counted:
            found.append(_counted_before(world, self.tables))
        return found

    def read(self, names: Sequence[str]) -> Everything:
        return self.client.read("subjects", lambda: self.tables.read(names))

    def count(self, changes: Sequence[Change]) -> bool:
        """As the adapter: a transaction that met another is tried again."""
        for _ in range(TRIES - 1):
            with suppress(ContentionError):
                return self._count(changes)
        return self._count(changes)

    def _count(self, changes: Sequence[Change]) -> bool:
        return self.client.write("count", lambda: self.tables.count(changes), transaction=True)

    def put_off(self, subject: Subject, due_ms: int) -> None:
        self.client.write(
            "count later", lambda: self.tables.put_off(subject, due_ms), transaction=False
        )

    def dials(self, first_ms: int, last_ms: int) -> Sequence[Dial]:
        return self.client.read("dials", lambda: self.tables.dials(first_ms, last_ms))

    def raise_worst(self, hours: Mapping[int, Worst]) -> None:
        self.client.write("worst", lambda: self.tables.raise_worst(hours), transaction=False)

    def worst(self, first: str, last: str) -> Mapping[int, Worst]:
        return self.client.read("worst", lambda: self.tables.worst(first, last))


@dataclass
class SimulatedDayBook:
    """DayBook."""

    client: TableClient
    tables: FakeDayBook

    def newest(self, now_ms: int) -> Leaf | None:
        return self.client.read("newest leaf", lambda: self.tables.newest(now_ms))

    def at(self, began_ms: int) -> Leaf | None:
        return self.client.read("leaf", lambda: self.tables.at(began_ms))

    def write(self, leaves: Sequence[Leaf]) -> bool:
        return self.client.write(
            "leaves", lambda: self.tables.write(leaves), transaction=len(leaves) > 1
        )


@dataclass
class SimulatedBookedCalls:
    """BookedCalls; of what was heard of a moment ago the index may know nothing."""

    client: TableClient
    tables: FakeBookedCalls
    first_heard_ms: Mapping[str, int]

    def began(self, since_ms: int, until_ms: int, at_least: int) -> BeganCalls:
        found = self.client.read(
            "calls that began", lambda: self.tables.began(since_ms, until_ms, at_least)
        )
        world = self.client.world
        entries = [
            one
            for one in found.entries
            if world.now - self.first_heard_ms.get(one.call.partition("#")[2], 0) > LAG_MS
            or not world.fault("index_lag")
        ]
        return BeganCalls(entries, found.until_ms)


def _counted_before(world: World, tables: FakeFigures) -> DueSubject:
    return DueSubject(world.chance.choice(list(tables.counted)), 0)


@dataclass
class SimulatedForgettings:
    """Forgettings; `closed` hears of one of which every store has said its word."""

    client: TableClient
    tables: FakeForgettings
    closed: Callable[[Forgetting], None]

    def read(self, forget_id: str) -> Forgetting | None:
        return self.client.read("forgetting", lambda: self.tables.read(forget_id))

    def write(self, forgetting: Forgetting, suppressed_ms: int | None = None) -> Forgetting | None:
        def write() -> Forgetting | None:
            stored = self.tables.write(forgetting, suppressed_ms)
            if stored is not None and not stored.open:
                self.closed(stored)
            return stored

        return self.client.write("forgetting", write, transaction=False)


@dataclass
class SimulatedRegister:
    """Register."""

    client: TableClient
    tables: FakeRegister

    def put(self, forgetting: Forgetting) -> None:
        self.client.write("register", lambda: self.tables.put(forgetting), transaction=False)

    def names(self) -> Sequence[str]:
        return self.client.read("register", self.tables.names)

    def get(self, forget_id: str) -> tuple[str, int, int] | None:
        return self.client.read("register", lambda: self.tables.get(forget_id))


@dataclass
class TableRequests:
    """Requests of whoever erases."""

    client: TableClient

    def __call__[T](self, label: str, do: Callable[[], T], *, writes: bool) -> T:
        if writes:
            return self.client.write(label, do, transaction=False)
        return self.client.read(label, do)


@dataclass
class SimulatedReports:
    """Eraser of archived reports: by the calls that are found."""

    calls: FakeCallsEraser
    requests: TableRequests
    archive: FakeReportArchive

    def erase(self, person: Person, in_time: InTime) -> Erased:
        del in_time
        count = 0
        calls = self.calls.found(person)
        for call_id in calls:
            keys = self._keys(call_id)
            for key in keys:
                erase = partial(self.archive.delete, key)
                self.requests("delete report", erase, writes=True)
            count += len(keys)
        return Erased(count=count, call_ids=tuple(calls))

    def _keys(self, call_id: str) -> list[str]:
        """Named by when the call began, as its record says it, or what is left of it."""
        store = self.calls.calls
        record, left_ms = store.read(call_id).record, store.forgotten_began_ms.get(call_id)
        began = {left_ms, None if record is None else record.started_at_ms} - {None}
        named = {report_key(call_id, began_ms) for began_ms in began if began_ms is not None}
        return sorted(named & self.archive.objects.keys())


@dataclass
class SimulatedCrmEraser:
    """Eraser of the receiver: all that is noted of him there."""

    client: TableClient
    truth: CrmTruth

    def erase(self, person: Person, in_time: InTime) -> Erased:
        del in_time
        self.client.world.boundary("crm erases")
        if self.truth.is_away():
            return Erased(later="the CRM does not answer")
        return Erased(count=self.truth.erase(person.number))


@dataclass
class SimulatedQueuesEraser:
    """Eraser of what nobody can erase from: the queues that hold words or numbers."""

    world: World
    queues: Collection[SimulatedQueue]
    again_ms: int

    def erase(self, person: Person, in_time: InTime) -> Erased:
        del in_time
        self.world.boundary("queues")
        if self.world.now - person.civil_until_ms >= self.again_ms:
            return Erased()
        waits = any(one.messages or one.letters for one in self.queues)
        return Erased(later="messages wait") if waits else Erased()
