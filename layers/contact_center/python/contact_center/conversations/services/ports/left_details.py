"""Where details that callers leave are kept, and that they were read back to them before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import DetailsLeft


class LeftDetails(Protocol):
    """Details of one call. Each may raise StoreUnavailableError and StoreRefusedError."""

    def note_read_back(self, left: DetailsLeft) -> None:
        """Note that these details are read back to the caller now; nothing of them is kept."""
        ...

    def read_back_at_ms(self, left: DetailsLeft) -> int | None:
        """When the model was first told to read back these very details; None: never."""
        ...

    def keep(self, left: DetailsLeft) -> None:
        """Keep them, as a fact of the call. Told again, the first stands."""
        ...
