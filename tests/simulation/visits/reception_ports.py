"""The reception's stores behind boundaries: each call takes time, may die, or lose its reply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.dialing.services.dialing_ports import LineClaim, LineLease
    from contact_center.dialing.services.ledger_ports import CustomerChange
    from contact_center.people.domain.offers import Offer, OfferOutcome
    from contact_center.people.domain.people import Person
    from contact_center.people.services.offer_ports import DueOffer
    from contact_center.people.services.people_ports import FoundPeople
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.waiting import QueueEntry, WaitsFor
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.queue_ports import (
        Arrival,
        DueEntries,
        KeptPlaces,
        QueueChange,
        QueueView,
    )
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Kept
    from tests.fakes.dialing_ledger import FakeLedger
    from tests.fakes.offer_book import FakeOfferBook
    from tests.fakes.people_book import FakePersonBook
    from tests.fakes.visits import FakeVisits
    from tests.fakes.waiting_queue import FakeQueue
    from tests.simulation.simulated_ports import TableClient


@dataclass
class SimulatedVisits:
    """Visits over the network. What was sent twice is known by its word, as in the table."""

    client: TableClient
    tables: FakeVisits

    def read(self, visit_id: str) -> Kept | None:
        return self.client.read("visit", lambda: self.tables.read(visit_id))

    def write(self, visit: Visit, seen: int) -> Kept | None:
        written: list[bool] = []

        def once() -> Kept | None:
            if written:
                return None
            stands = self.tables.write(visit, seen)
            if stands is None:
                written.append(True)
            return stands

        return self.client.write("visit", once, transaction=False)

    def unjudged(self, until_ms: int, limit: int) -> Sequence[str]:
        return self.client.read("breaks", lambda: self.tables.unjudged(until_ms, limit))


@dataclass
class SimulatedQueueBook:
    """QueueBook over the network; the index of what is due lags."""

    client: TableClient
    tables: FakeQueue

    def read(self, visit_id: str) -> QueueEntry | None:
        return self.client.read("entry", lambda: self.tables.read(visit_id))

    def heads(self, department: str, waits_for: WaitsFor, most: int) -> Sequence[Head]:
        return self.client.read("heads", lambda: self.tables.heads(department, waits_for, most))

    def boards(self, departments: Iterable[str], waits_for: WaitsFor) -> Mapping[str, QueueBoard]:
        wanted = list(departments)
        return self.client.read("boards", lambda: self.tables.boards(wanted, waits_for))

    def read_with_board(
        self, visit_id: str, department: str, waits_for: WaitsFor
    ) -> tuple[QueueEntry | None, QueueBoard]:
        both = partial(self.tables.read_with_board, visit_id, department, waits_for)
        return self.client.read("entry", both)

    def view(self, department: str, most: int) -> QueueView:
        return self.client.read("view", lambda: self.tables.view(department, most))

    def commit(self, change: QueueChange) -> QueueEntry:
        return self.client.write("entry", lambda: self.tables.commit(change), transaction=True)

    def due(self, now_ms: int, limit: int, cursor: object | None = None) -> DueEntries:
        return self.client.read("due", lambda: self.tables.due(now_ms, limit, cursor))

    def arrival(self, number: str | None, department: str) -> Arrival:
        return self.client.read("arrival", lambda: self.tables.arrival(number, department))

    def kept_places(self, limit: int, *, open_only: bool = False) -> KeptPlaces:
        return self.client.read("kept", lambda: self.tables.kept_places(limit, open_only=open_only))

    def forget_failed(self, visit_id: str) -> bool:
        return self.client.write(
            "kept", lambda: self.tables.forget_failed(visit_id), transaction=False
        )

    def set_aside(self, visit_id: str, head: Head | None, waits_for: WaitsFor) -> None:
        aside = partial(self.tables.set_aside, visit_id, head, waits_for)
        self.client.write("aside", aside, transaction=True)

    def put_back(self, visit_id: str) -> None:
        self.client.write("aside", partial(self.tables.put_back, visit_id), transaction=True)


@dataclass
class SimulatedLines:
    """VisitLines, CustomerBook and LineBook over the network."""

    client: TableClient
    tables: FakeLedger

    def customer(self, number: str) -> Customer:
        return self.client.read("customer", lambda: self.tables.customer(number))

    def circumstances(self, number: str) -> Circumstances:
        return self.client.read("circumstances", lambda: self.tables.circumstances(number, None))

    def claim(
        self,
        holder: str,
        claim: str,
        at_ms: int,
        below: int,
        caller: CustomerChange | None = None,
    ) -> LineClaim:
        return self._written(partial(self.tables.claim, holder, claim, at_ms, below, caller))

    def note(self, holder: str, at_ms: int, caller: CustomerChange) -> bool:
        return self._written(partial(self.tables.note, holder, at_ms, caller))

    def release(self, holder: str, claim: str) -> bool:
        return self._written(partial(self.tables.release, holder, claim))

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        return self._written(partial(self.tables.leave, holder, at_ms, caller))

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        return self._written(partial(self.tables.admit, holder, at_ms, caller))

    def held(self) -> Sequence[LineLease]:
        return self.client.read("lines", self.tables.held)

    def _written[T](self, effect: Callable[[], T]) -> T:
        return self.client.write("lines", effect, transaction=True)


@dataclass
class SimulatedPersonBook:
    """PersonBook over the network; what is sent twice is refused the second time.

    Attributes:
        wrote: Whoever judges is told what was stored of a person.
    """

    client: TableClient
    tables: FakePersonBook
    wrote: Callable[[Person], None] = lambda _person: None

    def read(self, person_id: str) -> Person:
        return self.client.read("person", lambda: self.tables.read(person_id))

    def read_many(self, person_ids: Sequence[str]) -> FoundPeople:
        return self.client.read("people", lambda: self.tables.read_many(person_ids))

    def write(self, before: Person, after: Person) -> None:
        def written() -> None:
            self.tables.write(before, after)
            self.wrote(after)

        self.client.write("person", written, transaction=False)

    def due(self, at_ms: int, limit: int) -> Sequence[str]:
        return self.client.read("people due", lambda: self.tables.due(at_ms, limit))


@dataclass
class SimulatedOfferBook:
    """OfferBook over the network; what is sent twice is refused the second time.

    Attributes:
        wrote: Whoever judges is told of which visit the process that runs has written an offer.
    """

    client: TableClient
    tables: FakeOfferBook
    wrote: Callable[[str], None] = lambda _visit_id: None

    def read(self, visit_id: str, offer_id: str) -> Offer | None:
        return self.client.read("offer", lambda: self.tables.read(visit_id, offer_id))

    def of_visit(self, visit_id: str) -> Sequence[Offer]:
        return self.client.read("offers", lambda: self.tables.of_visit(visit_id))

    def write(
        self,
        before: Offer | None,
        after: Offer,
        look_ms: int | None,
        beside: Sequence[Offer] | None = None,
    ) -> Offer:
        written = partial(self.tables.write, before, after, look_ms, beside)
        stored = self.client.write("offer", written, transaction=False)
        self.wrote(after.visit_id)
        return stored

    def due(self, at_ms: int, limit: int) -> Sequence[DueOffer]:
        found = self.client.read("offers due", lambda: self.tables.due(at_ms, limit))
        if not self.client.world.fault("index_lag"):
            return found
        chance = self.client.world.chance  # some not yet, and some that are looked after
        return [key for key in self.tables.offers if key in found or chance.random() < 0.3][1:]

    def outcomes(self, day: str) -> Mapping[OfferOutcome, int]:
        return self.client.read("outcomes", lambda: self.tables.outcomes(day))
