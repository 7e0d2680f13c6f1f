"""A caller whose line broke is rung back by us, once: where the owner wants that, and he allows it.

    hangs up in a talk ──hint──► broke off, and nobody said goodbye, and he has not rung since
                                       │ and he may be called now, by consent that is on record
                                       ▼
              a place is kept for him as of now, and called like any other (call_kept_place.py);
              his key is the yes with which whoever had him goes on

Whoever answers hears nothing of that call: a telephone is shared. What is to be seen stands in the
visit, and in the index of those of which nobody has seen it: a tick finds what a lost hint left.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import MINUTE_MS, department_to_resume
from contact_center.dialing.services.hold_visit_lines import holder_of
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.caller_numbers import is_shared
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.kernel.set_aside import Thing, due_but_not_aside, note_failure
from contact_center.kernel.time_left import always
from contact_center.queue.domain.kept_places import Kept, KeptPlace
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.waiting import Entered, WaitsFor
from contact_center.queue.services.judge_kept_place import MayRing, NotNow, may_ring
from contact_center.queue.services.place_given import place_given
from contact_center.queue.services.queue_ports import QueueChange
from contact_center.visits.domain.visit_parts import Outcome, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.services.ports.callers import CallMemory
    from contact_center.kernel.time_left import InTime
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.visits.services.reception_jobs import ReceptionJobs
    from contact_center.visits.services.visit_ports import OpenBreaks, Visits

LOOK_EVERY_SECONDS = 20
MOST_AT_ONCE = 200
HINTED_WITHIN_MS = 30_000  # whoever hung up just now has a hint on its way
REPORTED_WITHIN_MS = 120_000
NO_LEG = "CB"  # as of places that operators keep: here with the rest of his leg, one a visit


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBackParts:
    """What ringing back works with.

    Attributes:
        breaks: Of whom it is to be seen.
        calls: What calls kept places.
        departments: Who can take a call, the person's number included.
        resume_minutes: For how long after a break somebody is rung back.
        hints: Where it asks to look again, and to serve; None: the tick serves.
    """

    visits: Visits
    breaks: OpenBreaks
    memory: CallMemory
    calls: CallParts
    departments: Departments
    resume_minutes: int
    hints: ReceptionJobs | None


def ring_back(visit_id: str, parts: RingBackParts) -> None:
    """Keep a place for a caller whose talk broke off, if he is to be rung back. Once a visit.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be asked again.
    """
    found = parts.visits.read(visit_id)
    visit = None if found is None else found.visit
    if visit is None or visit.ended_ms is None or not parts.calls.rules.rings_back:
        return
    waiting = parts.calls.waiting
    since_ms = waiting.clock.now_ms() - visit.ended_ms
    if not _is_told(visit) and since_ms <= parts.resume_minutes * MINUTE_MS:
        if since_ms < REPORTED_WITHIN_MS:
            again = ReceptionJob(JobKind.RING_BACK, visit_id, LOOK_EVERY_SECONDS)
            send_hint(again, parts.hints, waiting.metrics)
        return
    place = _place(visit, parts)
    if place is not None:
        _keep(place, parts)
    judged = Visit(visit_id=visit_id, judged_ms=waiting.clock.now_ms())
    tell(parts.visits, judged, found)


def look_after_breaks(parts: RingBackParts, in_time: InTime = always) -> int:
    """Look at everybody of whom nobody has seen whether his talk broke off: a hint was lost.

    Args:
        parts: What it works with.
        in_time: Whether there is time for one more; the rest is looked at by the next tick.

    Returns:
        How many were looked at. What is wrong with one stops no other, and sets it aside after ten
        times.

    Raises:
        StoreUnavailableError: The list cannot be read.
    """
    looked, waiting = 0, parts.calls.waiting
    until_ms = waiting.clock.now_ms() - HINTED_WITHIN_MS
    for visit_id in due_but_not_aside(
        partial(parts.breaks.unjudged, until_ms), MOST_AT_ONCE, Thing.BREAK, waiting.troubles, str
    ):
        if not in_time():
            break
        try:
            ring_back(visit_id, replace(parts, hints=None))  # who looks again is the next tick
        except PassingError:
            continue
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            waiting.metrics.count("break_not_looked_after")
            log_broken("break_not_looked_after", error)
            note_failure(Thing.BREAK, visit_id, error, waiting)
            continue
        looked += 1
    return looked


def _is_told(visit: Visit) -> bool:
    """Whether it is known what his last talk came to, or that a person had him.

    Of a talk that came to nothing that is never told.
    """
    last = visit.posts.get(visit.last_post or "")
    was_told = last is not None and last.came_to is not None
    return was_told or Outcome.TRANSFERRED.value in visit.endings


def _keep(place: QueueEntry, parts: RingBackParts) -> None:
    waiting = parts.calls.waiting
    try:
        stored = waiting.queue.commit(QueueChange(before=None, after=place))
    except ConditionLostError:
        return  # it is kept already, or he has asked for another himself
    waiting.metrics.count("rings_back")
    place_given(stored, waiting)


def _place(visit: Visit, parts: RingBackParts) -> QueueEntry | None:
    """The place that is kept for him; None: he is not to be rung back, or may not be."""
    number = _own_number(visit, parts)
    if number is None or visit.call_id is None or not visit.broke_off:
        return None
    now_ms = parts.calls.waiting.clock.now_ms()
    earlier = parts.memory.call(visit.call_id)
    minutes = parts.resume_minutes
    department = department_to_resume(earlier, parts.departments, minutes, now_ms)
    customer = parts.calls.judge.circumstances(number).customer
    has_rung_since = customer.came not in {None, holder_of(visit.visit_id)}
    if earlier is None or department is None or has_rung_since:
        return None
    kept = KeptPlace(
        asked_at_ms=now_ms,
        by=f"nobody asked: the call {visit.leg} broke off",
        from_ms=now_ms,
        ends_at_ms=(earlier.ended_at_ms or now_ms) + minutes * MINUTE_MS,
        resumes=visit.call_id,
    )
    entry = _entry(visit, number, department.key, kept)
    if entry is None:
        return None
    leave = may_ring(entry, kept, now_ms, parts.calls.judge)
    if isinstance(leave, MayRing) or _passes(leave, kept):  # it is judged again as he is rung
        return entry
    parts.calls.waiting.metrics.count("not_rung_back", reason=leave.because)
    return None


def _passes(leave: NotNow, kept: KeptPlace) -> bool:
    """Whether he may be called a little later, as when another call of his is just ending."""
    return leave.from_ms is not None and leave.from_ms < kept.ends_at_ms


def _own_number(visit: Visit, parts: RingBackParts) -> str | None:
    """The number under which he is known and can be called; None: there is none."""
    number = None if visit.caller is None else parts.calls.rules.numbers.read(visit.caller)
    if number is None or is_shared(number) or number in parts.departments.numbers:
        return None
    return number


def _entry(visit: Visit, number: str, department: str, kept: KeptPlace) -> QueueEntry | None:
    leg = f"{NO_LEG}{visit.leg.removeprefix('CA')}"
    entered = Entered(
        visit_id=visit_of(leg),
        department=department,
        waits_for=WaitsFor.LINE,
        leg=leg,
        number=number,
        place_ms=kept.asked_at_ms,
        at_ms=kept.asked_at_ms,
        due_at_ms=kept.asked_at_ms,
    )
    return after_any(after_any(None, entered), Kept(number=number, place=kept))
