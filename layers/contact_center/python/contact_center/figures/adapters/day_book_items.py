"""Leaves of the day book as items of the calls table, and back.

An item is paid for by the kilobyte, so the calls of a leaf are packed: 16 bytes each for ids as
Vapi gives them, and one text with a list for each column. Nothing in it is of a person: the call's
name in the table, when it began, and what filters ask for.
"""

from __future__ import annotations

import base64
import json
import zlib
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, expires_at_s, number
from contact_center.conversations.adapters.call_items import day_of
from contact_center.figures.domain.day_book import Entry, Leaf, Traits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.aws.dynamodb.items import Item

VERSION = 1
# A call is kept for so many days after it was written last: as a rule within a day of its end.
LONGER_SECONDS = 2 * 86_400
NOT_OVER = -1  # in place of traits
NO_ID = bytes(16)  # in place of an id that is none


def leaf_key(since_ms: int) -> Item:
    """The key of a leaf, by when its span begins."""
    partition = keys.day_book(day_of(since_ms)[:7])
    return {"pk": {"S": partition}, "sk": {"S": keys.leaf(since_ms)}}


def leaf_item(leaf: Leaf, retention_days: int) -> Item:
    """The item of a leaf, one revision on."""
    expires_s = expires_at_s(leaf.until_ms, retention_days) + LONGER_SECONDS
    return leaf_key(leaf.since_ms) | {
        "version": {"N": str(VERSION)},
        "since_ms": {"N": str(leaf.since_ms)},
        "until_ms": {"N": str(leaf.until_ms)},
        "revision": {"N": str(leaf.revision + 1)},
        **_packed(leaf.entries, leaf.since_ms),
        "expires_at": {"N": str(expires_s)},
    }


def leaf_of(item: Item) -> Leaf | None:
    """Read a leaf; None: this release cannot, and goes by the index as if there were none."""
    try:
        if number(item, "version") != VERSION:
            return None
        since_ms = int(item["since_ms"]["N"])
        return Leaf(
            since_ms=since_ms,
            until_ms=int(item["until_ms"]["N"]),
            entries=_unpacked(item, since_ms),
            revision=int(item["revision"]["N"]),
        )
    except (*UNREADABLE, zlib.error):
        return None


def _packed(entries: Sequence[Entry], since_ms: int) -> Item:
    kinds = sorted({one.traits for one in entries if one.traits is not None}, key=repr)
    number_of = {traits: at for at, traits in enumerate(kinds)}
    names = [one.call.removeprefix(keys.CALLS) for one in entries]
    ids = [_id_in(name) for name in names]
    began = [since_ms, *(one.began_ms for one in entries)]
    columns = [
        {at: name for at, name in enumerate(names) if ids[at] is None},
        [later - earlier for earlier, later in pairwise(began)],
        [one.revision for one in entries],
        [NOT_OVER if one.traits is None else number_of[one.traits] for one in entries],
        kinds,
    ]
    told = json.dumps(columns, separators=(",", ":")).encode()
    raw = b"".join(NO_ID if one is None else one for one in ids)
    return {"ids": {"B": _text(raw)}, "calls": {"B": _text(zlib.compress(told, level=9))}}


def _unpacked(item: Item, since_ms: int) -> tuple[Entry, ...]:
    raw = base64.b64decode(item["ids"]["B"])
    told = json.loads(zlib.decompress(base64.b64decode(item["calls"]["B"])))
    names, apart, revisions, numbers, kinds = told
    traits = [Traits(*kind) for kind in kinds]
    began = [since_ms + after_ms for after_ms in accumulate(apart)]
    return tuple(
        Entry(
            f"{keys.CALLS}{_name(raw, at, names)}",
            began_ms,
            revision,
            None if of == NOT_OVER else traits[of],
        )
        for at, (began_ms, revision, of) in enumerate(zip(began, revisions, numbers, strict=True))
    )


def _id_in(name: str) -> bytes | None:
    """A name that is an id as UUIDs are written, as its bytes."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found.bytes if str(found) == name else None


def _name(raw: bytes, at: int, names: Mapping[str, str]) -> str:
    other = names.get(str(at))
    return other if other is not None else str(UUID(bytes=raw[at * 16 : at * 16 + 16]))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
