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
    """Where they are noted, and which properties of a contact tell tier and language."""

    book: CardWrites
    clock: Clock
    tier: str | None
    language: str | None

    @property
    def properties(self) -> tuple[str, ...]:
        """What is read of a contact for it, besides his name."""
        return tuple(name for name in (self.tier, self.language) if name)

    def note(self, customer: str, contact: Json) -> None:
        """A contact that was found to be this customer's."""
        told = contact["properties"]
        self._put(
            customer,
            crm_card(
                self.clock.now_ms(),
                first=told.get("firstname"),
                last=told.get("lastname"),
                tier=told.get(self.tier) if self.tier else None,
                language=told.get(self.language) if self.language else None,
            ),
        )

    def note_several(self, customer: str) -> None:
        """More than one contact has this number."""
        self._put(customer, CrmCard(read_at_ms=self.clock.now_ms(), several=True))

    def _put(self, customer: str, card: CrmCard) -> None:
        with suppress(StoreUnavailableError, StoreRefusedError):
            self.book.put(customer, card)
