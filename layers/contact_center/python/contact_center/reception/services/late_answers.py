"""The answer to an order came too late, or never: the call is found again, and used or ended.

A webhook waits six seconds for an assistant; then the caller has a place, and the line is held for
the call that may be there. It is looked up by its name a few times a minute:

    found, the caller waits     what leads him there is written into his visit, and his leg is sent
                                for, once; the door does the rest (leave_music.py)
    found, and nobody wants it  it is ended: the caller has gone, was sent for in vain, or the
                                provider does not say how he gets there
    ended                       its line is free
    not found                   it is looked for a minute, then once a tick (look_up_visits.py),
                                which also decides when there is none
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import ResumeOffered
from contact_center.conversations.domain.resuming import RESUME_KEY
from contact_center.dialing.services.voice_ports import Unknown, VoiceUnavailableError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError
from contact_center.queue.domain.wait_documents import RESULT_PATH
from contact_center.reception.services.look_up_visits import let_go_of
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import LateAnswer, Post, PostState, Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.telephone_ports import Done
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.conversations.services.ports.callers import Resumptions
    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.telephone_ports import Telephone
    from contact_center.visits.services.visit_ports import (
        Kept,
        OrderedCall,
        OrderedCalls,
        Visits,
    )

LOOKED_FOR_MS = 60_000
LOOK_EVERY_SECONDS = 3
# From the redirect until the leg has fetched its document: as in serve_next.py.
ARRIVES_WITHIN_MS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LateParts:
    """What looking for late answers works with.

    Attributes:
        resumptions: Where it is written down what the caller of a call is asked first.
        document: Instructions, written as the telephone provider takes them.
        hints: Where it asks to look again; None: the next tick does.
    """

    visits: Visits
    calls: OrderedCalls
    telephone: Telephone
    lines: VisitLineParts
    resumptions: Resumptions
    document: Callable[[Iterable[Instruction]], str]
    hints: ReceptionJobs | None


def look_for_late_answer(visit_id: str, parts: LateParts) -> None:
    """Look once for the call of a visit that may be there and that nobody is on.

    Where whoever ordered it has not said that it gave up, the caller may talk on it: it is left
    alone, as long as he is on the line.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be told again.
    """
    kept = parts.visits.read(visit_id)
    name = None if kept is None else kept.visit.unjoined
    if kept is None or name is None:
        return
    visit, post = kept.visit, kept.visit.posts[name]
    call = _found(name, post, parts)
    if call is None:
        _look_again(visit, post, LOOK_EVERY_SECONDS, parts)
    elif call.ended:
        _is_over(visit, name, call, parts)
    elif _is_wanted(visit, post, call, parts):
        _use(kept, name, call, parts)
    else:
        _end(visit, post, call, parts)


def _found(name: str, post: Post, parts: LateParts) -> OrderedCall | None:
    try:
        return parts.calls.look_up(name, post.call_id, post.at_ms)
    except VoiceUnavailableError:
        parts.lines.metrics.count("late_answer_unasked")
        return None


def _look_again(visit: Visit, post: Post, in_seconds: int, parts: LateParts) -> None:
    if parts.lines.clock.now_ms() - post.at_ms < LOOKED_FOR_MS:
        job = ReceptionJob(JobKind.LATE, visit.visit_id, in_seconds)
        send_hint(job, parts.hints, parts.lines.metrics)


def _is_over(visit: Visit, name: str, call: OrderedCall, parts: LateParts) -> None:
    over = Post(state=PostState.OVER, at_ms=parts.lines.clock.now_ms(), call_id=call.call_id)
    after = tell(parts.visits, post_told(name, over)) or visit
    if let_go_of(after, parts.lines):
        send_hint(ReceptionJob(JobKind.SERVE), parts.hints, parts.lines.metrics)


def _is_wanted(visit: Visit, post: Post, call: OrderedCall, parts: LateParts) -> bool:
    """Whether the caller waits, and is on his way there or can be sent."""
    if visit.state is not Stage.WAITING or call.join is None:
        return False
    now_ms = parts.lines.clock.now_ms()
    return post.late is None or now_ms - post.late.at_ms < ARRIVES_WITHIN_MS


def _use(kept: Kept, name: str, call: OrderedCall, parts: LateParts) -> None:
    """Write down what leads the caller there, and send for him, once.

    It is written on what was read before the call was looked up: of two who found it one sends.
    """
    visit, post, now_ms = kept.visit, kept.visit.posts[name], parts.lines.clock.now_ms()
    if post.late is None and call.join is not None:
        _note_asked(post, call.call_id, parts)
        late = LateAnswer(now_ms, parts.document([call.join]))
        found = Post(state=PostState.PLACED, at_ms=now_ms, call_id=call.call_id, late=late)
        if parts.visits.write(merged(visit, post_told(name, found)), kept.revision) is not None:
            _look_again(visit, post, LOOK_EVERY_SECONDS, parts)
            return
        sent = parts.telephone.redirect(visit.leg, [GoTo(RESULT_PATH)])
        if not isinstance(sent, Done | Unknown):
            _end(visit, post, call, parts)
            return
        parts.lines.metrics.count("late_answer_found")
    _look_again(visit, post, ARRIVES_WITHIN_MS // 1000, parts)


def _note_asked(post: Post, call_id: str, parts: LateParts) -> None:
    """Write down what he is asked first, before he can be there and say yes to it.

    What is refused for good costs him the answer to his yes, and not his assistant.
    """
    if post.asks is None:
        return
    at_ms, earlier, department = post.asks
    offered = ResumeOffered(
        call_id=call_id, at_ms=at_ms, key=RESUME_KEY, earlier=earlier, department=department
    )
    try:
        parts.resumptions.asked(offered, call_id)
    except StoreRefusedError:
        parts.lines.metrics.count("resume_unnoted")


def _end(visit: Visit, post: Post, call: OrderedCall, parts: LateParts) -> None:
    ended = parts.calls.end(call)
    parts.lines.metrics.count("orphan_ended" if ended else "orphan_left")
    _look_again(visit, post, LOOK_EVERY_SECONDS, parts)
