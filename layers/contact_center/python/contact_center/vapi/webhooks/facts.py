"""What Vapi's messages tell, as facts with natural keys (Vapi §2, "Dedupe keys").

Only the fields named here are ever read: bodies carry provider tokens and header secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import (
    AnswersTold,
    AssistantStarted,
    CallEnded,
    CostTold,
    CustomerInterrupted,
    Fact,
    KeyPressed,
    Noticed,
    SpeechChanged,
    StatusChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.domain.routing_tools import ROUTING_ARGUMENTS, TRANSFER_TOOL
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.context import (
    customer_number_of,
    digest,
    is_placed,
    metadata_of,
    visit_post_of,
)
from contact_center.vapi.webhooks.fields import (
    TEXT_LIMIT,
    WORD_LIMIT,
    clean,
    hint,
    hinted_object,
    hinted_time,
    is_recorded,
    required_text_of,
    text_of,
)
from contact_center.vapi.webhooks.tool_calls import tool_calls_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.facts import Role
    from contact_center.vapi.webhooks.fields import Envelope, Json

ROLES: dict[str, Role] = {
    "user": "customer",
    "customer": "customer",
    "assistant": "assistant",
    "bot": "assistant",
}
LARGEST_TURN = 1_000_000
MOST_TRANSFERS = 20
MOST_ANSWERS = 40
RETURNING = ("in-progress", "forwarding")
CONNECTED = ("connected", "completed")  # of artifact.transfers[].status: somebody picked up
# What came of a transfer, in the words of people who are asked at our own number (offers.py).
TRANSFERS = {
    "connected": "answered",
    "completed": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "voicemail": "voicemail",
    "failed": "failed",
    "cancelled": "cancelled",
}

# Pressed keys come as words of the customer (Vapi's documentation, keypad input settings).
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,63}")
_KEYPAD = re.compile(r"user'?s keypad entry:?\s*([0-9*#]{1,32})\W*", re.IGNORECASE)


def news_of(envelope: Envelope, call_id: str) -> list[Fact]:
    """What a message tells about its call, beside the call's context.

    Raises:
        BadMessageError: The news is not what it should be.
    """
    tell = _NEWS.get(envelope.kind)
    return tell(envelope, call_id) if tell else []


def _role(message: Json) -> Role | None:
    said = text_of(message, "role") or text_of(message, "speaker")
    if said is None:
        raise BadMessageError("message.role", "is required and must be a string")
    return ROLES.get(said)


def _ringing(envelope: Envelope, call_id: str) -> list[Fact]:
    return [
        StatusChanged(call_id=call_id, at_ms=envelope.at_ms, key="status:ringing", status="ringing")
    ]


def _status(envelope: Envelope, call_id: str) -> list[Fact]:
    status = required_text_of(envelope.message, "status")
    destination = hinted_object(envelope.message, "destination")
    return [
        StatusChanged(
            call_id=call_id,
            at_ms=envelope.at_ms,
            key=_status_key(status, envelope.stamp),
            status=status,
            ended_reason=hint(envelope.message, "endedReason"),
            destination=hint(destination, "number") or hint(destination, "assistantName"),
        )
    ]


def _status_key(status: str, stamp: str) -> str:
    """A call may ring elsewhere and come back, and again; all else it can become but once."""
    return f"status:{status}:{stamp}" if status in RETURNING else f"status:{_in_key(status)}"


def _in_key(said: str) -> str:
    """A word of the sender's in the name of a key: itself, or what cannot be undone of a text."""
    if _WORD.fullmatch(said):
        return said
    from contact_center.records.domain.redaction import (  # noqa: PLC0415 - the door reads no facts
        redact_wholly,
    )

    return digest(redact_wholly(said))


def _utterance(envelope: Envelope, call_id: str) -> list[Fact]:
    message = envelope.message
    role = _role(message)
    name = "transcript" if message.get("transcript") is not None else "text"
    text = text_of(message, name, limit=TEXT_LIMIT)
    if text is None:
        raise BadMessageError("message.transcript", "is required and must be a string")
    said_final = text_of(message, "transcriptType") or envelope.spelled
    final = "partial" not in said_final
    if role is None or not text.strip():
        return []
    at_ms, stamp = envelope.at_ms, envelope.stamp
    digits = keys_pressed(text) if role == "customer" else None
    if digits:
        key = f"keys:{stamp}:{len(digits)}"  # a digest of digits would tell them
        return [KeyPressed(call_id=call_id, at_ms=at_ms, key=key, digits=digits)]
    from contact_center.records.domain.redaction import (  # noqa: PLC0415 - the door reads no facts
        redact_wholly,
    )

    form = "final" if final else "partial"
    # A short digest of a number can be undone by trying all numbers: the key knows no number.
    said = digest(redact_wholly(text))
    return [
        UtteranceHeard(
            call_id=call_id,
            at_ms=at_ms,
            key=f"said:{role}:{form}:{stamp}:{said}",
            role=role,
            text=text,
            final=final,
            assistant_name=hint(message, "assistantName") or hint(message, "assistant", "name"),
        )
    ]


def keys_pressed(text: str) -> str | None:
    """The keys that words of the customer stand for; None for words that were said."""
    pressed = _KEYPAD.fullmatch(text.strip())
    return pressed[1] if pressed else None


def _speech(envelope: Envelope, call_id: str) -> list[Fact]:
    role = _role(envelope.message)
    status = required_text_of(envelope.message, "status")
    if role is None or status not in ("started", "stopped"):
        return []
    return [_speech_changed(envelope, call_id, role, started=status == "started")]


def _words_spoken(envelope: Envelope, call_id: str) -> list[Fact]:
    return [_speech_changed(envelope, call_id, "assistant", started=True)]


def _speech_changed(
    envelope: Envelope, call_id: str, role: Role, *, started: bool
) -> SpeechChanged:
    turn = envelope.message.get("turn")
    return SpeechChanged(
        call_id=call_id,
        at_ms=envelope.at_ms,
        key=f"speech:{role}:{'started' if started else 'stopped'}:{envelope.stamp}",
        role=role,
        started=started,
        turn=turn if type(turn) is int and 0 <= turn <= LARGEST_TURN else None,
    )


def _interrupted(envelope: Envelope, call_id: str) -> list[Fact]:
    turn_id = hint(envelope.message, "turnId")
    return [
        CustomerInterrupted(
            call_id=call_id,
            at_ms=envelope.at_ms,
            key=f"interrupted:{turn_id or envelope.stamp}",
            turn_id=turn_id,
        )
    ]


def _tools(envelope: Envelope, call_id: str) -> list[Fact]:
    return [
        ToolCalled(
            call_id=call_id,
            at_ms=envelope.at_ms,
            key=call.key(envelope.stamp),
            tool_call_id=call.tool_call_id or "",
            name=call.name,
            arguments=dict(call.arguments),
            in_campaign=metadata_of(envelope.call, "campaignId") is not None,
            timezone=metadata_of(envelope.call, "timezone"),
            reachable=is_placed(envelope.call) or customer_number_of(envelope) is not None,
        )
        for call in tool_calls_of(envelope)
    ]


def _assistant_started(envelope: Envelope, call_id: str) -> list[Fact]:
    message = envelope.message
    name = hint(message, "newAssistant", "name") or hint(message, "assistant", "name")
    if name is None:
        return []
    key = f"assistant:{_in_key(name)}:{envelope.stamp}"
    return [AssistantStarted(call_id=call_id, at_ms=envelope.at_ms, key=key, assistant_name=name)]


def _transfer(envelope: Envelope, call_id: str) -> list[Fact]:
    message = envelope.message
    destination = hinted_object(message, "destination")
    to = hint(message, "toAssistant", "name") or hint(destination, "assistantName")
    return [
        TransferReported(
            call_id=call_id,
            at_ms=envelope.at_ms,
            key=f"transfer:{_in_key(to or 'number')}:{envelope.stamp}",
            to_assistant=to,
            from_assistant=hint(message, "fromAssistant", "name"),
            to_number=hint(destination, "type") in ("number", "sip"),
        )
    ]


def _ended(envelope: Envelope, call_id: str) -> list[Fact]:
    message = envelope.message
    artifact = hinted_object(message, "artifact")
    analysis = hinted_object(message, "analysis")
    return [
        CallEnded(
            call_id=call_id,
            at_ms=envelope.at_ms,
            key="ended",
            ended_reason=hint(message, "endedReason")
            or hint(envelope.call, "endedReason")
            or "unknown",
            started_at_ms=_first_time(envelope, "startedAt"),
            ended_at_ms=_first_time(envelope, "endedAt"),
            cost_usd=_cost_usd(message.get("cost")),
            summary=hint(analysis, "summary", limit=TEXT_LIMIT)
            or hint(message, "summary", limit=TEXT_LIMIT),
            success=_success(analysis.get("successEvaluation")),
            recording_kept_by_vapi=is_recorded(message),
            transfers_connected=_transfers_connected(artifact),
            transfers=_transfers(artifact),
        ),
        *_answers(artifact, envelope, call_id),
        *_cost(envelope, call_id),
    ]


def _cost_usd(said: Any) -> float | None:  # noqa: ANN401 - any JSON value
    """What all of it cost; None where that is no figure that a call can cost."""
    from contact_center.records.domain.costs import (  # noqa: PLC0415 - no caller waits for it
        micros_of,
    )

    return None if micros_of(said) is None else float(said)


def _cost(envelope: Envelope, call_id: str) -> list[Fact]:
    """What it cost. The same figures are the same fact, in whatever message they come."""
    from contact_center.records.domain.costs import (  # noqa: PLC0415 - no caller waits for it
        Source,
        vapi_parts,
    )

    message = envelope.message
    parts, wrong = vapi_parts(message.get("cost"), message.get("costs"))
    if message.get("cost") is None and not parts and not wrong:
        return []  # it says nothing of it, which is not that it was free
    return [
        CostTold(
            call_id=call_id,
            at_ms=envelope.at_ms,
            key=f"cost:{Source.VAPI}:{digest(*map(repr, sorted(parts.items())))}",
            source=Source.VAPI.value,
            parts=parts,
            wrong=wrong,
        )
    ]


def _answers(artifact: Json, envelope: Envelope, call_id: str) -> list[Fact]:
    """What a model answered about the call, if it has by now; whatever is no text is no answer."""
    from contact_center.records.domain.call_questions import OUTPUT_NAME  # noqa: PLC0415 - as there

    outputs = hinted_object(artifact, "structuredOutputs").values()
    ours = [one for one in outputs if isinstance(one, dict) and one.get("name") == OUTPUT_NAME]
    if not ours or ours[0].get("result") is None:
        return []
    result = hinted_object(ours[0], "result")
    answers = {
        clean(name, WORD_LIMIT): clean(said, TEXT_LIMIT)
        for name, said in list(result.items())[:MOST_ANSWERS]
        if isinstance(said, str)
    }
    key = "answers" if answers else "answers:none"  # which keeps none out that come later
    return [AnswersTold(call_id=call_id, at_ms=envelope.at_ms, key=key, answers=answers)]


def _first_time(envelope: Envelope, name: str) -> int | None:
    arrived_at_ms = envelope.arrived_at_ms
    at_ms = hinted_time(envelope.message, name, arrived_at_ms)
    return hinted_time(envelope.call, name, arrived_at_ms) if at_ms is None else at_ms


def _success(said: object) -> str | None:
    if isinstance(said, bool):
        return "true" if said else "false"
    return said[:64] if isinstance(said, str) and said else None


def _transfers_connected(artifact: Json) -> int | None:
    transfers = artifact.get("transfers")
    if not isinstance(transfers, list):
        return None
    return sum(1 for each in transfers if hint(each, "status") in CONNECTED)


def _transfers(artifact: Json) -> str | None:
    """What came of each transfer to a number; of which nobody knows, nothing is said."""
    told = artifact.get("transfers")
    transfers = told if isinstance(told, list) else []
    outcomes = [TRANSFERS.get(hint(each, "status") or "") for each in transfers[:MOST_TRANSFERS]]
    return ",".join(outcome for outcome in outcomes if outcome) or None


def _noticed(kind: str, field: str | None = None) -> Callable[[Envelope, str], list[Fact]]:
    def tell(envelope: Envelope, call_id: str) -> list[Fact]:
        detail = hint(envelope.message, field) if field else None
        key = f"notice:{kind}:{envelope.stamp}"
        return [Noticed(call_id=call_id, at_ms=envelope.at_ms, key=key, kind=kind, detail=detail)]

    return tell


def _transfer_asked(envelope: Envelope, call_id: str) -> list[Fact]:
    """Of a caller on a line of ours it is a wish like any other: no number is rung from there."""
    noticed = _noticed("transfer-asked")(envelope, call_id)
    if visit_post_of(envelope.call) is None and not envelope.for_visits:
        return noticed
    parameters = hinted_object(envelope.message, "parameters")
    said = {name: hint(parameters, name) for name in ROUTING_ARGUMENTS}
    asked = ToolCalled(
        call_id=call_id,
        at_ms=envelope.at_ms,
        key=f"tool:transfer-asked:{envelope.stamp}",
        tool_call_id="",
        name=TRANSFER_TOOL,
        arguments={name: word for name, word in said.items() if word is not None},
    )
    return [*noticed, asked]


_NEWS: dict[str, Callable[[Envelope, str], list[Fact]]] = {
    "assistant-request": _ringing,
    "status-update": _status,
    "transcript": _utterance,
    "speech-update": _speech,
    "assistant.speechStarted": _words_spoken,
    "user-interrupted": _interrupted,
    "tool-calls": _tools,
    "function-call": _tools,
    "assistant.started": _assistant_started,
    "transfer-update": _transfer,
    "end-of-call-report": _ended,
    "transfer-destination-request": _transfer_asked,
    "handoff-destination-request": _noticed("handoff-asked"),
    "hang": _noticed("stalled"),
    "language-change-detected": _noticed("language", "language"),
    "phone-call-control": _noticed("phone-call-control", "request"),
    "call.deleted": _noticed("deleted"),
    "call.delete.failed": _noticed("delete-failed"),
    "error": _noticed("error"),
}
