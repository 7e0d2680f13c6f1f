"""The record, the glance at it and the decisions of a call as items of the calls table."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import dumps, known_fields, number, said_of, text
from contact_center.conversations.adapters.fact_items import check_version
from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.facts import FACT_VERSION
from contact_center.conversations.domain.folding.folded import Folded
from contact_center.conversations.services.ports.calls import (
    ActionMark,
    CallGlance,
    ControlOutcome,
    LiveGlance,
)
from contact_center.kernel.caller_numbers import caller_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.dynamodb.items import Item

# Indexes sort by these numbers and operators read days from them: a sender's clock that is
# wildly wrong must not make an item that cannot be stored.
EARLIEST_MS, LATEST_MS = 0, 4_102_444_800_000  # 1970 to 2100
SETS = ("assistants", "notices", "proofs", "looked_up")


def record_item(record: CallRecord, glance: CallGlance, decisions: int, expires_at_s: int) -> Item:
    """The item of the record: the merge itself, what indexes need, what operators look at.

    `started_at_ms` of the item falls back on the first news, so that a call is listed from its
    first message on; the merged record inside keeps the truth.
    """
    began_ms = plausible(record.started_at_ms or record.first_seen_ms)
    customer = caller_number(record.value("customer_number"))
    words = {
        "merged": _record_text(record),
        "call_id": record.call_id,
        "customer": keys.word(customer) if customer else None,
        "day": day_of(began_ms),
        "active": None if record.ended else keys.ACTIVE_SHARD,
        "status": record.status,
        "ended_reason": record.value("ended_reason"),
        "intent": glance.intent,
        "destination": glance.destination,
        "mode": glance.mode,
        "understood": glance.understood,
        "live": None if glance.live is None else dumps(said_of(glance.live)),
    }
    numbers = {
        "version": FACT_VERSION,
        "started_at_ms": began_ms,
        "last_seen_ms": plausible(record.last_seen_ms),
        "clarifications": glance.clarifications,
        "interruptions": glance.interruptions,
        "decisions": decisions,
        "expires_at": expires_at_s,
    }
    if record.ended:
        numbers["ended_at_ms"] = plausible(record.ended_at_ms)
    if glance.routed_ms is not None:
        numbers["routed_ms"] = plausible(glance.routed_ms)
    return (
        {"pk": {"S": keys.call(record.call_id)}, "sk": {"S": keys.RECORD}}
        | {name: {"S": said} for name, said in words.items() if said is not None}
        | {name: {"N": str(value)} for name, value in numbers.items()}
    )


def record_of(item: Mapping[str, Any]) -> CallRecord:
    """Read the merged record back. Raises UnreadableItemError for a later release's."""
    check_version(item)
    known = known_fields(CallRecord, json.loads(text(item, "merged") or "{}"))
    for name in SETS:
        known[name] = frozenset(known.get(name, ()))
    registers = known.get("registers", {})
    known["registers"] = {name: (at, value) for name, (at, value) in registers.items()}
    return CallRecord(**known)


def glance_of(item: Mapping[str, Any]) -> CallGlance:
    """Read back what operators look at; an empty item gives an empty glance."""
    live = text(item, "live")
    return CallGlance(
        intent=text(item, "intent"),
        destination=text(item, "destination"),
        mode=text(item, "mode"),
        clarifications=number(item, "clarifications") or 0,
        interruptions=number(item, "interruptions") or 0,
        understood=text(item, "understood"),
        routed_ms=number(item, "routed_ms"),
        live=None if live is None else LiveGlance(**known_fields(LiveGlance, json.loads(live))),
    )


def decision_item(decision: Decision, expires_at_s: int) -> Item:
    """The item of a decision nobody has begun to act on."""
    return {
        "pk": {"S": keys.call(decision.call_id)},
        "sk": {"S": keys.decision(decision.number)},
        "version": {"N": str(FACT_VERSION)},
        "kind": {"S": decision.kind.value},
        "said": {"S": dumps(asdict(decision))},
        "expires_at": {"N": str(expires_at_s)},
    }


def decision_of(item: Mapping[str, Any]) -> tuple[Decision, ActionMark | None]:
    """Read a decision back, and how far acting on it has come (None: not begun)."""
    check_version(item)
    said = known_fields(Decision, json.loads(text(item, "said") or "{}"))
    decision = Decision(**said | {"kind": ActionKind(said["kind"])})
    begun_at_ms = number(item, "begun_at_ms")
    if begun_at_ms is None:
        return decision, None
    outcome = text(item, "outcome")
    return decision, ActionMark(
        begun_at_ms=begun_at_ms,
        outcome=ControlOutcome(outcome) if outcome else None,
        finished_at_ms=number(item, "finished_at_ms"),
    )


def folded_item(call_id: str, folded: Folded, expires_at_s: int) -> Item:
    """The item of what was folded of a call, one version on."""
    return {
        "pk": {"S": keys.call(call_id)},
        "sk": {"S": keys.FOLDED},
        "version": {"N": str(FACT_VERSION)},
        "folds": {"N": str(folded.version + 1)},
        "until_ms": {"N": str(folded.until_ms)},
        "basis": {"S": folded.basis},
        "turns": {"N": str(folded.turns)},
        "said": {"S": dumps(dict(folded.memory))},
        "expires_at": {"N": str(expires_at_s)},
    }


def folded_of(item: Mapping[str, Any]) -> Folded:
    """Read it back."""
    check_version(item)
    return Folded(
        until_ms=number(item, "until_ms") or 0,
        basis=text(item, "basis") or "",
        turns=number(item, "turns") or 0,
        memory=json.loads(text(item, "said") or "{}"),
        version=number(item, "folds") or 0,
    )


def day_of(at_ms: int) -> str:
    """The day of an instant, UTC, as YYYY-MM-DD."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).strftime("%Y-%m-%d")


def plausible(at_ms: int | None) -> int:
    """A sender's time as an index may have it, ms since 1970."""
    return min(max(at_ms or 0, EARLIEST_MS), LATEST_MS)


def _record_text(record: CallRecord) -> str:
    said = asdict(record)
    said |= {name: sorted(said[name]) for name in SETS}
    told = {name: value for name, value in said.items() if value or type(value) is int}
    return dumps(told)  # each index has a copy: what is nothing is left out, and 1970 is something
