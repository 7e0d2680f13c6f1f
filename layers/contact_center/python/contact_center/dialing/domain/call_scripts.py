"""Who speaks in a call and what is left on a voicemail, as configured at one time.

A campaign keeps the script it was started with: what an owner changes afterwards is for the
next campaign, so that nobody hears the wrong words for what they agreed to.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT_VERSION = 1


class BadScriptError(Exception):
    """What is stored is no script, or one of a newer release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An assistant as it will speak.

    Attributes:
        assistant: Its key in the configuration, or Vapi's id of it.
        saved_id: Vapi's id when it is saved there; its words are then kept there.
        body: Vapi's CreateAssistantDTO, to be sent along whole; empty with `saved_id`.
        voicemail_message: What it leaves on a voicemail; None: nothing is configured.
    """

    assistant: str
    saved_id: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    voicemail_message: str | None = field(default=None, repr=False)


def script_json(script: Script) -> dict[str, object]:
    """A script as it is stored with its campaign."""
    return {
        "version": SCRIPT_VERSION,
        "assistant": script.assistant,
        "savedId": script.saved_id,
        "body": dict(script.body),
        "voicemailMessage": script.voicemail_message,
    }


def read_script(stored: Mapping[str, object]) -> Script:
    """Read a stored script back.

    Raises:
        BadScriptError: It is none, or one of a newer release.
    """
    version, assistant, saved_id, body, message = (
        stored.get(name) for name in ("version", "assistant", "savedId", "body", "voicemailMessage")
    )
    if not isinstance(version, int) or version > SCRIPT_VERSION:
        raise BadScriptError
    if not isinstance(assistant, str) or not isinstance(body, dict):
        raise BadScriptError
    if not isinstance(saved_id, str | None) or not isinstance(message, str | None):
        raise BadScriptError
    if not body and saved_id is None:
        raise BadScriptError
    return Script(assistant=assistant, saved_id=saved_id, body=body, voicemail_message=message)


def as_recorded_now(script: Script, notices: Mapping[str, str]) -> Script:
    """A script that was kept, as calls are recorded now: whoever is recorded is told so first.

    Args:
        script: As it was when its campaign was started. What is saved at Vapi is as it is there.
        notices: By assistant, what is said where calls are recorded, "" for all others; empty:
            they are not.
    """
    if script.saved_id is not None:
        return script
    body, plan = dict(script.body), dict(script.body.get("artifactPlan") or {})
    if notices and not plan.get("recordingEnabled"):
        notice = notices.get(script.assistant, notices[""])
        body["firstMessage"] = f"{notice} {body.get('firstMessage') or ''}".strip()
    body["artifactPlan"] = {**plan, "recordingEnabled": bool(notices)}
    return replace(script, body=body)
