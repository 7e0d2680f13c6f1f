"""Where is kept what a CRM says of who customers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contact_center.records.domain.crm_cards import CrmCard


class CardReads(Protocol):
    """What a CRM last said of a customer."""

    def get(self, customer: str) -> CrmCard | None:
        """His card, or None. Raises StoreUnavailableError, StoreRefusedError."""
        ...


class CardWrites(Protocol):
    """Who notes it."""

    def put(self, customer: str, card: CrmCard) -> None:
        """Note it, in place of what was. Raises StoreUnavailableError, StoreRefusedError."""
        ...
