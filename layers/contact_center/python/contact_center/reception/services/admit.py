"""Admit a caller: hours, then a line, then an assistant; else a place, or somewhere sensible.

What a crash or a lost answer leaves between two steps:

    write the visit     whoever finds it there answers what it was answered, or waits for that
    claim a line        a lease of that visit: freed by its end, or looked up
    order a call        the visit says that one may have been ordered: it is never ordered again
    write the answer    the caller is connected; a repetition hears that something broke

A line is claimed before the call is ordered. Refused: it is freed. Nobody knows: it stays taken,
and somebody looks the call up by its name (look_up_visits.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.dialing_ports import LineClaim
from contact_center.dialing.services.hold_visit_lines import claim_line, leave_line, release_line
from contact_center.dialing.services.voice_ports import Refused, Unknown
from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.reception.domain.courtesies import AFTER_ASSISTANT
from contact_center.reception.domain.opening_hours import Closed, opening
from contact_center.reception.domain.visits import (
    Outcome,
    Post,
    PostState,
    Stage,
    Visit,
    merged,
    post_told,
    visit_of,
)
from contact_center.reception.services.tell_visit import tell
from contact_center.reception.services.visit_ports import AssistantRequest, Joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.kernel.ports import CivilTime, Clock, Metrics, Sleeper
    from contact_center.reception.domain.courtesies import Courtesies
    from contact_center.reception.domain.instructions import Instruction
    from contact_center.reception.domain.legs import CallerRang
    from contact_center.reception.domain.opening_hours import OpeningHours
    from contact_center.reception.services.visit_ports import (
        Assistants,
        Kept,
        Visits,
        Waiting,
    )

# A repetition waits for the answer to the first: longer than an assistant is waited for, and
# together with it shorter than the provider waits for us.
ANSWER_WITHIN_MS = 8_000
LOOK_EVERY_MS = 200
ENTRY = ""  # the hours of nobody's own: the company's

_UNSTORED = (ContentionError, StoreRefusedError, StoreUnavailableError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What admitting and following callers works with.

    Attributes:
        department: For whom a caller waits who has not said what it is about.
        caller_id: E.164 that another number is shown.
        document: Instructions, written as the provider takes them.
    """

    visits: Visits
    lines: VisitLineParts
    assistants: Assistants
    waiting: Waiting
    hours: OpeningHours
    courtesies: Courtesies
    department: str
    caller_id: str
    document: Callable[[Iterable[Instruction]], str]
    clock: Clock
    civil: CivilTime
    sleeper: Sleeper
    metrics: Metrics


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
        called=came.called,
        department=reception.department,
        began_ms=now_ms,
        stage=Stage.CAME,
        stage_ms=now_ms,
    )
    hours = reception.hours.of(ENTRY)
    state = opening(hours, reception.civil.at(now_ms))
    if isinstance(state, Closed):
        words = reception.courtesies.closed(hours.closing, reception.caller_id)
        turned = _turned_away(visit, Outcome.CLOSED, state.because or "hours", words, reception)
        return _begun(turned, reception) or _answer_of(turned)
    post = visit.next_post()
    began = merged(visit, post_told(post, Post(state=PostState.SENT, at_ms=now_ms)))
    answered = _begun(began, reception)
    if answered is not None:
        return answered
    told = _connected(began, post, reception)
    _told(told, reception)
    return _answer_of(told)


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
    reception.metrics.count("first_answer_lost")
    department = stands.visit.department or reception.department
    words = reception.courtesies.sorry(department, reception.caller_id)
    blank = Visit(visit_id=stands.visit.visit_id)
    sorry = _turned_away(blank, Outcome.FAILED, "first_answer_lost", words, reception)
    after = tell(reception.visits, sorry)
    return _answer_of(after or sorry)


def _connected(visit: Visit, post: str, reception: Reception) -> Visit:
    """The visit with what came of a line and an assistant for it, and with its answer."""
    claim = claim_line(visit.visit_id, post, visit.caller, reception.lines)
    if claim is not LineClaim.TAKEN:
        return _unserved(visit, post, PostState.NOT_SENT, claim.value, reception)
    request = AssistantRequest(
        name=post,
        visit_id=visit.visit_id,
        caller=visit.caller,
        called=visit.called,
        after=AFTER_ASSISTANT,
    )
    try:
        outcome = reception.assistants.order(request)
    except Exception:  # noqa: BLE001  whatever broke, a call may have been ordered
        outcome = Unknown("broken")
    reception.metrics.count("assistant_ordered", outcome=type(outcome).__name__.lower())
    now_ms = reception.clock.now_ms()
    if isinstance(outcome, Joined):
        placed = Post(state=PostState.PLACED, at_ms=now_ms, call_id=outcome.call_id)
        joined = replace(visit, stage=Stage.TALKING, stage_ms=now_ms)
        joined = _answered(joined, (outcome.join,), reception)
        return merged(joined, post_told(post, placed))
    if isinstance(outcome, Unknown):
        reception.metrics.count("visit_in_doubt")
        return _unserved(visit, post, PostState.UNKNOWN, outcome.reason, reception)
    state = PostState.REFUSED if isinstance(outcome, Refused) else PostState.NOT_SENT
    _freed(visit.visit_id, post, reception)
    return _unserved(visit, post, state, outcome.reason, reception)


def _freed(visit_id: str, post: str, reception: Reception) -> None:
    try:
        release_line(visit_id, post, reception.lines.lines, reception.clock.now_ms())
    except _UNSTORED:
        reception.metrics.count("line_not_freed")  # the end of the visit frees it


def _unserved(
    visit: Visit, post: str, state: PostState, reason: str, reception: Reception
) -> Visit:
    """The visit of a caller for whom no assistant was had: with a place, or turned away."""
    now_ms = reception.clock.now_ms()
    told = post_told(post, Post(state=state, at_ms=now_ms, reason=reason))
    return merged(wait_or_turn_away(visit, reason, now_ms, reception), told)


def wait_or_turn_away(visit: Visit, reason: str, at_ms: int, reception: Reception) -> Visit:
    """The visit with a place in the queue, or with another end, and what the caller hears.

    Args:
        visit: As far as it is known.
        reason: Why nobody serves him, in a word of ours or the provider's.
        at_ms: Since when, ms since 1970: the same whenever the same is asked again.
        reception: What it works with.
    """
    place_ms = visit.place_ms or at_ms
    department = visit.department or reception.department
    try:
        steps = reception.waiting.enqueue(visit.visit_id, department, place_ms)
    except _UNSTORED:
        reception.metrics.count("enqueue_failed")
        steps = None
    if steps is None:
        words = reception.courtesies.nobody(department, reception.caller_id)
        turned = _turned_away(visit, Outcome.FAILED, reason, words, reception)
        return replace(turned, stage_ms=at_ms)
    waiting = replace(visit, stage=Stage.WAITING, stage_ms=at_ms, place_ms=place_ms)
    return _answered(waiting, steps, reception)


def _turned_away(
    visit: Visit,
    outcome: Outcome,
    cause: str,
    words: Iterable[Instruction],
    reception: Reception,
) -> Visit:
    endings = {**visit.endings, outcome.value: cause}
    now_ms = reception.clock.now_ms()
    turned = replace(visit, stage=Stage.ELSEWHERE, stage_ms=now_ms, endings=endings)
    reception.metrics.count("caller_turned_away", outcome=outcome.value)
    return _answered(turned, words, reception)


def _answered(visit: Visit, steps: Iterable[Instruction], reception: Reception) -> Visit:
    answer = reception.document(steps)
    return replace(visit, answer_ms=reception.clock.now_ms(), answer=answer)


def _told(visit: Visit, reception: Reception) -> None:
    """Write what came of it. A caller who has gone meanwhile leaves his line here."""
    try:
        after = tell(reception.visits, visit)
        if after is not None and after.ended_ms is not None and not after.in_doubt:
            leave_line(visit.visit_id, visit.caller, reception.lines)
    except _UNSTORED:
        reception.metrics.count("visit_unstored")  # he is connected: what is open is looked up


def _answer_of(visit: Visit) -> str:
    if visit.answer is None:
        raise StoreUnavailableError
    return visit.answer
