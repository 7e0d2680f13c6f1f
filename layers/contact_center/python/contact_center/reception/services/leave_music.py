"""A caller's leg has left the music: to an assistant, back to his place, or somewhere sensible.

Served, the call of the serving is ordered by whoever first writes that it may have been; a
repetition waits for that answer and gives the same. What cannot be found out leaves the caller
where he was: the music needs nothing of ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.ports import ContentionError
from contact_center.queue.domain.wait_documents import RESULT_PATH, WAIT_PATH, queue_name
from contact_center.queue.domain.waiting import LeftBecause, WaitsFor
from contact_center.queue.services.enter_queue import Overflow, Waits
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.wait_in_queue import (
    Arrives,
    IsKept,
    joins_on_own_line,
    where_next,
)
from contact_center.reception.services.admit import ANSWER_WITHIN_MS, LOOK_EVERY_MS
from contact_center.reception.services.connect_caller import (
    FIRST_ANSWER_LOST,
    Onward,
    order_assistant,
    overflowed,
    taken_back,
    wait_unless_sent_for,
)
from contact_center.reception.services.leave_visit import UNSTORED, told
from contact_center.visits.domain.instructions import GoTo, Wait
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import Post, PostState, Stage, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import TRIES, tell

if TYPE_CHECKING:
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.visit_parts import LateAnswer
    from contact_center.visits.services.visit_ports import Kept

LEFT_THE_MUSIC = "left_the_music"
# The provider may tell that a call is there before whoever ordered it has written his answer.
UNDER_WAY = frozenset({PostState.SENT, PostState.PLACED})


def leave_music(leg: str, reception: Reception, *, broke: bool = False) -> str:
    """The document for a leg that has left the music, or was sent away from it.

    Args:
        leg: The caller's.
        reception: What it works with.
        broke: Whether there is no music for him: then he does not wait.
    """
    visit_id = visit_of(leg)
    try:
        if broke:
            reception.metrics.count("music_broke")
            leave_queue(visit_id, reception.queue, LeftBecause.FAILED)
        kept = reception.visits.read(visit_id)
        if kept is None:
            reception.metrics.count("leg_without_visit")
            return reception.document(reception.courtesies.goodbye())
        return _where(kept, reception)
    except UNSTORED:
        reception.metrics.count("stays_in_music")
        return reception.document([_music(reception)])


def _where(kept: Kept, reception: Reception) -> str:
    visit, now_ms = kept.visit, reception.clock.now_ms()
    came = where_next(visit.visit_id, reception.queue)
    if isinstance(came, Arrives) and came.post is not None:
        return _served(visit.visit_id, came.post, reception)
    if isinstance(came, Waits):
        post = visit.unjoined
        late = None if post is None else visit.posts[post].late
        if post and late and joins_on_own_line(visit.visit_id, post, reception.queue):
            return _led_there(visit, post, late, reception)
        place_ms = came.entry.place_ms
        waits = Visit(
            visit_id=visit.visit_id,
            stage=Stage.WAITING,
            stage_ms=now_ms,
            place_ms=place_ms,
            wait_said=came.said(now_ms),
        )
        return _told(Onward(waits, came.instructions), reception, kept)
    if isinstance(came, IsKept):
        return reception.document(came.instructions)
    blank = Visit(visit_id=visit.visit_id, caller=visit.caller)
    if isinstance(came, Overflow):
        return _told(overflowed(blank, came, now_ms, reception), reception, kept)
    return wait_unless_sent_for(visit, LEFT_THE_MUSIC, now_ms, reception, look_in_seconds=0)


def _served(visit_id: str, post: str, reception: Reception) -> str:
    visit = _ordered_by_us(visit_id, post, reception)
    if visit is None:
        return _answer_to_the_first(visit_id, post, reception)
    onward = order_assistant(visit, post, reception)
    answer = reception.document(onward.steps)
    known = onward.visit.posts[post]
    answered = post_told(post, replace(known, answer=answer))
    told(merged(onward.visit, answered), reception)
    return answer


def _led_there(visit: Visit, post: str, late: LateAnswer, reception: Reception) -> str:
    """The document that was found too late; whoever asks again is given the same."""
    known, now_ms = visit.posts[post], reception.clock.now_ms()
    if known.joined_ms is None:
        reception.metrics.count("late_answer_used")
        joined = post_told(post, replace(known, joined_ms=now_ms))
        talked_ms = visit.talked_ms or now_ms
        talks = replace(joined, stage=Stage.TALKING, stage_ms=now_ms, talked_ms=talked_ms)
        tell(reception.visits, talks)
    return late.document


def _ordered_by_us(visit_id: str, post: str, reception: Reception) -> Visit | None:
    """The visit, saying now that this call may have been ordered; None: it said so before."""
    now_ms, proof = reception.clock.now_ms(), reception.new_proof()
    sent = post_told(post, Post(state=PostState.SENT, at_ms=now_ms, proof=proof))
    kept = reception.visits.read(visit_id)
    for _ in range(TRIES):
        if kept is None or post in kept.visit.posts:
            return None
        visit = merged(kept.visit, sent)
        kept = reception.visits.write(visit, kept.revision)
        if kept is None:
            return visit
    raise ContentionError


def _answer_to_the_first(visit_id: str, post: str, reception: Reception) -> str:
    """What the first request is answered, which may still be under way."""
    clock = reception.clock
    ends_ms = clock.now_ms() + ANSWER_WITHIN_MS
    while True:
        kept = reception.visits.read(visit_id)
        if kept is None:
            return reception.document(reception.courtesies.goodbye())
        known = kept.visit.posts.get(post)
        if known is not None and known.late is not None:
            return _led_there(kept.visit, post, known.late, reception)
        if known is not None and known.answer is not None:
            return known.answer
        under_way = known is not None and known.state in UNDER_WAY
        if not under_way or clock.now_ms() >= ends_ms:
            break
        reception.sleeper.until(clock.now_ms() + LOOK_EVERY_MS)
    reception.metrics.count(FIRST_ANSWER_LOST)
    visit = taken_back(kept.visit, post, reception)
    if visit.last_post != post:  # asked long ago: he has had another since, and needs no place
        return reception.document([GoTo(RESULT_PATH)])
    since_ms = visit.place_ms or clock.now_ms()
    return wait_unless_sent_for(visit, FIRST_ANSWER_LOST, since_ms, reception, look_in_seconds=0)


def _told(onward: Onward, reception: Reception, known: Kept | None = None) -> str:
    tell(reception.visits, onward.visit, known)
    return reception.document(onward.steps)


def _music(reception: Reception) -> Wait:
    queue = queue_name(reception.department, WaitsFor.LINE)
    return Wait(queue=queue, music=WAIT_PATH, after=RESULT_PATH)
