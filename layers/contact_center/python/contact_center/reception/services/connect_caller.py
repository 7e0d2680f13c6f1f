"""A caller gets an assistant, or a place, or somewhere sensible; whoever asks, from the same place.

A line is held for the call before it is ordered. What may come of the order:

    joined     the caller's leg is connected with it
    rings      the caller's leg rings there; what comes of that is told by its end
               (dialled_assistant.py), and by the call, when it comes in (expected_calls.py)
    refused    for certain there is no call: the line is free, the caller waits at his place
    unknown    there may be a call: the line stays taken and the caller waits; no second call rides
               on the same line. The call is looked up by its name, and is his when it is found
               while he waits (late_answers.py); else it is ended, and his line is free
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from contact_center.dialing.services.dialing_ports import LineClaim
from contact_center.dialing.services.hold_visit_lines import release_line
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.spoken import longest_seconds
from contact_center.queue.domain.wait_documents import RESULT_PATH
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.enter_queue import Overflow, WaitAsked, enter_queue
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.reception.services.callbacks.offer_callback import with_callback
from contact_center.reception.services.leave_visit import UNSTORED, hint
from contact_center.visits.domain.courtesies import AFTER_ASSISTANT, after_dialled
from contact_center.visits.domain.instructions import GoTo, Speak
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import (
    CAME_TO_NOTHING,
    Outcome,
    Post,
    PostState,
    Stage,
)
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import AssistantRequest, Joined, Rings, Unheard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.visit_parts import AsksAbout

# The first, for which there may have been no line, and three from the queue: a provider that
# takes no call from us will take no fifth.
MOST_ORDERS = 4
FIRST_ANSWER_LOST = "first_answer_lost"
# Until somebody whose assistant was not there gets the next, longer with each that was ordered.
AGAIN_SECONDS, MOST_AGAIN_SECONDS = 5, 60


class Onward(NamedTuple):
    """What is known of a visit now, and what the caller's leg does next."""

    visit: Visit
    steps: tuple[Instruction, ...]


def order_assistant(visit: Visit, post: str, reception: Reception) -> Onward:
    """Order the call for which a line is held, once.

    Args:
        visit: Which says already that this call may have been ordered.
        post: The name of the call.
        reception: What it works with.
    """
    outcome, now_ms = _ordered(visit, post, reception), reception.clock.now_ms()
    if isinstance(outcome, Joined):
        first_ms = visit.talked_ms or now_ms
        talking = replace(visit, stage=Stage.TALKING, stage_ms=now_ms, talked_ms=first_ms)
        heard, first = hears_first(talking, reception)
        placed = Post(
            state=PostState.PLACED,
            at_ms=now_ms,
            call_id=outcome.call_id,
            first_words_ms=_lasts_ms(first),
        )
        return Onward(merged(heard, post_told(post, placed)), (*first, outcome.join))
    if isinstance(outcome, Rings):
        heard, first = hears_first(visit, reception)
        return Onward(heard, (*first, outcome.ring))
    if isinstance(outcome, Unknown):
        reception.metrics.count("visit_in_doubt")
        asks = outcome.asks if isinstance(outcome, Unheard) else None
        return unserved(visit, post, PostState.UNKNOWN, outcome.reason, reception, asks)
    state = PostState.REFUSED if isinstance(outcome, Refused) else PostState.NOT_SENT
    _freed(visit.visit_id, post, reception)
    return unserved(visit, post, state, outcome.reason, reception)


def _ordered(
    visit: Visit, post: str, reception: Reception
) -> Joined | Rings | Refused | NotSent | Unknown:
    """What came of the order, counted."""
    proof = visit.posts[post].proof
    request = AssistantRequest(
        name=post,
        visit_id=visit.visit_id,
        caller=visit.caller,
        called=visit.called,
        after=AFTER_ASSISTANT if proof is None else after_dialled(post),
        rang_at_ms=visit.began_ms,
        before=visit.call_id,
        resumes=visit.resumed,
        nobody_came=bool(visit.wishes),
        proof=proof,
    )
    try:
        outcome = reception.assistants.order(request)
    except Exception:  # noqa: BLE001  whatever broke, a call may have been ordered, but for one
        # that only the document lets ring
        outcome = Unknown("broken") if proof is None else NotSent("broken")
    kind = Unknown if isinstance(outcome, Unknown) else type(outcome)
    reception.metrics.count("assistant_ordered", outcome=kind.__name__.lower())
    return outcome


def taken_back(visit: Visit, post: str, reception: Reception) -> Visit:
    """The visit without a ring whose document nobody may have had: its line is free.

    Should the leg ring after all, its call is refused, for nobody waits for it any more. Raises
    ContentionError, StoreRefusedError, StoreUnavailableError.
    """
    known = visit.posts.get(post)
    if known is None or known.proof is None or known.state is not PostState.SENT:
        return visit
    lost = Post(state=PostState.NOT_SENT, at_ms=reception.clock.now_ms(), reason=FIRST_ANSWER_LOST)
    after = tell(reception.visits, post_told(post, lost)) or visit
    if after.posts[post].state is PostState.NOT_SENT:  # else its call was taken meanwhile
        _freed(visit.visit_id, post, reception)
    return after


def unserved(  # noqa: PLR0913, PLR0917 - what became of the order
    visit: Visit,
    post: str,
    state: PostState,
    reason: str,
    reception: Reception,
    asks: AsksAbout | None = None,
) -> Onward:
    """A caller for whom no assistant was had: with a place, or turned away."""
    now_ms = reception.clock.now_ms()
    unheard_ms = now_ms if state is PostState.UNKNOWN else None
    came = Post(state=state, at_ms=now_ms, reason=reason, unheard_ms=unheard_ms, asks=asks)
    told = merged(visit, post_told(post, came))
    ordered = reason != LineClaim.FULL  # else a line may be free by now
    in_seconds = again_in_seconds(visit) if ordered else 0
    return wait_or_turn_away(told, reason, now_ms, reception, in_seconds)


def wait_or_turn_away(
    visit: Visit, reason: str, at_ms: int, reception: Reception, look_in_seconds: int = 0
) -> Onward:
    """A caller whom nobody serves now: with a place in the queue, or with another end.

    Args:
        visit: As far as it is known.
        reason: Why nobody serves him, in a word of ours or the provider's.
        at_ms: Since when, ms since 1970: the same whenever the same is asked again.
        reception: What it works with.
        look_in_seconds: Until it is looked whether a line is free for him.
    """
    department = visit.department or reception.department
    came_to_nothing = sum(post.state in CAME_TO_NOTHING for post in visit.posts.values())
    if came_to_nothing >= MOST_ORDERS:  # who waits behind him had to wait for all of them
        hint(ReceptionJob(JobKind.SERVE), reception)
        words = reception.courtesies.nobody(department, reception.caller_id)
        return turned_away(visit, Outcome.FAILED, reason, words, at_ms, reception)
    asked = WaitAsked(
        visit_id=visit.visit_id,
        department=department,
        waits_for=WaitsFor.LINE,
        leg=visit.leg,
        number=visit.caller,
        place_ms=visit.place_ms or at_ms,
        look_in_seconds=look_in_seconds,
    )
    try:
        came = enter_queue(asked, reception.queue)
    except UNSTORED:
        reception.metrics.count("enqueue_failed")
        words = reception.courtesies.nobody(department, reception.caller_id)
        return turned_away(visit, Outcome.FAILED, reason, words, at_ms, reception)
    if isinstance(came, Overflow):
        return overflowed(visit, came, at_ms, reception)
    place_ms = came.entry.place_ms
    waits = replace(visit, stage=Stage.WAITING, stage_ms=at_ms, place_ms=place_ms)
    waits = merged(waits, Visit(visit_id=visit.visit_id, wait_said=came.said(at_ms)))
    heard, first = hears_first(waits, reception)
    return Onward(heard, (*first, *came.instructions))


def wait_unless_sent_for(
    visit: Visit, reason: str, at_ms: int, reception: Reception, look_in_seconds: int | None = None
) -> str:
    """The document for a caller whose call is over, unless he was sent for meanwhile.

    Told twice and slowly, or in the moment in which a person takes him, he would be torn out of
    what he was sent to, and wait once more. What comes after a call is asked for of who was led
    out of it as well, to wait for a person: his place is that one.

    Args and raises as `wait_or_turn_away`; the visit as it stood when the call was over, and None:
    he was with an assistant, or on the way there, and is served again after a while.
    """
    # A place that is given first and taken back may be kept where the store fails in between: a
    # tick would lead him out of his talk with a person, to an assistant.
    is_hers = _with_a_person(visit) and visit.stage_ms >= at_ms
    if is_hers or is_to_get_a_person(visit.visit_id, reception):
        return reception.document([GoTo(RESULT_PATH)])
    in_seconds = again_in_seconds(visit) if look_in_seconds is None else look_in_seconds
    onward = wait_or_turn_away(visit, reason, at_ms, reception, in_seconds)
    after = tell(reception.visits, onward.visit) or onward.visit
    sent_for = after.last_post != visit.last_post and after.line is not None
    if sent_for or _with_a_person(after):
        leave_queue(visit.visit_id, reception.queue)
        return reception.document([GoTo(RESULT_PATH)])
    return reception.document(onward.steps)


def is_to_get_a_person(visit_id: str, reception: Reception) -> bool:
    """Whether he stands in a line for one, or is about to be hers."""
    entry = reception.queue.queue.read(visit_id)
    return entry is not None and entry.in_queue and entry.waits_for is WaitsFor.PERSON


def again_in_seconds(visit: Visit) -> int:
    """Until somebody whose assistant was not there is served again, on his line or another.

    Not at once, for whoever took no call a moment ago takes none now.
    """
    return min(AGAIN_SECONDS * len(visit.posts) ** 2, MOST_AGAIN_SECONDS)


def _with_a_person(visit: Visit) -> bool:
    """Whether the last that is told of a caller is that a person has him."""
    return visit.stage is Stage.ELSEWHERE and Outcome.TRANSFERRED in visit.endings


def hears_first(visit: Visit, reception: Reception) -> Onward:
    """The visit, and the message of its department that is said once to whoever calls now."""
    department = visit.department or reception.department
    text = None if department in visit.heard else reception.messages.of(department)
    if text is None:
        return Onward(visit, ())
    return Onward(replace(visit, heard=visit.heard | {department}), (Speak(text),))


def _lasts_ms(steps: Iterable[Instruction]) -> int:
    """How long a slow voice says what is said in them."""
    return 1_000 * sum(longest_seconds(step.text) for step in steps if isinstance(step, Speak))


def overflowed(visit: Visit, came: Overflow, at_ms: int, reception: Reception) -> Onward:
    """A caller for whom no queue has a place, or no longer."""
    said = reception.courtesies.instead(came.closing, reception.caller_id)
    words = with_callback(said, came.closing, visit.caller, reception)
    return turned_away(visit, Outcome.FAILED, came.because, words, at_ms, reception)


def turned_away(  # noqa: PLR0913, PLR0917 - what he came to, and what he hears of it
    visit: Visit,
    outcome: Outcome,
    cause: str,
    words: Iterable[Instruction],
    at_ms: int,
    reception: Reception,
) -> Onward:
    """A caller who goes on elsewhere, and what that makes of the visit once he hangs up."""
    endings = {**visit.endings, outcome.value: cause}
    turned = replace(visit, stage=Stage.ELSEWHERE, stage_ms=at_ms, endings=endings)
    reception.metrics.count("caller_turned_away", outcome=outcome.value)
    return Onward(turned, tuple(words))


def _freed(visit_id: str, post: str, reception: Reception) -> None:
    try:
        release_line(visit_id, post, reception.lines.lines)
    except UNSTORED:
        reception.metrics.count("line_not_freed")  # the end of the visit frees it
