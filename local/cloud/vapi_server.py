"""What the local system needs to know of a Vapi that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from local.cloud.http_server import Request, Response


class TelephoneServer(Protocol):
    """Lets whoever reads its page call a simulated Vapi."""

    async def answer(self, request: Request) -> Response:
        """Answer what lies under its path."""
        ...

    def close(self) -> None:
        """Wait for nobody any more."""
        ...


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
