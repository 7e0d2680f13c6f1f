"""Forgettings on the contacts table: an item a person, which stays and says that nobody calls him.

What it says travels as one JSON text; beside it stand its version, since when he is not called, and
the marks of open work, by which a tick finds it (lists/adapters/dynamodb_open_lists.py).
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import UnreadableItemError, dumps, known_fields, number, text
from contact_center.aws.dynamodb.needs_index import NEEDS, SINCE, needs
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.forgetting.domain.forgetting import Forgetting, Reached, StoreState
from contact_center.forgetting.domain.stores import Store
from contact_center.lists.adapters.dynamodb_open_lists import open_marks
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.permission.adapters.forgotten_items import SUPPRESSED, forgotten_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

FORMAT = 1
IS_NEW = "attribute_not_exists(#pk)"
SAME_VERSION = "#version = :seen"


class DynamoDBForgettings:
    """Forgettings on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def read(self, forget_id: str) -> Forgetting | None:
        """One; see Forgettings."""
        item = get(self._client, self._table, forgotten_key(forget_id))
        return forgetting_of(item, forget_id) if item else None

    def write(self, forgetting: Forgetting, suppressed_ms: int | None = None) -> Forgetting | None:
        """Write it on the version it carries; see Forgettings."""
        seen, stored = forgetting.version, replace(forgetting, version=forgetting.version + 1)
        values: dict[str, Any] = _attributes(stored)
        if suppressed_ms is not None:
            at = datetime.fromtimestamp(suppressed_ms / 1000, UTC)
            values[SUPPRESSED] = {"S": at.isoformat()}
        marks = open_marks(ListJob(ListKind.FORGET, "", stored.forget_id), stored.look_ms)
        gone = [] if marks else ["due_shard", "due_at_ms"]
        if stored.open:
            marks |= needs(stored.overdue_from_ms)
        else:
            gone += [NEEDS, SINCE]
        values |= marks
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if gone:
            update += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        names = {f"#{name}": name for name in (*values, *gone)}
        said: dict[str, Any] = {f":{name}": value for name, value in values.items()}
        if seen:
            condition, said[":seen"] = SAME_VERSION, {"N": str(seen)}
        else:
            condition, names["#pk"] = IS_NEW, "pk"
        try:
            self._client.update_item(
                TableName=self._table,
                Key=forgotten_key(stored.forget_id),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=said,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return stored


def forgetting_of(item: Mapping[str, Any], forget_id: str) -> Forgetting:
    """Read one back. Raises UnreadableItemError for a later release's."""
    if (number(item, "format") or 0) not in range(1, FORMAT + 1):
        raise UnreadableItemError("format", f"must be 1 to {FORMAT}")
    said = known_fields(Forgetting, json.loads(text(item, "said") or "{}"))
    told = said["stores"]
    said["stores"] = {store: _reached(told[store]) for store in Store if store in told}
    for ids in ("call_ids", "crm_names"):
        said[ids] = tuple(said.get(ids, ()))
    return Forgetting(**said | {"forget_id": forget_id, "version": number(item, "version") or 0})


def _reached(said: dict[str, Any]) -> Reached:
    return Reached(**known_fields(Reached, said) | {"state": StoreState(said["state"])})


def _attributes(forgetting: Forgetting) -> dict[str, Any]:
    said = asdict(forgetting)
    for name in ("forget_id", "version"):
        del said[name]
    return {
        "format": {"N": str(FORMAT)},
        "version": {"N": str(forgetting.version)},
        "said": {"S": dumps(said)},
    }
