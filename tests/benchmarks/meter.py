"""Counts what a process asks of AWS: requests, items read, capacity written.

It must be installed before the first client is made. What writes cost is what DynamoDB says
(ReturnConsumedCapacity); the emulator reckons it as AWS does, by size, indexes and transactions.
What reads cost it does not reckon by size: that is reckoned here, as of consistent reads; a query
costs by all that it returns, other reads by the item.
"""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.handlers

from contact_center.aws.dynamodb.lean_client import LeanDynamoDB
from tests.benchmarks.item_size import item_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

READ_UNIT_BYTES = 4_096
_SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs"}
_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass
class Meter:
    """What was counted since the last `take`.

    Attributes:
        requests: By service and operation, such as "dynamodb Query".
        items_read: Items that DynamoDB returned.
        read_units: Capacity that reads consumed, tables and indexes.
        write_units: Capacity that writes consumed, tables and indexes.
        writes_by_key: Items written, by the heads of their keys, such as "CALL RECORD".
        asked: How often what was asked, such as "PutItem CALL RECORD", and write units of that.
    """

    requests: Counter[str] = field(default_factory=Counter)
    items_read: int = 0
    read_units: int = 0
    write_units: float = 0.0
    writes_by_key: Counter[str] = field(default_factory=Counter)
    asked: dict[str, tuple[int, float]] = field(default_factory=dict)
    aside: Meter | None = None
    _whose: threading.local = field(default_factory=threading.local)

    @contextmanager
    def counting_aside(self) -> Iterator[None]:
        """What this thread asks for meanwhile is counted by `aside`."""
        self._whose.is_aside = True
        try:
            yield
        finally:
            self._whose.is_aside = False

    @property
    def _mine(self) -> Meter:
        is_aside = getattr(self._whose, "is_aside", False)
        return self.aside if is_aside and self.aside else self

    def install(self) -> None:
        """Watch every client of this process that is made from now on, and those without boto3."""
        botocore.handlers.BUILTIN_HANDLERS += [
            ("before-parameter-build.dynamodb", _ask_for_capacity),
            ("provide-client-params.dynamodb", self._params),
            ("before-call", self._before),
            ("after-call.dynamodb", self._after),
        ]
        ask = LeanDynamoDB._ask

        def asked(client: LeanDynamoDB, operation: str, request: dict[str, Any]) -> dict[str, Any]:
            request.setdefault("ReturnConsumedCapacity", "TOTAL")
            self._params(request)
            self._mine.requests[f"dynamodb {operation}"] += 1
            answer = ask(client, operation, request)
            self._count(operation, answer)
            return answer

        vars_of: Any = LeanDynamoDB
        vars_of._ask = asked

    def take(self) -> dict[str, Any]:
        """What was counted, which begins anew."""
        counted = {
            "requests": dict(self.requests),
            "items_read": self.items_read,
            "read_units": self.read_units,
            "write_units": self.write_units,
            "writes_by_key": dict(self.writes_by_key),
            "asked": dict(self.asked),
        }
        self.requests, self.write_units = Counter(), 0.0
        self.writes_by_key, self.asked = Counter(), {}
        self.items_read = self.read_units = 0
        return counted

    def asks(self, target: str, body: bytes) -> bytes:
        """What a connection is about to ask, whose clients nobody watches.

        Args:
            target: Value of X-Amz-Target.
            body: JSON.

        Returns:
            The body, which asks what is used as well.
        """
        service, operation = _named_by(target)
        self._mine.requests[f"{service} {operation}"] += 1
        if service != "dynamodb":
            self._note(f"{service} {operation}", 0, "")
            return body
        request = {**json.loads(body), "ReturnConsumedCapacity": "TOTAL"}
        self._params(request)
        return json.dumps(request).encode()

    def answered(self, target: str, answer: dict[str, Any]) -> None:
        """What it was answered."""
        service, operation = _named_by(target)
        if service == "dynamodb":
            self._count(operation, answer)

    def _before(self, model: Any, **_: object) -> None:
        service = model.service_model.service_name
        self._mine.requests[f"{service} {model.name}"] += 1
        if service != "dynamodb":
            self._note(f"{service} {model.name}", 0, "")

    def _params(self, params: dict[str, Any], **_: object) -> None:
        for item in _written(params):
            key = [str(next(iter(item[name].values()))) for name in ("pk", "sk") if name in item]
            self.writes_by_key[" ".join(part.partition("#")[0] for part in key)] += 1
        self._whose.keys = _keys_in(params)

    def _after(self, model: Any, parsed: dict[str, Any], **_: object) -> None:
        self._count(model.name, parsed)

    def _count(self, operation: str, parsed: dict[str, Any]) -> None:
        if operation in _READS:
            found = _items_in(parsed)
            self._mine.items_read += len(found)
            self._mine.read_units += _read_units(operation, found)
            self._note(operation, 0, self._keys)
            return
        used = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))
        self._mine.write_units += units
        self._note(operation, units, self._keys)

    @property
    def _keys(self) -> str:
        return getattr(self._whose, "keys", "")

    def _note(self, operation: str, units: float, keys: str) -> None:
        what = f"{operation} {keys}".rstrip()
        times, so_far = self._mine.asked.get(what, (0, 0.0))
        self._mine.asked[what] = (times + 1, so_far + units)


def _named_by(target: str) -> tuple[str, str]:
    """Service and operation of a value of X-Amz-Target, as boto3 names them."""
    service, _, operation = target.partition(".")
    return _SERVICES.get(service, service), operation


def _read_units(operation: str, found: list[Any]) -> int:
    """Of what one request returned; what is not there costs a unit, and is not seen in a batch."""
    sizes = [item_size(item) for item in found]
    if operation in {"Query", "Scan"}:
        sizes = [sum(sizes)]
    twice = 2 if operation == "TransactGetItems" else 1
    return twice * max(1, sum(math.ceil(size / READ_UNIT_BYTES) for size in sizes))


def _ask_for_capacity(params: dict[str, Any], **_: object) -> None:
    params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _written(params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Item or key of each write of one request."""
    if "Item" in params or ("Key" in params and "UpdateExpression" in params):
        yield params.get("Item") or params["Key"]
    batch = [one for many in _by_table(params) if isinstance(many, list) for one in many]
    for one in [*params.get("TransactItems", []), *batch]:
        for kind, write in one.items():
            if kind != "ConditionCheck":
                yield write.get("Item") or write["Key"]


def _by_table(params: dict[str, Any]) -> Iterable[Any]:
    """Of a batch, what each table is asked: keys to be read, or a list of writes."""
    asked: dict[str, Any] = params.get("RequestItems", {})
    return asked.values()


def _keys_in(params: dict[str, Any]) -> str:
    """The heads of the keys that one request names, each once, in its order."""
    if "KeyConditionExpression" in params:
        whose = next(iter(params["ExpressionAttributeValues"].values()))
        return f"{params.get('IndexName', '')} {_head(whose)}".lstrip()
    named = [*_named(params), *_written(params)]
    heads = (" ".join(_head(one[name]) for name in ("pk", "sk") if name in one) for one in named)
    return " + ".join(dict.fromkeys(heads))


def _named(params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Keys of what one request reads or checks."""
    if "Key" in params and "UpdateExpression" not in params:
        yield params["Key"]
    for wanted in _by_table(params):
        if "Keys" in wanted:
            yield from wanted["Keys"]
    for one in params.get("TransactItems", []):
        yield from (check["Key"] for kind, check in one.items() if kind == "ConditionCheck")


def _head(value: dict[str, Any]) -> str:
    return str(next(iter(value.values()))).partition("#")[0]


def _items_in(parsed: dict[str, Any]) -> list[Any]:
    by_table = parsed.get("Responses")
    if isinstance(by_table, dict):
        return [item for items in by_table.values() for item in items]
    return list(parsed.get("Items", [parsed["Item"]] if parsed.get("Item") else []))
