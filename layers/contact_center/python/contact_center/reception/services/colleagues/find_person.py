"""A caller who talks with an assistant is to get a person: the next one is asked, or he is told.

    a wish ──► next ready people ──asked──► answered: one and he are in a room
                  ▲                  └─────► anything else: the next ones, until nobody is left
                  └──────────────────────────┘
    nobody left ──► he is told that he may wait, or be called, or why there is nobody; once a wish

What is done follows from the visit, its offers and the people as they stand, so it may be asked as
often as anybody likes: by a wish, by the end of an offer, by the end of the visit. Only what is
said to the caller is begun before it is done, and then done by nobody else.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.people.domain.offer_facts import CallerLeft, Withdrawn
from contact_center.people.domain.offer_outcomes import is_with_somebody
from contact_center.people.domain.offers import Said
from contact_center.people.domain.people import PersonState, PersonStateError
from contact_center.people.domain.person_steps import as_of
from contact_center.people.domain.ring_groups import has_him, was_asked
from contact_center.people.services.ask_person import ask_person
from contact_center.people.services.next_callers import NextCallers
from contact_center.people.services.tell_offer import tell_offer
from contact_center.queue.domain.ladders import LadderStep, NotFound
from contact_center.queue.domain.waiting import Left, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.enter_queue import WaitAsked, Waits, enter_queue
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.reception.services.callbacks.leave_old_place import WANTED_ELSE, leave_old_place
from contact_center.reception.services.colleagues.tell_caller import tell_caller, tell_of_next
from contact_center.visits.domain.courtesies import OFFER_CALL
from contact_center.visits.domain.instructions import GoTo, Speak
from contact_center.visits.domain.visit_parts import Stage, Told
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.telephone_ports import Done, Gone
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.people.domain.offers import Offer
    from contact_center.people.services.who_can_take import Takers
    from contact_center.reception.services.colleagues.find_parts import FindParts
    from contact_center.visits.domain.visit_parts import Wanted

# From a person's being held until the offer is stored, and a request that is tried again.
BEGUN_SECONDS = 10
# Until a caller is looked at who is led to a place: by then he has been, or cannot be.
LED_WITHIN_SECONDS = 2


def look_for_people(job: ReceptionJob, parts: FindParts) -> None:
    """Do what an ASK or a PERSON is about; see `find_person` and `NextCallers`."""
    if job.kind is JobKind.ASK:
        find_person(job.visit_id or "", parts)
    else:
        _next_callers(parts).offer_to_all()


def find_person(visit_id: str, parts: FindParts) -> None:
    """Do what is to be done now about the person whom a caller wants.

    Args:
        visit_id: The caller's.
        parts: What it works with.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be asked again.
    """
    kept = parts.visits.read(visit_id)
    visit = None if kept is None else kept.visit
    offers = parts.offers.book.of_visit(visit_id)
    asked = [offer for offer in offers if offer.ended is None]
    if visit is None or visit.ended_ms is not None:
        leave_queue(visit_id, parts.waiting)  # whoever was slower than his end gave him a place
        for offer in asked:
            tell_offer(visit_id, offer.offer_id, [CallerLeft()], parts.offers)
        return
    if visit.state is Stage.TALKING:
        leave_old_place(visit, asked, parts.offers, parts.waiting, parts.visits)
    _next_callers(parts).settle(visit_id, offers)
    wanted = visit.wanted
    stand = {offer.offer_id: offer for offer in offers}
    stand |= {offer.offer_id: _looked_at(offer, wanted, parts) for offer in asked}
    if any(offer.ended is None or has_him(offer) for offer in stand.values()):
        return  # whatever he wants by now, whoever has taken him has him
    if wanted is None or visit.state is not Stage.TALKING:
        return
    theirs = [offer for offer in stand.values() if _is_for(offer, wanted.wish, visit)]
    if any(is_with_somebody(offer) for offer in theirs):
        return  # he is with somebody, or where nobody came: what follows is said there
    _climb(visit, wanted, theirs, parts)


def _next_callers(parts: FindParts) -> NextCallers:
    return NextCallers(parts.offers, parts.takers, parts.waiting, parts.timings, calls=parts.calls)


def _looked_at(asked: Offer, wanted: Wanted | None, parts: FindParts) -> Offer:
    """The offer as it stands once it was looked at, and withdrawn where nobody wants it."""
    is_his = not asked.wish or (wanted is not None and asked.wish == wanted.wish)
    facts = () if is_his else (Withdrawn(WANTED_ELSE),)
    return tell_offer(asked.visit_id, asked.offer_id, facts, parts.offers)


def _is_for(offer: Offer, wish: str, visit: Visit) -> bool:
    """Whether it was made for a wish; or since then while he waited, though that was never told."""
    in_line = not offer.wish and offer.asked_at_ms >= visit.wishes[wish].at_ms
    return in_line or offer.wish == wish


def _climb(visit: Visit, wanted: Wanted, theirs: Sequence[Offer], parts: FindParts) -> None:
    takers = _with_whom(visit.wishes[wanted.wish].person, parts.takers.of(wanted.whose), parts)
    for step in parts.waiting.rules.of(wanted.whose).ladder:
        match step:
            case LadderStep.NEXT_PERSON if _asks_next(visit, wanted, theirs, takers, parts):
                return
            case LadderStep.QUEUE if _has_room(wanted.whose, takers, parts):
                _let_wait(visit, wanted, parts)
                return
            case LadderStep.CALLBACK if _can_be_called(visit, wanted.whose, parts):
                _offer_call(visit, wanted, parts)
                return
            case LadderStep.SORRY:
                tell_caller(visit, wanted, _why(visit, wanted, takers, parts), parts)
                return


def _with_whom(person_id: str | None, takers: Takers, parts: FindParts) -> Takers:
    """Who can be asked, with whoever is wanted in person first; of another department as well."""
    colleague = None if person_id is None else parts.takers.roster.people.get(person_id)
    if colleague is None or not parts.takers.stands(colleague).can_take:
        return takers
    others = (one for one in takers.ready if one.person_id != colleague.person_id)
    return replace(takers, ready=(colleague, *others), anybody=True)


def _asks_next(
    visit: Visit,
    wanted: Wanted,
    theirs: Sequence[Offer],
    takers: Takers,
    parts: FindParts,
) -> bool:
    """Whether somebody is being asked now who was not asked before; as many as may be at once."""
    asked = {offer.person_id for offer in theirs if was_asked(offer)}
    known = {offer.offer_id for offer in theirs}
    at_once, ringing = parts.waiting.rules.of(wanted.whose).ring_at_once, 0
    ask = partial(ask_person, at_once=at_once)
    for colleague in takers.ready:
        if colleague.person_id in asked:
            continue
        try:
            offer = ask(visit.visit_id, colleague, parts.timings, parts.offers, wanted.wish)
        except PersonStateError:
            continue  # somebody else was faster
        if offer.said is Said.TAKES or is_with_somebody(offer):
            return True
        ringing += offer.ended is None
        if asked and ringing == 1 and offer.ended is None and offer.offer_id not in known:
            tell_of_next(visit, wanted, offer, parts)
        if ringing >= at_once:
            return True
    return ringing > 0 or _is_asked_meanwhile(visit, wanted, parts)


def _is_asked_meanwhile(visit: Visit, wanted: Wanted, parts: FindParts) -> bool:
    """Whether somebody else has begun to ask a person about him since it was looked.

    A person is held before the offer is there to be seen. A caller who was told then that nobody
    is there would ask again, and whoever rings for the first wish would ring beside the next one.
    Who holds a person and dies is waited for no longer than that takes.
    """
    theirs = [one.person_id for one in parts.takers.roster.of_department(wanted.whose)]
    in_person = visit.wishes[wanted.wish].person
    ids = list(dict.fromkeys([*theirs, in_person] if in_person else theirs))
    now_ms = parts.takers.clock.now_ms()
    people = [as_of(one, now_ms) for one in parts.takers.book.read_many(ids).people.values()]
    begun_ms = {
        one.held.offer_id: one.since_ms
        for one in people
        if one.state is PersonState.RINGING and one.held and one.held.visit_id == visit.visit_id
    }
    offers = {one.offer_id: one for one in parts.offers.book.of_visit(visit.visit_id)}
    if any(one.ended is None for one in offers.values()):
        return True  # what comes of it is hinted at
    unseen = [since_ms for offer_id, since_ms in begun_ms.items() if offer_id not in offers]
    if not any(now_ms - since_ms < BEGUN_SECONDS * 1_000 for since_ms in unseen):
        return False
    again = ReceptionJob(JobKind.ASK, visit.visit_id, BEGUN_SECONDS)
    send_hint(again, parts.offers.people.hints, parts.offers.people.metrics)
    return True


def _has_room(department: str, takers: Takers, parts: FindParts) -> bool:
    waiting = parts.waiting
    boards = waiting.queue.boards([department], WaitsFor.PERSON)
    return takers.anybody and len(boards[department].places) < waiting.rules.of(department).most


def _let_wait(visit: Visit, wanted: Wanted, parts: FindParts) -> None:
    """Tell a caller that he may wait; who asks again after that does."""
    if not visit.was_told(NotFound.MAY_WAIT, wanted.whose):
        tell_caller(visit, wanted, NotFound.MAY_WAIT, parts)
        return
    now_ms = parts.waiting.clock.now_ms()
    entered = enter_queue(_place_asked(visit, wanted), parts.waiting, parts.takers)
    if not isinstance(entered, Waits):
        tell_caller(visit, wanted, NotFound.NOBODY_READY, parts)
        return
    if not _is_still_to_get_one(visit.visit_id, wanted, parts):
        if not _was_led_there(visit.visit_id, wanted, parts):
            change_entry(visit.visit_id, Left(LeftBecause.WANTED_ELSE), parts.waiting)
        return
    text = None if wanted.whose in visit.heard else parts.messages.of(wanted.whose)
    first = () if text is None else (Speak(text),)
    steps = (*first, *entered.instructions)
    outcome = parts.offers.deeds.telephone.redirect(visit.leg, steps)
    if not isinstance(outcome, Done | Unknown):
        because = LeftBecause.GONE if isinstance(outcome, Gone) else LeftBecause.FAILED
        change_entry(visit.visit_id, Left(because), parts.waiting)
        if because is LeftBecause.FAILED:
            tell_caller(visit, wanted, NotFound.NOBODY_READY, parts)
        return
    waits = Visit(
        visit_id=visit.visit_id,
        department=wanted.whose,
        stage=Stage.WAITING,
        stage_ms=now_ms,
        place_ms=entered.entry.place_ms,
        wait_said=entered.said(now_ms),
        heard=frozenset({wanted.whose} if first else ()),
        told={wanted.wish: Told(at_ms=now_ms, what=LadderStep.QUEUE.value)},
    )
    tell(parts.visits, waits)


def _place_asked(visit: Visit, wanted: Wanted) -> WaitAsked:
    """His place is since his wish, unless he waited before."""
    return WaitAsked(
        visit_id=visit.visit_id,
        department=wanted.whose,
        waits_for=WaitsFor.PERSON,
        leg=visit.leg,
        number=visit.caller,
        place_ms=visit.wishes[wanted.wish].at_ms if visit.place_ms is None else visit.place_ms,
        look_in_seconds=LED_WITHIN_SECONDS,
    )


def _can_be_called(visit: Visit, department: str, parts: FindParts) -> bool:
    numbers, rules = parts.numbers, parts.waiting.rules
    if numbers is None or visit.caller is None or not rules.of(department).keeps_places:
        return False
    return numbers.read(visit.caller) is not None


def _offer_call(visit: Visit, wanted: Wanted, parts: FindParts) -> None:
    """Tell a caller that he may be called; who asks again is sent to where a key keeps his place.

    What follows is written there, when his leg asks for it: he may be sent twice before that.
    """
    if not visit.was_told(NotFound.MAY_BE_CALLED, wanted.whose):
        tell_caller(visit, wanted, NotFound.MAY_BE_CALLED, parts)
        return
    if not _is_still_to_get_one(visit.visit_id, wanted, parts):
        return
    outcome = parts.offers.deeds.telephone.redirect(visit.leg, (GoTo(OFFER_CALL),))
    if not isinstance(outcome, Done | Unknown | Gone):
        tell_caller(visit, wanted, NotFound.NOBODY_READY, parts)


def _is_still_to_get_one(visit_id: str, wanted: Wanted, parts: FindParts) -> bool:
    """Whether nothing has come of the wish meanwhile: a ring without an answer takes ten seconds.

    Whoever was led away then would be torn from a person, or from what he wants now.
    """
    kept = parts.visits.read(visit_id)
    if kept is None or kept.visit.state is not Stage.TALKING or kept.visit.wanted != wanted:
        return False
    offers = parts.offers.book.of_visit(visit_id)
    return not any(has_him(offer) or is_with_somebody(offer) for offer in offers)


def _was_led_there(visit_id: str, wanted: Wanted, parts: FindParts) -> bool:
    """Whether somebody who looked beside us was faster, and the place is that of this very wish."""
    kept = parts.visits.read(visit_id)
    if kept is None or kept.visit.state is not Stage.WAITING:
        return False
    told = kept.visit.told.get(wanted.wish)
    return told is not None and told.what == LadderStep.QUEUE


def _why(visit: Visit, wanted: Wanted, takers: Takers, parts: FindParts) -> NotFound:
    offers = parts.offers.book.of_visit(visit.visit_id)
    if any(offer.wish == wanted.wish for offer in offers):
        return NotFound.NOT_REACHED
    return NotFound.NOBODY_READY if takers.is_open else NotFound.CLOSED
