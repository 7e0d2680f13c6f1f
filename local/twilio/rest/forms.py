"""Fields of a request, held to Twilio's OpenAPI and to what its documentation adds.

`operations.json` is made of the OpenAPI document (tests/contract/twilio/operation_table.py); a
test compares them where the document is at hand. `number_operations.json` is made in the same way
of a part that is not at hand there (docs/sources.md, Twilio); Twilio's client knows its fields.
`transcription_operations.json` says what that client asks of recordings' transcriptions.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.twilio.ids import E164, SIP
from local.twilio.rest.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

OPERATIONS = Path(__file__).with_name("operations.json")
NUMBER_OPERATIONS = Path(__file__).with_name("number_operations.json")
TRANSCRIPTION_OPERATIONS = Path(__file__).with_name("transcription_operations.json")
CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
CONFERENCE_EVENTS = ["start", "end", "join", "leave", "mute", "hold", "modify", "speaker"]
DETECTION = ["Enable", "DetectMessageEnd"]

# What Twilio's documentation says of a field beyond its type.
DOCUMENTED: dict[str, Json] = {
    "StatusCallbackEvent": {"enum": CALL_EVENTS},
    "ConferenceStatusCallbackEvent": {"enum": [*CONFERENCE_EVENTS, "announcement"]},
    "MachineDetection": {"enum": DETECTION},
    "AsyncAmd": {"enum": ["true", "false"]},
    "Beep": {"enum": ["true", "false", "onEnter", "onExit"]},
    "Timeout": {"min": 1, "max": 600},
    "TimeLimit": {"min": 1, "max": 86_400},
    "MachineDetectionTimeout": {"min": 3, "max": 59},
    "MachineDetectionSpeechThreshold": {"min": 1000, "max": 6000},
    "MachineDetectionSpeechEndThreshold": {"min": 500, "max": 5000},
    "MachineDetectionSilenceTimeout": {"min": 2000, "max": 10_000},
    "MaxParticipants": {"min": 2, "max": 250},
    "MaxSize": {"min": 1, "max": 5000},
    "SendDigits": {"pattern": "^[0-9*#wW]+$"},
    "Label": {"pattern": "^(?!CA[0-9a-f]{32}$)[^/]{1,128}$"},
    "FriendlyName": {"pattern": "^.{1,64}$"},
}
CODES = {
    "Url": 21205,
    "Method": 21209,
    "SendDigits": 21206,
    "Timeout": 21208,
    "To": 21211,
    "From": 21212,
    "MachineDetection": 21234,
    "FriendlyName": 20002,
    "Label": 16024,
    "PageSize": 20007,
}
MISSING = {
    "To": (21201, "No 'To' number is specified"),
    "From": (21213, "'From' phone number is missing"),
    "Url": (21205, "Url parameter is required."),
}
# What is taken and has no effect here; the log says so.
UNPLAYED = frozenset(
    {"Record", "ConferenceRecord", "RecordingStatusCallback", "SendDigits", "SipAuthUsername"}
    | {"Byoc", "CallReason", "ClientNotificationUrl", "EarlyMedia", "BeepOnExit", "Region"}
    | {"ApiVersion", "SmsApplicationSid", "SmsFallbackMethod", "SmsFallbackUrl", "SmsMethod"}
    | {"VoiceCallerIdLookup", "VoiceReceiveMode", "EmergencyStatus", "EmergencyAddressSid"}
    | {"IdentitySid", "AddressSid", "BundleSid", "Beta", "Origin"}
)
# Blank means silence, or takes away what is there.
SAID_BLANK = frozenset(
    {"WaitUrl", "VoiceUrl", "VoiceFallbackUrl", "SmsUrl", "VoiceApplicationSid", "TrunkSid"}
)
INVALID = 20422
UNKNOWN = 20001


@cache
def operations() -> dict[str, Json]:
    """Every operation that is simulated, by name."""
    table: dict[str, Json] = {}
    for file in (OPERATIONS, NUMBER_OPERATIONS, TRANSCRIPTION_OPERATIONS):
        table |= json.loads(file.read_text(encoding="utf-8"))
    return table


def read_fields(
    rules: Json, given: Sequence[tuple[str, str]], required: Sequence[str] = ()
) -> Json:
    """The fields of a query or a form, each as its type says.

    Args:
        rules: By name, as in `operations.json`.
        given: Names and values in the order they came.
        required: Names that must be there.

    Raises:
        RefusedError: A field is unknown, missing, given twice, or no such value.
    """
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in given:
        if name not in rules:
            raise RefusedError(UNKNOWN, f"Unknown parameter: {name}")
        values[name].append(value)
    for name in required:
        if not any(values.get(name, ())):
            raise RefusedError(*MISSING.get(name, (INVALID, f"Missing required parameter {name}")))
    read = {}
    for name, several in values.items():
        rule = rules[name] | DOCUMENTED.get(name, {})
        if len(several) > 1 and not rule.get("many"):
            raise _invalid(name, "was given more than once")
        each = [
            _value(name, rule, value) if value else value
            for value in several
            if value or name in SAID_BLANK
        ]
        if each:
            read[name] = each if rule.get("many") else each[0]
    return read


def _value(name: str, rule: Json, text: str) -> Any:  # noqa: ANN401 - as the rule says
    if "enum" in rule and text not in rule["enum"]:
        raise _invalid(name, f"must be one of {', '.join(rule['enum'])}")
    if "pattern" in rule and not re.fullmatch(rule["pattern"].strip("^$"), text):
        raise _invalid(name, "is not of the right form")
    match rule["type"]:
        case "integer":
            return _whole(name, rule, text)
        case "boolean":
            if text.lower() not in {"true", "false"}:
                raise _invalid(name, "must be true or false")
            return text.lower() == "true"
    if rule.get("format") == "uri" and text and not is_address(text):
        raise _invalid(name, "is not a valid URL")
    if rule.get("format") == "endpoint" and name == "To" and not is_endpoint(text):
        raise RefusedError(CODES["To"], f"The 'To' number {text} is not a valid phone number.")
    return text


def _whole(name: str, rule: Json, text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise _invalid(name, "must be a whole number")
    number = int(text)
    if number < rule.get("min", number) or number > rule.get("max", number):
        bounds = f"{rule.get('min', '')} to {rule.get('max', '')}"
        raise _invalid(name, f"must be a whole number, {bounds}")
    return number


def is_address(text: str) -> bool:
    """Whether a text is an absolute http address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


def is_endpoint(text: str) -> bool:
    """Whether a text is something that can be called."""
    return bool(E164.fullmatch(text) or SIP.fullmatch(text) or text.startswith("client:"))


def _invalid(name: str, why: str) -> RefusedError:
    return RefusedError(CODES.get(name, INVALID), f"Invalid parameter {name}: {why}")
