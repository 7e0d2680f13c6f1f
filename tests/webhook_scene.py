"""Our side of webhooks before the simulated receiver of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.rotating_secret import RotatingSecret
from contact_center.crm.webhooks.receiver import WebhookParts, WebhookReceiver
from contact_center.crm.webhooks.signing import Signer
from contact_center.records.domain.effects import EffectKind
from contact_center.web.public_addresses import PublicAddresses
from local.crm.webhook_receiver import SECRET
from local.crm.webhook_receiver import WebhookReceiver as Simulated
from tests.crm_scene import NOW_MS, effect
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.secret_store import FakeSecretStore

if TYPE_CHECKING:
    from contact_center.records.services.effect_ports import Answer


def holding(current: str, previous: str | None = None) -> FakeSecretStore:
    """The webhook's secret."""
    own = {"current": current} | ({"previous": previous} if previous else {})
    return FakeSecretStore(json.dumps(own))


class WebhookScene:
    """A receiver on loopback, and our side of it."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW_MS)
        self.simulated = Simulated(now_s=lambda: self.clock.at_ms / 1000)
        self.store = holding(SECRET)

    def ours(self, url: str = "", addresses: PublicAddresses | None = None) -> WebhookReceiver:
        secret = RotatingSecret(self.store.fetch, Signer.stored, CountedMetrics())
        parts = WebhookParts(
            addresses=addresses or PublicAddresses(loopback_too=True),
            clock=self.clock,
            version="test",
        )
        return WebhookReceiver(url or f"{self.simulated.url}/hooks/a", secret, parts)

    def deliver(self, **changed: Any) -> Answer:
        return self.ours().deliver(effect(EffectKind.EVENT, **changed))

    def attempts(self) -> list[dict[str, Any]]:
        return self.simulated.log.entries("request")
