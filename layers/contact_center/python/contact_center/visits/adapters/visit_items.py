"""A visit as an item of the calls table: small, merged, versioned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    UnreadableItemError,
    dumps,
    known_fields,
    number,
    said_of,
    text,
)
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.kernel.instants import LATEST_MS
from contact_center.visits.domain.legs import LegChanged, LegStatus
from contact_center.visits.domain.supervision import Mode, ModeSince, Supervision
from contact_center.visits.domain.visit_parts import (
    AsksAbout,
    LateAnswer,
    Message,
    Post,
    PostState,
    Stage,
    Told,
    WaitSaid,
    Wish,
)
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.visit_ports import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.dynamodb.items import Item

VISIT_VERSION = 1
_MODES = ("wanted", "entered")
COUNTED_AFTER_MS = 60_000  # who was asked about the caller has mostly been told by then


def visit_key(visit_id: str) -> Item:
    """The key of a visit."""
    return {"pk": {"S": keys.visit(visit_id)}, "sk": {"S": keys.RECORD}}


def visit_item(visit: Visit, revision: int, expires_at_s: int) -> Item:
    """The item of a visit.

    It is found by its caller beside his calls, and stands in none of their other indexes; among
    follow-ups exactly while somebody has to find the caller a person, to see whether his talk broke
    off, or to attend to what he left after the tone. Once it is over, whatever is told of it has it
    counted anew.
    """
    item = visit_key(visit.visit_id) | {
        "version": {"N": str(VISIT_VERSION)},
        "revision": {"N": str(revision)},
        "said": {"S": dumps(_said(visit))},
        "expires_at": {"N": str(expires_at_s)},
    }
    if visit.ended_ms is not None:
        due_ms = min(max(visit.ended_ms, 0), LATEST_MS) + COUNTED_AFTER_MS
        item |= {"effects": {"S": keys.TO_COUNT}, "due_at_ms": {"N": str(due_ms)}}
    if visit.caller is not None:
        item["customer"] = {"S": keys.visits_of(visit.caller)}
        item["started_at_ms"] = {"N": str(visit.began_ms or 0)}
    if visit.wished_ms is not None:
        return item | _listed(keys.WISHES, visit.wished_ms)
    if visit.unjudged_ms is not None:
        return item | _listed(keys.BREAKS, visit.unjudged_ms)
    if visit.left_ms is None:
        return item
    return item | _listed(keys.MESSAGES_LEFT, visit.left_ms) | needs(visit.left_ms)


def _listed(partition: str, since_ms: int) -> Item:
    return {"follow_up": {"S": partition}, "asked_at_ms": {"N": str(since_ms)}}


def kept_of(item: Mapping[str, Any]) -> Kept:
    """Read a visit back. Raises UnreadableItemError for a later release's."""
    version = number(item, "version")
    if version is None or version > VISIT_VERSION:
        raise UnreadableItemError("version", f"must be 1 to {VISIT_VERSION}")
    said = known_fields(Visit, json.loads(text(item, "said") or "{}"))
    said["legs"] = {leg: _leg(told) for leg, told in said.get("legs", {}).items()}
    said["posts"] = {name: _post(told) for name, told in said.get("posts", {}).items()}
    said["wishes"] = {
        name: Wish(**known_fields(Wish, told)) for name, told in said.get("wishes", {}).items()
    }
    said["told"] = {
        name: Told(**known_fields(Told, told)) for name, told in said.get("told", {}).items()
    }
    said["messages"] = {
        name: Message(**known_fields(Message, told))
        for name, told in said.get("messages", {}).items()
    }
    said["supervised"] = {
        name: _supervision(told) for name, told in said.get("supervised", {}).items()
    }
    for name in ("recordings", "heard"):
        said[name] = frozenset(said.get(name, ()))
    if said.get("wait_said") is not None:
        said["wait_said"] = WaitSaid(*said["wait_said"])
    if said.get("stage") is not None:
        said["stage"] = Stage(said["stage"])
    return Kept(Visit(**said), number(item, "revision") or 0)


def _said(visit: Visit) -> dict[str, Any]:
    said = said_of(visit)
    for name in ("legs", "posts", "wishes", "told", "supervised", "messages"):
        if name in said:
            said[name] = {key: said_of(told) for key, told in said[name].items()}
    for told in said.get("supervised", {}).values():
        told |= {name: sorted(told[name]) for name in _MODES if name in told}
    for name in {"recordings", "heard"} & said.keys():
        said[name] = sorted(said[name])
    return said


def _leg(told: dict[str, Any]) -> LegChanged:
    known = known_fields(LegChanged, told)
    return LegChanged(**known | {"status": LegStatus(known["status"])})


def _post(told: dict[str, Any]) -> Post:
    known = known_fields(Post, told)
    known["state"] = PostState(known["state"])
    if known.get("late") is not None:
        known["late"] = LateAnswer(*known["late"])
    if known.get("asks") is not None:
        known["asks"] = AsksAbout(*known["asks"])
    return Post(**known)


def _supervision(told: dict[str, Any]) -> Supervision:
    known = known_fields(Supervision, told)
    modes = {
        name: frozenset(ModeSince(at_ms, Mode(mode)) for at_ms, mode in known.get(name, ()))
        for name in _MODES
    }
    return Supervision(**known | modes)
