"""Requests of the kinds that our adapters send, each with one mistake for which AWS refuses it.

What an emulator lets pass here, no test on it can find in an adapter: `differences.py` says so.
The words TABLE, QUEUE and BUCKET stand for a test's own; `before` is sent first and has to pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ITEM = {**KEY, "open": {"S": "OPEN#1"}, "due_at_ms": {"N": "5"}, "said": {"S": "x"}}
BY_DUE_TIME = "open-by-due-time"
TABLE, QUEUE, BUCKET = {"TableName": "TABLE"}, {"QueueUrl": "QUEUE"}, {"Bucket": "BUCKET"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A request with one mistake.

    Attributes:
        mistake: What is wrong with it, in words: the test's name.
        service: Whose operation it is.
        operation: As boto3 spells it.
        wish: Its parameters.
        code: AWS's name of the error.
        before: A request that is sent first: operation and parameters.
    """

    mistake: str
    service: str
    operation: str
    wish: dict[str, Any]
    code: str = "ValidationException"
    before: tuple[str, dict[str, Any]] | None = field(default=None)


_STORED = ("put_item", {**TABLE, "Item": ITEM})
_WHOLE = {":v": {"N": "1"}}


def _put(mistake: str, **attributes: dict[str, Any]) -> Refused:
    return Refused(mistake, "dynamodb", "put_item", {**TABLE, "Item": {**ITEM, **attributes}})


def _update(
    mistake: str, expression: str, values: dict[str, Any] | None = None, **more: object
) -> Refused:
    wish: dict[str, Any] = {**TABLE, "Key": KEY, "UpdateExpression": expression, **more}
    wish["ExpressionAttributeValues"] = values or _WHOLE
    return Refused(mistake, "dynamodb", "update_item", wish, before=_STORED)


def _query(mistake: str, condition: str, **more: object) -> Refused:
    wish: dict[str, Any] = {**TABLE, "KeyConditionExpression": condition, **more}
    wish["ExpressionAttributeValues"] = {":v": {"S": "OPEN#1"}}
    return Refused(mistake, "dynamodb", "query", wish, before=_STORED)


def _transaction(mistake: str, *actions: dict[str, Any]) -> Refused:
    return Refused(mistake, "dynamodb", "transact_write_items", {"TransactItems": list(actions)})


def _keys(count: int) -> list[dict[str, Any]]:
    return [{**KEY, "sk": {"S": str(number)}} for number in range(count)]


def _new(key: dict[str, Any]) -> dict[str, Any]:
    return {"Put": {**TABLE, "Item": key}}


REFUSED = (
    _query("a reserved word in a key condition", "open = :v", IndexName=BY_DUE_TIME),
    _query("a reserved word in a filter", "pk = :v", FilterExpression="status = :v"),
    _query("a reserved word in a projection", "pk = :v", ProjectionExpression="status"),
    _update("a reserved word in an update", "SET count = :v"),
    _update(
        "a reserved word in a condition",
        "SET n = :v",
        ConditionExpression="attribute_not_exists(count)",
    ),
    _query(
        "a consistent read of an index",
        "#open = :v",
        IndexName=BY_DUE_TIME,
        ConsistentRead=True,
        ExpressionAttributeNames={"#open": "open"},
    ),
    _query("a filter on a key", "pk = :v", FilterExpression="sk = :v"),
    _query("no partition in a key condition", "sk = :v"),
    _query(
        "a page that goes on in another partition",
        "pk = :v",
        ExclusiveStartKey={**KEY, "pk": {"S": "elsewhere"}},
    ),
    _update("a name that is not used", "SET n = :v", ExpressionAttributeNames={"#n": "n"}),
    _update("a value that is not used", "SET n = :v", {**_WHOLE, ":w": {"N": "1"}}),
    _update("a comma that is missing", "SET n = :v said = :v"),
    _update("one attribute set twice", "SET n = :v, n = :v"),
    _update("a list and its first element", "SET l = :v REMOVE l[0]", {":v": {"L": []}}),
    _update("a change of the key", "SET sk = :v", {":v": {"S": "c"}}),
    _update("a number added to a text", "ADD said :v"),
    _update("a sum with a text", "SET n = said + :v"),
    _update("a list appended to a text", "SET said = list_append(said, :v)", {":v": {"L": []}}),
    _update("a list appended to nothing", "SET l = list_append(l, :v)", {":v": {"L": []}}),
    _put("an empty text as a key", pk={"S": ""}),
    _put("an empty text as an index's key", open={"S": ""}),
    _put("an index's key of another type", due_at_ms={"S": "5"}),
    _put("an item over 400 KB", said={"S": "x" * 410_000}),
    _put("a number of 39 digits", n={"N": "1" * 39}),
    _put("an empty set", tags={"SS": []}),
    _put("a set that holds one thing twice", tags={"SS": ["a", "a"]}),
    _transaction("an item twice in a transaction", _new(KEY), {"Delete": {**TABLE, "Key": KEY}}),
    _transaction("101 items in a transaction", *(_new(key) for key in _keys(101))),
    Refused(
        "one token for two transactions",
        "dynamodb",
        "transact_write_items",
        {"ClientRequestToken": "t", "TransactItems": [_new(key) for key in _keys(1)]},
        code="IdempotentParameterMismatchException",
        before=(
            "transact_write_items",
            {"ClientRequestToken": "t", "TransactItems": [_new(KEY)]},
        ),
    ),
    Refused(
        "a key twice in a batch",
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"TABLE": {"Keys": [KEY, KEY]}}},
    ),
    Refused(
        "101 keys in a batch",
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"TABLE": {"Keys": _keys(101)}}},
    ),
    Refused(
        "a delay over a quarter of an hour",
        "sqs",
        "send_message",
        {**QUEUE, "MessageBody": "x", "DelaySeconds": 901},
        code="InvalidParameterValue",
    ),
    Refused(
        "a message over a mebibyte",
        "sqs",
        "send_message",
        {**QUEUE, "MessageBody": "x" * ((1 << 20) + 1)},
        code="InvalidParameterValue",
    ),
    Refused(
        "a piece from beyond the end of a file",
        "s3",
        "get_object",
        {**BUCKET, "Key": "k", "Range": "bytes=3-5"},
        code="InvalidRange",
        before=("put_object", {**BUCKET, "Key": "k", "Body": b"abc"}),
    ),
    Refused(
        "a file that was replaced",
        "s3",
        "get_object",
        {**BUCKET, "Key": "k", "IfMatch": '"0"'},
        code="PreconditionFailed",
        before=("put_object", {**BUCKET, "Key": "k", "Body": b"abc"}),
    ),
)
