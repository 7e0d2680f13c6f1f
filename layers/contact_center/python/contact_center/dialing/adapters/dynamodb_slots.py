"""The slot log of a calling account on DynamoDB: one item, appended to without a condition.

    dialer A ── append ─► log r1 r2 A      → A's slots: what the timetable of r1 r2 A gives it
    dialer B ── append ─► log r1 r2 A B    → B's slots, computed from the same beginning

DynamoDB orders the appends and returns the item as it then is (ALL_NEW), so nobody waits for
anybody and nobody tries again. Now and then somebody folds the oldest entries into the base;
the generation number lets one of those who try at once succeed, and the others lose nothing.

Other limits than the item's (a new release with new settings) take the log over: all slots are
past the last one that was given, so that old and new slots together keep the stricter limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import get
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.dialing.adapters.slot_log import (
    base_of,
    base_text,
    entry_of,
    entry_text,
    limits_of,
    limits_text,
)
from contact_center.dialing.domain.pacing import Timetable, timetable
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing.domain.pacing import PaceLimits, Slot, SlotRequest
    from contact_center.kernel.ports import Clock

# Folding costs one write; it is due at every FOLD_EVERY-th entry from FOLD_FROM on, or when the
# entries of batches make the log long. Each fold takes at most FOLD_MOST: an expression has 4 KB.
FOLD_FROM, FOLD_EVERY, FOLD_MOST = 24, 8, 120
FOLD_FROM_CHARACTERS = 12_000

TAKE_OVER_TRIES = 5

APPEND = "SET #log = list_append(if_not_exists(#log, :none), :mine), #limits = :limits"
SAME_LIMITS = "attribute_not_exists(#limits) OR #limits = :limits"
TAKE_OVER = "SET #log = :none, #base = :base, #generation = :next, #limits = :limits"
STILL_THE_OLD_LOG = "#limits = :old AND size(#log) = :entries"
SAME_GENERATION = "#generation = :generation"
NO_GENERATION = "attribute_not_exists(#generation)"


@dataclass(frozen=True, slots=True)
class _Log:
    """The item as read."""

    base: str | None
    entries: tuple[str, ...]
    generation: int | None

    def table(self, limits: PaceLimits, entries: int) -> tuple[Timetable, list[int | None]]:
        """The timetable after so many entries, and the slots of the last of them."""
        log = [entry_of(entry) for entry in self.entries[:entries]]
        return timetable(base_of(self.base, limits), log)


class DynamoDBSlots:
    """SlotBook on the dialing table."""

    def __init__(
        self, client: DynamoDBClient, table: str, account: str, limits: PaceLimits, clock: Clock
    ) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            table: Name of the dialing table.
            account: Which calling account's log it is.
            limits: Of that account.
            clock: Only to keep a wrong clock of another's from moving the floor ahead.
        """
        self._client = client
        self._table = table
        self._key = {"pk": {"S": keys.pace(account)}, "sk": {"S": keys.PACE_LOG}}
        self._limits = limits
        self._clock = clock

    def reserve(self, request: SlotRequest) -> Sequence[int | None]:
        """Append a request to the log; a slot in ms for each call, None when none is in time.

        Unconditional but for the limits. When the reply is lost the slots are lost, which costs
        rate. Raises StoreUnavailableError.
        """
        try:
            log = self._appended(entry_text(request))
            table, slots = log.table(self._limits, len(log.entries))
            if _is_long(log):
                self._fold(log, table)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return slots

    def taken(self) -> tuple[PaceLimits, Sequence[Slot]]:
        """The limits that the log keeps, and the slots that stand in it, old ones but few.

        Raises StoreUnavailableError.
        """
        item = get(self._client, self._table, self._key) or {}
        said = text(item, "limits")
        limits = self._limits if said is None else limits_of(said)
        log = _log_of(item)
        table, _ = log.table(limits, len(log.entries))
        return limits, tuple(table.slots)

    def _appended(self, entry: str) -> _Log:
        for _ in range(TAKE_OVER_TRIES):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=self._key,
                    UpdateExpression=APPEND,
                    ConditionExpression=SAME_LIMITS,
                    ExpressionAttributeNames={"#log": "log", "#limits": "limits"},
                    ExpressionAttributeValues={
                        ":none": {"L": []},
                        ":mine": {"L": [{"S": entry}]},
                        ":limits": {"S": limits_text(self._limits)},
                    },
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as refusal:
                response: dict[str, Any] = dict(refusal.response)
                self._take_over(response.get("Item", {}))
            else:
                return _log_of(answer["Attributes"])
        raise StoreUnavailableError

    def _fold(self, log: _Log, table: Timetable) -> None:
        count = min(len(log.entries), FOLD_MOST)
        if count < len(log.entries):
            table, _ = log.table(self._limits, count)
        newest_ms = max(entry_of(entry).not_before_ms for entry in log.entries[:count])
        folded = table.folded(min(newest_ms, self._clock.now_ms()))
        # From the end: the same entries go whether a list is renumbered in between or not.
        gone = ", ".join(f"#log[{index}]" for index in reversed(range(count)))
        self._write_if_same_generation(
            log,
            f"SET #base = :base, #generation = :next REMOVE {gone}",
            "#limits = :limits",
            {":base": {"S": base_text(folded)}},
        )

    def _take_over(self, item: Mapping[str, Any]) -> None:
        log, was = _log_of(item), text(item, "limits") or ""
        old = limits_of(was)
        table, _ = log.table(old, len(log.entries))
        last_ms = max((slot.at_ms for slot in table.slots), default=0)
        apart_ms = max(old.span_ms, self._limits.span_ms)
        fresh = Timetable(self._limits, max(table.floor_ms, last_ms + apart_ms))
        for slot in table.slots:
            if slot.at_ms > fresh.floor_ms - self._limits.memory_ms:
                fresh.add(slot)
        self._write_if_same_generation(
            log,
            TAKE_OVER,
            STILL_THE_OLD_LOG,
            {
                ":none": {"L": []},
                ":base": {"S": base_text(fresh)},
                ":old": {"S": was},
                ":entries": {"N": str(len(log.entries))},
            },
        )

    def _write_if_same_generation(
        self, log: _Log, update: str, condition: str, values: dict[str, Any]
    ) -> None:
        """Write, unless somebody else has folded or taken over meanwhile: then all is well."""
        generation: dict[str, Any] = {}
        if log.generation is not None:
            generation = {":generation": {"N": str(log.generation)}}
        same = SAME_GENERATION if generation else NO_GENERATION
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=update,
                ConditionExpression=f"{condition} AND {same}",
                ExpressionAttributeNames={
                    "#log": "log",
                    "#base": "base",
                    "#limits": "limits",
                    "#generation": "generation",
                },
                ExpressionAttributeValues={
                    **values,
                    **generation,
                    ":limits": {"S": limits_text(self._limits)},
                    ":next": {"N": str((log.generation or 0) + 1)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _log_of(item: Mapping[str, Any]) -> _Log:
    entries = tuple(entry["S"] for entry in item.get("log", {}).get("L", ()))
    return _Log(text(item, "base"), entries, number(item, "generation"))


def _is_long(log: _Log) -> bool:
    count = len(log.entries)
    at_its_turn = count >= FOLD_FROM and count % FOLD_EVERY == 0
    return at_its_turn or sum(map(len, log.entries)) > FOLD_FROM_CHARACTERS
