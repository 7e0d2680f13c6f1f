"""What must be right of webhooks as a whole, and their compiled form. Used by the tools only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from contact_center.records.domain.webhooks import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.configuration.webhooks_toml import WebhooksToml

FILE = "webhooks.toml"


def webhook_mistakes(webhooks: WebhooksToml) -> Iterator[str]:
    """Every rule between webhooks that is broken, one line each, with file and key."""
    for name, times in Counter(one.name for one in webhooks.webhook).items():
        if times > 1:
            yield f"{FILE}: webhook: name {name!r} stands there {times} times"
    for one in webhooks.webhook:
        if one.events is not None and len(set(one.events)) < len(one.events):
            yield f"{FILE}: webhook {one.name}: events: one stands there twice"


def compiled_webhooks(webhooks: WebhooksToml) -> list[dict[str, Any]]:
    """The webhooks as `compiled_config` reads them."""
    return [
        {
            "name": one.name,
            "url": one.url,
            "events": sorted(EVENTS if one.events is None else one.events),
            "secret": one.secret or one.name,
        }
        for one in webhooks.webhook
    ]
