"""Somebody rings whose place in a queue is kept: he has it now, and is not called as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.queue.domain.kept_places import GivenUp
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.queue.services.change_entry import change_entry
from contact_center.reception.services.leave_visit import hint
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.reception.services.reception_parts import Reception


def use_up_place(kept_by: str | None, visit_id: str, reception: Reception) -> QueueEntry | None:
    """Somebody rings whose place is kept: he has it now, and is not called.

    If he then gets nothing by our own fault, the place is given back (look_at_kept_place.py).

    Args:
        kept_by: The visit whose place is kept for his number; None: none is.
        visit_id: His visit.
        reception: What it works with.

    Returns:
        The entry whose place he has; None: no place is kept for him.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: Nobody knows.
    """
    if kept_by is None or reception.queue.rules.call_back is None:
        return None
    used = GivenUp(why=LeftBecause.RANG_AGAIN, at_ms=reception.clock.now_ms(), used_by=visit_id)
    entry = change_entry(kept_by, used, reception.queue)
    has_it = entry is not None and entry.kept is not None and entry.kept.used_by == visit_id
    if not has_it or entry is None:
        return None
    reception.metrics.count("place_used")
    if entry.kept is not None and entry.kept.tries:  # it may ring, or hold a line
        hint(ReceptionJob(JobKind.CALL_BACK, kept_by), reception)
    return entry
