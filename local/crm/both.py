"""The simulators that `make up` starts beside the system: HubSpot, and who receives webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.crm.simulator import HubSpotSimulator
from local.crm.webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from typing import Self


class CrmSimulators:
    """Both, started and stopped together."""

    def __init__(self) -> None:
        self.hubspot = HubSpotSimulator()
        self.webhooks = WebhookReceiver()

    @property
    def hubspot_url(self) -> str:
        """The base URL of what plays HubSpot."""
        return self.hubspot.url

    @property
    def webhooks_url(self) -> str:
        """The base URL of what takes webhooks, at any path."""
        return self.webhooks.url

    def start(self) -> Self:
        """Answer requests."""
        self.hubspot.start()
        self.webhooks.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self.hubspot.stop()
        self.webhooks.stop()
