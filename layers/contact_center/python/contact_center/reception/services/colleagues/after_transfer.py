"""Where a caller goes on when the room with a person is over, or the person never came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.people.domain.offers import OfferOutcome
from contact_center.reception.services.connect_caller import wait_unless_sent_for
from contact_center.visits.domain.visit_parts import visit_of

if TYPE_CHECKING:
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.reception.services.reception_parts import Reception

NEVER_CAME = "person_never_came"


def after_transfer(visit_id: str, leg: str, book: OfferBook, reception: Reception) -> str:
    """The document for a caller who was with a person: goodbye; or without one: a place.

    Args:
        visit_id: As the leg was sent on for.
        leg: The caller's own; a leg that is another's only hears a goodbye.
        book: The offers.
        reception: What it works with.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: He is told that something broke.
    """
    kept = reception.visits.read(visit_id) if visit_of(leg) == visit_id else None
    if kept is None:
        reception.metrics.count("leg_without_visit")
        return reception.document(reception.courtesies.goodbye())
    offers = book.of_visit(visit_id)
    if any(one.ended is OfferOutcome.ANSWERED for one in offers):
        return reception.document(reception.courtesies.goodbye())
    reception.metrics.count("caller_brought_back")
    since_ms = max((one.said_at_ms or 0 for one in offers), default=0)
    at_ms = since_ms or reception.clock.now_ms()
    return wait_unless_sent_for(kept.visit, NEVER_CAME, at_ms, reception, look_in_seconds=0)
