"""What we remember of whose record in a CRM is whose."""

from __future__ import annotations

from typing import Protocol


class KnownContacts(Protocol):
    """By customer, the id of the record that is theirs in one CRM: a memory, never the truth.

    What it says is compared again wherever it is used, and what it has forgotten is found again.
    """

    def get(self, customer: str) -> str | None:
        """The id last remembered, or None. Raises StoreUnavailableError."""
        ...

    def put(self, customer: str, contact_id: str) -> None:
        """Remember it, in place of what was. Raises StoreUnavailableError."""
        ...

    def forget(self, customer: str) -> None:
        """Remember nothing of them; idempotent. Raises StoreUnavailableError."""
        ...
