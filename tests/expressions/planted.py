"""Requests that AWS refuses. If one of them passes, the check proves nothing.

Each is a request as our adapters would send it, with one mistake.
"""

from __future__ import annotations

from typing import Any, NamedTuple

TABLE = "switchboard-Dialing"
KEY = {"pk": {"S": "ATTEMPT#1"}, "sk": {"S": "ATTEMPT"}}
ONE = {":one": {"N": "1"}}

type Json = dict[str, Any]


class Planted(NamedTuple):
    """A wrong request."""

    mistake: str
    operation: str
    body: Json


def _update(
    mistake: str,
    expression: str,
    names: Json | None = None,
    values: Json | None = None,
    **more: Any,
) -> Planted:
    return Planted(mistake, "UpdateItem", _with("Update", expression, names, values, more))


def _delete(
    mistake: str, condition: str, names: Json | None = None, values: Json | None = None, **more: Any
) -> Planted:
    return Planted(mistake, "DeleteItem", _with("Condition", condition, names, values, more))


def _query(
    mistake: str, condition: str, names: Json | None = None, values: Json | None = None, **more: Any
) -> Planted:
    asked = _with("KeyCondition", condition, names, values, more)
    del asked["Key"]
    return Planted(mistake, "Query", asked)


def _transaction(mistake: str, *parts: Json) -> Planted:
    return Planted(mistake, "TransactWriteItems", {"TransactItems": list(parts)})


def _with(kind: str, expression: str, names: Json | None, values: Json | None, more: Json) -> Json:
    body: Json = {"TableName": TABLE, "Key": KEY, f"{kind}Expression": expression}
    if names is not None:
        body["ExpressionAttributeNames"] = names
    if values is not None:
        body["ExpressionAttributeValues"] = values
    return body | more


def _put(number: int = 1, **more: Any) -> Json:
    item = KEY | {"pk": {"S": f"ATTEMPT#{number}"}}
    return {"Put": {"TableName": TABLE, "Item": item} | more}


_A, _AB = {"#a": "a"}, {"#a": "a", "#b": "b"}
_PK = {"#pk": "pk"}
_X = {":x": {"S": "x"}}
_BOUNDS = {":b": {"N": "2"}, ":c": {"N": "1"}}
_TRUTHS = {":b": {"BOOL": True}, ":c": {"BOOL": True}}

PLANTED = (
    _update("a comma is missing", "SET #a = :one #b = :one", _AB, ONE),
    _update("a clause comes twice", "SET #a = :one SET #b = :one", _AB, ONE),
    _update("no verb", "#a = :one", _A, ONE),
    _update("nothing", ""),
    _update("a name is not used", "SET #a = :one", _AB, ONE),
    _update("a value is not used", "SET #a = :one", _A, ONE | _X),
    _update("a name is not given", "SET #a = :one, #b = :one", _A, ONE),
    _update("a value is not given", "SET #a = :two", _A, ONE),
    _update("a reserved word", "SET state = :one", None, ONE),
    _update("one attribute twice", "SET #a = :one REMOVE #a", _A, ONE),
    _update("overlapping paths", "SET #a = :one, #a.#b = :one", _AB, ONE),
    _update("conflicting paths", "SET #a[0] = :one, #a.#b = :one", _AB, ONE),
    _update("a key attribute", "SET #pk = :x", _PK, _X),
    _update("a number added that is a text", "ADD #a :x", _A, _X),
    _update("a set emptied of a number", "DELETE #a :one", _A, ONE),
    _update("an empty set", "ADD #a :set", _A, {":set": {"SS": []}}),
    _update("an equal pair in a set", "ADD #a :set", _A, {":set": {"SS": ["a", "a"]}}),
    _update("a function that does not exist", "SET #a = maximum(#b, :one)", _AB, ONE),
    _update("a function with one operand too few", "SET #a = if_not_exists(#b)", _AB),
    _update("a list appended to a text", "SET #a = list_append(:x, #a)", _A, _X),
    _update("a sum of text", "SET #a = #b + :x", _AB, _X),
    _update("three summands", "SET #a = #b + :one + :one", _AB, ONE),
    _update(
        "the old way beside the new", "SET #a = :one", _A, ONE, Expected={"b": {"Exists": False}}
    ),
    _update("more than 4 KB", "SET " + ", ".join(f"#a[{at}] = :one" for at in range(400)), _A, ONE),
    _delete("a condition that is half", "#a =", _A),
    _delete("two conditions and no word between", "#a = :one #b = :one", _AB, ONE),
    _delete("two pairs of parentheses", "((#a = :one))", _A, ONE),
    _delete("an attribute compared with itself", "#a = #a", _A),
    _delete("a truth compared by size", "#a < :yes", _A, {":yes": {"BOOL": True}}),
    _delete("bounds that have no size", "#a BETWEEN :b AND :c", _A, _TRUTHS),
    _delete("a number as the beginning of a text", "begins_with(#a, :one)", _A, ONE),
    _delete("a type that is not one", "attribute_type(#a, :x)", _A, _X),
    _delete(
        "bounds the wrong way round",
        "#a BETWEEN :b AND :c",
        _A,
        _BOUNDS,
    ),
    _delete("bounds of two types", "#a BETWEEN :b AND :c", _A, _BOUNDS | {":c": {"S": "1"}}),
    _delete("the existence of a value", "attribute_exists(:one)", None, ONE),
    _delete("a size that is compared with nothing", "size(#a)", _A),
    _delete("names without an expression", "", _A),
    _delete("a placeholder of the wrong kind", "#a = #one", {"#a": "a"}, ONE),
    _query("another attribute than a key", "#pk = :x AND #a = :x", _PK | _A, _X),
    _query("another comparison of a partition", "#pk > :x", _PK, _X),
    _query("either of two keys", "#pk = :x OR #sk = :x", _PK | {"#sk": "sk"}, _X),
    _query("no partition", "#sk = :x", {"#sk": "sk"}, _X),
    _query("a key of another type", "#pk = :one", _PK, ONE),
    _query("a filter of a key", "#pk = :x", _PK, _X, FilterExpression="#pk = :x"),
    _query("a projection twice", "#pk = :x", _PK | _A, _X, ProjectionExpression="#a, #a"),
    _query("an index that is not there", "#pk = :x", _PK, _X, IndexName="by-nothing"),
    Planted(
        "a text as an index key that is a number",
        "PutItem",
        {
            "TableName": TABLE,
            "Item": KEY | {"open": {"S": "OPEN#0"}, "due_at_ms": {"S": "1"}},
        },
    ),
    _transaction("two actions on one item", _put(), _put()),
    _transaction(
        "a check and a write of one item",
        _put(),
        {"ConditionCheck": _delete("", "attribute_exists(#pk)", _PK).body},
    ),
    _transaction("more than 100 items", *(_put(number) for number in range(101))),
    _transaction("no items"),
    _transaction("two actions in one part", _put() | {"Delete": {"TableName": TABLE, "Key": KEY}}),
    _transaction(
        "a check without a condition", {"ConditionCheck": {"TableName": TABLE, "Key": KEY}}
    ),
    _transaction("the old way", _put(Expected={"a": {"Exists": False}})),
    _transaction(
        "a name is not used, in a part",
        _put(ConditionExpression="attribute_not_exists(#pk)", ExpressionAttributeNames=_PK | _A),
    ),
    _transaction(
        "a key attribute, in a part", {"Update": _update("", "SET #pk = :x", _PK, _X).body}
    ),
)
