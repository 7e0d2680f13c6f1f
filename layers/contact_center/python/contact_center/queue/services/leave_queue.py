"""A visit is no longer in the queue: the caller has hung up, or goes elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreRefusedError
from contact_center.queue.domain.waiting import Left, LeftBecause
from contact_center.queue.services.change_entry import change_entry

if TYPE_CHECKING:
    from contact_center.queue.services.change_entry import QueueParts


def leave_queue(
    visit_id: str, parts: QueueParts, because: LeftBecause = LeftBecause.HUNG_UP
) -> bool:
    """Take a visit out of whatever queue it is in, and free the line that it was given there.

    Told again, or of a visit that is in none, it changes nothing. An entry that nobody can read
    is left to whoever looks after the queues: what else follows from the end does not wait for it.

    Returns:
        Whether it is out of every queue for that reason: its own end, told first.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    try:
        entry = change_entry(visit_id, Left(because), parts)
    except StoreRefusedError:
        return False
    return entry is not None and entry.because is because
