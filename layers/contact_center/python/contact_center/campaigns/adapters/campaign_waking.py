"""How a campaign's next look is written: by the planner, and by whoever has it look sooner.

    look_soon ─► sooner than noted: moved, and marked as woken    later: only marked
    planner   ─► note put anew, the mark gone                     to sleep: only without a mark

The mark is for the planner that reads an index while somebody writes what the index is to show:
it may not see it, and must not put the campaign off for hours. It does not change the version, or
a campaign whose calls end by the second could not be noted at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_writes import as_seen
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.campaigns.adapters.campaign_items import WOKEN, campaign_key, note_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.campaigns.domain.campaigns import PlanNote

ON_THE_LIST = "attribute_exists(#shard)"
NOT_WOKEN = "attribute_not_exists(#woken)"


def wake(client: DynamoDBClient, table: str, campaign_id: str, at_ms: int) -> None:
    """Have the planner look at a campaign on its list no later than this; see CampaignStore."""
    names = {
        "#shard": "due_shard",
        "#due": "due_at_ms",
        "#version": "version",
        "#woken": WOKEN,
    }
    sooner: dict[str, Any] = {
        "TableName": table,
        "Key": campaign_key(campaign_id, keys.PLAN),
        "UpdateExpression": "SET #due = :at, #woken = :yes ADD #version :one",
        "ConditionExpression": f"{ON_THE_LIST} AND #due > :at",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            ":at": {"N": str(at_ms)},
            ":yes": {"BOOL": True},
            ":one": {"N": "1"},
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    try:
        client.update_item(**sooner)
    except client.exceptions.ConditionalCheckFailedException as refusal:
        response: dict[str, Any] = dict(refusal.response)
        found = response.get("Item", {})
        if "due_shard" in found and WOKEN not in found:
            _mark(client, table, campaign_id)
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None


def _mark(client: DynamoDBClient, table: str, campaign_id: str) -> None:
    try:
        client.update_item(
            TableName=table,
            Key=campaign_key(campaign_id, keys.PLAN),
            UpdateExpression="SET #woken = :yes",
            ConditionExpression=ON_THE_LIST,
            ExpressionAttributeNames={"#shard": "due_shard", "#woken": WOKEN},
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return  # it was taken off the list meanwhile
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None


def note_put(
    table: str, campaign_id: str, after: PlanNote, seen: int, *, unless_woken: bool
) -> dict[str, Any]:
    """A put of the planner's note, if the stored one has the version that was seen."""
    put = {"TableName": table, "Item": note_item(campaign_id, after)} | as_seen(seen)
    if unless_woken:
        put["ConditionExpression"] += f" AND {NOT_WOKEN}"
        put["ExpressionAttributeNames"] = put["ExpressionAttributeNames"] | {"#woken": WOKEN}
    return put
