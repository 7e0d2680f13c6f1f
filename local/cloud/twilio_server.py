"""What the local system needs to know of a Twilio that is simulated beside it."""

from __future__ import annotations

from typing import Protocol


class TwilioServer(Protocol):
    """A running server that speaks Twilio's API."""

    @property
    def url(self) -> str:
        """Its base URL."""
        ...

    @property
    def account_sid(self) -> str:
        """The account that it plays."""
        ...

    def stop(self) -> None:
        """Stop it."""
        ...
