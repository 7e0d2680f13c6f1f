"""What is written of a caller's visit, and what he leaves who has hung up.

his place, and whoever is asked for him       nobody waits for him, or rings about him
his line                                      is the next one's, unless a call on it is in doubt
a call that nobody joined, a talk that broke  whoever looks after them is told to look
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import leave_line, note_caller
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.visits.domain.visit_parts import Outcome, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.services.visit_ports import Kept

UNSTORED = (ContentionError, StoreRefusedError, StoreUnavailableError)
LOOK_UP_SECONDS = 2  # whoever was too slow for us may need as long again
REPORT_SECONDS = 15  # until the report of a call that is over has mostly come


def told(visit: Visit, reception: Reception, known: Kept | None = None) -> None:
    """Write what came of it. A caller who has gone meanwhile leaves what he holds here.

    Args:
        visit: What is told.
        reception: What it works with.
        known: The visit as it was written a moment ago; None: it is read.
    """
    try:
        after = tell(reception.visits, visit, known)
        if after is not None and after.ended_ms is not None:
            leave_all(after, reception)
    except UNSTORED:
        reception.metrics.count("visit_unstored")  # he is connected: what is open is looked up
    if visit.unjoined is not None:
        hint(ReceptionJob(JobKind.LATE, visit.visit_id, LOOK_UP_SECONDS), reception)


def leave_all(visit: Visit, reception: Reception) -> None:
    """A caller has hung up: free his line, unless a call on it is in doubt, and his place.

    Whoever stood after him may be next now, beside a line that has been free for long.

    Raises ContentionError, StoreRefusedError, StoreUnavailableError: to be told again.
    """
    stood = visit.place_ms is not None or bool(visit.wishes)  # a place may be untold
    frees = stood and leave_queue(visit.visit_id, reception.queue)
    if visit.wishes:  # whoever is asked for him is asked no more
        hint(ReceptionJob(JobKind.ASK, visit.visit_id), reception)
    if visit.unjoined is not None:  # nobody comes there any more
        hint(ReceptionJob(JobKind.LATE, visit.visit_id, LOOK_UP_SECONDS), reception)
    if _may_be_cut_off(visit, reception):  # the report of his call comes a little later
        # Written before it is hinted at: a tick finds what a lost hint left.
        tell(reception.visits, Visit(visit_id=visit.visit_id, breaks_ms=visit.ended_ms))
        hint(ReceptionJob(JobKind.RING_BACK, visit.visit_id, REPORT_SECONDS), reception)
    if _may_give_back(visit, reception):
        hint(ReceptionJob(JobKind.CALL_BACK, visit.visit_id), reception)
    if visit.in_doubt:  # nobody looks after a line that he has not, so nobody tells it later
        note_caller(visit.visit_id, visit.caller, reception.lines, gone=True)
    else:
        frees |= leave_line(visit.visit_id, visit.caller, reception.lines)
    if frees:
        hint(ReceptionJob(JobKind.SERVE), reception)


def _may_be_cut_off(visit: Visit, reception: Reception) -> bool:
    """Whether somebody has to look if he is to be rung back: once, and not about a ring of ours."""
    rules = reception.queue.rules.call_back
    wanted = rules is not None and rules.rings_back and visit.resumed is None
    return wanted and visit.stage is Stage.TALKING and visit.caller is not None


def _may_give_back(visit: Visit, reception: Reception) -> bool:
    """Whether a kept place may have been used up for nothing: to be his before he rings again.

    Who died at the door has not told whose place it was, nor whether there was one.
    """
    if reception.queue.rules.call_back is None or visit.caller is None:
        return False
    if visit.stage in {None, Stage.CAME}:
        return True
    is_older = visit.place_ms is not None and visit.place_ms < (visit.began_ms or 0)
    return is_older and Outcome.FAILED.value in visit.endings


def hint(job: ReceptionJob, reception: Reception) -> None:
    """Tell the receptionist; the tick finds what was not told."""
    try:
        reception.jobs.send(job)
    except QueueUnavailableError:
        reception.metrics.count("hint_lost", kind=job.kind.value)
