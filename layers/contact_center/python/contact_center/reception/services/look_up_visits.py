"""Visits whose line nobody has freed: asked for where the assistants' calls are, once a tick.

a call that may have been ordered   looked up by its name: ended, its line is free; live, the
                                    receptionist uses or ends it (late_answers.py); not found
                                    three times over by complete look-ups, there is none
a call that nobody has written to   is not ordered any more: whoever was to died before
order
a caller who has gone               frees what he holds
a call whose caller waits again,    asked for by its id
heard a goodbye, or that lasts too
long
any other                           asked for every five minutes: both its ends may be untold
the same, by SIP, that nobody told    the receptionist asks for the caller's own leg, which it does
                                    not outlast there (lost_legs.py)
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import (
    VISIT_HOLDER,
    leave_line,
    release_line,
)
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.kernel.set_aside import Thing, not_aside, note_failure
from contact_center.kernel.time_left import always
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import Post, PostState, Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.dialing_ports import LineBook, LineLease
    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.dialing.services.voice_ports import VoiceProvider
    from contact_center.kernel.time_left import InTime
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.visit_ports import Kept, Visits


ASKED_EVERY_MS = 300_000  # about the call on a line, as long as nobody tells that it is over
ASKED_WITHIN_MS = 75_000  # of them, so that one tick or two find it


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpParts:
    """What looking after visits' lines works with; `jobs` None: nobody waits here."""

    visits: Visits
    leases: LineBook
    lines: VisitLineParts
    voice: VoiceProvider
    jobs: ReceptionJobs | None = None


def look_up_visits(parts: LookUpParts, in_time: InTime = always) -> int:
    """Free the lines that nobody needs any more.

    Args:
        parts: What it works with.
        in_time: Whether there is time for one more: a provider that does not answer takes ten
            seconds for each; the rest is looked at by the next tick.

    Returns:
        How many were freed. Who cannot be asked now is asked at the next tick; what else is wrong
        with one sets it aside after ten times.

    Raises:
        StoreUnavailableError: The leases cannot be read.
    """
    freed = 0
    now_ms, settle_ms = parts.lines.clock.now_ms(), parts.lines.timings.settle_ms
    held = [
        one
        for one in parts.leases.held()
        if one.holder.startswith(VISIT_HOLDER) and now_ms - one.taken_at_ms >= settle_ms
    ]
    for lease in not_aside(held, Thing.LINE, parts.lines.troubles, attrgetter("holder")):
        if not in_time():
            break
        try:
            freed += _looked_after(lease, parts)
        except (PassingError, VoiceUnavailableError):
            continue  # asked again with the next tick
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.lines.metrics.count("line_not_freed")
            log_broken("line_not_freed", error)
            note_failure(Thing.LINE, lease.holder, error, parts.lines)
    return freed


def _looked_after(lease: LineLease, parts: LookUpParts) -> bool:
    lines = parts.lines
    timings, now_ms = lines.timings, lines.clock.now_ms()
    visit_id = lease.holder.removeprefix(VISIT_HOLDER)
    kept = parts.visits.read(visit_id)
    if kept is None:  # it is written before its line is taken: it has been deleted since
        return leave_line(visit_id, lease.number, lines)
    if lease.claim and lease.claim not in kept.visit.posts and kept.visit.ended_ms is None:
        return _never_ordered(kept, lease.claim, parts)
    visit = _without_doubt(kept.visit, parts)
    # Of who waits the line is in his own way, if the end of his call was never told.
    is_let_go = visit.ended_ms is None and not visit.has_assistant
    if not visit.in_doubt and (is_let_go or _is_asked_about(now_ms - lease.taken_at_ms, timings)):
        visit = _asked_for(visit, parts)
    if visit.unjoined is not None:  # whoever can end it, or has the caller sent there, looks at it
        send_hint(ReceptionJob(JobKind.LATE, visit_id), parts.jobs, lines.metrics)
    return let_go_of(visit, lines)


def _never_ordered(kept: Kept, name: str, parts: LookUpParts) -> bool:
    """Free the line of a call that nobody has written that he may order; nobody does any more.

    A serving takes it before the caller's leg comes: whoever orders writes so first. It is written
    on what was read, so that of the two one is refused; a leg that comes later waits again.

    Returns and raises as `let_go_of`.
    """
    visit_id, now_ms = kept.visit.visit_id, parts.lines.clock.now_ms()
    never = Post(state=PostState.NOT_SENT, at_ms=now_ms, reason="never_ordered")
    if parts.visits.write(merged(kept.visit, post_told(name, never)), kept.revision) is not None:
        return False  # somebody has told of something: looked at with the next tick
    return release_line(visit_id, name, parts.lines.lines)


def let_go_of(visit: Visit, lines: VisitLineParts) -> bool:
    """Free the line of a visit of which no call is left.

    Returns:
        Whether that freed one.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    if visit.ended_ms is not None and not visit.in_doubt:
        return leave_line(visit.visit_id, visit.caller, lines)
    if visit.line is None:
        return any(release_line(visit.visit_id, one, lines.lines) for one in visit.posts)
    return False


def _is_asked_about(held_ms: int, timings: DialTimings) -> bool:
    """Whether it is time to ask about the call on a line that was taken so long ago."""
    overdue_ms = timings.max_call_ms + timings.call_margin_ms
    return held_ms >= overdue_ms or held_ms % ASKED_EVERY_MS < ASKED_WITHIN_MS


def _without_doubt(visit: Visit, parts: LookUpParts) -> Visit:
    """The visit after one look-up of each call that may have been ordered."""
    for name in visit.in_doubt:
        post = visit.posts[name]
        found = parts.voice.find_calls(name, post.at_ms)
        if any(not call.ended for call in found.calls):
            continue  # it is there, and holds a line of the provider's
        if found.calls:
            call_id = found.calls[0].call_id
            post = replace(post, state=PostState.OVER, call_id=call_id)
        elif not found.complete:
            continue
        elif post.empty_looks + 1 >= parts.lines.timings.empty_look_ups:
            post = replace(post, state=PostState.NOT_SENT, reason="not_found")
        else:
            looks = post.empty_looks + 1
            post = replace(post, state=PostState.UNKNOWN, empty_looks=looks)
        visit = tell(parts.visits, post_told(name, post)) or visit
    return visit


def _asked_for(visit: Visit, parts: LookUpParts) -> Visit:
    """The visit after its call was asked for by its id."""
    name = visit.line
    if name is None:
        return visit
    post = visit.posts[name]
    call_id = visit.call_id if post.proof is None else post.call_id
    if call_id is None and not _is_over(visit, post, parts):
        if post.proof is not None:  # known by nothing but his own leg, whose end may be untold
            late = ReceptionJob(JobKind.LATE, visit.visit_id)
            send_hint(late, parts.jobs, parts.lines.metrics)
        return visit
    call = None if call_id is None else parts.voice.get_call(call_id)
    if call is not None and not call.ended:
        return visit
    return tell(parts.visits, post_told(name, replace(post, state=PostState.OVER))) or visit


def _is_over(visit: Visit, post: Post, parts: LookUpParts) -> bool:
    """Whether a call of which the provider told nothing is certainly over."""
    if post.proof is None:
        return False
    timings, now_ms = parts.lines.timings, parts.lines.clock.now_ms()
    has_waited_since = visit.state is Stage.WAITING and visit.stage_ms > post.at_ms
    return has_waited_since or now_ms - post.at_ms >= timings.max_call_ms + timings.call_margin_ms
