"""What the local system needs to know of CRMs and receivers that are simulated beside it."""

from __future__ import annotations

from typing import Protocol


class CrmServer(Protocol):
    """Running servers that speak HubSpot's API and take webhooks."""

    @property
    def hubspot_url(self) -> str:
        """The base URL of what plays HubSpot."""
        ...

    @property
    def webhooks_url(self) -> str:
        """The base URL of what takes webhooks, at any path."""
        ...

    def stop(self) -> None:
        """Stop them."""
        ...
