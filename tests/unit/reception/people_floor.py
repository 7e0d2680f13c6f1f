"""One caller with an assistant, two people, and the receptionist: what its tests stand on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.deciding.call_commands import Say
from contact_center.conversations.services.ports.messages import PersonWish
from contact_center.kernel.civil_time import CivilClock
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
)
from contact_center.people.domain.person_steps import as_of
from contact_center.people.domain.roster import Roster
from contact_center.people.services.answer_person import (
    brief_person,
    take_key,
    tell_leg,
)
from contact_center.people.services.ask_person import OfferTimings
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts, change_person
from contact_center.people.services.next_callers import NextCallers
from contact_center.people.services.tell_offer import OfferParts
from contact_center.people.services.who_can_take import TakerParts
from contact_center.queue.domain.ladders import LadderStep
from contact_center.queue.services.change_entry import QueueParts
from contact_center.reception.services.colleagues.find_parts import FindParts
from contact_center.reception.services.colleagues.find_person import find_person
from contact_center.reception.services.colleagues.hear_of_wish import WishesHeard
from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus
from contact_center.visits.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import Post, PostState, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import Kept
from tests.fakes.call_control import FakeCallControl
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.people_book import FakePersonBook
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.telephone import FakeTelephone
from tests.fakes.troubles import FakeTroubles
from tests.fakes.visits import FakeVisits
from tests.fakes.waiting_queue import FakeQueue
from tests.unit.people.test_people import OFFER_WORDS, SUPERVISOR_WORDS, colleague
from tests.unit.people.test_people import WORDS as LOG_IN_WORDS
from tests.unit.queue.queue_scene import SORRY, rules

if TYPE_CHECKING:
    from contact_center.people.domain.offers import Offer, OfferOutcome


LEG = "CA-caller"
VISIT = f"v-{LEG}"
POST = f"{VISIT}.1"
URL = "https://x.vapi.ai/control"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ADA, BENNO = colleague("ada", "billing"), colleague("benno", "billing", "sales")
WORDS = OFFER_WORDS
# What else a caller may want who wants a person, by department; None: nothing any more.
OTHER_WISHES: dict[str, str | None] = {"nobody": None, "another department": "sales"}
NO_QUEUE = (LadderStep.NEXT_PERSON, LadderStep.SORRY)
ALWAYS = tuple((Span(0, 1440),) for _ in range(7))
CLOSING = Closing(action=WhenClosed.MESSAGE, say="Closed.")


@dataclass
class Floor:
    """One caller with an assistant, two people, and the receptionist's hints."""

    ladder: tuple[LadderStep, ...] = tuple(LadderStep)
    most: int = 50
    at_once: int = 1
    week: Any = ALWAYS
    clock: FakeClock = field(default_factory=lambda: FakeClock(int(MONDAY.timestamp() * 1000)))
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    offers: FakeOfferBook = field(default_factory=FakeOfferBook)
    people: FakePersonBook = field(default_factory=FakePersonBook)
    visits: FakeVisits = field(default_factory=FakeVisits)
    jobs: FakeReceptionJobs = field(default_factory=FakeReceptionJobs)
    control: FakeCallControl = field(default_factory=FakeCallControl)
    hints: FakeReceptionJobs = field(default_factory=FakeReceptionJobs)
    url: str | None = URL

    def __post_init__(self) -> None:
        self.telephone = FakeTelephone(self.clock, legs={LEG: LegStatus.IN_PROGRESS})
        self.queue = FakeQueue(FakeLedger(self.clock))
        self.troubles = FakeTroubles()
        people = PersonParts(
            book=self.people, clock=self.clock, metrics=self.metrics, troubles=self.troubles
        )
        deeds = OfferDeeds(
            telephone=self.telephone,
            callers=self,
            clock=self.clock,
            metrics=self.metrics,
            address_of={one.person_id: one.address for one in (ADA, BENNO)},
            caller_id="+14155550100",
        )
        own = rules(ladder=self.ladder, most=self.most, ring_at_once=self.at_once)
        self.parts = FindParts(
            visits=self.visits,
            offers=OfferParts(book=self.offers, people=people, deeds=deeds),
            takers=TakerParts(
                roster=Roster(
                    people={one.person_id: one for one in (ADA, BENNO)},
                    wrap_seconds=30,
                    words=LOG_IN_WORDS,
                    offer_words=WORDS,
                    supervisor_words=SUPERVISOR_WORDS,
                ),
                hours=OpeningHours(Hours(zone="UTC", week=self.week, closing=CLOSING), {}),
                book=self.people,
                clock=self.clock,
                civil=CivilClock(),
            ),
            waiting=QueueParts(
                queue=self.queue,
                rules=own,
                clock=self.clock,
                metrics=self.metrics,
                hints=self.hints,
                troubles=self.troubles,
            ),
            timings=OfferTimings(brief_seconds=18, wrap_seconds=30),
            urls=self,
            control=self.control,
        )
        self.wishes = WishesHeard(self.visits, self.jobs)
        placed = Post(state=PostState.PLACED, at_ms=self.clock.now_ms(), call_id="call-1")
        began = Visit(visit_id=VISIT, stage=Stage.TALKING, stage_ms=self.clock.now_ms())
        self.visits.kept[VISIT] = Kept(merged(began, post_told(POST, placed)), 1)

    # -- Callers, ControlUrls and Briefs ---------------------------------------------------------

    def leg(self, visit_id: str) -> str | None:
        leg = visit_id.removeprefix("v-")
        return None if self.telephone.legs.get(leg) in ENDS else leg

    def offer_ended(self, offer: Offer) -> None:
        self.jobs.send(ReceptionJob(JobKind.ASK, offer.visit_id))

    def of_call(self, call_id: str) -> str | None:
        assert call_id == "call-1"
        return self.url

    def of(self, visit_id: str) -> str:
        assert visit_id == VISIT
        return "A caller for billing."

    # -- what happens ---------------------------------------------------------------------------

    def log_in(self, *whom: Any) -> None:
        for one in whom or (ADA, BENNO):
            self.clock.advance(1)
            happening = Happening(event=PersonEvent.LOG_IN)
            change_person(one.person_id, happening, self.parts.offers.people)

    @property
    def next_callers(self) -> NextCallers:
        parts = self.parts
        return NextCallers(parts.offers, parts.takers, parts.waiting, parts.timings)

    def wants(
        self, whose: str | None = "billing", number: int = 1, person: str | None = None
    ) -> None:
        self.clock.advance(1)
        at_ms = self.clock.now_ms()
        self.wishes.tell(
            PersonWish(post=POST, number=number, whose=whose, at_ms=at_ms, person=person)
        )
        self.work()

    def work(self) -> None:
        """The receptionist does what it is hinted at; whoever dies is followed by another."""
        for _ in range(100):
            if not self.jobs.sent:
                return
            find_person(self.jobs.sent[0].visit_id or "", self.parts)
            del self.jobs.sent[0]
        raise AssertionError("hints without an end")

    def answers(self, leg: str) -> None:
        self.telephone.legs[leg] = LegStatus.IN_PROGRESS
        brief_person(VISIT, leg, self, WORDS, self.parts.offers)

    def presses(self, keys: str, leg: str = "CA-person-1") -> None:
        self.answers(leg)
        take_key(VISIT, leg, keys, WORDS, self.parts.offers)
        self.work()

    def leg_ends(self, status: LegStatus, leg: str = "CA-person-1") -> None:
        self.telephone.legs[leg] = status
        tell_leg(VISIT, LegChanged(leg=leg, status=status, sequence=3), self.parts.offers)
        self.work()

    def telephones_are_free(self) -> None:
        """The ends of all legs of people's that have ended are told."""
        for leg, status in self.telephone.legs.items():
            if leg in self.telephone.rung and status in ENDS:
                self.leg_ends(status, leg)

    def hangs_up(self) -> None:
        self.telephone.legs[LEG] = LegStatus.COMPLETED
        tell(self.visits, Visit(visit_id=VISIT, ended_ms=self.clock.now_ms()))
        self.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
        self.work()

    # -- what is seen ---------------------------------------------------------------------------

    @property
    def said(self) -> list[str]:
        return [one.content for one in self.control.commands if isinstance(one, Say)]

    @property
    def answers_said(self) -> list[str]:
        """What came of his wishes."""
        return [said for said in self.said if said != SORRY.next_asked]

    @property
    def rung(self) -> list[str]:
        names = {one.address: one.person_id for one in (ADA, BENNO)}
        return [names[request.to] for request in self.telephone.rung.values()]

    @property
    def ringing(self) -> list[str]:
        return [leg for leg in self.telephone.live() if leg != LEG]

    def outcomes(self) -> list[OfferOutcome | None]:
        return [offer.ended for offer in self.offers.of_visit(VISIT)]

    def state(self, whom: Any) -> PersonState:
        return as_of(self.people.read(whom.person_id), self.clock.now_ms()).state


def busy(floor: Floor) -> None:
    """Somebody is logged in, and talks to another caller."""
    floor.log_in(ADA)
    person = floor.people.people["ada"]
    floor.people.people["ada"] = replace(person, state=PersonState.BUSY)
