"""Which imports, previews and exports are not done, in the contacts table's index of due times.

The marks stand on the item of the job itself, so they come and go with what it says.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import Item, number, text
from contact_center.aws.dynamodb.keys import DUE
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.lists.services.list_ports import ListJob, ListKind, OpenList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.lists.services.import_ports import ImportJob


def open_marks(job: ListJob, look_at_ms: int | None) -> Item:
    """What an item carries so that it is found; nothing once it is done (`look_at_ms` None)."""
    if look_at_ms is None:
        return {}
    return {
        "due_shard": {"S": keys.OPEN_LISTS},
        "due_at_ms": {"N": str(look_at_ms)},
        "list_kind": {"S": job.kind.value},
        "campaign_id": {"S": job.campaign_id},
        "job_id": {"S": job.job_id},
    }


def failed_marks(marked: ListJob, job: ImportJob) -> Item:
    """What the item of a failed import carries, so that people find it."""
    failed_at_ms = max(job.touched_at_ms, job.created_at_ms)
    listed = open_marks(marked, failed_at_ms) | {"due_shard": {"S": keys.FAILED_LISTS}}
    return listed | needs(failed_at_ms)


class DynamoDBOpenLists:
    """OpenLists on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def overdue(self, now_ms: int, limit: int) -> Sequence[OpenList]:
        """What nobody has touched in time, the longest due first, from the index.

        Raises StoreUnavailableError.
        """
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=DUE,
                Limit=limit,
                KeyConditionExpression="#shard = :open AND #due <= :now",
                ExpressionAttributeNames={"#shard": "due_shard", "#due": "due_at_ms"},
                ExpressionAttributeValues={
                    ":open": {"S": keys.OPEN_LISTS},
                    ":now": {"N": str(now_ms)},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        found = []
        for item in page["Items"]:
            with suppress(LookupError, ValueError):  # a kind of a newer release, which sees to it
                found.append(_open_list(item))
        return found

    def postpone(self, found: OpenList, until_ms: int) -> bool:
        """Have it looked at later, without a new version: whoever is at it is not disturbed.

        Args:
            found: As `overdue` has returned it.
            until_ms: When to look again.

        Raises StoreUnavailableError.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": found.place[0]}, "sk": {"S": found.place[1]}},
                UpdateExpression="SET #due = :until",
                ConditionExpression="#due = :seen",
                ExpressionAttributeNames={"#due": "due_at_ms"},
                ExpressionAttributeValues={
                    ":until": {"N": str(until_ms)},
                    ":seen": {"N": str(found.due_at_ms)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return True


def _open_list(item: Item) -> OpenList:
    job = ListJob(
        ListKind(text(item, "list_kind") or ""),
        text(item, "campaign_id") or "",
        text(item, "job_id") or "",
    )
    return OpenList(job, number(item, "due_at_ms") or 0, (item["pk"]["S"], item["sk"]["S"]))
