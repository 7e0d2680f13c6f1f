"""Twilio's door: who speaks, what it is about, and what the caller's leg does next.

check     403   one answer for every reason, the size among them; the reason is a metric
voice     200   whatever breaks inside: words that are true, and somewhere to go on
status    200   once it is written down; 503: Twilio tells it again, if it is asked to (#rc, #rp)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.ports import (
    CheckUnavailableError,
    PassingError,
    Response,
    StoreRefusedError,
)
from contact_center.kernel.spoken import SPOKEN_APOLOGY
from contact_center.queue.domain.wait_documents import RESULT_PATH, WAIT_PATH
from contact_center.queue.services.wait_in_queue import what_to_hear
from contact_center.reception.services.admit import admit
from contact_center.reception.services.follow_visit import (
    assistant_let_go,
    hear_of_leg,
    message_left,
    number_ended,
)
from contact_center.reception.services.leave_music import leave_music
from contact_center.twilio.addresses import (
    IN_MUSIC,
    callback_label,
    dialled_at,
    is_news_of_callback,
    is_news_of_person,
    person_label,
)
from contact_center.twilio.twiml import CONTENT_TYPE
from contact_center.twilio.webhooks import (
    leg_of,
    read_caller,
    read_dial_end,
    read_message,
    read_status,
    read_transcript,
    read_wait_end,
)
from contact_center.visits.domain.courtesies import (
    AFTER_ASSISTANT,
    AFTER_MESSAGE,
    AFTER_NUMBER,
    RECORDED,
    STILL_HERE,
    TRANSCRIBED,
    VOICE,
)
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.legs import ENDS, WaitEnd
from contact_center.visits.domain.visit_parts import visit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.kernel.ports import Clock, Metrics, RawRequest
    from contact_center.reception.services.colleagues.person_desk import PersonDesk
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.twilio.forms import Form
    from contact_center.twilio.webhook_check import WebhookCheck

STATUS_PATHS = frozenset({"/twilio/call-status", "/webhook/call-completed"})
NOTHING = "<Response/>"
LEAVE = "<Response><Leave/></Response>"  # the music: the little that may be said there
LAST_RESORT = f"<Response><Say>{SPOKEN_APOLOGY}</Say><Hangup/></Response>"
_OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioDoor:
    """What the door is made of.

    Attributes:
        check: None: nothing can be genuine, for nobody knows under which address we are reached.
        account_sid: Whose webhooks are taken; None: all that are signed with our key.
        reception: What serves callers, made when one first rings; None: their calls are not ours.
        people: What serves colleagues, made alike; None: there is none.
        is_colleague: Whether who calls from a number, or an address of SIP, is asked for a PIN.
        not_here: What is said then.
    """

    check: WebhookCheck | None
    account_sid: str | None
    reception: Callable[[], Reception] | None
    people: Callable[[], PersonDesk] | None
    is_colleague: Callable[[str | None], bool]
    not_here: Callable[[], str]
    clock: Clock
    metrics: Metrics


def answer_twilio(request: RawRequest, door: TwilioDoor) -> Response:
    """Answer one webhook of Twilio's."""
    now_ms = door.clock.now_ms()
    try:
        form = _genuine(request, now_ms, door)
    except CheckUnavailableError:
        door.metrics.count("webhook_refused", reason="no_secret")
        return _problem(503, "Service Unavailable", "Webhooks cannot be checked at the moment.")
    if form is None:
        return FORBIDDEN
    door.metrics.count("webhook_accepted", path=_label(request.path))
    if _is_news(request.path):
        return _status(request.path, form, now_ms, door)
    return Response(200, _spoken(request, form, door), CONTENT_TYPE)


def _genuine(request: RawRequest, now_ms: int, door: TwilioDoor) -> Form | None:
    """What a webhook says, or None: it is refused."""
    if door.check is None:
        door.metrics.count("webhook_refused", reason="no_public_base_url")
        return None
    refusal, form = door.check.check(request, now_ms)
    reason = None if refusal is None else str(refusal)
    if reason is None and door.account_sid not in {None, form.text("AccountSid")}:
        reason = "another_account"
    if reason is not None:
        door.metrics.count("webhook_refused", reason=reason)
        return None
    return form


def _label(path: str) -> str:
    if _tells_of_wait(path):
        return WAIT_PATH
    if (label := person_label(path) or callback_label(path)) is not None:
        return label
    if dialled_at(path) is not None:
        return AFTER_ASSISTANT
    return path if path in _VOICE_PATHS or _is_news(path) else "unknown"


def _is_news(path: str) -> bool:
    of_message = path in {RECORDED, TRANSCRIBED}
    return path in STATUS_PATHS or of_message or _is_news_of_another(path)


def _is_news_of_another(path: str) -> bool:
    return is_news_of_person(path) or is_news_of_callback(path)


def _tells_of_wait(path: str) -> bool:
    return path == WAIT_PATH or path.startswith(f"{WAIT_PATH}/")


def _status(path: str, form: Form, now_ms: int, door: TwilioDoor) -> Response:
    if door.reception is None:
        return Response(200, NOTHING, CONTENT_TYPE)
    try:
        _hear(path, form, now_ms, door.reception(), door)
    except BadMessageError as error:
        door.metrics.count("bad_message")
        return _problem(400, "Bad Request", f"{error}.", field=error.field)
    except (PassingError, StoreRefusedError):
        door.metrics.count("status_unstored")
        detail = "It was not written down. Tell it again."
        return _problem(503, "Service Unavailable", detail)
    return Response(200, NOTHING, CONTENT_TYPE)


def _hear(path: str, form: Form, now_ms: int, reception: Reception, door: TwilioDoor) -> None:
    if is_news_of_person(path):
        if door.people is not None:
            from contact_center.twilio.person_routes import take_note  # noqa: PLC0415 - _seldom_asked

            take_note(path, form, now_ms, door.people())
        return
    if is_news_of_callback(path):
        from contact_center.twilio.callback_routes import take_callback_note  # noqa: PLC0415

        desk = None if door.people is None else door.people()
        take_callback_note(path, form, now_ms, reception, desk)
        return
    if path in {RECORDED, TRANSCRIBED}:
        _hear_of_message(path, form, now_ms, reception)
        return
    told = read_status(form, now_ms)
    of_a_visit = hear_of_leg(told, now_ms, reception)
    if not told.ended or door.people is None:
        return
    if of_a_visit:
        door.people().caller_left(visit_of(told.leg))
    elif door.is_colleague(read_caller(form).telephone):
        door.people().telephone_free()


def _hear_of_message(path: str, form: Form, now_ms: int, reception: Reception) -> None:
    if path == RECORDED:
        message_left(read_message(form), reception)
        return
    from contact_center.visits.services.left_messages import message_understood  # noqa: PLC0415

    told = read_transcript(form)
    message_understood(told, now_ms, reception.visits, reception.redaction())


def _spoken(request: RawRequest, form: Form, door: TwilioDoor) -> str:
    path = request.path
    try:
        if door.reception is None:
            door.metrics.count("call_not_ours")
            return door.not_here()
        if _tells_of_wait(path):
            return _waits(path, form, door.reception())
        said = _seldom_asked(request, form, door, door.reception())
        return _of_caller(path, form, door.reception()) if said is None else said
    except Exception as error:  # noqa: BLE001 - a caller waits: whatever broke, say what is true
        door.metrics.count("answer_failed", path=_label(path))
        door.metrics.count("caller_heard_sorry")
        log("ERROR", "answer broken", None, error=type(error).__name__, place=place_of(error))
        return LEAVE if _tells_of_wait(path) or path in IN_MUSIC else _sorry(door)


def _of_caller(path: str, form: Form, reception: Reception) -> str:
    if path not in _VOICE_PATHS:
        raise BadMessageError("path", "must be an address of ours")
    return _VOICE_PATHS[path](form, reception)


def _seldom_asked(
    request: RawRequest, form: Form, door: TwilioDoor, reception: Reception
) -> str | None:
    """What people hear, those whose place is kept, and who comes back from a call by SIP.

    None: it is none of them.

    What serves them is loaded when one of them is there first: no caller's first ring waits for it.
    """
    path = request.path
    if (number := dialled_at(path)) is not None:
        from contact_center.reception.services.dialled_assistant import (  # noqa: PLC0415
            dialled_assistant_ended,
        )

        return dialled_assistant_ended(read_dial_end(form), number, reception) or NOTHING
    if callback_label(path) is not None:
        from contact_center.twilio.callback_routes import callback_document  # noqa: PLC0415

        desk = None if door.people is None else door.people()
        said = callback_document(path, form, reception, desk)
        return door.not_here() if said is None else said
    a_person = person_label(path) is not None or (
        path == VOICE and door.is_colleague(read_caller(form).telephone)
    )
    if door.people is None or not a_person:
        return None
    from contact_center.twilio.person_routes import person_document  # noqa: PLC0415

    return person_document(request, form, door.people(), reception)


def _sorry(door: TwilioDoor) -> str:
    if door.reception is None:
        return LAST_RESORT
    try:
        reception = door.reception()
        words = reception.courtesies.sorry(reception.department, reception.caller_id)
        return reception.document(words)
    except Exception:  # noqa: BLE001 - not even the configuration can be read
        return LAST_RESORT


def _came(form: Form, reception: Reception) -> str:
    return admit(read_caller(form), reception)


def _after_assistant(form: Form, reception: Reception) -> str:
    if form.text("CallStatus") in _OVER:  # he has hung up himself
        return NOTHING
    return assistant_let_go(leg_of(form), reception, here=False)


def _still_here(form: Form, reception: Reception) -> str:
    if form.text("CallStatus") in _OVER:
        return NOTHING
    return assistant_let_go(leg_of(form), reception)


def _after_number(form: Form, reception: Reception) -> str:
    told = read_dial_end(form)
    steps = number_ended(told, reception)
    return NOTHING if told.status in ENDS else reception.document(steps)


def _after_message(form: Form, reception: Reception) -> str:
    return reception.document(message_left(read_message(form), reception))


def _waits(path: str, form: Form, reception: Reception) -> str:
    told = path.removeprefix(WAIT_PATH).removeprefix("/")
    heard = what_to_hear(visit_of(leg_of(form)), told, reception.queue)
    return (reception.wait_document or reception.document)(heard.instructions)


def _left_music(form: Form, reception: Reception) -> str:
    if form.text("CallStatus") in _OVER:
        return NOTHING
    ended = read_wait_end(form) if form.text("QueueResult") else None  # none: sent by us
    if ended is not None and ended.how is WaitEnd.REDIRECTED:
        # Told of who was sent elsewhere, and followed by nobody: whoever came would be here still.
        return reception.document([GoTo(RESULT_PATH)])
    broke = ended is not None and ended.how in {WaitEnd.FULL, WaitEnd.FAILED}
    return leave_music(leg_of(form), reception, broke=broke)


def _problem(status: int, title: str, detail: str, **more: str) -> Response:
    said = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(status, json.dumps(said), "application/problem+json")


FORBIDDEN = _problem(403, "Forbidden", "The request does not prove that it comes from Twilio.")

_VOICE_PATHS: Mapping[str, Callable[[Form, Reception], str]] = {
    VOICE: _came,
    AFTER_ASSISTANT: _after_assistant,
    STILL_HERE: _still_here,
    AFTER_NUMBER: _after_number,
    AFTER_MESSAGE: _after_message,
    RESULT_PATH: _left_music,
}
