"""Somebody was given a place in line: whoever serves those who wait looks at once.

A line, or a person, may be free for him, and nothing more may happen that says so: without this he
waits for a tick beside it. So it is said by whoever stores the place, and a test holds everybody to
it who makes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.change_entry import QueueParts

# Whoever is sent for, or asked about, is looked at already, and who rests is due at his time.
_TO_BE_SERVED = frozenset({EntryState.WAITING, EntryState.KEPT})


def place_given(entry: QueueEntry, parts: QueueParts, in_seconds: int = 0) -> None:
    """Have the receptionist look at a place.

    Args:
        entry: As it is stored now.
        parts: What waiting works with.
        in_seconds: Not sooner; whoever took no call a moment ago takes none now.
    """
    if entry.state not in _TO_BE_SERVED:
        return
    kind = JobKind.PERSON if entry.waits_for is WaitsFor.PERSON else JobKind.SERVE
    send_hint(ReceptionJob(kind, in_seconds=in_seconds), parts.hints, parts.metrics)
