"""Messages of the call-events queue as Lambda hands them over."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.items import dumps, known_fields
from contact_center.conversations.domain.facts import Corrected, OperatorAsked, PersonMet
from contact_center.conversations.services.caller_cards import CardNews
from contact_center.conversations.services.look_after_calls import SOURCE as LOOK_UP_SOURCE
from contact_center.conversations.services.route_message import (
    FromOperator,
    FromVisit,
    QueuedMessage,
    Reminder,
)
from contact_center.conversations.services.take_found import Found
from contact_center.kernel.field_errors import BadMessageError
from contact_center.records.services.refresh_cards import SOURCE as CARD_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.conversations.services.route_message import Message

MESSAGE_VERSION = "1"
SOURCE = "vapi"
REMINDER_SOURCE = "call_router"
OPERATOR_SOURCE = "operator_api"
VISIT_SOURCE = "visit"
_OF_OPERATORS: dict[str, type[OperatorAsked | Corrected]] = {
    kind.__name__: kind for kind in (OperatorAsked, Corrected)
}
CALL_ID = re.compile(r"\S{1,256}")
MILLISECONDS = re.compile("[0-9]{1,15}")


def queued_message(
    record: Mapping[str, Any],
) -> Message:
    """Read one record of an SQS event.

    Args:
        record: An element of the event's `Records`.

    Raises:
        BadMessageError: Its attributes are not those of a message this release can read.
    """
    attributes = {
        name: value.get("stringValue") or ""
        for name, value in record.get("messageAttributes", {}).items()
    }
    if attributes.get("version") != MESSAGE_VERSION:
        raise BadMessageError("version", f"must be {MESSAGE_VERSION}")
    source = attributes.get("source", "")
    if source == REMINDER_SOURCE:
        return _reminder(record["body"], attributes.get("due_at_ms"))
    if source in _OURS:
        return _OURS[source](record["body"])
    if source not in {SOURCE, LOOK_UP_SOURCE}:
        *others, last = SOURCE, LOOK_UP_SOURCE, *_OURS, REMINDER_SOURCE
        raise BadMessageError("source", f"must be {', '.join(others)} or {last}")
    received_at_ms = _milliseconds("received_at_ms", attributes.get("received_at_ms", ""))
    if source == LOOK_UP_SOURCE:
        return _found(record["body"], received_at_ms)
    return QueuedMessage(
        body=record["body"].encode("utf-8", "surrogatepass"),
        received_at_ms=received_at_ms,
        delivery=attributes.get("delivery", ""),
        body_key=attributes.get("report_key"),
    )


def _milliseconds(name: str, value: str) -> int:
    if not MILLISECONDS.fullmatch(value):
        raise BadMessageError(name, "must be milliseconds since 1970")
    return int(value)


def _found(body: str, received_at_ms: int) -> Found:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    match said:
        case {"callId": str(call_id), "step": str(step), **rest}:
            report, price = rest.get("report"), rest.get("price")
            recording = rest.get("recording")
        case _:
            raise BadMessageError("body", "must say what was looked up")
    return Found(
        call_id=call_id,
        step=step,
        received_at_ms=received_at_ms,
        report=report.encode("utf-8", "surrogatepass") if isinstance(report, str) else None,
        price=price if isinstance(price, dict) else None,
        recording=recording if isinstance(recording, dict) else None,
    )


def from_visit_text(fact: PersonMet) -> str:
    """The body of a message of a visit, as `queued_message` reads it."""
    return dumps(asdict(fact))


def _from_visit(body: str) -> FromVisit:
    try:
        return FromVisit(fact=PersonMet(**known_fields(PersonMet, json.loads(body))))
    except (ValueError, TypeError, LookupError, AttributeError):
        raise BadMessageError("body", "must say that a person and a caller met") from None


def from_operator_text(fact: OperatorAsked | Corrected) -> str:
    """The body of a message about a call, as `queued_message` reads it."""
    return dumps({"kind": type(fact).__name__, "said": asdict(fact)})


def _from_operator(body: str) -> FromOperator:
    try:
        told = json.loads(body)
        kind = _OF_OPERATORS[told["kind"]]
        return FromOperator(fact=kind(**known_fields(kind, told["said"])))
    except (ValueError, TypeError, LookupError):
        raise BadMessageError("body", "must say what an operator wants") from None


def _card_news(body: str) -> CardNews:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    match said:
        case {"callId": str(call_id)} if call_id:
            return CardNews(call_id)
    raise BadMessageError("body", "must say in which call a customer is")


def _reminder(call_id: str, due_at_ms: str | None) -> Reminder:
    """A reminder; one of an earlier release does not say when it was due."""
    if not CALL_ID.fullmatch(call_id):
        raise BadMessageError("body", "must be the id of a call")
    due = None if due_at_ms is None else _milliseconds("due_at_ms", due_at_ms)
    return Reminder(call_id=call_id, due_at_ms=due)


_OURS: Mapping[str, Callable[[str], Message]] = {
    OPERATOR_SOURCE: _from_operator,
    VISIT_SOURCE: _from_visit,
    CARD_SOURCE: _card_news,
}
