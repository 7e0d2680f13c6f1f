"""Lines and effects on the calls table, for whoever delivers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import transact
from contact_center.aws.dynamodb.writes import Write
from contact_center.records.adapters.effect_items import (
    INDEX,
    OPEN,
    cursor_of,
    dead_item,
    effect_key,
    expires,
    kept_of,
    key_of,
    line_key,
    line_of_item,
    run_text,
)
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import Stage
from contact_center.records.services.effect_store_ports import Closed, DueLines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.domain.effect_steps import EffectRun
    from contact_center.records.services.effect_store_ports import KeptEffect

IS_DUE = "#effects = :due AND #due_at_ms <= :now"
CHANGE = "SET #run = :run, #revision = :next, #due_at_ms = :at"
TAKE = "SET #taken = :taken, #revision = :next"
GO_ON = f"{TAKE}, #due_at_ms = :at REMOVE #line[0], #run"
FINISH = f"{TAKE}, #expires_at = :expires REMOVE #line[0], #run, #effects, #due_at_ms"
CLOSE = "SET #stage = :stage, #closed_at_ms = :at, #expires_at = :expires"
UNCHANGED = "#revision = :seen"
NEVER_CHANGED = "attribute_exists(#pk) AND attribute_not_exists(#revision)"


class DynamoDBEffects:
    """EffectLines on the calls table."""

    def __init__(self, client: DynamoDBClient, table: str, retention_days: int) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            table: Name of the calls table.
            retention_days: How long what is over is kept.
        """
        self._client = client
        self._table = table
        self._days = retention_days

    def read(self, name: LineName) -> EffectLine | None:
        """A line; see EffectLines."""
        item = get(self._client, self._table, line_key(name))
        return line_of_item(item) if item and "line" in item else None

    def effect(self, line: EffectLine) -> KeptEffect | None:
        """The first effect of a line; see EffectLines."""
        if line.first is None:
            return None
        key = effect_key(line.name.customer, line.first)
        item = get(self._client, self._table, key)
        return kept_of(item, line.number) if item else None

    def change(self, line: EffectLine, run: EffectRun) -> EffectLine | None:
        """Write how far the first effect has come; see EffectLines.

        boto3 sends again what it had no reply to. A refusal that shows our own run is no refusal.
        """
        asked = self._line_update(
            line,
            CHANGE,
            ("run", "revision", "due_at_ms"),
            {":run": {"S": run_text(run)}, ":at": {"N": str(run.due_ms)}},
        )
        try:
            changed: Item = dict(
                self._client.update_item(**asked, ReturnValues="ALL_NEW")["Attributes"]
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            response: dict[str, Any] = dict(refusal.response)
            changed = response.get("Item", {})
            ours = number(changed, "revision") == line.revision + 1
            if not ours or text(changed, "run") != run_text(run):
                return None
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return line_of_item(changed)

    def close(
        self, line: EffectLine, run: EffectRun, kept: KeptEffect | None, at_ms: int
    ) -> Closed:
        """Take the first effect off its line; see EffectLines.

        Whether the line is empty then is a condition: somebody may append to it meanwhile.
        """
        alone = len(line.waiting) == 1
        if alone and not self._closed(line, run, kept, at_ms, alone=True):
            return Closed.LAST
        lost = self._closed(line, run, kept, at_ms, alone=False)
        return Closed.LOST if lost else Closed.MORE

    def due(self, receiver: str, at_ms: int, limit: int, cursor: str | None = None) -> DueLines:
        """Lines that somebody has to look at; see EffectLines."""
        partition = keys.due_effects(receiver)
        start: dict[str, Any] = (
            {} if cursor is None else {"ExclusiveStartKey": key_of(cursor, partition)}
        )
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression=IS_DUE,
                ExpressionAttributeNames={"#effects": "effects", "#due_at_ms": "due_at_ms"},
                ExpressionAttributeValues={
                    ":due": {"S": partition},
                    ":now": {"N": str(at_ms)},
                },
                Limit=limit,
                **start,
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        last = page.get("LastEvaluatedKey")
        names = [LineName(one["whose"]["S"], receiver) for one in page["Items"] if "whose" in one]
        return DueLines(names, cursor_of(dict(last)) if last else None)

    def _closed(
        self, line: EffectLine, run: EffectRun, kept: KeptEffect | None, at_ms: int, *, alone: bool
    ) -> bool:
        """Whether somebody else was faster, or the line is not as it was taken to be."""
        values: Item = {":taken": {"N": str(line.taken + 1)}}
        names = ["taken", "revision", "line", "run", "due_at_ms"]
        if alone:
            names += ["effects", "expires_at"]
            values |= {":one": {"N": "1"}, ":expires": expires(at_ms, self._days)}
            update = self._line_update(line, FINISH, names, values, "size(#line) = :one")
        else:
            values |= {":at": {"N": str(at_ms)}}
            update = self._line_update(line, GO_ON, names, values)
        writes = [Write("line", {"Update": update})]
        if kept is not None:
            writes += self._effect_closed(run, kept, at_ms)
        return bool(transact(self._client, writes))

    def _effect_closed(self, run: EffectRun, kept: KeptEffect, at_ms: int) -> list[Write]:
        effect, cause = kept.effect, run.cause or ""
        names = {f"#{one}": one for one in ("stage", "closed_at_ms", "expires_at")}
        values: Item = {
            ":open": {"S": OPEN},
            ":stage": {"S": run.stage.value},
            ":at": {"N": str(at_ms)},
            ":expires": expires(at_ms, self._days),
        }
        said = CLOSE
        if run.their_id is not None:
            said += ", #their_id = :their_id"
            names["#their_id"], values[":their_id"] = "their_id", {"S": run.their_id}
        update = {
            "TableName": self._table,
            "Key": effect_key(effect.customer, effect.effect_id),
            "UpdateExpression": said,
            "ConditionExpression": "#stage = :open",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        writes = [Write("effect", {"Update": update})]
        if run.stage is Stage.DEAD:
            item = dead_item(effect, cause, at_ms, self._days)
            writes.append(Write("dead", {"Put": {"TableName": self._table, "Item": item}}))
        return writes

    def _line_update(
        self,
        line: EffectLine,
        update: str,
        names: list[str] | tuple[str, ...],
        values: Item,
        also: str = "",
    ) -> dict[str, Any]:
        """An update of a line that is still as it was read, whatever was appended to it since."""
        condition = UNCHANGED if line.revision else NEVER_CHANGED
        seen: Item = {":seen": {"N": str(line.revision)}} if line.revision else {}
        known = [*names, *(() if line.revision else ("pk",))]
        return {
            "TableName": self._table,
            "Key": line_key(line.name),
            "UpdateExpression": update,
            "ConditionExpression": f"{condition} AND {also}" if also else condition,
            "ExpressionAttributeNames": {f"#{one}": one for one in known},
            "ExpressionAttributeValues": values | seen | {":next": {"N": str(line.revision + 1)}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
