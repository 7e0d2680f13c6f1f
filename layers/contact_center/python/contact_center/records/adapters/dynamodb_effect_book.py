"""Effects on the calls table as operators look at them: what is open, what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get, get
from contact_center.aws.dynamodb.items import UNREADABLE, read_each
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import transact
from contact_center.aws.dynamodb.writes import Write
from contact_center.records.adapters.effect_items import (
    INDEX,
    OPEN,
    cursor_of,
    dead_key,
    dead_of,
    effect_key,
    effect_of_call,
    kept_of,
    key_of,
    line_of_item,
)
from contact_center.records.adapters.effect_writes import append_update
from contact_center.records.domain.effect_names import line_of
from contact_center.records.domain.effect_steps import Stage
from contact_center.records.services.effect_store_ports import DeadPage, OpenLine, OpenPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_store_ports import DeadEffect, EffectOfCall

REOPEN = "SET #stage = :open, #look_first = :yes REMOVE #expires_at, #closed_at_ms"
IS_DEAD = "#stage = :dead"
MOST_PAGES = 3  # megabytes of a customer's effects that are looked through for those of a call


class DynamoDBEffectBook:
    """EffectBook on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def of_call(self, customer: str, call_id: str) -> Sequence[EffectOfCall]:
        """What a call has caused; see EffectBook. Of a customer with megabytes of it the first."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#pk = :customer AND begins_with(#sk, :effects)",
            "FilterExpression": "#call = :call",
            "ConsistentRead": True,  # who has just had it replayed looks whether it is open
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk", "#call": "call_id"},
            "ExpressionAttributeValues": {
                ":customer": {"S": keys.customers(customer)},
                ":effects": {"S": keys.EFFECTS},
                ":call": {"S": call_id},
            },
        }
        items: list[Item] = []
        for _ in range(MOST_PAGES):
            page = self._query(asked)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        found, _ = read_each(items, effect_of_call, "sk", "")
        return sorted(found, key=lambda one: (one.effect.caused_at_ms, one.effect.receiver))

    def open_lines(self, receiver: str, limit: int, cursor: str | None) -> OpenPage:
        """Lines with something open; see EffectBook."""
        items, following = self._page(keys.due_effects(receiver), limit, cursor)
        lines, _ = read_each(items, line_of_item, "pk", "")
        effects = self._effects({line.first or "": line for line in lines})
        shown = [OpenLine(line=line, effect=effects.get(line.first or "")) for line in lines]
        return OpenPage(shown, following)

    def dead(self, cause: str | None, limit: int, cursor: str | None) -> DeadPage:
        """What was given up; see EffectBook. Of one cause a page may be short, or empty."""
        items, following = self._page(keys.DEAD, limit, cursor, cause)
        effects, unreadable = read_each(items, dead_of, "pk", keys.DEAD_ONES)
        return DeadPage(effects, following, len(unreadable))

    def dead_one(self, effect_id: str) -> DeadEffect | None:
        """One that was given up; see EffectBook."""
        item = get(self._client, self._table, dead_key(effect_id))
        return dead_of(item) if item else None

    def replay(self, dead: DeadEffect, at_ms: int) -> bool:
        """Put it at the end of its line; see EffectBook."""
        effect = dead.effect
        gone = {"TableName": self._table, "Key": dead_key(effect.effect_id)}
        names = ("stage", "look_first", "expires_at", "closed_at_ms")
        reopened = {
            "TableName": self._table,
            "Key": effect_key(effect.customer, effect.effect_id),
            "UpdateExpression": REOPEN,
            "ConditionExpression": IS_DEAD,
            "ExpressionAttributeNames": {f"#{one}": one for one in names},
            "ExpressionAttributeValues": {
                ":open": {"S": OPEN},
                ":dead": {"S": Stage.DEAD.value},
                ":yes": {"N": "1"},
            },
        }
        appended = append_update(self._table, line_of(effect), [effect.effect_id], at_ms)
        writes = [
            Write("dead", {"Delete": gone}),
            Write("effect", {"Update": reopened}),
            Write("effects", {"Update": appended}),
        ]
        return not transact(self._client, writes)

    def _effects(self, lines: dict[str, EffectLine]) -> dict[str, Effect]:
        """The first effect of each line, by its id; what cannot be read is left out."""
        wanted = [effect_key(line.name.customer, first) for first, line in lines.items() if first]
        found: dict[str, Effect] = {}
        for item in batch_get(self._client, self._table, wanted):
            try:
                effect_id = item["effect_id"]["S"]
                found[effect_id] = kept_of(item, lines[effect_id].number).effect
            except UNREADABLE:
                continue
        return found

    def _page(
        self, partition: str, limit: int, cursor: str | None, cause: str | None = None
    ) -> tuple[list[Item], str | None]:
        asked: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#effects = :partition",
            "ExpressionAttributeNames": {"#effects": "effects"},
            "ExpressionAttributeValues": {":partition": {"S": partition}},
            "Limit": limit,
        }
        if cause is not None:
            asked["FilterExpression"] = "#cause = :cause"
            asked["ExpressionAttributeNames"]["#cause"] = "cause"
            asked["ExpressionAttributeValues"][":cause"] = {"S": cause}
        if cursor is not None:
            asked["ExclusiveStartKey"] = key_of(cursor, partition)
        page = self._query(asked)
        last = page.get("LastEvaluatedKey")
        return list(page["Items"]), cursor_of(dict(last)) if last else None

    def _query(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return dict(self._client.query(**asked))
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
