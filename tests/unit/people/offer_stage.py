"""One caller, two people, and whatever they are told: what the tests of offers stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.people.domain.offer_facts import CallerLeft
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
)
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.answer_person import (
    brief_person,
    take_key,
    tell_leg,
    tell_room,
)
from contact_center.people.services.ask_person import OfferTimings, ask_person
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts, change_person
from contact_center.people.services.tell_offer import (
    OfferParts,
    tell_due_offers,
    tell_offer,
)
from contact_center.visits.domain.legs import ENDS, LegChanged, LegStatus, RoomChanged, RoomStep
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.people_book import FakePersonBook
from tests.fakes.telephone import FakeTelephone
from tests.fakes.troubles import FakeTroubles
from tests.unit.people.test_people import OFFER_WORDS, colleague

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.people.domain.offers import Offer, OfferOutcome
    from contact_center.visits.domain.instructions import Instruction


VISIT, CALLER_LEG = "v-CA-caller", "CA-caller"
ADA, BEN = colleague("ada", "billing"), colleague("benno", "billing")
OURS = "+14155550100"
WORDS = OFFER_WORDS
TIMINGS = OfferTimings(brief_seconds=18, wrap_seconds=30)
FIRST = f"{VISIT}.1"


class Died(BaseException):
    """A process is killed."""


def dies(*_: object) -> Any:
    raise Died


@dataclass
class Stage:
    """One caller, two people, and whatever they are told."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(1_795_000_000_000))
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    book: FakeOfferBook = field(default_factory=FakeOfferBook)
    people: FakePersonBook = field(default_factory=FakePersonBook)
    ends: list[tuple[str, OfferOutcome | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.telephone = FakeTelephone(self.clock, legs={CALLER_LEG: LegStatus.IN_PROGRESS})
        self.troubles = FakeTroubles()
        people = PersonParts(
            book=self.people, clock=self.clock, metrics=self.metrics, troubles=self.troubles
        )
        deeds = OfferDeeds(
            telephone=self.telephone,
            callers=self,
            clock=self.clock,
            metrics=self.metrics,
            address_of={one.person_id: one.address for one in (ADA, BEN)},
            caller_id=OURS,
        )
        self.parts = OfferParts(book=self.book, people=people, deeds=deeds)
        for one in (ADA, BEN):
            change_person(one.person_id, Happening(event=PersonEvent.LOG_IN), people)

    # -- Callers and Briefs ---------------------------------------------------------------------

    def leg(self, visit_id: str) -> str | None:
        assert visit_id == VISIT
        return CALLER_LEG if CALLER_LEG in self.telephone.live() else None

    def offer_ended(self, offer: Offer) -> None:
        assert offer.visit_id == VISIT
        if (offer.offer_id, offer.ended) not in self.ends:
            self.ends.append((offer.offer_id, offer.ended))

    def of(self, visit_id: str) -> str:
        assert visit_id == VISIT
        return "A caller for billing."

    # -- what happens ---------------------------------------------------------------------------

    def ask(self, whom: Any = ADA) -> Offer:
        return ask_person(VISIT, whom, TIMINGS, self.parts)

    def answers(self, leg: str = "CA-person-1") -> Sequence[Instruction]:
        if leg in self.telephone.live():
            self.telephone.legs[leg] = LegStatus.IN_PROGRESS
        return brief_person(VISIT, leg, self, WORDS, self.parts)

    def presses(self, keys: str, leg: str = "CA-person-1") -> Sequence[Instruction]:
        return take_key(VISIT, leg, keys, WORDS, self.parts)

    def leg_ends(self, status: LegStatus, leg: str = "CA-person-1", sequence: int = 3) -> None:
        self.telephone.legs[leg] = status
        tell_leg(VISIT, LegChanged(leg=leg, status=status, sequence=sequence), self.parts)

    def telephone_is_free(self, leg: str = "CA-person-1") -> None:
        """The end of a person's leg is told, of itself or by us."""
        ended = self.telephone.legs[leg]
        self.leg_ends(ended if ended in ENDS else LegStatus.COMPLETED, leg)

    def comes_in(self, leg: str) -> None:
        joined = RoomChanged(
            room="room", room_id="CF1", step=RoomStep.JOINED, leg=leg, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, self.parts)

    def caller_hangs_up(self) -> None:
        self.telephone.legs[CALLER_LEG] = LegStatus.COMPLETED
        tell_offer(VISIT, FIRST, [CallerLeft()], self.parts)

    def later(self, ms: int) -> None:
        self.clock.advance(ms)
        tell_due_offers(self.parts)

    # -- what is seen ---------------------------------------------------------------------------

    def state(self, whom: Any = ADA) -> PersonState:
        return as_of(self.people.read(whom.person_id), self.clock.now_ms()).state

    def outcome(self, offer_id: str = FIRST) -> OfferOutcome | None:
        offer = self.book.read(VISIT, offer_id)
        assert offer is not None
        return offer.ended
