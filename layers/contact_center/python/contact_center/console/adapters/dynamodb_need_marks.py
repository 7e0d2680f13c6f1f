"""What waits for a person and is not in the index `needs` is put into it.

That is whatever the release before has written, and what time alone has made so: a caller who
should have been called back, a line that is held for too long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.lean import (
    CONDITION_FAILED,
    call_dynamodb,
    get_lean,
    refusal_error,
)
from contact_center.aws.dynamodb.needs_index import NEEDS, needs
from contact_center.campaigns.adapters.campaign_items import campaign_key
from contact_center.console.domain.needs import NeedKind
from contact_center.conversations.adapters.dynamodb_follow_ups import NUMBER
from contact_center.conversations.services.follow_ups import named_follow_up
from contact_center.dialing.adapters.attempt_items import attempt_key
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.path_ids import named_by
from contact_center.lists.adapters.dynamodb_imports import import_key
from contact_center.permission.adapters.forgotten_items import forgotten_key
from contact_center.queue.adapters.queue_items import entry_key
from contact_center.records.adapters.effect_items import dead_key
from contact_center.visits.adapters.visit_items import visit_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.console.domain.needs import Need

CALLS, DIALING, CONTACTS = "calls", "dialing", "contacts"
LEFT = frozenset({NeedKind.FOLLOW_UP, NeedKind.RECORDING_LOST})

# What an item says as long as it needs somebody; of others it is enough that they are there.
IN_DOUBT: Item = {"open": {"S": keys.DOUBTS}}
IS_LEFT: Item = {"follow_up": {"S": keys.OPEN}}
HAS_MESSAGE: Item = {"follow_up": {"S": keys.MESSAGES_LEFT}}
HAS_FAILED: Item = {"due_shard": {"S": keys.FAILED_LISTS}}
IS_UNFINISHED: Item = {"due_shard": {"S": keys.OPEN_LISTS}}


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _attempt(need: Need) -> Item:
    return attempt_key(need.of_id)


def _left(need: Need) -> Item:
    call_id, key = named_follow_up(need.of_id) or ("", "")
    return _key(keys.call(call_id), keys.fact(key))


def _line(need: Need) -> Item:
    return LineWrites("", CALLING_ACCOUNT).lease_key(named_by(need.of_id) or "")


# By kind: in which table it stands, under which key, and what it says.
PLACES: Mapping[NeedKind, tuple[str, Callable[[Need], Item], Item]] = {
    NeedKind.DIAL_IN_DOUBT: (DIALING, _attempt, IN_DOUBT),
    NeedKind.ATTEMPT_SET_ASIDE: (DIALING, _attempt, IN_DOUBT),
    NeedKind.SET_ASIDE: (DIALING, lambda one: _key(keys.aside(one.of_id), keys.ASIDE), IN_DOUBT),
    NeedKind.CALLBACK_OVERDUE: (DIALING, lambda one: entry_key(one.of_id), {}),
    NeedKind.CALLBACK_FAILED: (
        DIALING,
        lambda one: _key(keys.KEPT, keys.kept_failed(one.of_id)),
        {},
    ),
    NeedKind.LINE_LOST: (DIALING, _line, {}),
    NeedKind.DEAD_EFFECT: (CALLS, lambda one: dead_key(one.of_id), {}),
    NeedKind.FOLLOW_UP: (CALLS, _left, IS_LEFT),
    NeedKind.RECORDING_LOST: (CALLS, _left, IS_LEFT),
    NeedKind.VOICEMAIL: (CALLS, lambda one: visit_key(one.visit_id or ""), HAS_MESSAGE),
    NeedKind.CAMPAIGN_STOPPED: (CONTACTS, lambda one: campaign_key(one.of_id), {}),
    NeedKind.NUMBER_RESTS: (CONTACTS, lambda one: _key(keys.caller(one.of_id), keys.REST), {}),
    NeedKind.IMPORT_FAILED: (CONTACTS, lambda one: import_key(one.of_id), HAS_FAILED),
    NeedKind.FORGETTING_UNFINISHED: (
        CONTACTS,
        lambda one: forgotten_key(one.of_id),
        IS_UNFINISHED,
    ),
}


@dataclass(frozen=True, slots=True)
class DynamoDBNeedMarks:
    """NeedMarks on all three tables.

    Attributes:
        tables: The names of the tables of CALLS, DIALING and CONTACTS.
    """

    connection: AwsConnection
    tables: Mapping[str, str]

    def mark(self, need: Need) -> None:
        """Put a thing into the index; see NeedMarks."""
        table, key_of, says = PLACES[need.kind]
        values = needs(need.since_ms or 0) | self._also(need)
        conditions = ["attribute_exists(#pk)", f"attribute_not_exists(#{NEEDS})"]
        conditions += [f"#{name} = :{name}" for name in says]
        update = {
            "TableName": self.tables[table],
            "Key": key_of(need),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{name}": name for name in ("pk", *values, *says)},
            "ExpressionAttributeValues": {f":{name}": is_ for name, is_ in (values | says).items()},
        }
        try:
            call_dynamodb(self.connection, "UpdateItem", update)
        except AwsRefusedError as refused:
            if refused.code != CONDITION_FAILED:  # else it is in it already, or was settled
                raise refusal_error(refused) from None

    def _also(self, need: Need) -> Item:
        """What an item of the release before does not say for itself."""
        if need.kind in LEFT and need.number is not None:
            return {NUMBER: {"S": need.number}}
        if need.kind is not NeedKind.CALLBACK_FAILED:
            return {}
        entry = get_lean(self.connection, self.tables[DIALING], entry_key(need.of_id)) or {}
        return {name: entry[name] for name in ("version", "said") if name in entry}
