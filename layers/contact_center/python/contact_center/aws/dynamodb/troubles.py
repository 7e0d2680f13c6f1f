"""How often one of many has failed, on the dialing table: Troubles, TroublesSeen.

Of what is set aside the item stands in the partition of the index that people look at. It holds
ids of ours and of calls, kind and place of a failure, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.due_index import INDEX
from contact_center.aws.dynamodb.items import number, read_each, text
from contact_center.aws.dynamodb.lean import ask_lean, batch_get_lean, put_lean, query_lean
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.aws.dynamodb.writes import put_revised
from contact_center.kernel.set_aside import Thing, Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

# What lives for minutes is over by then; what lives for longer fails again and is counted anew.
KEPT_SECONDS = 7 * 86_400
MOST_ASIDE = 1_000  # of one kind


class DynamoDBTroubles:
    """Troubles and TroublesSeen."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def read(self, thing: Thing, of_id: str) -> Trouble:
        """What is known of one thing, consistently; see Troubles."""
        found = self.by_name(keys.aside_name(thing, of_id))
        return found or Trouble(thing=thing, of_id=of_id)

    def write(self, trouble: Trouble) -> None:
        """Put it as long as it is still as read; see Troubles."""
        put_lean(self._connection, put_revised(self._table, _item(trouble), trouble.version))

    def aside(self, thing: Thing) -> Collection[str]:
        """Ids of those of a kind that are set aside; see Troubles."""
        page = query_lean(
            self._connection,
            self._table,
            IndexName=INDEX,
            Limit=MOST_ASIDE,
            KeyConditionExpression="#open = :doubts",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":doubts": {"S": keys.DOUBTS}},
        )
        begins = keys.aside(f"{thing}-")
        wanted = [
            {"pk": item["pk"], "sk": item["sk"]}
            for item in page.get("Items", ())
            if (text(item, "pk") or "").startswith(begins)
        ]
        items = batch_get_lean(self._connection, self._table, wanted)
        found, _ = read_each(items, trouble_of, "pk", keys.ASIDE)
        return frozenset(one.of_id for one in found if one.is_aside)

    def by_name(self, name: str) -> Trouble | None:
        """One by the name under which it is shown; see TroublesSeen."""
        items = batch_get_lean(self._connection, self._table, [_key(name)])
        found, _ = read_each(items, trouble_of, "pk", keys.ASIDE)
        return found[0] if found else None

    def forget(self, trouble: Trouble) -> None:
        """It is tried again, as if nothing had failed; see TroublesSeen."""
        delete = {"TableName": self._table, "Key": _key(name_of(trouble))}
        ask_lean(self._connection, "DeleteItem", delete)


def name_of(trouble: Trouble) -> str:
    """The name under which it is shown, as a path can carry it."""
    return keys.aside_name(trouble.thing, trouble.of_id)


def is_trouble(item: Mapping[str, Item]) -> bool:
    """Whether an item of the dialing table says that something failed."""
    return (text(item, "sk") or "") == keys.ASIDE


def trouble_of(item: Mapping[str, Item]) -> Trouble:
    """Read it back. Raises one of UNREADABLE."""
    return Trouble(
        thing=Thing(text(item, "thing") or ""),
        of_id=text(item, "of_id") or "",
        failures=number(item, "failures") or 0,
        cause=text(item, "trouble") or "",
        since_ms=number(item, "since_ms") or 0,
        last_ms=number(item, "last_ms") or 0,
        version=number(item, "revision") or 0,
    )


def _key(name: str) -> Item:
    return {"pk": {"S": keys.aside(name)}, "sk": {"S": keys.ASIDE}}


def _item(trouble: Trouble) -> Item:
    item: Item = _key(name_of(trouble)) | {
        "revision": {"N": str(trouble.version + 1)},
        "thing": {"S": trouble.thing.value},
        "of_id": {"S": trouble.of_id},
        "failures": {"N": str(trouble.failures)},
        "trouble": {"S": trouble.cause},
        "since_ms": {"N": str(trouble.since_ms)},
        "last_ms": {"N": str(trouble.last_ms)},
        "expires_at": {"N": str(trouble.last_ms // 1000 + KEPT_SECONDS)},
    }
    if not trouble.is_aside:
        return item
    listed = {"open": {"S": keys.DOUBTS}, "due_at_ms": {"N": str(trouble.since_ms)}}
    return item | listed | needs(trouble.since_ms)
