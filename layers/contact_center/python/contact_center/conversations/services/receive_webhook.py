"""Receive a webhook: check who speaks, read it, make it durable, answer it.

size      413   more than we take, before anything is computed over it
check     401   one answer for every reason; the reason is a metric
read      400   naming the field
queue     503   only when nothing else was asked: the sender tells it again
answer    200
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.messages import QuestionKind
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import (
    CheckUnavailableError,
    QueueUnavailableError,
    Response,
    StoreUnavailableError,
)
from contact_center.kernel.spoken import SPOKEN_APOLOGY, SPOKEN_MOMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.conversations.domain.messages import Question, ReceivedMessage
    from contact_center.conversations.services.ports.messages import (
        FactQueue,
        LargeBodies,
        RequestCheck,
    )
    from contact_center.kernel.ports import Clock, Metrics, RawRequest

LIMIT_BYTES = 1_048_576  # a report of an hour's call is far below it
# A message of the queue may have 1 MiB with its attributes (reliability §2).
QUEUE_LIMIT_BYTES = 700_000
MESSAGE_VERSION = "1"
RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the door is made of.

    Attributes:
        read: Raw body and arrival time (ms since 1970) to a message; raises BadMessageError.
        answer: A question and our base URL to the JSON of its answer.
        report_key: Call id and body to the key of a body that is too large for the queue.
        public_base_url: Where Vapi reaches us, or None: where the request came to.
        last_resort: What an assistant-request is told when no answer can be made.
        knows: Whether a webhook of a call was ever accepted; raises StoreUnavailableError.
    """

    check: RequestCheck
    read: Callable[[bytes, int], ReceivedMessage]
    queue: FactQueue
    bodies: LargeBodies
    answer: Callable[[Question, str], str]
    report_key: Callable[[str, bytes], str]
    clock: Clock
    metrics: Metrics
    public_base_url: str | None
    last_resort: Mapping[str, object]
    knows: Callable[[str], bool]


def receive_webhook(request: RawRequest, door: Door) -> Response:
    """Receive one webhook.

    Args:
        request: As it came.
        door: The parts.

    Returns:
        What the sender is told.
    """
    if len(request.body) > LIMIT_BYTES:
        door.metrics.count("webhook_refused", reason="too_large")
        return _problem(413, "Content Too Large", f"A webhook may have {LIMIT_BYTES} bytes.")
    now_ms = door.clock.now_ms()
    try:
        refusal, delivery = door.check.check(request, now_ms)
    except CheckUnavailableError:
        door.metrics.count("webhook_refused", reason="no_secret")
        return _unavailable("Webhooks cannot be checked at the moment.")
    if refusal is not None:
        door.metrics.count("webhook_refused", reason=str(refusal))
        _note_deaf_call(request, now_ms, door)
        return UNAUTHORIZED
    try:
        message = door.read(request.body, now_ms)
    except BadMessageError as error:
        door.metrics.count("webhook_refused", reason="bad_message")
        return _problem(400, "Bad Request", f"{error}.", field=error.field)
    return _receive(message, request, delivery, now_ms, door)


def _note_deaf_call(request: RawRequest, now_ms: int, door: Door) -> None:
    """Count a refused webhook of a call that was let in before: we do not hear it any more.

    Vapi signs for the server of the phone number and not, it may be, for one that an answer
    names. The body proves nothing, so it is believed in nothing but this.
    """
    try:
        call_id = door.read(request.body, now_ms).call_id
        if call_id is not None and door.knows(call_id):
            door.metrics.count("call_gone_deaf")
    except (BadMessageError, StoreUnavailableError):
        return


def _receive(
    message: ReceivedMessage, request: RawRequest, delivery: str, now_ms: int, door: Door
) -> Response:
    door.metrics.count("webhook_accepted", type=message.kind)
    stored = _store(message, request.body, delivery, now_ms, door)
    if message.question is not None:
        base_url = door.public_base_url or f"https://{request.host}"
        return Response(200, _answer(replace(message.question, queued=stored), base_url, door))
    return ACKNOWLEDGED if stored else _unavailable("The message was not stored. Send it again.")


def _store(message: ReceivedMessage, body: bytes, delivery: str, now_ms: int, door: Door) -> bool:
    """Append the message to the queue; True when it is durable or belongs to no call."""
    if message.call_id is None:
        door.metrics.count("webhook_without_call", type=message.kind)
        return True
    attributes = {"version": MESSAGE_VERSION, "source": "vapi", "received_at_ms": str(now_ms)}
    if delivery:
        attributes["delivery"] = delivery
    text = message.text
    try:
        if len(body) > QUEUE_LIMIT_BYTES:
            attributes["report_key"] = door.report_key(message.call_id, body)
            door.bodies.put(attributes["report_key"], body)
            text = "{}"
        door.queue.send(text, attributes)
    except (QueueUnavailableError, StoreUnavailableError):
        door.metrics.count("webhook_unstored", type=message.kind)
        return False
    return True


def _answer(question: Question, base_url: str, door: Door) -> str:
    try:
        return door.answer(question, base_url)
    except Exception as error:  # noqa: BLE001 - a caller waits: whatever broke, say something sensible
        door.metrics.count("answer_failed", type=str(question.kind))
        log_broken("answer_failed", error)
        return json.dumps(_safe_default(question, door))


def _safe_default(question: Question, door: Door) -> Mapping[str, object]:
    if question.kind is QuestionKind.ASSISTANT:
        return {"error": SPOKEN_MOMENT} if question.for_visits else door.last_resort
    if question.kind in (QuestionKind.TOOLS, QuestionKind.FUNCTION):
        results = [
            {
                "toolCallId": call.tool_call_id or "",
                "name": call.name,
                "error": "This did not work. Say so and go on.",
            }
            for call in question.tool_calls
        ]
        return {"results": results}
    if question.kind is QuestionKind.PREDIAL:
        return {"eligible": False}
    return {"error": SPOKEN_APOLOGY}


def last_resort(squad_id: str | None, person_number: str | None) -> dict[str, object]:
    """What a caller gets when the configuration cannot be read.

    Args:
        squad_id: A saved squad, or None.
        person_number: E.164 number of a person, or None.

    Returns:
        An answer to assistant-request: the squad, else the person, else an apology.
    """
    if squad_id:
        return {"squadId": squad_id}
    if person_number:
        return {"destination": {"type": "number", "number": person_number}}
    return {"error": SPOKEN_APOLOGY}


def _problem(status: int, title: str, detail: str, field: str | None = None) -> Response:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if field:
        body["field"] = field
    return Response(status, json.dumps(body), content_type="application/problem+json")


def _unavailable(detail: str) -> Response:
    problem = _problem(503, "Service Unavailable", detail)
    return Response(
        problem.status, problem.body, problem.content_type, retry_after_seconds=RETRY_AFTER_SECONDS
    )


ACKNOWLEDGED = Response(200, "{}")
UNAUTHORIZED = _problem(
    401, "Unauthorized", "The request does not prove that it comes from a known sender."
)
