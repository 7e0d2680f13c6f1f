"""One in a queue who cannot be looked after stands in nobody's way: he is set aside.

What cannot be read is so at once, since nobody behind it would be served; what breaks otherwise,
after ten times. He hears music until his wait is over, and a person sees why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.failures import log_broken
from contact_center.kernel.set_aside import Thing, note_failure

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import WaitsFor
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.change_entry import QueueParts


def cannot_be_read(
    visit_id: str, head: Head | None, waits_for: WaitsFor, error: Exception, waiting: QueueParts
) -> None:
    """Take an entry that nobody of this release can read off every list.

    Args:
        visit_id: Whose.
        head: As it stands in its queue, if it was found there.
        waits_for: Of that queue.
        error: What reading it raised.
        waiting: What it works with.

    Raises:
        ContentionError, StoreUnavailableError: To be done again.
    """
    waiting.metrics.count("entry_unreadable")
    log_broken("entry_unreadable", error)
    note_failure(Thing.ENTRY, visit_id, error, waiting, at_once=True)
    waiting.queue.set_aside(visit_id, head, waits_for)


def cannot_be_looked_after(
    found: Head | str, waits_for: WaitsFor, error: Exception, waiting: QueueParts
) -> None:
    """Count that an entry broke whoever looked after it; the tenth time takes it off every list.

    Args:
        found: As it stands in its queue; or only its visit, which was due.
        waits_for: Of that queue.
        error: What broke.
        waiting: What it works with.

    Raises:
        ContentionError, StoreUnavailableError: To be done again.
    """
    visit_id, head = (found, None) if isinstance(found, str) else (found.visit_id, found)
    if note_failure(Thing.ENTRY, visit_id, error, waiting):
        waiting.queue.set_aside(visit_id, head, waits_for)
