"""A tick over open wishes: whoever is to get a person and whose hint was lost is looked at.

The index of what is wished is the whole work list; the visit decides. A caller about whom somebody
is asked, or who was told that nobody was found, is looked at in vain.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.kernel.set_aside import Thing, due_but_not_aside, note_failure
from contact_center.kernel.time_left import always
from contact_center.reception.services.colleagues.find_person import find_person

if TYPE_CHECKING:
    from contact_center.kernel.time_left import InTime
    from contact_center.reception.services.colleagues.find_parts import FindParts
    from contact_center.visits.services.visit_ports import OpenWishes

MOST_AT_ONCE = 200
HINTED_WITHIN_MS = 5_000  # whoever wished just now has a hint on its way


def look_after_wishes(parts: FindParts, wishes: OpenWishes, in_time: InTime = always) -> int:
    """Look at every caller who is to get a person, the earliest wish first.

    Args:
        parts: What finding a person works with.
        wishes: Who wished for one.
        in_time: Whether there is time for one more; the rest is looked at by the next tick.

    Returns:
        How many were looked at. What is wrong with one stops no other, and sets it aside after ten
        times.

    Raises:
        StoreUnavailableError: The list cannot be read.
    """
    looked = 0
    until_ms = parts.waiting.clock.now_ms() - HINTED_WITHIN_MS
    for visit_id in due_but_not_aside(
        partial(wishes.wished, until_ms), MOST_AT_ONCE, Thing.WISH, parts.waiting.troubles, str
    ):
        if not in_time():
            break
        try:
            find_person(visit_id, parts)
        except (PassingError, VoiceUnavailableError):
            continue  # the next tick looks again
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.waiting.metrics.count("wish_not_looked_after")
            log_broken("wish_not_looked_after", error)
            note_failure(Thing.WISH, visit_id, error, parts.waiting)
            continue
        looked += 1
    return looked
