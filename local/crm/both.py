"""What `make up` starts beside the system: HubSpot, Cal.com, and who receives webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.crm.calcom import CalComSimulator
from local.crm.simulator import HubSpotSimulator
from local.crm.webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from typing import Self


class CrmSimulators:
    """All of them, started and stopped together."""

    def __init__(self) -> None:
        self.hubspot = HubSpotSimulator()
        self.webhooks = WebhookReceiver()
        self.calcom = CalComSimulator()

    @property
    def hubspot_url(self) -> str:
        """The base URL of what plays HubSpot."""
        return self.hubspot.url

    @property
    def webhooks_url(self) -> str:
        """The base URL of what takes webhooks, at any path."""
        return self.webhooks.url

    @property
    def calcom_url(self) -> str:
        """The base URL of what plays Cal.com."""
        return self.calcom.url

    @property
    def calcom_event_type_id(self) -> int:
        """What can be booked there."""
        return self.calcom.event_type_id

    def start(self) -> Self:
        """Answer requests."""
        self.hubspot.start()
        self.webhooks.start()
        self.calcom.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self.hubspot.stop()
        self.webhooks.stop()
        self.calcom.stop()
