"""Vapi's webhooks, read: today's envelope and the tutorial's.

The door reads a message once to answer and to refuse what is malformed; the router reads the
same message again out of the queue, for its facts.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never

from contact_center.aws.large_json import loaded
from contact_center.conversations.domain.messages import Question, QuestionKind, ReceivedMessage
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.context import (
    attempt_of,
    call_seen,
    customer_number_of,
    is_placed,
    metadata_of,
    visit_post_of,
)
from contact_center.vapi.webhooks.facts import news_of
from contact_center.vapi.webhooks.fields import hint, hinted_object, open_envelope
from contact_center.vapi.webhooks.probes import PROBE_KIND, probe_of
from contact_center.vapi.webhooks.sip_calls import claim_of, comes_in_at
from contact_center.vapi.webhooks.tool_calls import tool_calls_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.facts import Fact
    from contact_center.vapi.webhooks.fields import Envelope

# Told, but nothing of it is kept beside the call's context.
_ONLY_TOLD = frozenset(
    {
        "call.artifact.upload",
        "campaign.event",
        "chat.created",
        "chat.deleted",
        "conversation-update",
        "model-output",
        "session.created",
        "session.deleted",
        "session.updated",
        "voice-input",
    }
)
_TELLING = frozenset(
    {
        "assistant.speechStarted",
        "assistant.started",
        "call.delete.failed",
        "call.deleted",
        "end-of-call-report",
        "error",
        "hang",
        "language-change-detected",
        "phone-call-control",
        "speech-update",
        "status-update",
        "transcript",
        "transfer-update",
        "user-interrupted",
    }
)
_QUESTIONS = frozenset(kind.value for kind in QuestionKind)
KNOWN_KINDS = _ONLY_TOLD | _TELLING | _QUESTIONS | {PROBE_KIND}
UNKNOWN = "unknown"

_CONTROL_URL = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+vapi\.ai(?:/[A-Za-z0-9._~:/?&=%+,;-]*)?"
)


def is_vapis(url: str) -> bool:
    """Whether a control URL leads to Vapi's own hosts, over TLS."""
    return _CONTROL_URL.fullmatch(url) is not None


def facts_of(
    body: object,
    received_at_ms: int,
    *,
    delivery: str = "",
    may_call: Callable[[str], bool] = is_vapis,
    sip_address: str | None = None,
) -> list[Fact]:
    """Every fact that a webhook tells.

    Args:
        body: The parsed webhook, in either envelope.
        received_at_ms: When it arrived, ms since 1970: the facts' time if it names none.
        delivery: The queue message's attribute `delivery`, "" when it has none.
        may_call: Which control URLs may be kept, to be called later.
        sip_address: Where calls for visits alone come in, or None.

    Returns:
        The news first, then what was said of the call; empty when it belongs to no call.

    Raises:
        BadMessageError: A field is not what it should be.
    """
    return _facts(_opened(body, received_at_ms, delivery, sip_address), may_call)


def claim_in(body: object, received_at_ms: int) -> str | None:
    """Which visit's call a webhook says that its call is, with its proof; not believed yet."""
    return claim_of(open_envelope(body, received_at_ms))


def probe_in(body: object, received_at_ms: int) -> str | None:
    """Which probe of ours a webhook is, or None. Raises BadMessageError."""
    return probe_of(open_envelope(body, received_at_ms))


def read_message(
    body: bytes, received_at_ms: int, sip_address: str | None = None
) -> ReceivedMessage:
    """Read a webhook whose sender is known.

    Args:
        body: The raw body.
        received_at_ms: When it arrived, ms since 1970.
        sip_address: Where calls for visits alone come in, or None.

    Returns:
        What kind it is, whose call it is about, its text and what it asks.

    Raises:
        BadMessageError: It is not UTF-8, not JSON, or not a message.
    """
    text, document = parse(body)
    envelope = _opened(document, received_at_ms, "", sip_address)
    if envelope.call_id is not None:
        news_of(envelope, envelope.call_id)  # so that the router never meets a malformed one
    return ReceivedMessage(
        kind=envelope.kind if envelope.kind in KNOWN_KINDS else UNKNOWN,
        call_id=envelope.call_id,
        text=text,
        question=_question(envelope) if envelope.kind in _QUESTIONS else None,
    )


def parse(body: bytes) -> tuple[str, Any]:
    """A raw body as text and as JSON, without what is nested too deep for any parser.

    Raises BadMessageError when it is neither.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadMessageError("", "must be UTF-8") from None
    done, document = loaded(body)
    if done:
        return text, document
    try:
        return text, _decoded(text)
    except ValueError:  # a number of more than 4300 digits is a plain ValueError
        raise BadMessageError("", "must be valid JSON") from None


def _decoded(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return _DECODER.decode(text)
    except RecursionError:
        from contact_center.kernel.deep_json import cut  # noqa: PLC0415 - next to nobody needs it

        return _DECODER.decode(cut(text))


def _opened(body: object, at_ms: int, delivery: str, sip_address: str | None) -> Envelope:
    envelope = open_envelope(body, at_ms, delivery)
    if sip_address is None or not comes_in_at(envelope, sip_address):
        return envelope
    return replace(envelope, for_visits=True)


def _facts(envelope: Envelope, may_call: Callable[[str], bool]) -> list[Fact]:
    if envelope.call_id is None or envelope.kind == PROBE_KIND:
        return []
    facts = news_of(envelope, envelope.call_id)
    seen = call_seen(envelope, envelope.call_id, may_call)
    return facts if seen is None else [*facts, seen]


def _question(envelope: Envelope) -> Question:
    kind = QuestionKind(envelope.kind)
    if kind is QuestionKind.PREDIAL:
        number = hint(envelope.message, "contact", "number")
        return Question(
            kind=kind,
            call_id=envelope.call_id,
            at_ms=envelope.at_ms,
            # Vapi rings what stands there, so it is judged as it stands or not at all.
            customer_number=number if number == caller_number(number) else None,
            campaign_id=hint(envelope.message, "campaignId"),
            contact_id=hint(envelope.message, "contact", "id"),
        )
    asks_tools = kind in (QuestionKind.TOOLS, QuestionKind.FUNCTION)
    return Question(
        kind=kind,
        call_id=envelope.call_id,
        at_ms=envelope.at_ms,
        stamp=envelope.stamp,
        customer_number=customer_number_of(envelope),
        campaign_id=metadata_of(envelope.call, "campaignId"),
        placed=is_placed(envelope.call),
        post_name=attempt_of(envelope.call),
        timezone=metadata_of(envelope.call, "timezone"),
        of_visit=visit_post_of(envelope.call) is not None or envelope.for_visits,
        for_visits=envelope.for_visits,
        visit_claim=claim_of(envelope) if envelope.for_visits else None,
        tool_calls=tool_calls_of(envelope) if asks_tools else (),
        words=_words(envelope) if kind in (QuestionKind.HANDOFF, QuestionKind.TRANSFER) else (),
    )


def _words(envelope: Envelope) -> tuple[object, ...]:
    parameters = hinted_object(envelope.message, "parameters")
    return tuple(
        parameters[name]
        for name in ("department", "intent", "destination")
        if parameters.get(name) is not None
    )


def _refuse_constant(name: str) -> Never:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
