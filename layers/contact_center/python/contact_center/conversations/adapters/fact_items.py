"""Facts as items of the calls table, and back.

What a fact says travels as one JSON text beside the few attributes that keys, indexes and
stream filters read. Its words come from outside, and JSON keeps them exactly: a number of a
hundred digits or half a surrogate pair, which DynamoDB's own types refuse, cannot poison a
call.

Reading older items: `version` goes up only when a field changes its meaning; a field that is
new has a default, and one that is unknown is ignored, so two releases can share a call. An item
of a later version is never guessed at.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    Item,
    UnreadableItemError,
    dumps,
    known_fields,
    number,
    said_of,
    text,
)
from contact_center.conversations.domain.facts import FACT_KINDS, FACT_VERSION, Fact
from contact_center.conversations.domain.folding.folded import is_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

# An item may have 400 KB. Texts are cut long before (vapi_fields.py); the largest that passes is
# a tool call with twenty arguments of a thousand emoji each, 240 KB as escaped JSON.
FACT_LIMIT_BYTES = 300_000


def fact_key(fact: Fact) -> tuple[str, str]:
    """Partition and sort key of a fact: turns sort by time, others by their key."""
    if is_turn(fact):
        return keys.call(fact.call_id), keys.turn(fact.at_ms, fact.key)
    return keys.call(fact.call_id), keys.fact(fact.key)


def fact_item(fact: Fact, expires_at_s: int) -> Item:
    """The item of a fact.

    Args:
        fact: Any fact of domain/facts.py.
        expires_at_s: When DynamoDB may delete it, seconds since 1970.

    Raises:
        UnreadableItemError: The fact is larger than any honest one.
    """
    pk, sk = fact_key(fact)
    said = dumps(said_of(fact))  # a message reads all of a call: what is usual is left out
    if len(said) > FACT_LIMIT_BYTES:
        raise UnreadableItemError("said", f"must have at most {FACT_LIMIT_BYTES} bytes")
    return {
        "pk": {"S": pk},
        "sk": {"S": sk},
        "version": {"N": str(FACT_VERSION)},
        "kind": {"S": type(fact).__name__},
        "said": {"S": said},
        "expires_at": {"N": str(expires_at_s)},
    }


def fact_of(item: Mapping[str, Any]) -> Fact:
    """Read a fact back.

    Raises:
        UnreadableItemError: A later release wrote it, or nobody did.
    """
    check_version(item)
    kind = FACT_KINDS.get(text(item, "kind") or "")
    if kind is None:
        raise UnreadableItemError("kind", "must be a kind of fact that this release knows")
    said = known_fields(kind, json.loads(text(item, "said") or "{}"))
    if "behind" in said:
        said["behind"] = tuple(said["behind"])
    return kind(**said)


def check_version(item: Mapping[str, Any]) -> None:
    """Refuse an item whose shape a later release has defined."""
    version = number(item, "version")
    if version is None or version > FACT_VERSION:
        raise UnreadableItemError("version", f"must be 1 to {FACT_VERSION}")
