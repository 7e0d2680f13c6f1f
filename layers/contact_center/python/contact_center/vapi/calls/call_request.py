"""What one POST /call says (Vapi §3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain.voicemail import LEAVE_MESSAGE
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.dialing.services.voice_ports import CallRequest

DETECTION: Mapping[str, object] = {"provider": "vapi"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingAccount:
    """With what we call.

    Attributes:
        phone_number_id: Vapi's id of the number that calls when a request names none.
    """

    phone_number_id: str | None


def call_body(request: CallRequest, account: CallingAccount) -> bytes:
    """The body of a POST /call as JSON.

    An assistant that is sent along names no server: Vapi signs nothing for a server that comes
    in a request, so its messages go to the server of the phone number.
    """
    metadata = {"attemptId": request.name}
    if request.campaign_id is not None:
        metadata["campaignId"] = request.campaign_id
    if request.timezone is not None:
        metadata["timezone"] = request.timezone  # what is agreed on in the call is judged by it
    overrides: dict[str, object] = {
        "variableValues": dict(request.variables),
        "metadata": metadata,
    }
    script = request.script
    if script.saved_id is None:
        who: dict[str, object] = {"assistant": _with_voicemail(script.body, request)}
    else:
        who = {"assistantId": script.saved_id}
        overrides = _with_voicemail(overrides, request)
    body: dict[str, object] = {
        **who,
        "name": request.name,
        "customer": {"number": request.number},
        "assistantOverrides": overrides,
    }
    phone_number_id = request.phone_number_id or account.phone_number_id
    if phone_number_id is not None:
        body["phoneNumberId"] = phone_number_id
    return json.dumps(body).encode("ascii")


def _with_voicemail(said: Mapping[str, Any], request: CallRequest) -> dict[str, object]:
    """An assistant, or what overrides one, with what an answering machine hears.

    A machine is told apart in any case; without a message Vapi hangs up on it.
    """
    detection = said.get("voicemailDetection")
    known = detection if isinstance(detection, dict) else dict(DETECTION)
    spoken = {**said, "voicemailDetection": known}
    spoken.pop("voicemailMessage", None)
    message = request.script.voicemail_message
    if request.voicemail == LEAVE_MESSAGE and message is not None:
        spoken["voicemailMessage"] = message
    return spoken
