"""HubSpot's API for the functions that ask it, all from one budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.environment import UNRELEASED, SettingsError
from contact_center.records.domain.request_budgets import RequestLimit
from contact_center.wiring.shop import HUBSPOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.crm.hubspot.api import HubSpotApi
    from contact_center.records.services.pace_requests import PacedRequests
    from contact_center.wiring.shop import Shop

# What receivers allow, by name and by kind of request. Who is not named here allows whatever
# comes. HubSpot: what a free account may (docs/crm.md).
LIMITS: Mapping[str, Mapping[str, RequestLimit]] = {
    HUBSPOT: {"request": RequestLimit(100, 10_000), "search": RequestLimit(4, 1_000)},
}


def hubspot_api(shop: Shop) -> HubSpotApi:
    """The account; whoever asks at the same time has one of his own. Raises SettingsError."""
    from contact_center.aws.stored_key import StoredKey
    from contact_center.crm.hubspot.api import SECONDS, HubSpotApi
    from contact_center.crm.hubspot.settings import HubSpotSettings
    from contact_center.web.http_client import HttpClient

    settings = HubSpotSettings.read(shop.environment)
    if settings.secret_name is None:
        raise SettingsError("HUBSPOT_SECRET_NAME", "is missing, and HubSpot is to be told")
    token = StoredKey(shop.clients.secrets_manager, settings.secret_name, "current", shop.clock)
    table = shop.environment.required("CALLS_TABLE")
    budget = budget_of(shop, table, HUBSPOT)
    return HubSpotApi(settings, token, HttpClient(SECONDS), version_of(shop), budget)


def budget_of(shop: Shop, table: str, receiver: str) -> PacedRequests:
    """The requests that all workers together may send to a receiver."""
    from contact_center.records.adapters.dynamodb_receivers import DynamoDBRequestBook
    from contact_center.records.adapters.thread_lanes import SleepingThread
    from contact_center.records.services.pace_requests import PacedRequests

    return PacedRequests(
        receiver=receiver,
        limits=LIMITS[receiver],
        book=DynamoDBRequestBook(shop.dynamodb, table),
        clock=shop.clock,
        sleeper=SleepingThread(shop.clock),
    )


def version_of(shop: Shop) -> str:
    """Of this software, for a User-Agent."""
    return shop.environment.optional("SWITCHBOARD_VERSION") or UNRELEASED
