"""Colleagues at Twilio's door: their telephones, their clock, and the receptionist behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from contact_center.configuration import compiled_config
from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook
from contact_center.people.adapters.dynamodb_people import DynamoDBPersonBook
from contact_center.people.domain.people import Happening, PersonEvent, PersonState
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.ask_person import OfferTimings, ask_person
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts, change_person
from contact_center.people.services.steer_supervisors import SteerParts, steer_supervisors
from contact_center.people.services.tell_offer import OfferParts, tell_due_offers, tell_offer
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.services.reception_jobs import JobKind
from tests.fakes.clock import FakeClock
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.twilio_scene import OURS, until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.roster import Colleague, OfferWords, Roster
    from local.twilio.telephones.people_format import Person
    from tests.emulator import Account

PINS = {"ada": "471142", "ben": "815000"}
# How long people have by our clock, which stands still but for `later`.
TIMINGS = OfferTimings(brief_seconds=18, wrap_seconds=30)


@dataclass
class House:
    """A door whose clock of people's affairs stands still, and the receptionist behind it."""

    account: Account
    monkeypatch: pytest.MonkeyPatch
    people: tuple[Person, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    by_sip: bool = False
    roster: Roster = field(init=False)
    clock: FakeClock = field(init=False)
    parts: OfferParts = field(init=False)
    hinted: list[tuple[JobKind, str | None]] = field(default_factory=list)
    asked: FakeReceptionJobs = field(default_factory=FakeReceptionJobs)

    def __post_init__(self) -> None:
        pins = self.account.secret("pins", json.dumps(PINS))
        settings = {"PEOPLE_PINS_NAME": pins} | dict(self.environment)
        self.rig = ReceptionRig(
            self.account, self.monkeypatch, settings, self.people, by_sip=self.by_sip
        )

    def __enter__(self) -> Self:
        self.rig.__enter__()
        self.roster = compiled_config.load_contact_center().roster
        self._hold_clock()
        self.parts = self._receptionist()
        return self

    def __exit__(self, *_: object) -> None:
        self.rig.__exit__()

    def _hold_clock(self) -> None:
        parts = self.rig.app.PARTS
        desk = parts.door.people()
        self.clock = FakeClock(desk.people.clock.now_ms())
        people = replace(desk.people, clock=self.clock)
        log_in = desk.log_in and replace(desk.log_in, people=people)
        held = replace(desk, people=people, log_in=log_in)
        door = replace(parts.door, people=lambda: held)
        setattr(self.rig.app, "PARTS", replace(parts, door=door))  # noqa: B010 - a module's

    def _receptionist(self) -> OfferParts:
        """As in a process of its own: with connections of its own."""
        account, metrics = self.account, self.rig.app.PARTS.metrics
        book = DynamoDBPersonBook(account.lean(), account.dialing_table)
        visits = DynamoDBVisits(account.lean(), account.calls_table, self.clock, 90, lambda: "b")
        deeds = OfferDeeds(
            telephone=self.rig.serving.telephone,
            callers=VisitCallers(visits, self.rig.serving.waiting, self.asked, metrics),
            clock=self.clock,
            metrics=metrics,
            address_of={one.person_id: one.address for one in self.roster.people.values()},
            caller_id=OURS,
            left=self.words.left,
        )
        return OfferParts(
            book=DynamoDBOfferBook(account.lean(), account.dialing_table),
            people=PersonParts(book=book, clock=self.clock, metrics=metrics),
            deeds=deeds,
        )

    @property
    def steering(self) -> SteerParts:
        account, deeds = self.account, self.parts.deeds
        return SteerParts(
            visits=DynamoDBVisits(account.lean(), account.calls_table, self.clock, 90, lambda: "c"),
            offers=self.parts.book,
            telephone=deeds.telephone,
            roster=self.roster,
            clock=self.clock,
            metrics=deeds.metrics,
            caller_id=OURS,
        )

    @property
    def words(self) -> OfferWords:
        return self.roster.offer_words

    # -- what happens ---------------------------------------------------------------------------

    def logs_in(self, *names: str) -> None:
        for name in names:
            change_person(name, Happening(event=PersonEvent.LOG_IN), self.parts.people)

    def wraps_up(self, name: str) -> None:
        """The person has hung up on a caller, and is given ten minutes."""
        book, over_ms = self.parts.people.book, self.clock.now_ms() + 600_000
        stands = book.read(name)
        book.write(stands, replace(stands, state=PersonState.WRAPPING, lease_ms=over_ms))
        self.hints()

    def has_the_next_caller_ring(self, leg: str) -> bool:
        """Whether that comes of a call to us: it is told, and ends, and its telephone is free."""
        told = self.heard(leg)[-1] == self.roster.words.next_caller
        over = (self.state(), self.rig.twilio.leg(leg).ended) == (PersonState.READY, True)
        return told and over and self.hints() == [(JobKind.PERSON, None)]

    def talks(self, **more: Any) -> str:
        """A caller who talks with an assistant."""
        leg = self.rig.comes_in(**more)
        self.rig.twilio.advance(2)
        until(lambda: any(call.status == "in-progress" for call in self.rig.vapi.calls.values()))
        return leg

    def ask(self, leg: str, name: str = "ada") -> Offer:
        offer = ask_person(visit_of(leg), self.colleague(name), TIMINGS, self.parts)
        self.rig.twilio.settle()
        return offer

    def colleague(self, name: str) -> Colleague:
        return self.roster.people[name]

    def hints(self) -> list[tuple[JobKind, str | None]]:
        return [(job.kind, job.visit_id) for job in self.rig.jobs() if job.kind != JobKind.SERVE]

    def look(self) -> list[tuple[JobKind, str | None]]:
        """The receptionist does what it was told of; returns the hints."""
        hints = self.hints()
        self.hinted += hints
        for kind, visit_id in hints:
            if kind is JobKind.OFFER:
                for offer in self.parts.book.of_visit(visit_id or ""):
                    tell_offer(offer.visit_id, offer.offer_id, (), self.parts)
            elif kind is JobKind.SUPERVISE:
                steer_supervisors(visit_id or "", self.steering)
        self.rig.twilio.settle()
        return hints

    def goes_on(self, seconds: int, until_it: Callable[[], bool] = lambda: False) -> None:
        """Time passes at Twilio and the receptionist does what it is told, second by second."""
        for _ in range(seconds):
            self.rig.twilio.advance(1)
            self.look()
            if until_it():
                return

    def later(self, seconds: int) -> None:
        """Time passes on our clock, and the tick looks."""
        self.clock.advance(seconds * 1_000)
        tell_due_offers(self.parts)
        self.rig.twilio.settle()

    def hangs_up(self, leg: str) -> None:
        self.rig.twilio.do(self.rig.twilio.leg(leg).hang_up)
        self.rig.twilio.settle()

    # -- what is seen ---------------------------------------------------------------------------

    def state(self, name: str = "ada") -> PersonState:
        return as_of(self.parts.people.book.read(name), self.clock.now_ms()).state

    def offer(self, leg: str, number: int = 1) -> Offer:
        visit_id = visit_of(leg)
        offer = self.parts.book.read(visit_id, f"{visit_id}.{number}")
        assert offer is not None
        return offer

    def answered(self, leg: str, step: str) -> list[str]:
        """What was answered at a step of a caller's transfer."""
        return self.rig.twiml(f"/twilio/transfer/{visit_of(leg)}/{step}")

    def heard(self, leg: str) -> list[str]:
        """What was said on a leg and heard to its end."""
        return list(self.rig.twilio.leg(leg).words)
