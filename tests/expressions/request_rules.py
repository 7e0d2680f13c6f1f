"""What DynamoDB demands of a request beyond what the parser knows.

It knows no transactions, so each part is checked as the single request that it would be, and
what holds for the whole is checked here (the API reference of TransactWriteItems). Nor does it
mind what is compared by size: texts, numbers and binaries are, nothing else (of LT in Condition).
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.session import get_session
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from botocore.model import ServiceModel

MOST_ITEMS = 100
MOST_BYTES = 4 * 1024 * 1024
MOST_EXPRESSION_BYTES = 4_096
MOST_TOKEN_CHARACTERS = 36

# The single request that has the same expressions: a check writes nothing, a delete here neither.
AS_SINGLE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "DeleteItem",
    "Get": "GetItem",
}
_NEEDS = {"ConditionCheck": "ConditionExpression", "Update": "UpdateExpression"}
_BY_SIZE = re.compile(
    r"(?:(?<!<)>=?|<=?)\s*(:\w+)|(:\w+)\s*(?:<(?!>)|>)"
    r"|BETWEEN\s+(:\w+)|BETWEEN\s+\S+\s+AND\s+(:\w+)"
)
_SIZED = {"S", "N", "B"}
_PARTS = {"TransactWriteItems", "TransactGetItems"}

type Json = dict[str, Any]


def singles(operation: str, body: Json) -> Iterator[tuple[str, Json]]:
    """A request as the single requests that it is made of; itself if it is one."""
    if operation not in _PARTS:
        yield operation, body
        return
    for part in body["TransactItems"]:
        for action, request in part.items():
            yield AS_SINGLE.get(action, action), request


def faults(operation: str, body: Json, keys: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with a request as a whole, in words.

    Args:
        operation: Such as "TransactWriteItems".
        body: Its JSON.
        keys: Of each table, the names of its key attributes.
    """
    found = _shape_faults(operation, body)
    if operation in _PARTS:
        found += _transaction_faults(body, keys)
    for _, single in singles(operation, body):
        found += [
            f"{name} has more than {MOST_EXPRESSION_BYTES} bytes"
            for name, text in single.items()
            if name.endswith("Expression") and len(str(text).encode()) > MOST_EXPRESSION_BYTES
        ]
        found += _comparison_faults(single)
    return found


def _comparison_faults(single: Json) -> list[str]:
    values = single.get("ExpressionAttributeValues", {})
    texts = [str(text) for name, text in single.items() if name.endswith("Expression")]
    compared = {name for text in texts for pair in _BY_SIZE.findall(text) for name in pair if name}
    kinds = {name: next(iter(values[name])) for name in sorted(compared) if values.get(name)}
    return [
        f"{name} is compared by size, which a {kind} has not"
        for name, kind in kinds.items()
        if kind not in _SIZED
    ]


def _shape_faults(operation: str, body: Json) -> list[str]:
    """Unknown, missing and mistyped parameters, by AWS's own model of the API."""
    shape = _model().operation_model(operation).input_shape
    if shape is None:
        return [f"{operation} takes no parameters"]
    report = ParamValidator().validate(body, shape)
    return [report.generate_report()] if report.has_errors() else []


@cache
def _model() -> ServiceModel:
    return get_session().get_service_model("dynamodb")


def _transaction_faults(body: Json, keys: Mapping[str, Sequence[str]]) -> list[str]:
    parts = body.get("TransactItems", [])
    found: list[str] = []
    if not 1 <= len(parts) <= MOST_ITEMS:
        found.append(f"{len(parts)} items, where 1 to {MOST_ITEMS} are allowed")
    if len(json.dumps(body, ensure_ascii=False).encode()) > MOST_BYTES:
        found.append(f"more than {MOST_BYTES} bytes")
    if len(body.get("ClientRequestToken", "")) > MOST_TOKEN_CHARACTERS:
        found.append(f"ClientRequestToken has more than {MOST_TOKEN_CHARACTERS} characters")
    touched: set[str] = set()
    for part in parts:
        if len(part) != 1:
            found.append(f"a part with {len(part)} actions: {', '.join(sorted(part))}")
            continue
        ((action, request),) = part.items()
        needed = _NEEDS.get(action)
        if needed and not request.get(needed):
            found.append(f"a {action} without {needed}")
        item = _item(request, keys)
        if item in touched:
            found.append(f"two actions on one item: {item}")
        touched.add(item)
    return found


def _item(request: Json, keys: Mapping[str, Sequence[str]]) -> str:
    """Which item it is about, as a text that is the same for the same item."""
    table = request.get("TableName", "")
    holds = request.get("Key") or request.get("Item") or {}
    key = {name: holds.get(name) for name in keys.get(table, sorted(holds))}
    return f"{table} {json.dumps(key, sort_keys=True)}"
