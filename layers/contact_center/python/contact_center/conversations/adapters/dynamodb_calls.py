"""The calls table for the router: read a call's whole history, commit what follows from it.

One call is one partition, read in one consistent query. RECORD carries `revision`, which every
commit raises by one and is conditioned on, so two writers of one call cannot both win:

    reader A ── revision 7 ──────────► commit 7 → 8: done
    reader B ── revision 7 ─────────────────► commit 7 → 8: refused, reads again, commits 8 → 9

Decisions, effects and what they follow from go in one transaction: all or nothing. Facts from which
nothing follows are noted one by one, which costs a tenth: the record only gathers them, and whoever
reads a call reads the facts (decision 58).
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import delete_all, items_of
from contact_center.aws.dynamodb.items import expires_at_s, text
from contact_center.conversations.adapters import call_items, fact_items
from contact_center.conversations.adapters.call_reading import read_history, read_on
from contact_center.conversations.adapters.count_marks import count_mark
from contact_center.conversations.adapters.dynamodb_follow_ups import NUMBER, follow_up_words
from contact_center.conversations.adapters.look_up_items import look_up_write
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.records.adapters.effect_writes import effect_writes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.conversations.services.ports.calls import (
        CallGlance,
        CallHistory,
        ControlOutcome,
    )
    from contact_center.kernel.ports import Clock
    from contact_center.records.domain.effects import Effect

TRANSACTION_LIMIT = 100  # DynamoDB's
LONG_CALLS = 100  # that a process remembers to be such; of others it finds out

# A transaction refused for these reasons was overtaken, not wrong (reliability §2).
OVERTAKEN = frozenset({"ConditionalCheckFailed", "TransactionConflict"})

IS_NEW = "attribute_not_exists(#pk)"
IS_UNCHANGED = "#revision = :seen"
MAY_BEGIN = "attribute_exists(#pk) AND attribute_not_exists(#begun_at_ms)"
IS_NOBODYS = "attribute_exists(#follow_up) AND attribute_not_exists(#number)"
MAY_FINISH = "attribute_exists(#begun_at_ms) AND attribute_not_exists(#outcome)"


class DynamoDBCalls:
    """CallStore on the calls table."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        clock: Clock,
        retention_days: int,
        new_token: Callable[[], str],
    ) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            table: Name of the calls table.
            clock: Only for `expires_at`.
            retention_days: How long DynamoDB keeps an item after it was written.
            new_token: A fresh word for each attempt to begin an action.
        """
        self._client = client
        self._table = table
        self._clock = clock
        self._retention_days = retention_days
        self._new_token = new_token
        self._long_calls: deque[str] = deque(maxlen=LONG_CALLS)

    def read(self, call_id: str) -> CallHistory:
        """Read everything of a call; see `read_history`."""
        return read_history(self._client, self._table, call_id)

    def read_on(self, call_id: str) -> CallHistory:
        """Read a call without turns that were folded; see `read_on`."""
        is_long = call_id in self._long_calls
        history = read_on(self._client, self._table, call_id, is_long=is_long)
        if not history.whole and not is_long:
            self._long_calls.append(call_id)
        return history

    def fold(self, call_id: str, folded: Folded) -> None:
        """Keep what a call was folded to, one version on.

        Raises:
            HistoryMovedOnError: Another was kept since.
        """
        expires = expires_at_s(self._clock.now_ms(), self._retention_days)
        put = self._put_new(call_items.folded_item(call_id, folded, expires))["Put"]
        if folded.version:
            put |= {
                "ConditionExpression": "#folds = :seen",
                "ExpressionAttributeNames": {"#folds": "folds"},
                "ExpressionAttributeValues": {":seen": {"N": str(folded.version)}},
            }
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise HistoryMovedOnError from None

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        """Write facts of a call down, each by itself; see CallStore.

        Raises:
            UnreadableItemError: A fact is larger than any honest one.
        """
        now_ms = self._clock.now_ms()
        expires, at = (
            expires_at_s(now_ms, self._retention_days),
            {"noted_at_ms": {"N": str(now_ms)}},
        )
        for fact in facts:
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.put_item(**self._put_new(_noted(fact, expires, customer) | at)["Put"])

    def show_whose(self, facts: Sequence[Fact], customer: str) -> None:
        """Show what a caller left with his number, where it stands without it; see CallStore."""
        for fact in facts:
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.update_item(
                    TableName=self._table,
                    Key={"pk": {"S": keys.call(fact.call_id)}, "sk": {"S": keys.fact(fact.key)}},
                    UpdateExpression="SET #number = :number",
                    ConditionExpression=IS_NOBODYS,
                    ExpressionAttributeNames={"#follow_up": "follow_up", "#number": NUMBER},
                    ExpressionAttributeValues={":number": {"S": customer}},
                )

    def keep(
        self,
        history: CallHistory,
        record: CallRecord,
        glance: CallGlance,
        *,
        look_at_ms: int | None = None,
    ) -> None:
        """Write the record that knows facts which are written down.

        Raises:
            HistoryMovedOnError: The record has changed since `history` was read.
        """
        expires = expires_at_s(self._clock.now_ms(), self._retention_days)
        item = call_items.record_item(record, glance, len(history.decisions), expires)
        for write in look_up_write(
            self._table, record.call_id, history.look_at_ms, look_at_ms, expires
        ):
            self._client.put_item(**write["Put"])
        try:
            self._client.put_item(**self._put_record(history, item)["Put"])
        except self._client.exceptions.ConditionalCheckFailedException:
            raise HistoryMovedOnError from None

    def commit(  # noqa: PLR0913 - all that one transaction writes
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
        glance: CallGlance,
        *,
        amended: Sequence[Fact] = (),
        effects: Sequence[Effect] = (),
        look_at_ms: int | None = None,
        count_at_ms: int | None = None,
    ) -> None:
        """Write new facts, the merged record, new decisions and effects: all or nothing.

        Args:
            history: What was read; facts in it must not be among `facts`.
            record: The record that knows the new facts too.
            facts: Facts that are not in the history.
            decisions: Decisions that are not in the history, numbered after those that are.
            glance: What operators see, derived from all facts.
            amended: Facts of the history that are stored otherwise from now on.
            effects: What must happen elsewhere because of the new facts, written by nobody yet.
            look_at_ms: When what nobody has told is to be asked for; None: never.
            count_at_ms: By when the call is to be counted anew; None: it is not.

        Raises:
            HistoryMovedOnError: The call has changed since `history` was read.
            UnreadableItemError: A fact is larger than any honest one.
            ValueError: More than a transaction holds.
        """
        now_ms = self._clock.now_ms()
        elsewhere = effect_writes(self._table, effects, now_ms)
        if len(facts) + len(decisions) + len(amended) + len(elsewhere) >= TRANSACTION_LIMIT - 3:
            raise ValueError(f"at most {TRANSACTION_LIMIT - 4} facts and decisions a commit")
        expires = expires_at_s(now_ms, self._retention_days)
        count = len(history.decisions) + len(decisions)
        puts: list[Any] = [
            self._put_record(history, call_items.record_item(record, glance, count, expires))
        ]
        if not history.version:  # else the record that is gone refuses it
            puts.append(self._not_forgotten(record.call_id))
        by = {"revision": {"N": str(history.version + 1)}}  # which commit of the call wrote it
        customer = record.value("customer_number")
        puts += [self._put_new(_noted(fact, expires, customer) | by) for fact in facts]
        puts += [self._put_new(call_items.decision_item(one, expires) | by) for one in decisions]
        puts += [self._amend(fact_items.fact_item(fact, expires) | by) for fact in amended]
        puts += [write.request for write in elsewhere]
        puts += look_up_write(self._table, record.call_id, history.look_at_ms, look_at_ms, expires)
        if count_at_ms is not None:
            key = keys.call(record.call_id)
            puts.append(count_mark(self._table, key, history.version + 1, count_at_ms, expires))
        try:
            self._client.transact_write_items(TransactItems=puts)
        except ClientError as error:
            if _was_overtaken(error):
                raise HistoryMovedOnError from None
            raise

    def sweep(self, call_id: str) -> None:
        """Delete what came after its customer was forgotten; see CallStore.

        Raises StoreUnavailableError: some of it may be gone.
        """
        items = items_of(self._client, self._table, keys.call(call_id))
        late = [item for item in items if item["sk"]["S"] not in keys.KEPT_OF_FORGOTTEN]
        delete_all(self._client, self._table, late)

    def begin_action(self, decision: Decision, at_ms: int) -> bool:
        """Mark a committed decision as being acted on; False when somebody already did.

        Each attempt brings a token of its own. When the reply to a mark that was made got lost
        and boto3 asked again, the refusal shows our token: it is still ours to act on.
        """
        token = self._new_token()
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_decision_key(decision),
                UpdateExpression="SET #begun_at_ms = :at, #begun_by = :token",
                ConditionExpression=MAY_BEGIN,
                ExpressionAttributeNames={
                    "#pk": "pk",
                    "#begun_at_ms": "begun_at_ms",
                    "#begun_by": "begun_by",
                },
                ExpressionAttributeValues={":at": {"N": str(at_ms)}, ":token": {"S": token}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            marked: dict[str, Any] = dict(refusal.response)
            return text(marked.get("Item", {}), "begun_by") == token
        return True

    def finish_action(self, decision: Decision, outcome: ControlOutcome, at_ms: int) -> None:
        """Write down what became of the action; the first outcome written stands."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_decision_key(decision),
                UpdateExpression="SET #outcome = :outcome, #finished_at_ms = :at",
                ConditionExpression=MAY_FINISH,
                ExpressionAttributeNames={
                    "#outcome": "outcome",
                    "#begun_at_ms": "begun_at_ms",
                    "#finished_at_ms": "finished_at_ms",
                },
                ExpressionAttributeValues={
                    ":outcome": {"S": outcome.value},
                    ":at": {"N": str(at_ms)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _put_new(self, item: Item) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": IS_NEW,
                "ExpressionAttributeNames": {"#pk": "pk"},
            }
        }

    def _not_forgotten(self, call_id: str) -> dict[str, Any]:
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.FORGOTTEN}},
                "ConditionExpression": IS_NEW,
                "ExpressionAttributeNames": {"#pk": "pk"},
            }
        }

    def _amend(self, item: Item) -> dict[str, Any]:
        """What a fact says is replaced, and by which commit; its item is there for certain."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": {"pk": item["pk"], "sk": item["sk"]},
                "UpdateExpression": "SET #said = :said, #revision = :revision",
                "ConditionExpression": "attribute_exists(#pk)",
                "ExpressionAttributeNames": {
                    "#pk": "pk",
                    "#said": "said",
                    "#revision": "revision",
                },
                "ExpressionAttributeValues": {
                    ":said": item["said"],
                    ":revision": item["revision"],
                },
            }
        }

    def _put_record(self, history: CallHistory, item: Item) -> dict[str, Any]:
        put = self._put_new(item | {"revision": {"N": str(history.version + 1)}})
        if history.version:
            put["Put"] |= {
                "ConditionExpression": IS_UNCHANGED,
                "ExpressionAttributeNames": {"#revision": "revision"},
                "ExpressionAttributeValues": {":seen": {"N": str(history.version)}},
            }
        return put


def _noted(fact: Fact, expires_at_s: int, customer: str | None) -> Item:
    return fact_items.fact_item(fact, expires_at_s) | follow_up_words(fact, customer)


def _decision_key(decision: Decision) -> Item:
    return {
        "pk": {"S": keys.call(decision.call_id)},
        "sk": {"S": keys.decision(decision.number)},
    }


def _was_overtaken(error: ClientError) -> bool:
    response: dict[str, Any] = dict(error.response)
    if response["Error"]["Code"] != "TransactionCanceledException":
        return bool(response["Error"]["Code"] == "TransactionInProgressException")
    codes = {reason.get("Code") for reason in response.get("CancellationReasons", ())}
    return bool(codes & OVERTAKEN) and codes <= OVERTAKEN | {"None"}
