"""Campaigns with lists of any length, stored without the import: what the planner finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.campaigns.adapters.campaign_items import COUNTED, campaign_key, contact_item
from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns
from contact_center.campaigns.domain.campaigns import Campaign, CampaignEvent, changed
from contact_center.campaigns.domain.contacts import ContactDetails, new_contact
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.stage import BATCH, batches, number_of
from tests.bodies import wish_of
from tests.campaign_scene import WISH
from tests.functional.dialing.dialing_rig import OPEN_HOURS, consent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from contact_center.campaigns.domain.contacts import CampaignContact
    from tests.benchmarks.stage import Item, Stage

OPENED = datetime.fromisoformat(OPEN_HOURS)
NOW_MS = round(OPENED.timestamp() * 1_000)
LATER_MS = round((OPENED + timedelta(days=10)).timestamp() * 1_000)


def store_campaign(stage: Stage, name: str, places: Sequence[int], *, due: bool) -> None:
    """Store a campaign that runs, and its contacts.

    Args:
        stage: Where.
        name: Of the campaign.
        places: Who is on its list, by their place among all numbers.
        due: Whether they are to be called now, or all of them days later.
    """
    client, table = stage.account.client("dynamodb"), stage.account.contacts_table
    campaigns = DynamoDBCampaigns(client, table)
    wish = wish_of(WISH, 0)
    campaigns.create(Campaign(campaign_id=name, wish=wish, created_at_ms=1, changed_at_ms=1))
    draft = campaigns.read(name)
    if draft is None:
        raise BenchmarkError("the campaign was not stored")
    script = ConfiguredScripts(load_contact_center()).snapshot(wish.assistant)
    campaigns.save(draft, changed(draft, CampaignEvent.START, NOW_MS), NOW_MS, script)
    counted = {f"{COUNTED}waiting": {"N": str(len(places))}}
    client.put_item(TableName=table, Item=campaign_key(name, keys.count(0)) | counted)
    items = (contact_item(contact_at(name, place, due=due), 0) for place in places)
    if len(places) > BATCH:
        stage.store(table, items, len(places), "contacts stored")
    else:  # one of many campaigns: their progress is somebody else's
        put_all(client, table, items)


def make_due(client: Any, table: str, name: str, places: Sequence[int]) -> None:
    """Have these contacts of a stored campaign be due now, and the planner look at it."""
    items: list[Item] = [contact_item(contact_at(name, place, due=True), 0) for place in places]
    put_all(client, table, items)
    DynamoDBCampaigns(client, table).look_soon(name, NOW_MS)


def put_all(client: Any, table: str, items: Iterable[Item]) -> None:
    """Put items in batches, at once."""
    for batch in batches(list(items), BATCH):
        wanted = {table: [{"PutRequest": {"Item": item}} for item in batch]}
        client.batch_write_item(RequestItems=wanted)


def contact_at(name: str, place: int, *, due: bool) -> CampaignContact:
    """The contact at a place of the list of all numbers, as stored."""
    number = number_of(place)
    details = ContactDetails(
        number=number, prefix=number[:5], name="Ada Example", consent=consent()
    )
    contact = new_contact(name, details, NOW_MS, NOW_MS)
    return replace(contact, due_at_ms=NOW_MS if due else LATER_MS, version=1)
