"""Effects, their lines and those that were given up as items of the calls table, and back."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    SECONDS_PER_DAY,
    Item,
    UnreadableItemError,
    dumps,
    known_fields,
    number,
    said_of,
    text,
)
from contact_center.aws.dynamodb.needs_index import needs
from contact_center.kernel.ports import BadCursorError
from contact_center.records.domain.effect_lines import EffectLine
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import EffectRun, Stage
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.records.services.effect_store_ports import DeadEffect, EffectOfCall, KeptEffect

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM_VERSION = 1
INDEX = "effects-by-due-time"
OPEN = "open"
CURSOR_LIMIT = 2_048
MILLISECONDS = re.compile("[0-9]{1,15}")


def line_key(name: LineName) -> Item:
    """The key of a line."""
    return {
        "pk": {"S": keys.customers(name.customer)},
        "sk": {"S": keys.effect_line(name.receiver)},
    }


def effect_key(customer: str, effect_id: str) -> Item:
    """The key of an effect."""
    return {"pk": {"S": keys.customers(customer)}, "sk": {"S": keys.effect(effect_id)}}


def dead_key(effect_id: str) -> Item:
    """The key of an effect that was given up."""
    return {"pk": {"S": keys.dead(effect_id)}, "sk": {"S": keys.DEAD}}


def effect_item(effect: Effect, now_ms: int) -> Item:
    """The item of an effect that is written now; it does not expire while it is open."""
    return (
        effect_key(effect.customer, effect.effect_id)
        | _words(effect)
        | {
            "stage": {"S": OPEN},
            "told": {"S": dumps(dict(effect.told))},
            "written_at_ms": {"N": str(now_ms)},
        }
    )


def kept_of(item: Mapping[str, Any], place: int) -> KeptEffect:
    """Read an effect back, numbered by its place in its line. Raises one of UNREADABLE."""
    told = json.loads(text(item, "told") or "{}")
    return KeptEffect(
        effect=_effect_of(item, told, place),
        closed=text(item, "stage") != OPEN,
        look_first=number(item, "look_first") is not None,
    )


def dead_item(effect: Effect, cause: str, died_at_ms: int, retention_days: int) -> Item:
    """The item that lists an effect which was given up."""
    return (
        dead_key(effect.effect_id)
        | _words(effect)
        | {
            "cause": {"S": cause},
            "effects": {"S": keys.DEAD},
            "due_at_ms": {"N": str(died_at_ms)},
            "expires_at": expires(died_at_ms, retention_days),
        }
        | needs(died_at_ms)
    )


def dead_of(item: Mapping[str, Any]) -> DeadEffect:
    """Read one back; what it told is not listed. Raises one of UNREADABLE."""
    return DeadEffect(
        effect=_effect_of(item, {}, 0),
        cause=text(item, "cause") or "",
        died_at_ms=int(item["due_at_ms"]["N"]),
    )


def effect_of_call(item: Mapping[str, Any]) -> EffectOfCall:
    """Read an effect back with what came of it. Raises one of UNREADABLE."""
    return EffectOfCall(
        effect=_effect_of(item, {}, 0),
        stage=text(item, "stage") or OPEN,
        closed_at_ms=number(item, "closed_at_ms"),
    )


def line_of_item(item: Mapping[str, Any]) -> EffectLine:
    """Read a line back. Raises one of UNREADABLE."""
    _check_version(item)
    said = known_fields(EffectRun, json.loads(text(item, "run") or "{}"))
    said["stage"] = Stage(said.get("stage", Stage.WAITING))
    return EffectLine(
        name=LineName(item["whose"]["S"], item["receiver"]["S"]),
        waiting=tuple(one["S"] for one in item.get("line", {}).get("L", ())),
        taken=number(item, "taken") or 0,
        run=EffectRun(**said),
        revision=number(item, "revision") or 0,
    )


def run_text(run: EffectRun) -> str:
    """How far an effect is, as its line keeps it."""
    return dumps(said_of(run))


def expires(now_ms: int, retention_days: int) -> dict[str, str]:
    """When DynamoDB may delete what is over now."""
    return {"N": str(now_ms // 1_000 + retention_days * SECONDS_PER_DAY)}


def cursor_of(last: Mapping[str, Any]) -> str:
    """Where a page of the index ended, as text."""
    told = json.dumps([last["pk"]["S"], last["sk"]["S"], last["due_at_ms"]["N"]])
    return base64.urlsafe_b64encode(told.encode()).decode("ascii").rstrip("=")


def key_of(cursor: str, partition: str) -> Item:
    """The key a page ended at. A cursor is a stranger's text until it has this exact shape.

    Raises BadCursorError.
    """
    if len(cursor) > CURSOR_LIMIT:
        raise BadCursorError
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursorError from None
    match told:
        case [str(pk), str(sk), str(at_ms)] if pk and sk and MILLISECONDS.fullmatch(at_ms):
            return {
                "pk": {"S": pk},
                "sk": {"S": sk},
                "effects": {"S": partition},
                "due_at_ms": {"N": at_ms},
            }
        case _:
            raise BadCursorError


def _words(effect: Effect) -> Item:
    item: Item = {
        "version": {"N": str(ITEM_VERSION)},
        "effect_id": {"S": effect.effect_id},
        "whose": {"S": effect.customer},
        "kind": {"S": effect.kind.value},
        "receiver": {"S": effect.receiver},
        "caused_at_ms": {"N": str(effect.caused_at_ms)},
    }
    return item if effect.call_id is None else item | {"call_id": {"S": effect.call_id}}


def _effect_of(item: Mapping[str, Any], told: dict[str, object], place: int) -> Effect:
    _check_version(item)
    return Effect(
        effect_id=item["effect_id"]["S"],
        customer=item["whose"]["S"],
        number=place,
        kind=EffectKind(item["kind"]["S"]),
        receiver=item["receiver"]["S"],
        told=told,
        caused_at_ms=int(item["caused_at_ms"]["N"]),
        call_id=text(item, "call_id"),
    )


def _check_version(item: Mapping[str, Any]) -> None:
    version = number(item, "version")
    if version is None or version > ITEM_VERSION:
        raise UnreadableItemError("version", f"must be 1 to {ITEM_VERSION}")
