"""Talks on the calls table, without boto3: a person waits for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws import dynamodb_keys as keys
from contact_center.aws.dynamodb_lean import get_lean, query_lean
from contact_center.aws.items import UNREADABLE, text
from contact_center.conversations.adapters.fact_items import fact_of
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.people.services.visit_briefs import Talk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.items import Item

LATEST_TURNS = 8
OF_CALL = "#pk = :call AND begins_with(#sk, :turn)"


class LeanTalks:
    """Talks."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the calls table."""
        self._connection = connection
        self._table = table

    def of(self, call_id: str) -> Talk:
        """One, consistently, in two requests; see Talks."""
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
            Limit=LATEST_TURNS,
        ).get("Items", ())
        return Talk(text(record, "destination"), _summary(record), tuple(_words(turns)))


def _summary(record: Mapping[str, Any]) -> str | None:
    """What the merged record says; of another form it is as good as absent."""
    try:
        _, said = json.loads(text(record, "merged") or "{}")["registers"]["summary"]
    except (KeyError, TypeError, ValueError):
        return None
    return said if isinstance(said, str) else None


def _words(turns: Iterable[Item]) -> Iterable[str]:
    for item in turns:
        try:
            fact = fact_of(item)
        except UNREADABLE:
            continue
        if isinstance(fact, UtteranceHeard) and fact.role == "customer":
            yield fact.text
