"""What an owner may write in config/webhooks.toml. Used by the tools only."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from contact_center.configuration.tables import Name, Table
from contact_center.kernel.field_errors import FieldError
from contact_center.records.domain.webhooks import EVENTS
from contact_center.web.public_addresses import PublicAddresses, is_public


def _url(text: str) -> str:
    try:
        PublicAddresses().check_url(text)
    except FieldError as error:
        raise ValueError(error.reason) from None
    host = (urlsplit(text).hostname or "").rstrip(".")
    by_number = host.replace(".", "").isdigit() or ":" in host
    if (by_number and not is_public(host)) or host == "localhost":
        raise ValueError("must be on the public internet")
    return text


def _event(text: str) -> str:
    if text not in EVENTS:
        raise ValueError(f"must be one of {', '.join(EVENTS)}")
    return text


class WebhookToml(Table):
    """One receiver."""

    name: Name
    url: Annotated[str, AfterValidator(_url)]
    events: Annotated[list[Annotated[str, AfterValidator(_event)]] | None, Field(min_length=1)] = (
        None
    )
    secret: Name | None = None


class WebhooksToml(Table):
    """webhooks.toml: who is told of what happened."""

    webhook: Annotated[list[WebhookToml], Field(max_length=10)] = []
