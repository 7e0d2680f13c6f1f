"""Admit a caller: hours, then a line, then an assistant; else a place, or somewhere sensible.

What a crash or a lost answer leaves between two steps:

    write the visit     whoever finds it there answers what it was answered, or waits for that
    claim a line        a lease of that visit: freed by its end, or looked up
    order a call        the visit says that one may have been ordered: it is never ordered again
    write the answer    the caller is connected; a repetition hears that something broke
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.dialing_ports import LineClaim
from contact_center.dialing.services.hold_visit_lines import claim_line, note_caller
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.queue.services.queue_ports import Arrival
from contact_center.reception.services.callbacks.offer_callback import with_callback
from contact_center.reception.services.callbacks.use_kept_place import use_up_place
from contact_center.reception.services.connect_caller import (
    FIRST_ANSWER_LOST,
    order_assistant,
    taken_back,
    turned_away,
    unserved,
)
from contact_center.reception.services.leave_visit import UNSTORED, told
from contact_center.visits.domain.opening_hours import Closed, opening
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import Outcome, Post, PostState, Stage, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import Kept

if TYPE_CHECKING:
    from contact_center.reception.services.connect_caller import Onward
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.legs import CallerRang

# A repetition waits for the answer to the first: longer than an assistant is waited for, and
# together with it shorter than the provider waits for us.
ANSWER_WITHIN_MS = 8_000
LOOK_EVERY_MS = 200
FIRST_REVISION = 1  # of a visit that was written where there was none
ENTRY = ""  # the hours of nobody's own: the company's


def admit(came: CallerRang, reception: Reception) -> str:
    """Answer a caller's first ring; a repetition is answered alike and changes nothing.

    Returns:
        The document that the caller's leg is to carry out.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: Nothing was ordered for him.
    """
    now_ms = reception.clock.now_ms()
    visit = Visit(
        visit_id=visit_of(came.leg),
        caller=came.caller,
        called=came.called or reception.caller_id or None,  # else a SIP domain of ours was
        call_token=came.call_token if reception.shows_callers else None,
        department=reception.department,
        began_ms=now_ms,
        stage=Stage.CAME,
        stage_ms=now_ms,
    )
    hours = reception.hours.of(ENTRY)
    state = opening(hours, reception.civil.at(now_ms))
    if isinstance(state, Closed):
        said = reception.courtesies.closed(hours.closing, reception.caller_id)
        words = with_callback(said, hours.closing, came.caller, reception)
        because = state.because or "hours"
        away = turned_away(visit, Outcome.CLOSED, because, words, now_ms, reception)
        closed = _answered(away, reception)
        return _begun(closed, reception) or _answer_of(closed)
    post = visit.next_post()
    sent = Post(state=PostState.SENT, at_ms=now_ms, proof=reception.new_proof())
    began = merged(visit, post_told(post, sent))
    answered = _begun(began, reception)
    if answered is not None:
        return answered
    finds = _arrival(began, reception)
    placed = _with_kept_place(began, finds.kept_by, reception)
    onward = _connected(placed, post, finds, reception)
    came_to = _answered(onward, reception)
    told(came_to, reception, Kept(began, FIRST_REVISION))
    return _answer_of(came_to)


def _arrival(visit: Visit, reception: Reception) -> Arrival:
    """What is there for who rings; what cannot be read holds nobody back."""
    department = visit.department or reception.department
    try:
        return reception.queue.queue.arrival(visit.caller, department)
    except UNSTORED:
        reception.metrics.count("queue_not_seen")
        return Arrival(kept_by=None, others_wait=False)


def _with_kept_place(visit: Visit, kept_by: str | None, reception: Reception) -> Visit:
    """The visit with the place that was kept for its caller, who is not called any more."""
    try:
        kept = use_up_place(kept_by, visit.visit_id, reception)
    except UNSTORED:  # while he is with us he is busy, and not called
        reception.metrics.count("place_not_used")
        return visit
    return visit if kept is None else replace(visit, place_ms=kept.place_ms)


def _begun(visit: Visit, reception: Reception) -> str | None:
    """The answer that the visit has already; None: it begins here."""
    stands = reception.visits.write(visit, 0)
    if stands is None:
        reception.metrics.count("visit_began")
        return None
    reception.metrics.count("visit_repeated")
    return _answer_to_the_first(stands, reception)


def _answer_to_the_first(stands: Kept, reception: Reception) -> str:
    """What the first request is answered, which may still be under way."""
    clock = reception.clock
    ends_ms = clock.now_ms() + ANSWER_WITHIN_MS
    found: Kept | None = stands
    while found is not None and found.visit.answer is None and clock.now_ms() < ends_ms:
        reception.sleeper.until(clock.now_ms() + LOOK_EVERY_MS)
        found = reception.visits.read(stands.visit.visit_id)
    if found is not None and found.visit.answer is not None:
        return found.visit.answer
    reception.metrics.count(FIRST_ANSWER_LOST)
    for post in stands.visit.posts:
        taken_back(stands.visit, post, reception)
    department = stands.visit.department or reception.department
    words = reception.courtesies.sorry(department, reception.caller_id)
    blank = Visit(visit_id=stands.visit.visit_id)
    away = turned_away(blank, Outcome.FAILED, FIRST_ANSWER_LOST, words, clock.now_ms(), reception)
    sorry = _answered(away, reception)
    return _answer_of(tell(reception.visits, sorry) or sorry)


def _connected(visit: Visit, post: str, finds: Arrival, reception: Reception) -> Onward:
    """What came of a line and an assistant for the visit."""
    claim = LineClaim.FULL  # a line that is free is theirs who wait for one
    if not finds.others_wait:
        lines = reception.lines
        claim = claim_line(visit.visit_id, post, visit.caller, lines, finds.customer)
    if claim is not LineClaim.TAKEN:
        with suppress(*UNSTORED):  # at worst he is dialled while he waits, and is busy
            note_caller(visit.visit_id, visit.caller, reception.lines)
        return unserved(visit, post, PostState.NOT_SENT, claim.value, reception)
    return order_assistant(visit, post, reception)


def _answered(onward: Onward, reception: Reception) -> Visit:
    answer = reception.document(onward.steps)
    return replace(onward.visit, answer_ms=reception.clock.now_ms(), answer=answer)


def _answer_of(visit: Visit) -> str:
    if visit.answer is None:
        raise StoreUnavailableError
    return visit.answer
