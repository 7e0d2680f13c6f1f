"""A caller who talks with an assistant is in no line for a person that he wants no more.

He gets his place before his leg is led to the music. Whoever dies in between leaves him with the
assistant, and in line; if he wants something else then, nobody leads him there any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.people.domain.offer_facts import Withdrawn
from contact_center.people.domain.offers import Said
from contact_center.people.services.tell_offer import tell_offer
from contact_center.queue.domain.waiting import Left, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from contact_center.visits.domain.visit_parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.people.domain.offers import Offer
    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Visits

WANTED_ELSE = "wanted_else"  # why an offer is withdrawn


def leave_old_place(
    visit: Visit,
    asked: Iterable[Offer],
    offers: OfferParts,
    waiting: QueueParts,
    visits: Visits,
) -> None:
    """Take a caller out of the line, if he wants another person now, or none.

    Whoever is asked about him there is let go, but for one who has taken him. The place may be
    newer than what was read of the visit: who wants it is asked once more.

    Args:
        visit: His, as it was read; an assistant talked with him.
        asked: The offers about him that are under way.
        offers: What telling them works with.
        waiting: Where he waits.
        visits: All visits.

    Raises:
        ContentionError, StoreUnavailableError: To be asked again.
    """
    entry = waiting.queue.read(visit.visit_id)
    if entry is None or not entry.in_queue or entry.waits_for is not WaitsFor.PERSON:
        return
    if _wants(visit, entry):
        return
    kept = visits.read(visit.visit_id)
    if kept is None or kept.visit.state is not Stage.TALKING or _wants(kept.visit, entry):
        return  # whoever was faster has led him to that very place
    for offer in asked:
        facts = () if offer.wish else (Withdrawn(WANTED_ELSE),)
        if tell_offer(visit.visit_id, offer.offer_id, facts, offers).said is Said.TAKES:
            return
    change_entry(visit.visit_id, Left(LeftBecause.WANTED_ELSE), waiting)


def _wants(visit: Visit, entry: QueueEntry) -> bool:
    """Whether a person of that department is what he wants."""
    return visit.wanted is not None and visit.wanted.whose == entry.department
