"""Calls that broke off: to whom they were offered, and what was said in them; without boto3."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, text
from contact_center.aws.dynamodb.lean import ExpiringTable, get_lean, put_lean, query_lean
from contact_center.conversations.adapters.fact_items import fact_item, fact_of
from contact_center.conversations.domain.resuming import LATEST_TURNS, Talk, talk_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.conversations.domain.facts import Fact, ResumeOffered

TO_NOBODY_ELSE = "attribute_not_exists(#pk) OR #to = :to"
OF_CALL = "#pk = :call AND begins_with(#sk, :turn)"


class LeanResumptions(ExpiringTable):
    """Resumptions on the calls table."""

    def offer(self, earlier: str, known_as: str) -> bool:
        """Whether a call that broke off is offered to this caller; see Resumptions."""
        item: Item = {
            "pk": {"S": keys.call(earlier)},
            "sk": {"S": keys.OFFERED},
            "to": {"S": known_as},
            "expires_at": {"N": str(self._expires_at_s())},
        }
        refusal = put_lean(
            self._connection,
            {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": TO_NOBODY_ELSE,
                "ExpressionAttributeNames": {"#pk": "pk", "#to": "to"},
                "ExpressionAttributeValues": {":to": item["to"]},
            },
        )
        return refusal is None

    def asked(self, offered: ResumeOffered, call_id: str) -> None:
        """Write down what the customer of a call is asked about; see Resumptions."""
        fact = replace(offered, call_id=call_id)
        item = fact_item(fact, self._expires_at_s()) | {"sk": {"S": keys.asked(fact.key)}}
        put_lean(self._connection, {"TableName": self._table, "Item": item})


class LeanEarlierTalks:
    """EarlierTalks on the calls table."""

    def __init__(self, connection: AwsConnection, table: str, turns: int = LATEST_TURNS) -> None:
        """Keep the connection to DynamoDB, the table's name, and how many turns are read."""
        self._connection = connection
        self._table = table
        self._turns = turns

    def of(self, call_id: str) -> Talk:
        """The talk of a call, consistently, in two requests; see EarlierTalks."""
        key: Item = {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.RECORD}}
        record = get_lean(self._connection, self._table, key) or {}
        turns = query_lean(
            self._connection,
            self._table,
            ConsistentRead=True,
            KeyConditionExpression=OF_CALL,
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={":call": key["pk"], ":turn": {"S": keys.TURNS}},
            ScanIndexForward=False,
            Limit=self._turns,
        ).get("Items", ())
        talk = talk_of(_facts(turns), _summary(record))
        return replace(talk, destination=text(record, "destination"))


def _summary(record: Mapping[str, Any]) -> str | None:
    """What the merged record says; of another form it is as good as absent."""
    try:
        _, said = json.loads(text(record, "merged") or "{}")["registers"]["summary"]
    except (KeyError, TypeError, ValueError):
        return None
    return said if isinstance(said, str) else None


def _facts(items: Iterable[dict[str, Any]]) -> Iterable[Fact]:
    for item in items:
        try:
            yield fact_of(item)
        except UNREADABLE:
            continue
