"""The audit trail on the calls table: a partition a day, written once and never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.audit.domain.entries import Entry
from contact_center.audit.services.audit_ports import EntryPage
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    dumps,
    expires_at_s,
    known_fields,
    read_each,
    said_in,
    said_of,
)
from contact_center.aws.dynamodb.lean import put_lean, query_lean

if TYPE_CHECKING:
    from contact_center.audit.services.audit_ports import Wanted
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

ITEM_VERSION = 1
IS_NEW = "attribute_not_exists(#pk)"


class DynamoDBTrail:
    """AuditBook on the lean connection: soon made, and two seconds at most to wait for.

    The connection may send a write twice, after a 5xx: then the entry stands there already.
    """

    def __init__(self, connection: AwsConnection, table: str, audit_days: int) -> None:
        """Keep the connection to DynamoDB, the calls table, and for how long entries are kept."""
        self._connection = connection
        self._table = table
        self._audit_days = audit_days

    def write(self, entry: Entry) -> None:
        """Keep one; see AuditBook."""
        request = {
            "TableName": self._table,
            "Item": item_of(entry, self._audit_days),
            "ConditionExpression": IS_NEW,
            "ExpressionAttributeNames": {"#pk": "pk"},
        }
        put_lean(self._connection, request)

    def page(self, day: str, wanted: Wanted, limit: int, after: str | None, look: int) -> EntryPage:
        """Entries of a day; see AuditBook."""
        partition, filters = keys.audit(day), _filters(wanted)
        asked: dict[str, Any] = {
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": "pk"} | {f"#{name}": name for name in filters},
            "ExpressionAttributeValues": {":pk": {"S": partition}}
            | {f":{name}": {"S": value} for name, value in filters.items()},
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": look if filters else limit,
        }
        if filters:
            asked["FilterExpression"] = " AND ".join(map(_condition, filters))
        if after is not None:
            key = {"pk": {"S": partition}, "sk": {"S": keys.AUDITED + after}}
            asked["ExclusiveStartKey"] = key
        told = query_lean(self._connection, self._table, **asked)
        items, last = told["Items"], told.get("LastEvaluatedKey")
        if len(items) > limit:
            items, last = items[:limit], items[limit - 1]
        entries, unreadable = read_each(items, entry_of_item, "sk", keys.AUDITED)
        place = last["sk"]["S"].removeprefix(keys.AUDITED) if last else None
        return EntryPage(entries, place, unreadable)


def item_of(entry: Entry, audit_days: int) -> Item:
    """An entry as it is stored; what is looked for stands beside the text."""
    said = said_of(entry)
    said.pop("customers", None)
    item: Item = {
        "pk": {"S": keys.audit(_day(entry.at_ms))},
        "sk": {"S": keys.audited(entry.at_ms, entry.entry_id)},
        "version": {"N": str(ITEM_VERSION)},
        "said": {"S": dumps(said)},
        "who": {"S": entry.who},
        "action": {"S": entry.action},
        "expires_at": {"N": str(expires_at_s(entry.at_ms, audit_days))},
    }
    if entry.customers:
        item["customers"] = {"SS": list(entry.customers)}
    return item


def entry_of_item(item: Item) -> Entry:
    """The entry that is stored. Raises one of UNREADABLE."""
    said = known_fields(Entry, said_in(item, ITEM_VERSION))
    customers = item.get("customers", {}).get("SS", ())
    return Entry(**said | {"customers": tuple(sorted(customers))})


def _filters(wanted: Wanted) -> dict[str, str]:
    named = {"who": wanted.who, "action": wanted.action, "customers": wanted.customer}
    return {name: value for name, value in named.items() if value is not None}


def _condition(name: str) -> str:
    return f"contains(#{name}, :{name})" if name == "customers" else f"#{name} = :{name}"


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).date().isoformat()
