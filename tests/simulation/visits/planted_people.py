"""Wrong designs about people, planted to be found: each within 500 histories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.people.domain import offer_outcomes
from contact_center.people.domain.offer_outcomes import ToDo, to_do
from contact_center.people.domain.offers import OfferOutcome, Ring, Said
from contact_center.people.domain.people import PersonStateError
from contact_center.people.services import (
    answer_person,
    ask_person,
    carry_out_offer,
    next_callers,
    tell_offer,
)
from contact_center.people.services.next_callers import HEADS, NextCallers
from contact_center.people.services.who_can_take import Stands, TakerParts, Takers
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.reception.services.colleagues import find_person
from tests.fakes.people_book import FakePersonBook
from tests.simulation.visits.planted_visits import PlantedVisit

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from contact_center.people.domain.offers import Offer
    from contact_center.people.domain.people import Person
    from contact_center.people.domain.roster import Colleague


class _Forgetful:
    """An OfferBook whose list of a visit says of each offer what it is told to say."""

    def __init__(self, book: Any, seen_as: Callable[[Offer], Offer]) -> None:
        self.book, self.seen_as = book, seen_as

    def __getattr__(self, name: str) -> Any:
        return getattr(self.book, name)

    def of_visit(self, visit_id: str) -> list[Offer]:
        return [self.seen_as(offer) for offer in self.book.of_visit(visit_id)]


def _over(offer: Offer) -> Offer:
    return replace(offer, ended=offer.ended or OfferOutcome.FAILED)


def _of_no_wish(offer: Offer) -> Offer:
    return offer if offer.ended is None else replace(offer, wish="")


def _asks(seen_as: Callable[[Offer], Offer]) -> Callable[..., Offer]:
    """ask_person, to which earlier offers look so."""
    honest = ask_person.ask_person

    def ask(
        visit_id: str, colleague: Any, timings: Any, parts: Any, wish: str = "", **more: Any
    ) -> Offer:
        forgetful = replace(parts, book=_Forgetful(parts.book, seen_as))
        return honest(visit_id, colleague, timings, forgetful, wish, **more)

    return ask


def _two_accept(patch: pytest.MonkeyPatch) -> None:
    """All who are ready are asked at once, and whoever presses the key has the caller."""

    def all_of_them(visit: Any, wanted: Any, theirs: Any, takers: Any, parts: Any) -> bool:
        asked = {offer.person_id for offer in theirs}
        for colleague in takers.ready:
            if colleague.person_id not in asked:
                with_all(visit.visit_id, colleague, parts.timings, parts.offers, wanted.wish)
        return bool(takers.ready)

    ask = _asks(_over)

    def with_all(*asked: Any) -> None:
        try:
            ask(*asked)
        except PersonStateError:
            return

    patch.setattr(find_person, "_asks_next", all_of_them)


def _two_servers(patch: pytest.MonkeyPatch) -> None:
    """Whoever has read that a caller waits offers him, whether another has taken him or not."""

    def offers_him(callers: NextCallers, head: Any, colleague: Colleague) -> set[str]:
        parts = callers._offers
        offers, now_ms = parts.book.of_visit(head.visit_id), parts.people.clock.now_ms()
        if any(next_callers._was_asked_lately(one, colleague, now_ms) for one in offers):
            return set()
        ask(head.visit_id, colleague, callers._timings, parts)
        return {colleague.person_id}

    ask = _asks(_over)
    patch.setattr(NextCallers, "_offers_him", offers_him)


def _voicemail_answers(patch: pytest.MonkeyPatch) -> None:
    """Whoever has heard all of it has answered."""

    def of_the_person(offer: Offer) -> OfferOutcome | None:
        return OfferOutcome.ANSWERED if offer.said is Said.NOTHING else honest(offer)

    honest = offer_outcomes._of_the_person
    patch.setattr(offer_outcomes, "_of_the_person", of_the_person)


def _rings_on(patch: pytest.MonkeyPatch) -> None:
    """When a caller hangs up nobody ends the ring."""

    def end_leg(offer: Offer, deeds: Any) -> Any:
        return [] if offer.ended is OfferOutcome.CALLER_GONE else honest(offer, deeds)

    honest = carry_out_offer._end_leg
    patch.setitem(carry_out_offer._DEEDS, ToDo.END_LEG, end_leg)


def _joined_to_nobody(patch: pytest.MonkeyPatch) -> None:
    """A key that takes opens the room, and nobody has ended the leg of whom the caller has left."""

    def tell(*told: Any) -> Offer:
        return replace(honest(*told), ended=None)

    honest = tell_offer.tell_offer
    patch.setattr(answer_person, "tell_offer", tell)
    patch.setattr(answer_person, "_holds", lambda *_: True)
    _rings_on(patch)


def _rung_again(patch: pytest.MonkeyPatch) -> None:
    """A ring whose answer was lost is asked for once more."""

    def rung(*asked: Any) -> Any:
        came = honest(*asked)
        return honest(*asked) if came.ring is Ring.UNKNOWN else came

    honest = carry_out_offer._rung
    patch.setattr(carry_out_offer, "_rung", rung)


def _lease_never_ends(patch: pytest.MonkeyPatch) -> None:
    """Whoever is taken for a caller is free only when somebody says so."""

    def write(book: FakePersonBook, before: Person, after: Person) -> None:
        honest(book, before, replace(after, lease_ms=None))

    honest = FakePersonBook.write
    patch.setattr(FakePersonBook, "write", write)


def _hours_of_one_path(patch: pytest.MonkeyPatch) -> None:
    """Hours hold for who asks for a person, and not for who waits for one."""

    def heads(callers: NextCallers, colleague: Colleague) -> list[Any]:
        book = callers._waiting.queue
        found = [book.heads(name, WaitsFor.PERSON, HEADS) for name in colleague.departments]
        return sorted((head for some in found for head in some), key=lambda head: head.place_ms)

    patch.setattr(NextCallers, "_heads", heads)


def _asked_again(patch: pytest.MonkeyPatch) -> None:
    """Who has not taken a caller is asked for the same wish again."""

    def asks_next(visit: Any, wanted: Any, _theirs: Any, takers: Any, parts: Any) -> bool:
        return honest(visit, wanted, (), takers, parts)

    honest = find_person._asks_next
    patch.setattr(find_person, "_asks_next", asks_next)
    patch.setattr(find_person, "ask_person", _asks(_of_no_wish))


def _moved_by_all(patch: pytest.MonkeyPatch) -> None:
    """Whoever looks moves the caller, whether another does or not."""

    def begun(offer: Offer, parts: Any) -> Any:
        return offer, to_do(offer, parts.deeds.clock.now_ms())

    patch.setattr(tell_offer, "_begun", begun)


def _left_in_line(patch: pytest.MonkeyPatch) -> None:
    """Whoever waits in line is asked about at once again."""
    patch.setattr(next_callers, "ASKED_AGAIN_MS", 0)


def _name_ignored(patch: pytest.MonkeyPatch) -> None:
    """Whoever is wanted by name is asked when it is his turn, like any other."""
    patch.setattr(find_person, "_with_whom", lambda _person, takers, _parts: takers)


def _named_at_any_hour(patch: pytest.MonkeyPatch) -> None:
    """Whoever is wanted by name is asked though his departments have closed."""

    def stands(takers: TakerParts, colleague: Colleague) -> Stands:
        return honest(takers, colleague)._replace(is_open=True)

    honest = TakerParts.stands
    patch.setattr(TakerParts, "stands", stands)


def _name_of_another(patch: pytest.MonkeyPatch) -> None:
    """Anybody is asked about who wants somebody by name, of whatever department."""

    def with_whom(_person: Any, takers: Takers, parts: Any) -> Takers:
        everybody = parts.takers.roster.people.values()
        free = [one for one in everybody if parts.takers.stands(one).can_take]
        return replace(takers, ready=(*takers.ready, *free))

    patch.setattr(find_person, "_with_whom", with_whom)


PEOPLE_BUGS = {
    "two people accept": PlantedVisit(plant=_two_accept, caught="is asked"),
    "two servers, a person": PlantedVisit(plant=_two_servers, caught="is asked"),
    "voicemail answers": PlantedVisit(plant=_voicemail_answers, caught="never with the caller"),
    "leg rings on": PlantedVisit(plant=_rings_on, caught="rings on"),
    "joined to nobody": PlantedVisit(plant=_joined_to_nobody, caught="was joined to"),
    "rung again": PlantedVisit(plant=_rung_again, caught="twice at once"),
    "person's lease never ends": PlantedVisit(plant=_lease_never_ends, caught="for ever"),
    "hours of one path": PlantedVisit(plant=_hours_of_one_path, caught="while it is closed"),
    "asked again": PlantedVisit(plant=_asked_again, caught="again"),
    "asked again in line": PlantedVisit(plant=_left_in_line, caught="again"),
    "name ignored": PlantedVisit(plant=_name_ignored, caught="who is wanted"),
    "named at any hour": PlantedVisit(plant=_named_at_any_hour, caught="and has closed"),
    "name of another": PlantedVisit(plant=_name_of_another, caught="wants nobody of there"),
    "moved by all": PlantedVisit(plant=_moved_by_all, caught="torn from a person"),
}
