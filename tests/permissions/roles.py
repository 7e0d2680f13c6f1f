"""What the roles of template.yaml allow, word by word, and whether that is enough for a request.

Resources are written by logical names, so that a request of a test, whose tables are called
otherwise, is held to the same policy: `Calls/index/by-day`, `Reports/reports/*`, `CallEvents`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from local.cloud.intrinsics import load_yaml
from tests.sam import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

type Kind = Literal["action", "resource", "key", "attribute"]

# StringEquals compares without wildcards, of which a key of ours has none.
OPERATORS = frozenset({"ForAllValues:StringLike", "ForAllValues:StringEquals"})
KEYS, ATTRIBUTES = "dynamodb:LeadingKeys", "dynamodb:Attributes"
# What CodeDeploy calls is not documented one by one: it has what AWS's own policy for it names, on
# our functions alone (tests/template/test_rollout.py).
NOT_OURS_TO_KNOW = frozenset({"RolloutRole"})


@dataclass(frozen=True, order=True)
class Word:
    """One word of a policy that could be taken away."""

    role: str
    sid: str
    kind: Kind
    word: str

    def __str__(self) -> str:
        return f"{self.role} {self.sid} {self.kind} {self.word}"


@dataclass(frozen=True)
class Need:
    """What one request asks of IAM.

    Attributes:
        role: Whose request it is.
        keys: Partitions it reaches; empty where it reaches none by key.
        attributes: Top-level attributes that it names.
    """

    role: str
    action: str
    resource: str
    keys: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        where = f" in {', '.join(sorted(self.keys))}" if self.keys else ""
        return f"{self.role} may not {self.action} on {self.resource}{where}"


@dataclass(frozen=True)
class Statement:
    """One statement of a role; a condition that it does not have is None."""

    role: str
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...] | None
    attributes: tuple[str, ...] | None

    def covers(self, need: Need) -> bool:
        """Whether it allows a request, all of it."""
        return (
            need.action in self.actions
            and any(fnmatchcase(need.resource, one) for one in self.resources)
            and _all_match(need.keys, self.keys)
            and _all_match(need.attributes, self.attributes)
        )

    def words(self) -> Iterator[Word]:
        """Everything in it that could be taken away."""
        for kind, words in self._by_kind():
            for word in words:
                yield Word(self.role, self.sid, kind, word)

    def without(self, word: Word) -> Statement:
        """The same without one of its words."""
        left = {
            kind: tuple(one for one in words if (kind, one) != (word.kind, word.word))
            for kind, words in self._by_kind()
        }
        return replace(
            self,
            actions=left["action"],
            resources=left["resource"],
            keys=None if self.keys is None else left["key"],
            attributes=None if self.attributes is None else left["attribute"],
        )

    def _by_kind(self) -> list[tuple[Kind, tuple[str, ...]]]:
        return [
            ("action", self.actions),
            ("resource", self.resources),
            ("key", self.keys or ()),
            ("attribute", self.attributes or ()),
        ]


def _all_match(found: Iterable[str], allowed: Sequence[str] | None) -> bool:
    """ForAllValues:StringLike; with no condition all is allowed."""
    return allowed is None or all(any(fnmatchcase(one, like) for like in allowed) for one in found)


def allowed(need: Need, statements: Sequence[Statement]) -> bool:
    """Whether a role with these statements may do that."""
    return any(statement.covers(need) for statement in statements)


def held_by(need: Need, statements: Sequence[Statement]) -> set[Word]:
    """The words without any one of which the request would be refused."""
    covering = [statement for statement in statements if statement.covers(need)]
    if len(covering) != 1:
        return set()
    [statement] = covering
    return {word for word in statement.words() if not statement.without(word).covers(need)}


@cache
def _written() -> dict[str, Any]:
    """The template, read once: it takes a twentieth of a second."""
    return load_yaml(TEMPLATE)


@cache
def roles() -> dict[str, tuple[Statement, ...]]:
    """Every role of the template by name, those behind conditions as where these hold."""
    written = _written()
    found = {}
    for name, resource in written["Resources"].items():
        if resource["Type"] != "AWS::IAM::Role" or name in NOT_OURS_TO_KNOW:
            continue
        said = resource["Properties"]
        managed = [one["Ref"] for one in said.get("ManagedPolicyArns", ())]
        policies = [
            *said["Policies"],
            *(written["Resources"][one]["Properties"] for one in managed),
        ]
        statements = [
            _wished(one) for policy in policies for one in policy["PolicyDocument"]["Statement"]
        ]
        assert len({one["Sid"] for one in statements}) == len(statements), name
        found[name] = tuple(_read(name, one) for one in statements)
    return found


def _wished(statement: dict[str, Any]) -> dict[str, Any]:
    wished: dict[str, Any] = statement["Fn::If"][1] if "Fn::If" in statement else statement
    return wished


def _read(role: str, written: dict[str, Any]) -> Statement:
    condition: dict[str, list[str]] = {}
    for operator, said in written.get("Condition", {}).items():
        assert operator in OPERATORS, f"a condition that this cannot read: {operator}"
        condition |= said
    assert set(condition) <= {KEYS, ATTRIBUTES}, f"as above: {condition}"
    return Statement(
        role,
        written["Sid"],
        tuple(_as_list(written["Action"])),
        tuple(symbolic(one) for one in _as_list(written["Resource"])),
        tuple(condition[KEYS]) if KEYS in condition else None,
        tuple(condition[ATTRIBUTES]) if ATTRIBUTES in condition else None,
    )


def symbolic(resource: Any) -> str:
    """A resource by its logical name."""
    match resource:
        case {"Fn::GetAtt": [name, "Arn" | "Id"]} | {"Ref": str(name)}:
            return str(name)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text)
    raise AssertionError(f"a resource that this cannot read: {resource}")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def role_of(folder: str) -> str:
    """The role of the function whose code is in a folder of functions/."""
    written = _written()
    [role] = [
        resource["Properties"]["Role"]["Fn::GetAtt"][0]
        for resource in written["Resources"].values()
        if str(resource.get("Properties", {}).get("Handler", "")).startswith(f"{folder}.app.")
    ]
    return str(role)


@cache
def secrets_of(folder: str) -> dict[str, str]:
    """Logical names of the secrets that a function is told of, by environment name."""
    written = _written()
    [variables] = [
        resource["Properties"].get("Environment", {}).get("Variables", {})
        for resource in written["Resources"].values()
        if str(resource.get("Properties", {}).get("Handler", "")).startswith(f"{folder}.app.")
    ]
    return {
        name: value["Ref"]
        for name, value in variables.items()
        if name.endswith("_NAME") and isinstance(value, dict) and "Ref" in value
    }


@cache
def partition_of_index(table: str, index: str) -> str:
    """The attribute by which an index of a table is parted."""
    written = _written()
    indexes = written["Resources"][table]["Properties"]["GlobalSecondaryIndexes"]
    [schema] = [one["KeySchema"] for one in indexes if one["IndexName"] == index]
    name: str = schema[0]["AttributeName"]
    return name
