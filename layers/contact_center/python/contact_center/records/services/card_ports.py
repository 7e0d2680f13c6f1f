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


class ReadsCards(Protocol):
    """A receiver that can be asked who a customer is."""

    def read_card(self, customer: str) -> bool:
        """Read and note it; whether it says anything else than before.

        Raises NotReadError: the CRM did not answer, or refused.
        """
        ...


class NotReadError(Exception):
    """Why nobody could be told who a customer is: `cause`, a word of ours."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class CardWrites(Protocol):
    """Who notes it."""

    def put(self, customer: str, card: CrmCard) -> bool:
        """Note it, in place of what was; whether it says anything else.

        Raises StoreUnavailableError, StoreRefusedError.
        """
        ...
