"""What the local system needs to know of CRMs and receivers that are simulated beside it."""

from __future__ import annotations

from typing import Protocol


class CrmServer(Protocol):
    """Running servers that speak HubSpot's and Cal.com's APIs and take webhooks."""

    @property
    def hubspot_url(self) -> str:
        """The base URL of what plays HubSpot."""
        ...

    @property
    def webhooks_url(self) -> str:
        """The base URL of what takes webhooks, at any path."""
        ...

    @property
    def calcom_url(self) -> str:
        """The base URL of what plays Cal.com."""
        ...

    @property
    def calcom_event_type_id(self) -> int:
        """What can be booked there."""
        ...

    def stop(self) -> None:
        """Stop them."""
        ...
