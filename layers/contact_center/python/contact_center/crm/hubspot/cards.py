"""Who a customer is at HubSpot, noted for whoever answers his next call.

Noted whenever his contact is read for an effect, so it costs HubSpot no request. That it could not
be noted keeps no effect back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.domain.crm_cards import CrmCard, crm_card

if TYPE_CHECKING:
    from contact_center.crm.hubspot.answers import Json
    from contact_center.kernel.ports import Clock
    from contact_center.records.services.card_ports import CardWrites

AMBIGUOUS = "ambiguous_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotCards:
    """Where they are noted, and which properties of a contact tell what of him."""

    book: CardWrites
    clock: Clock
    tier: str | None
    language: str | None
    open_items: str | None = None

    @property
    def properties(self) -> tuple[str, ...]:
        """What is read of a contact for it, besides his name."""
        return tuple(name for name in (self.tier, self.language, self.open_items) if name)

    def note(self, customer: str, contact: Json) -> bool:
        """A contact that was found to be this customer's; whether it says anything else."""
        told = contact["properties"]
        return self._put(
            customer,
            crm_card(
                self.clock.now_ms(),
                first=told.get("firstname"),
                last=told.get("lastname"),
                tier=told.get(self.tier) if self.tier else None,
                language=told.get(self.language) if self.language else None,
                open_items=told.get(self.open_items) if self.open_items else None,
            ),
        )

    def note_several(self, customer: str) -> bool:
        """More than one contact has this number; whether that is news."""
        return self._put(customer, CrmCard(read_at_ms=self.clock.now_ms(), several=True))

    def note_nobody(self, customer: str) -> bool:
        """No contact has this number; whether that is news."""
        return self._put(customer, CrmCard(read_at_ms=self.clock.now_ms()))

    def _put(self, customer: str, card: CrmCard) -> bool:
        with suppress(StoreUnavailableError, StoreRefusedError):
            return self.book.put(customer, card)
        return False
