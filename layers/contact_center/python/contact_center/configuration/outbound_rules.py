"""What an assistant that calls people must say and must be able to hear. Used by the tools only.

Who calls, that it is a machine, and how to opt out: an artificial voice has to say so at the
start, and its opt-out has to work by voice or key (docs/sources.md, dialing, 47 CFR 64.1200(b) and
FCC 24-17). No assistant without it is compiled, so none without it can call.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.configuration.placeholders import voicemail_message
from contact_center.configuration.providers import inherited, provider_mistakes
from contact_center.permission.domain.opt_out import STOP_TOOL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.configuration.toml import AssistantToml, OutboundToml, OwnerConfig

DETECTION = "voicemailDetection"
LONGEST_VOICEMAIL_MESSAGE = 1_000  # Vapi's own

_COMPANY = "companyName"
_NUMBER = "callBackNumber"
_NOTICE = "recordingNotice"
_PHRASE, _KEY = "optOutPhrase", "optOutKey"


def outbound_mistakes(config: OwnerConfig) -> Iterator[str]:
    """Every rule for calling people that is broken, one line each, with file and key.

    Args:
        config: The files, each right by itself.
    """
    callers = {name: each for name, each in config.assistants.items() if each.outbound}
    if not callers:
        return
    yield from _key_mistakes(config)
    outbound = config.company.outbound
    if outbound is None:
        yield (
            f"contact_center.toml: outbound: is missing; assistants/{min(callers)}.toml calls out"
        )
        return
    for name, assistant in callers.items():
        yield from _caller_mistakes(f"assistants/{name}.toml", assistant, outbound, config)


def _key_mistakes(config: OwnerConfig) -> Iterator[str]:
    """One key of the telephone cannot mean a department and the end of all calls."""
    key = config.policy.get("opt_out_key")
    keypads = {each.keypad: each.key for each in config.departments.departments}
    keypads[config.departments.person.keypad] = config.departments.person.key
    if isinstance(key, str) and key in keypads:
        yield f"policy.toml: opt_out_key: {key!r} is the keypad of {keypads[key]} already"


def _caller_mistakes(
    file: str, assistant: AssistantToml, outbound: OutboundToml, config: OwnerConfig
) -> Iterator[str]:
    where = "calling." if assistant.calling else ""
    calling = assistant.calling or assistant
    opening = f"{file}: {where}first_message"
    yield from _disclosure_mistakes(opening, calling.first_message, outbound)
    for name in (_PHRASE, _KEY):
        if not _has(calling.first_message, name):
            yield f"{opening}: must say how to opt out: {{{{{name}}}}} is missing"
    if not _has(calling.first_message, _NOTICE):
        yield f"{opening}: must say when the call is recorded: {{{{{_NOTICE}}}}} is missing"
    if STOP_TOOL not in calling.prompt and STOP_TOOL not in outbound.rules:
        yield (
            f"contact_center.toml: outbound.rules: must tell when to call {STOP_TOOL}, or else"
            f" {where}prompt in {file}"
        )
    yield from _machine_mistakes(file, assistant, outbound, config)
    if "firstMessageMode" in assistant.vapi:
        yield f"{file}: vapi.firstMessageMode: may not be set here: the opening must be spoken"
    keypad = assistant.vapi.get("keypadInputPlan")
    if isinstance(keypad, dict) and keypad.get("enabled") is False:
        yield f"{file}: vapi.keypadInputPlan.enabled: must be true: a key must work to opt out"


def _machine_mistakes(
    file: str, assistant: AssistantToml, outbound: OutboundToml, config: OwnerConfig
) -> Iterator[str]:
    """An answering machine can press no key: it is given a number."""
    own = assistant.calling is not None and assistant.calling.voicemail_message is not None
    where = (
        f"{file}: calling.voicemail_message"
        if own
        else "contact_center.toml: outbound.voicemail_message"
    )
    message = voicemail_message(assistant, config.company)
    yield from _disclosure_mistakes(where, message, outbound)
    if not _has(message, _NUMBER):
        yield f"{where}: must say how to opt out: {{{{{_NUMBER}}}}} is missing"
    if len(message) > LONGEST_VOICEMAIL_MESSAGE:
        yield f"{where}: must have at most {LONGEST_VOICEMAIL_MESSAGE} characters"
    yield from _detection_mistakes(file, assistant, outbound)


def _detection_mistakes(
    file: str, assistant: AssistantToml, outbound: OutboundToml
) -> Iterator[str]:
    detection = outbound.voicemail_detection
    for key, rule in provider_mistakes(DETECTION, detection):
        yield f"contact_center.toml: outbound.voicemail_detection.{key}: {rule}"
    own = assistant.vapi.get(DETECTION)
    if isinstance(own, dict):
        for key, rule in provider_mistakes(DETECTION, inherited(detection, own)):
            yield f"{file}: vapi.{DETECTION}.{key}: {rule}"


def _disclosure_mistakes(where: str, text: str, outbound: OutboundToml) -> Iterator[str]:
    if not _has(text, _COMPANY):
        yield f"{where}: must say who calls: {{{{{_COMPANY}}}}} is missing"
    words = outbound.disclosure_words
    if not any(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) for word in words):
        yield f"{where}: must say that a machine speaks, with one of: {', '.join(words)}"


def _has(text: str, placeholder: str) -> bool:
    return re.search(rf"\{{\{{\s*{placeholder}\s*\}}\}}", text) is not None
