"""Counts what a process asks of the tables, by the lean connection and by botocore.

Units as DynamoDB reckons them: reads by 4 KB, half of that where they may be a moment old, each key
of a batch for itself; writes by 1 KB.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import botocore.handlers

from contact_center.aws.connection import AwsConnection
from tests.benchmarks.item_size import item_size

TARGET = "DynamoDB_20120810."
READ_BYTES, WRITE_BYTES = 4_096, 1_024
EVENTUALLY = 0.5  # of a unit, for what may be a moment old


@dataclass
class Asked:
    """What was asked for since the last `take`.

    Attributes:
        requests: By operation.
        items: That came back.
        looked_through: By queries: what a filter left out as well.
    """

    requests: Counter[str] = field(default_factory=Counter)
    items: int = 0
    looked_through: int = 0
    read_units: float = 0.0
    write_units: float = 0.0


class ReadMeter:
    """Watches from `install` on; clients of botocore have to be made after it."""

    def __init__(self) -> None:
        self._asked = Asked()

    def install(self) -> None:
        """Watch every client and connection of this process."""
        botocore.handlers.BUILTIN_HANDLERS += [
            ("before-call.dynamodb", self._before),
            ("after-call.dynamodb", self._after),
        ]
        call = AwsConnection.call

        def watched(this: AwsConnection, target: str, body: bytes, *rest: Any) -> dict[str, Any]:
            answer = call(this, target, body, *rest)
            if target.startswith(TARGET):
                self._note(target.removeprefix(TARGET), json.loads(body), answer)
            return answer

        vars_of: Any = AwsConnection
        vars_of.call = watched

    def take(self) -> Asked:
        """What was asked for, which begins anew."""
        asked, self._asked = self._asked, Asked()
        return asked

    def _before(self, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        context["asked"] = json.loads(params["body"])

    def _after(
        self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object
    ) -> None:
        self._note(model.name, context["asked"], parsed)

    def _note(self, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> None:
        asked = self._asked
        asked.requests[operation] += 1
        match operation:
            case "BatchGetItem":
                found = [one for items in answer.get("Responses", {}).values() for one in items]
                tables = request["RequestItems"].values()
                wanted = sum(len(one["Keys"]) for one in tables)
                units = sum(_units(item_size(one), READ_BYTES) for one in found)
                units += wanted - len(found)  # what is not there costs as much
                asked.read_units += units * max(_share(one) for one in tables)
            case "GetItem":
                found = [answer["Item"]] if answer.get("Item") else []
                asked.read_units += _units(sum(map(item_size, found)), READ_BYTES)
            case "Query" | "Scan":
                found = list(answer.get("Items", ()))
                asked.looked_through += answer.get("ScannedCount", len(found))
                size = sum(map(item_size, found))
                asked.read_units += _share(request) * _units(size, READ_BYTES)
            case "PutItem":
                found = []
                asked.write_units += _units(item_size(request["Item"]), WRITE_BYTES)
            case "TransactWriteItems":
                found = []
                puts = [one["Put"]["Item"] for one in request["TransactItems"] if "Put" in one]
                asked.write_units += sum(2 * _units(item_size(one), WRITE_BYTES) for one in puts)
            case _:
                found = []
        asked.items += len(found)


def _share(request: dict[str, Any]) -> float:
    return 1.0 if request.get("ConsistentRead") else EVENTUALLY


def _units(size: int, of: int) -> int:
    return max(1, math.ceil(size / of))
