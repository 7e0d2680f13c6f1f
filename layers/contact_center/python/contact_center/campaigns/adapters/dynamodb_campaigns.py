"""Campaigns on the contacts table: the campaign, the planner's note, the figures.

State and note are written together when an operator acts; the planner writes its note alone, so
that the version which claims are conditioned on rises with changes of state only.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.item_writes import as_seen
from contact_center.aws.dynamodb.items import Item, dumps, number, read_each, text
from contact_center.aws.dynamodb.keys import DUE
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import transact
from contact_center.aws.dynamodb.writes import Write
from contact_center.campaigns.adapters.campaign_items import (
    WOKEN,
    campaign_item,
    campaign_key,
    campaign_of,
    figures_of,
    note_item,
    note_of,
    tally_key,
    tally_of,
)
from contact_center.campaigns.adapters.campaign_waking import note_put, wake
from contact_center.campaigns.domain.campaigns import TALLY_MS, PlanNote, tally_start
from contact_center.campaigns.domain.contacts import SHARDS
from contact_center.campaigns.services.campaign_ports import (
    CampaignHead,
    CampaignMovedOnError,
    CampaignPage,
)
from contact_center.kernel.ports import BadCursorError, ContentionError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.campaigns.domain.campaigns import Campaign

LISTED = "listed"
MOST_TALLIES = 13  # an hour and what its ends touch
CREATED = re.compile(r"[0-9]{1,15}")
CAMPAIGN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class DynamoDBCampaigns:
    """CampaignStore on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def create(self, campaign: Campaign) -> bool:
        """Put a campaign, version 1, unless there is one of that id; False then."""
        first = replace(campaign, version=1)
        note = note_item(campaign.campaign_id, PlanNote(version=1))
        writes = [
            Write("campaign", self._put(campaign_item(first), 0)),
            Write("note", self._put(note, 0)),
        ]
        return not self._transact(writes)

    def read(self, campaign_id: str) -> Campaign | None:
        """The campaign, or None. Raises StoreUnavailableError."""
        item = self._item(campaign_key(campaign_id))
        return campaign_of(item) if item else None

    def head(self, campaign_id: str, tallies_since_ms: int) -> CampaignHead | None:
        """The campaign with note, figures and tallies, in one consistent request.

        At most an hour of tallies is read. Raises StoreUnavailableError.
        """
        oldest_ms = tally_start(tallies_since_ms)
        wanted = [
            campaign_key(campaign_id),
            campaign_key(campaign_id, keys.PLAN),
            *(campaign_key(campaign_id, keys.count(shard)) for shard in range(SHARDS)),
            *(tally_key(campaign_id, oldest_ms + at * TALLY_MS) for at in range(MOST_TALLIES)),
        ]
        found: dict[str, Item] = {
            item["sk"]["S"]: item for item in batch_get(self._client, self._table, wanted)
        }
        if keys.CAMPAIGN not in found:
            return None
        return CampaignHead(
            campaign=campaign_of(found[keys.CAMPAIGN]),
            note=note_of(found.get(keys.PLAN)),
            figures=figures_of([item for sk, item in found.items() if sk.startswith("COUNT#")]),
            tallies=[
                tally_of(item) for sk, item in sorted(found.items()) if sk.startswith("TALLY#")
            ],
        )

    def save(
        self,
        before: Campaign,
        after: Campaign,
        look_at_ms: int | None,
        snapshot: Mapping[str, object] | None = None,
    ) -> Campaign:
        """Write `after` with the next version, and when the planner is to look at it.

        Raises:
            CampaignMovedOnError: The stored version is not `before.version`.
            StoreUnavailableError: Nobody knows.
        """
        name = before.campaign_id
        stored = replace(after, version=before.version + 1)
        writes = [
            Write("campaign", self._put(campaign_item(stored), before.version)),
            Write("note", self._look_at(name, look_at_ms)),
        ]
        if snapshot is not None:
            item = campaign_key(name, keys.SNAPSHOT) | {"said": {"S": dumps(snapshot)}}
            writes.append(Write("snapshot", {"Put": {"TableName": self._table, "Item": item}}))
        if self._transact(writes):
            raise CampaignMovedOnError
        return stored

    def snapshot(self, campaign_id: str) -> Mapping[str, object] | None:
        """Assistant and policy as they were when the campaign started, or None."""
        item = self._item(campaign_key(campaign_id, keys.SNAPSHOT))
        said: Mapping[str, object] | None = None
        if item:
            said = json.loads(text(item, "said") or "{}")
        return said

    def note(
        self, campaign_id: str, before: PlanNote, after: PlanNote, *, unless_woken: bool = False
    ) -> bool:
        """Replace the planner's note; False when it has changed since `before` was read.

        `unless_woken`: also when it was marked as woken meanwhile.
        """
        stored, seen = replace(after, version=before.version + 1), before.version
        put = note_put(self._table, campaign_id, stored, seen, unless_woken=unless_woken)
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return True

    def stumble(self, campaign_id: str, again_at_ms: int) -> int:
        """Put off a campaign that could not be looked at; how often in a row by now.

        The planner's note, which is put anew, does not have the count; a change of state
        removes it. Raises StoreUnavailableError.
        """
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=campaign_key(campaign_id, keys.PLAN),
                UpdateExpression="SET #due = :at ADD #version :one, #failures :one",
                ConditionExpression="attribute_exists(#shard)",
                ExpressionAttributeNames={
                    "#due": "due_at_ms",
                    "#shard": "due_shard",
                    "#version": "version",
                    "#failures": "failures",
                },
                ExpressionAttributeValues={":at": {"N": str(again_at_ms)}, ":one": {"N": "1"}},
                ReturnValues="UPDATED_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return 0
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return number(answer["Attributes"], "failures") or 0

    def look_soon(self, campaign_id: str, at_ms: int) -> None:
        """Have the planner look at a running campaign no later than this; marks it as woken."""
        wake(self._client, self._table, campaign_id, at_ms)

    def to_look_at(self, now_ms: int, limit: int) -> Sequence[str]:
        """Ids of running campaigns whose time to be looked at has come, from an index."""
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=DUE,
                Limit=limit,
                KeyConditionExpression="#shard = :running AND #due <= :now",
                ExpressionAttributeNames={"#shard": "due_shard", "#due": "due_at_ms"},
                ExpressionAttributeValues={
                    ":running": {"S": keys.RUNNING},
                    ":now": {"N": str(now_ms)},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return [text(item, "campaign_id") or "" for item in page["Items"]]

    def page(self, limit: int, cursor: str | None) -> CampaignPage:
        """Campaigns, the newest first, from an index.

        Raises:
            BadCursorError: No page gave it out.
            StoreUnavailableError.
        """
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": LISTED,
            "ScanIndexForward": False,
            "Limit": limit,
            "KeyConditionExpression": "#listed = :listed",
            "ExpressionAttributeNames": {"#listed": "listed"},
            "ExpressionAttributeValues": {":listed": {"S": keys.LISTED}},
        }
        if cursor is not None:
            query["ExclusiveStartKey"] = _key_of(cursor)
        try:
            page = self._client.query(**query)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        campaigns, unreadable = read_each(page["Items"], campaign_of, "pk", keys.CAMPAIGNS)
        last: Item | None = page.get("LastEvaluatedKey")
        return CampaignPage(campaigns, _cursor_of(last) if last else None, unreadable)

    def _look_at(self, campaign_id: str, look_at_ms: int | None) -> dict[str, Any]:
        names = {
            "#shard": "due_shard",
            "#due": "due_at_ms",
            "#version": "version",
            "#failures": "failures",
        }
        values: dict[str, Any] = {":one": {"N": "1"}}
        expression = "REMOVE #shard, #due, #failures ADD #version :one"
        if look_at_ms is not None:
            names["#woken"] = WOKEN  # whoever became due while it did not run could not say so
            expression = (
                "SET #shard = :running, #due = :at, #woken = :yes REMOVE #failures "
                "ADD #version :one"
            )
            values |= {
                ":running": {"S": keys.RUNNING},
                ":at": {"N": str(look_at_ms)},
                ":yes": {"BOOL": True},
            }
        return {
            "Update": {
                "TableName": self._table,
                "Key": campaign_key(campaign_id, keys.PLAN),
                "UpdateExpression": expression,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            }
        }

    def _put(self, item: Item, seen: int) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": item} | as_seen(seen)}

    def _item(self, key: Item) -> Item | None:
        try:
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        item: Item | None = answer.get("Item")
        return item

    def _transact(self, writes: Sequence[Write]) -> bool:
        """Whether a condition was lost."""
        try:
            return bool(transact(self._client, writes))
        except ContentionError:
            raise StoreUnavailableError from None


def _cursor_of(last: Item) -> str:
    campaign_id = last["pk"]["S"].removeprefix(keys.CAMPAIGNS)
    return f"{last['created_at_ms']['N']}.{campaign_id}"


def _key_of(cursor: str) -> Item:
    created, _, campaign_id = cursor.partition(".")
    if not (CREATED.fullmatch(created) and CAMPAIGN_ID.fullmatch(campaign_id)):
        raise BadCursorError
    return campaign_key(campaign_id) | {
        "listed": {"S": keys.LISTED},
        "created_at_ms": {"N": created},
    }
