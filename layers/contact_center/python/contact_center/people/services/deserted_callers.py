"""Who waits for a person of a department whose people have all logged out is let go, after a while.

At once would be too soon: who logs out at one telephone logs in at another a minute later, and
would find nobody any more. The longest wait would be too late: it is music for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.people.domain.people import is_logged_in
from contact_center.queue.domain.waiting import EntryState, Left, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.out_of_line import cannot_be_looked_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.people.domain.people import Person
    from contact_center.queue.domain.who_is_next import Head
    from contact_center.queue.services.change_entry import QueueParts

DESERTED_MS = 300_000  # without anybody logged in
AT_ONCE = 30  # of a department, at a look: the others are seen at the next


def let_deserted_go(department: str, people: Iterable[Person], waiting: QueueParts) -> int:
    """Take out of the line who waits in vain; his next wait document leads him on.

    Args:
        department: An open one; somebody waits there.
        people: All who take its callers, as of now: whoever left one out would send callers away
            whom he may be about to take.
        waiting: The lines.

    Returns:
        How many were let go.

    Raises:
        ContentionError, StoreUnavailableError: To be done again, for one of them at least.
    """
    known = list(people)
    if any(is_logged_in(one) for one in known):
        return 0
    since_ms = max((one.since_ms for one in known), default=0)
    before_ms = waiting.clock.now_ms() - DESERTED_MS
    if since_ms > before_ms:
        return 0
    gone, failed = 0, None
    for head in waiting.queue.heads(department, WaitsFor.PERSON, AT_ONCE):
        try:
            gone += _let_go(head, before_ms, waiting)
        except PassingError as error:
            failed = error
        except Exception as error:  # noqa: BLE001  one bad entry never stops the next
            waiting.metrics.count("caller_not_offered")
            log_broken("caller_not_offered", error)
            cannot_be_looked_after(head, WaitsFor.PERSON, error, waiting)
    if failed is not None:
        raise failed
    return gone


def _let_go(head: Head, before_ms: int, waiting: QueueParts) -> bool:
    entry = waiting.queue.read(head.visit_id)
    waits = entry is not None and entry.state is EntryState.WAITING
    if entry is None or not waits or entry.since_ms > before_ms:
        return False
    after = change_entry(entry.visit_id, Left(LeftBecause.NOBODY), waiting, known=entry)
    gone = after is not None and after.because is LeftBecause.NOBODY
    if gone:
        waiting.metrics.count("caller_deserted")
    return gone
