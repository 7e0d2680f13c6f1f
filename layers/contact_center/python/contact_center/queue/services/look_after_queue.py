"""A tick over the queues: whoever hung up unheard, was sent for in vain, or waits at a free line.

The index of what is due is the whole work list; the table decides. A lost hint, a lost callback
and a process that died between two steps are all found here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.kernel.time_left import always
from contact_center.queue.domain.kept_steps import is_used_by
from contact_center.queue.domain.waiting import (
    EntryState,
    Left,
    LeftBecause,
    SeenWaiting,
    WaitsFor,
)
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.out_of_line import cannot_be_looked_after, cannot_be_read
from contact_center.queue.services.serve_next import serve_next, take_back
from contact_center.visits.domain.legs import ENDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.time_left import InTime
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.serve_next import ServeParts

PAGE = 100
MOST_PAGES = 20
LOOK_AGAIN_MS = 60_000


def look_after_queue(parts: ServeParts, in_time: InTime = always) -> int:
    """Look at every entry that is due, and serve whom a lost hint left waiting.

    Args:
        parts: What it works with.
        in_time: Whether there is time for one more; the rest is looked at by the next tick.

    Returns:
        How many callers were sent for.

    Raises:
        ContentionError, StoreUnavailableError: To be done again at the next tick, for one of them
            at least.
    """
    failed = _look_at_due(parts, in_time, lambda _: True)
    served = serve_next(parts, in_time)
    if failed is not None:
        raise failed
    return served


def look_at_used_place(visit_id: str, parts: ServeParts, in_time: InTime = always) -> None:
    """Look at a kept place that a visit has used up, now that the visit is over.

    If he got nothing by our own fault the place is his again before he rings once more.

    Args:
        visit_id: Who has used it up, if anybody's place was.
        parts: What it works with.
        in_time: Whether there is time for one more; the rest is looked at by the next tick.

    Raises:
        ContentionError, StoreUnavailableError: To be done again.
    """
    failed = _look_at_due(parts, in_time, lambda entry: is_used_by(entry, visit_id))
    if failed is not None:
        raise failed


def _look_at_due(
    parts: ServeParts, in_time: InTime, wanted: Callable[[QueueEntry], bool]
) -> PassingError | None:
    """Look at each of those that are due; why one of them is to be looked at again."""
    failed: PassingError | None = None
    now_ms, cursor = parts.waiting.clock.now_ms(), None
    for _ in range(MOST_PAGES):
        page = parts.waiting.queue.due(now_ms, PAGE, cursor)
        for visit_id in page.visit_ids:
            if not in_time():
                break
            try:
                _look_at(visit_id, now_ms, parts, wanted)
            except PassingError as error:
                failed = error
        cursor = page.cursor
        if cursor is None or not in_time():
            break
    return failed


def _look_at(
    visit_id: str, now_ms: int, parts: ServeParts, wanted: Callable[[QueueEntry], bool]
) -> None:
    waiting = parts.waiting
    try:
        entry = waiting.queue.read(visit_id)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  nobody of this release can read it
        cannot_be_read(visit_id, None, WaitsFor.LINE, error, waiting)
        return
    if entry is None or entry.due_at_ms is None or entry.due_at_ms > now_ms:
        return  # the index lags
    if not wanted(entry):
        return
    try:
        _settle(entry, now_ms, parts)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  one bad entry never stops the next
        waiting.metrics.count("entry_not_looked_after")
        log_broken("entry_not_looked_after", error)
        cannot_be_looked_after(visit_id, entry.waits_for, error, waiting)


def _settle(entry: QueueEntry, now_ms: int, parts: ServeParts) -> None:
    if entry.kept is not None:
        if parts.kept is not None:
            parts.kept.look_at(entry)
        return
    is_there = _is_there(entry, parts)
    if is_there is False:
        change_entry(entry.visit_id, Left(LeftBecause.GONE), parts.waiting)
    elif entry.state is EntryState.WAITING:  # the next wait document leads away, or it is next
        parts.waiting.metrics.count("caller_waits_too_long")
        change_entry(entry.visit_id, SeenWaiting(now_ms + LOOK_AGAIN_MS), parts.waiting)
    else:  # a provider that is away has not moved him either, and that is not his leg's doing
        failed = entry.state is EntryState.SERVING and is_there is True
        take_back(entry, parts.waiting, failed=failed)


def _is_there(entry: QueueEntry, parts: ServeParts) -> bool | None:
    """Whether his leg is live; None: the provider does not say, and a lease ends all the same."""
    try:
        found = parts.telephone.find_leg(entry.leg)
    except VoiceUnavailableError:
        return None
    return found is not None and found.status not in ENDS
