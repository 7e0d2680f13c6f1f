"""A caller's leg has rung at an assistant's, and that is over: what he gets, and his line is free.

Goodbye, as after any assistant, if the call was taken (expected_calls.py) and there was a talk;
else he waits at his own place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import release_line
from contact_center.queue.domain.wait_documents import RESULT_PATH
from contact_center.reception.services.connect_caller import (
    is_to_get_a_person,
    wait_unless_sent_for,
)
from contact_center.reception.services.follow_visit import had_a_talk, said_goodbye
from contact_center.reception.services.leave_visit import UNSTORED, hint
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.legs import ENDS, LegStatus
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import Post, PostState, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.legs import DialEnded

NOT_THERE = "assistant_not_there"


def dialled_assistant_ended(told: DialEnded, number: int, reception: Reception) -> str | None:
    """The document for a caller whose assistant is gone, or never came; None: he has hung up.

    Args:
        told: How it ended.
        number: Of the call, among those of the visit.
        reception: What it works with.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: He hears that it broke.
    """
    visit_id, now_ms = visit_of(told.leg), reception.clock.now_ms()
    post, gone = f"{visit_id}.{number}", told.status in ENDS
    kept = reception.visits.read(visit_id)
    if kept is None or post not in kept.visit.posts:
        reception.metrics.count("leg_without_visit")
        return None if gone else reception.document(reception.courtesies.goodbye())
    talked = _talked(kept.visit, post, told, now_ms)
    ended = _ended(kept.visit, post, told, now_ms)
    let_go = Visit(visit_id=visit_id, let_go_ms=None if gone else now_ms)
    visit = tell(reception.visits, merged(ended, let_go), kept) or kept.visit
    _free(visit_id, post, reception, serve=talked or gone)
    if gone:
        return None
    if visit.last_post != post:  # told late: he has had another since
        return reception.document([GoTo(RESULT_PATH)])
    if talked and visit.wishes and is_to_get_a_person(visit_id, reception):
        return reception.document([GoTo(RESULT_PATH)])  # he was led there out of his talk
    if talked:
        return said_goodbye(visit, reception)
    reception.metrics.count(NOT_THERE)
    if visit.posts[post].call_id is None:
        reception.metrics.count("sip_call_not_taken")
    return wait_unless_sent_for(visit, NOT_THERE, visit.posts[post].at_ms, reception)


def _talked(visit: Visit, post: str, told: DialEnded, now_ms: int) -> bool:
    """Whether an assistant was given to his call, and had the time for a word."""
    bridged = told.how is LegStatus.COMPLETED if told.bridged is None else told.bridged
    return visit.posts[post].call_id is not None and bridged and had_a_talk(visit, now_ms)


def _ended(visit: Visit, post: str, told: DialEnded, now_ms: int) -> Visit:
    """What is told of the call: of one that nobody took, that it came to nothing."""
    taken = visit.posts[post].call_id is not None
    state = PostState.OVER if taken else PostState.REFUSED
    reason = told.how.value if told.sip_code is None else f"{told.how.value}_{told.sip_code}"
    return post_told(post, Post(state=state, at_ms=now_ms, reason=reason))


def _free(visit_id: str, post: str, reception: Reception, *, serve: bool) -> None:
    """Free the line, unless somebody has before; whoever was refused is not served at once."""
    try:
        freed = release_line(visit_id, post, reception.lines.lines)
    except UNSTORED:
        reception.metrics.count("line_not_freed")  # the end of the visit frees it
        return
    if freed and serve:
        hint(ReceptionJob(JobKind.SERVE), reception)
