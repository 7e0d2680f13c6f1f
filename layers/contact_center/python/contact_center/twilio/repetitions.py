"""What makes one sending of a webhook a repetition of another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.kernel.ports import RawRequest
    from contact_center.twilio.forms import Form

IDEMPOTENCY_TOKEN = "i-twilio-idempotency-token"  # noqa: S105 - a header's name
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SUBJECTS = ("RecordingSid", "ConferenceSid", "CallSid")  # the narrowest that is named
_STEPS = ("SequenceNumber", "RecordingStatus", "StatusCallbackEvent", "CallStatus")


def repetition_key(request: RawRequest, form: Form) -> str:
    """The same for a webhook and for its repetitions, at most 512 characters.

    Twilio's token is the same for all tries of one request; without it a webhook is what it is
    about, at which address, and how far that has come. So of what is asked again and again by
    design, as a wait document is, only the token tells a question from its repetition.

    Args:
        request: One that was found genuine.
        form: What it says.
    """
    token = request.headers.get(IDEMPOTENCY_TOKEN, "")
    if _TOKEN.fullmatch(token):
        return f"token:{token}"
    subject = next(filter(None, map(form.text, _SUBJECTS)), "")
    step = next(filter(None, map(form.text, _STEPS)), "")
    return f"{subject[:64]}:{step[:64]}:{request.path[:380]}"
