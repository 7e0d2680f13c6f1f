"""Who ought to have been called back by now is counted, for the alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.queue.domain.waiting import EntryState
from contact_center.visits.domain.opening_hours import Open, opening

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.queue.services.judge_kept_place import CallBackJudge

MOST_LOOKED_AT = 100


def count_overdue_callbacks(parts: CallParts) -> int:
    """Count who may be called and has stood in line for longer than any caller may wait there.

    Nobody is who is being called, rests between tries, or waits for the department to open.

    Args:
        parts: What calling back works with.

    Returns:
        How many there are, of a hundred who are to be called.

    Raises:
        StoreUnavailableError: The list cannot be read.
    """
    waiting = parts.waiting
    found = waiting.queue.kept_places(MOST_LOOKED_AT, open_only=True)
    overdue = sum(is_overdue(entry, waiting, parts.judge) for entry in found.entries)
    for _ in range(overdue):
        waiting.metrics.count("callback_overdue")
    return overdue


def is_overdue(entry: QueueEntry, waiting: QueueParts, judge: CallBackJudge) -> bool:
    """Whether somebody may be called back and has stood in line for longer than any may."""
    if entry.state is not EntryState.KEPT or entry.kept is None:
        return False
    now_ms = waiting.clock.now_ms()
    longest_ms = waiting.rules.of(entry.department).longest_ms
    hours = judge.hours.of(entry.department)
    is_open = isinstance(opening(hours, judge.judge.civil.at(now_ms)), Open)
    return is_open and now_ms - entry.kept.from_ms > longest_ms
