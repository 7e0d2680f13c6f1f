"""What the local system needs to know of a Vapi that it is given."""

from __future__ import annotations

from typing import Protocol


class VapiServer(Protocol):
    """A running server that speaks Vapi's API."""

    @property
    def url(self) -> str:
        """Its base URL."""
        ...

    @property
    def phone_number_id(self) -> str:
        """The id of a number that can call."""
        ...

    def stop(self) -> None:
        """Stop it."""
        ...
