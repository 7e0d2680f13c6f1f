"""The owner's configuration as Vapi's JSON: CreateAssistantDTO and CreateSquadDTO. Pure.

An assistant is complete by itself, so that it can be saved or used alone (an outbound call).
One that calls out has two forms: in the squad it answers, by itself it calls, with an opening of
its own that says who calls, that it is a machine and how to opt out; the tools are the same.
What only makes sense among colleagues, the handoff tools, a squad member carries beside the
assistant in `assistantOverrides`; there a saved `assistantId` can take the assistant's place.
The squad carries no server: `vapi_overrides.with_server` names one when a call is answered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contact_center.configuration.call_outcomes import structured_output
from contact_center.configuration.placeholders import (
    placeholders,
    recording_notice,
    voicemail_message,
)
from contact_center.configuration.providers import another_provider, settings_of
from contact_center.kernel.data_classes import dataclass
from contact_center.vapi.assistants.overrides import CONTINUE
from contact_center.vapi.assistants.tools import handoff_tool, tools_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.configuration.toml import (
        AssistantToml,
        CompanyToml,
        OwnerConfig,
    )

Json = dict[str, Any]

_BLANKS = re.compile(r"\s+")  # a notice that is not given leaves a gap

# Exactly those that decide something (decision 58): each is paid for, and each is an event of its
# own. Whoever has callers first may act on words that are still being spoken; nobody else does.
WORDS, WHOLE_WORDS = "transcript", 'transcript[transcriptType="final"]'
SERVER_MESSAGES = (
    "assistant.started",
    "status-update",
    "user-interrupted",
    "tool-calls",
    "transfer-destination-request",
    "handoff-destination-request",
    "transfer-update",
    "hang",
    "end-of-call-report",
)


# In a row to who says nothing: he may look for an invoice, or wait while a colleague is rung. Vapi
# ends a call in which nobody has spoken for half a minute (its docs, call-timeout-settings).
MOST_PROMPTS = 5
# When the last minute of a call is told of. Vapi takes an hour at most, and forgets it when another
# assistant takes over (docs/sources.md, Vapi).
TIME_ELAPSED = "call.timeElapsed"
LAST_SECONDS = 60
MOST_HOOK_SECONDS = 3600


def build_assistants(config: OwnerConfig) -> dict[str, Json]:
    """Every configured assistant as it answers, by name.

    Args:
        config: The owner's files, checked together.

    Returns:
        CreateAssistantDTO bodies, each usable by itself.
    """
    return {
        name: _assistant(name, assistant, config)
        for name, assistant in sorted(config.assistants.items())
    }


def build_callers(config: OwnerConfig) -> dict[str, Json]:
    """Every assistant that may call out, as it calls, by name.

    Args:
        config: The owner's files, checked together.

    Returns:
        CreateAssistantDTO bodies without a voicemailMessage: whether one is left is the
        campaign's wish.
    """
    return {
        name: _caller(name, assistant, config)
        for name, assistant in sorted(config.assistants.items())
        if assistant.outbound
    }


def voicemail_messages(config: OwnerConfig) -> dict[str, str]:
    """What each assistant that may call out leaves on an answering machine, by name."""
    return {
        name: _filled(voicemail_message(assistant, config.company), placeholders(config))
        for name, assistant in sorted(config.assistants.items())
        if assistant.outbound
    }


def recorded_openings(config: OwnerConfig) -> dict[str, str]:
    """With what each assistant opens where calls are recorded, by name.

    One that calls people says where it is written that it is recorded, any other first of all.
    """
    answering, calling = build_assistants(config), {}
    for name, assistant in sorted(config.assistants.items()):
        if assistant.outbound:
            values = placeholders(config, recording_notice(assistant, config.company))
            said = (assistant.calling or assistant).first_message
            calling[name] = _BLANKS.sub(" ", _filled(said, values)).strip()
    return {
        name: calling.get(name)
        or f"{recording_notice(assistant, config.company)} {answering[name]['firstMessage']}"
        for name, assistant in sorted(config.assistants.items())
    }


def recording_notices(config: OwnerConfig) -> dict[str, str]:
    """What is said where calls are recorded, by assistant; "" stands for all others."""
    own = {
        name: each.recording_notice
        for name, each in sorted(config.assistants.items())
        if each.recording_notice is not None
    }
    return {"": config.company.recording.notice, **own}


def build_squad(config: OwnerConfig, assistants: Mapping[str, Json]) -> Json:
    """The squad that answers inbound calls: the entry assistant and one for each department.

    Args:
        config: The owner's files, checked together.
        assistants: What `build_assistants` made of them.

    Returns:
        A CreateSquadDTO body. The entry assistant comes first, because Vapi begins there; the
        departments follow in the owner's order.
    """
    serving = {
        department.assistant: department.description
        for department in config.departments.departments
        if department.assistant is not None
    }
    entry = config.company.entry_assistant
    descriptions = {entry: "The caller needs none of the departments, or is undecided.", **serving}
    plans = [assistants[name]["artifactPlan"] for name in descriptions]
    shared = plans[0] if all(plan == plans[0] for plan in plans) else None
    return {
        "name": "contact-center",
        "members": [
            {
                "assistant": _as_member(assistants[name], shared, begins=name == entry),
                "assistantOverrides": {
                    **({} if name == entry else CONTINUE),
                    "tools:append": [
                        handoff_tool(other, description)
                        for other, description in descriptions.items()
                        if other != name
                    ],
                },
            }
            for name in descriptions
        ],
        "membersOverrides": {
            "variableValues": {"resumeNote": ""},
            **({} if shared is None else {"artifactPlan": shared}),
        },
    }


def _as_member(assistant: Json, shared: Json | None, *, begins: bool) -> Json:
    """A member of a squad, without what another has for it: a ringing caller waits for less.

    The last minute is told of by who begins the call, and the squad asks the questions for all.
    Whether it records stays with each: Vapi's default is that it does.
    """
    if not begins:
        hooks = [hook for hook in assistant["hooks"] if hook["on"] != TIME_ELAPSED]
        assistant = {**assistant, "hooks": hooks}
    if shared is None:
        return assistant
    plan = {name: value for name, value in shared.items() if name != "structuredOutputs"}
    return {**assistant, "artifactPlan": plan}


def _assistant(name: str, assistant: AssistantToml, config: OwnerConfig) -> Json:
    company = config.company
    spoken = _Spoken(
        first_message=assistant.first_message,
        prompt=f"{assistant.prompt.strip()}\n\n{company.house_rules.strip()}",
    )
    return _merged(_built(name, assistant, config, spoken), assistant.vapi)


def _caller(name: str, assistant: AssistantToml, config: OwnerConfig) -> Json:
    company, calling = config.company, assistant.calling or assistant
    rules = company.outbound.rules.strip() if company.outbound else ""
    house_rules = company.house_rules.replace("{{resumeNote}}", "").strip()  # a new conversation
    spoken = _Spoken(
        first_message=calling.first_message,
        prompt=f"{calling.prompt.strip()}\n\n{house_rules}\n\n{rules}".strip(),
    )
    built = _built(name, assistant, config, spoken)
    if company.outbound:
        built["voicemailDetection"] = company.outbound.voicemail_detection
    return _merged(built, assistant.vapi)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """With what an assistant opens, and what it is told: the placeholders not filled in."""

    first_message: str
    prompt: str


def _built(name: str, assistant: AssistantToml, config: OwnerConfig, spoken: _Spoken) -> Json:
    company, values = config.company, placeholders(config)
    return {
        "name": name,
        "firstMessage": _BLANKS.sub(" ", _filled(spoken.first_message, values)).strip(),
        "firstMessageInterruptionsEnabled": True,  # Vapi's default is a deaf greeting
        "model": {
            **settings_of(company, assistant, "model"),
            "messages": [{"role": "system", "content": _filled(spoken.prompt, values)}],
            "tools": tools_of(assistant, config.departments),
        },
        "voice": settings_of(company, assistant, "voice"),
        "transcriber": settings_of(company, assistant, "transcriber"),
        **_turn_taking(assistant, company),
        "backgroundSpeechDenoisingPlan": {"smartDenoisingPlan": {"enabled": True}},
        "keypadInputPlan": {"enabled": True, "delimiters": "", "timeoutSeconds": 2},
        "hooks": [_silence_hook(company), *_last_minute_hook(assistant, company)],
        "maxDurationSeconds": company.max_call_minutes * 60,
        "artifactPlan": {
            "recordingEnabled": False,  # where it is true: recorded.py
            "structuredOutputs": [structured_output(config.call_outcomes)],
        },
        "backgroundSound": "off",  # Vapi's default on the telephone is the noise of an office
        # Nobody listens in; and no wiretap's address belongs into every webhook.
        "monitorPlan": {"listenEnabled": False, "controlEnabled": True},
        "serverMessages": [
            WORDS if name == company.entry_assistant else WHOLE_WORDS,
            *SERVER_MESSAGES,
        ],
    }


def _turn_taking(assistant: AssistantToml, company: CompanyToml) -> Json:
    """When to begin and when to stop speaking (DESIGN §6, "Vapi side").

    While a model decides that a caller has finished, the transcriber's `endpointing` does not:
    an assistant that sets its own has none (decision 16).
    """
    start: Json = {"waitSeconds": 0.4}
    english = company.language.startswith("en")  # the model behind it knows English only
    if english and "endpointing" not in assistant.transcriber:
        start["smartEndpointingPlan"] = {"provider": "livekit"}
    return {
        "startSpeakingPlan": start,
        "stopSpeakingPlan": {"numWords": 0, "voiceSeconds": 0.2, "backoffSeconds": 1},
    }


def _silence_hook(company: CompanyToml) -> Json:
    return {
        "on": "customer.speech.timeout",
        "options": {
            "timeoutSeconds": company.silence_seconds,
            "triggerMaxCount": MOST_PROMPTS,
            "triggerResetMode": "onUserSpeech",
        },
        "do": [{"type": "say", "exact": company.silence_prompt}],
    }


def _last_minute_hook(assistant: AssistantToml, company: CompanyToml) -> list[Json]:
    longest = assistant.vapi.get("maxDurationSeconds", company.max_call_minutes * 60)
    told_at = longest - min(LAST_SECONDS, longest // 2) if isinstance(longest, int) else 0
    if company.last_minute is None or not 0 < told_at <= MOST_HOOK_SECONDS:
        return []
    return [
        {
            "on": TIME_ELAPSED,
            "options": {"seconds": told_at},
            "do": [{"type": "say", "exact": company.last_minute}],
        }
    ]


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _merged(below: Json, above: Mapping[str, Any]) -> Json:
    merged = dict(below)
    for key, value in above.items():
        lower = merged.get(key)
        if isinstance(lower, dict) and isinstance(value, dict):
            merged[key] = value if another_provider(lower, value) else _merged(lower, value)
        else:
            merged[key] = value
    return merged
