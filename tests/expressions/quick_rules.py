"""What DynamoDB refuses and emulators let pass, as far as it is seen without a parser.

Each request that a test's adapters send is held to this while the test runs, so whoever writes an
expression hears of these at once; `make expressions` holds all of them to a strict parser.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.handlers

from contact_center.aws.connection import AwsConnection
from tests.expressions.recorder import TARGET, sending_adapter
from tests.expressions.request_rules import singles
from tests.expressions.strict_parser import template_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    type Json = dict[str, Any]

KINDS = ("Condition", "Update", "KeyCondition", "Filter", "Projection")
WORD = re.compile(r"[#:]?[A-Za-z_]\w*")
BEGINS_A_PATH = re.compile(r"(?<![.\w])#\w+")
CLAUSES = ("SET", "ADD", "REMOVE", "DELETE")
FUNCTIONS = (
    *("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"),
    *("size", "if_not_exists", "list_append"),
)
OF_THE_LANGUAGE = frozenset(["AND", "OR", "NOT", "BETWEEN", "IN", *CLAUSES, *FUNCTIONS])


@dataclass(frozen=True)
class Keys:
    """Of a table: its own key attributes, and those of each index."""

    own: frozenset[str]
    by_index: Mapping[str, frozenset[str]]


OF_A_QUERY = "a filter names the key "


@dataclass
class QuickJudge:
    """A watch on all clients and connections of this process, from `install` on."""

    tables: Mapping[str, Keys]
    found: list[str] = field(default_factory=list)
    _known: dict[str, list[str]] = field(default_factory=dict)

    def install(self) -> None:
        """Begin; clients of botocore have to be made after it."""
        botocore.handlers.BUILTIN_HANDLERS += [("before-call.dynamodb", self._botocore)]
        call = AwsConnection.call

        def watched(connection: AwsConnection, target: str, body: bytes, *rest: str) -> Any:
            if target.startswith(TARGET):
                self.look(target.removeprefix(TARGET), body)
            return call(connection, target, body, *rest)

        vars_of: Any = AwsConnection
        vars_of.call = watched

    def take(self) -> list[str]:
        """What was found wrong since the last time."""
        found, self.found = self.found, []
        return found

    def look(self, operation: str, body: bytes) -> None:
        """Judge a request that is being sent."""
        if b"Expression" not in body:
            return
        for _, part in singles(operation, json.loads(body)):
            wrong = self.wrongs(part)
            if operation == "Scan":  # whose filter may name keys, as a query's may not
                wrong = [why for why in wrong if not why.startswith(OF_A_QUERY)]
            if wrong and (adapter := sending_adapter()) is not None:
                self.found += [f"{adapter}  {operation}: {why}" for why in wrong]

    def wrongs(self, part: Json) -> list[str]:
        """Of one request; asked once for each that differs in more than its values."""
        names = part.get("ExpressionAttributeNames", {})
        values = part.get("ExpressionAttributeValues", {})
        table, index = part.get("TableName", ""), part.get("IndexName")
        texts = {kind: str(part.get(f"{kind}Expression") or "") for kind in KINDS}
        key = repr((table, index, texts, names, sorted(values)))
        if key not in self._known:
            keys = self.tables.get(table)
            self._known[key] = [] if keys is None else faults(texts, names, values, keys, index)
        return self._known[key]

    def _botocore(self, model: Any, params: dict[str, Any], **_: object) -> None:
        self.look(model.name, params["body"])


def faults(
    texts: Mapping[str, str],
    names: Mapping[str, str],
    values: Collection[str],
    keys: Keys,
    index: str | None = None,
) -> list[str]:
    """What is wrong, in words.

    Args:
        texts: The expressions, by kind; one that is not there is empty.
        names: `#name` to attribute.
        values: The `:value`s.
        keys: Of the table.
        index: That is queried; None: the table.
    """
    found = list(_unaliased(texts))
    used = {word for text in texts.values() for word in WORD.findall(text) if word[0] in "#:"}
    given = {*names, *values}
    found += [f"{one} is not given" for one in sorted(used - given)]
    found += [f"{one} is not used" for one in sorted(given - used)]
    found += [
        f"{clause} stands twice"
        for clause in CLAUSES
        if WORD.findall(texts["Update"]).count(clause) > 1
    ]
    queried = keys.own if index is None else keys.by_index.get(index)
    if queried is None:
        return [*found, f"there is no index {index}"]
    found += [f"{OF_A_QUERY}{one}" for one in sorted(_named(texts["Filter"], names) & queried)]
    found += [
        f"a condition on keys names {one}, which is none"
        for one in sorted(_named(texts["KeyCondition"], names) - queried)
    ]
    found += [
        f"an update changes the key {one}"
        for one in sorted(_named(texts["Update"], names) & keys.own)
    ]
    return found


def _unaliased(texts: Mapping[str, str]) -> Iterator[str]:
    """Names as they are, hundreds of which are reserved, and functions that there are not."""
    for kind, text in texts.items():
        for word in WORD.findall(text):
            if word[0] not in "#:" and word not in OF_THE_LANGUAGE:
                yield f"{kind}: {word} has no alias, or is no function"


def _named(text: str, names: Mapping[str, str]) -> set[str]:
    """The attributes at the beginning of each path of an expression."""
    return {names[one] for one in BEGINS_A_PATH.findall(text) if one in names}


def keys_of_tables() -> dict[str, Keys]:
    """Of every table in the template, by the name that requests carry."""
    return {
        name: Keys(
            _keys_in(table),
            {one["IndexName"]: _keys_in(one) for one in table.get("GlobalSecondaryIndexes", ())},
        )
        for name, table in template_tables().items()
    }


def _keys_in(table: Json) -> frozenset[str]:
    return frozenset(one["AttributeName"] for one in table["KeySchema"])
