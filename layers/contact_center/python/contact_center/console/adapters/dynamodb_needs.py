"""What waits for a person, out of the sparse indexes that hold it and nothing else."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.due_index import INDEX
from contact_center.aws.dynamodb.items import UNREADABLE, number, read_each, text
from contact_center.aws.dynamodb.lean import batch_get_lean, query_lean
from contact_center.aws.dynamodb.troubles import is_trouble, name_of, trouble_of
from contact_center.console.services.need_ports import Aside, FailedImport, InDoubt
from contact_center.dialing.adapters.attempt_items import attempt_of
from contact_center.forgetting.adapters.dynamodb_forgettings import forgetting_of
from contact_center.lists.services.list_ports import ListKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.forgetting.domain.forgetting import Forgetting


class DynamoDBDoubts:
    """DoubtBook on the dialing table; the index may lag a moment behind it."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def waiting(self, limit: int) -> InDoubt:
        """So many of them at most; see DoubtBook."""
        page = query_lean(
            self._connection,
            self._table,
            IndexName=INDEX,
            Limit=limit,
            KeyConditionExpression="#open = :doubts",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":doubts": {"S": keys.DOUBTS}},
        )
        wanted = [{"pk": one["pk"], "sk": one["sk"]} for one in page.get("Items", ())]
        aside = [one for one in wanted if is_trouble(one)]
        others = [one for one in wanted if not is_trouble(one)]
        # one statement of a policy has to cover all keys of a batch
        items = [
            item
            for batch in (aside, others)
            for item in batch_get_lean(self._connection, self._table, batch)
        ]
        found = {item["pk"]["S"]: item for item in items}
        listed = [found[one["pk"]["S"]] for one in wanted if one["pk"]["S"] in found]
        attempts, unreadable = read_each(
            [one for one in listed if not is_trouble(one)], attempt_of, "pk", keys.ATTEMPTS
        )
        troubles, _ = read_each(
            [one for one in listed if is_trouble(one)], trouble_of, "pk", keys.ASIDE
        )
        return InDoubt(
            attempts=attempts,
            aside=[Aside(name_of(one), one) for one in troubles],
            unreadable=unreadable,
            complete="LastEvaluatedKey" not in page,
        )


class DynamoDBFailedImports:
    """FailedImports on the contacts table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the contacts table."""
        self._connection = connection
        self._table = table

    def since(self, at_ms: int, limit: int) -> Sequence[FailedImport]:
        """Those that failed since then, the oldest first; see FailedImports."""
        page = query_lean(
            self._connection,
            self._table,
            IndexName=keys.DUE,
            Limit=limit,
            KeyConditionExpression="#shard = :failed AND #due >= :since",
            ExpressionAttributeNames={"#shard": "due_shard", "#due": "due_at_ms"},
            ExpressionAttributeValues={
                ":failed": {"S": keys.FAILED_LISTS},
                ":since": {"N": str(at_ms)},
            },
        )
        return [
            FailedImport(
                import_id=text(item, "job_id") or "",
                campaign_id=text(item, "campaign_id") or "",
                failed_at_ms=number(item, "due_at_ms") or 0,
            )
            for item in page.get("Items", ())
        ]


class DynamoDBUnfinished:
    """Unfinished on the contacts table, off the index of work that is not done."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the contacts table."""
        self._connection = connection
        self._table = table

    def unfinished(self, limit: int) -> tuple[Sequence[Forgetting], bool]:
        """Those that are under way; see Unfinished."""
        page = query_lean(
            self._connection,
            self._table,
            IndexName=keys.DUE,
            Limit=limit,
            KeyConditionExpression="#shard = :open",
            ExpressionAttributeNames={"#shard": "due_shard"},
            ExpressionAttributeValues={":open": {"S": keys.OPEN_LISTS}},
        )
        found: list[Forgetting] = []
        for item in page.get("Items", ()):
            if text(item, "list_kind") == ListKind.FORGET:
                with suppress(*UNREADABLE):
                    found.append(forgetting_of(item, text(item, "job_id") or ""))
        return found, "LastEvaluatedKey" not in page


class DynamoDBRests:
    """Rests on the contacts table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the contacts table."""
        self._connection = connection
        self._table = table

    def rests(self, number_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
        """Until when each rests, and why; see Rests."""
        pks = {keys.caller(one): one for one in number_ids}
        wanted = [{"pk": {"S": pk}, "sk": {"S": keys.REST}} for pk in pks]
        return {
            pks[item["pk"]["S"]]: (number(item, "until_ms") or 0, text(item, "reason") or "")
            for item in batch_get_lean(self._connection, self._table, wanted)
        }
