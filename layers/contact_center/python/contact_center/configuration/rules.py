"""What the files of a configuration must agree on, and the compiled form of a configuration.

Each file may be right by itself and the whole still wrong: a department without its assistant,
two departments on one key of the telephone. Used by the tools only.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from contact_center.campaigns.domain.callbacks import CALLBACK_TOOL
from contact_center.configuration.calendar import calendar_mistakes
from contact_center.configuration.hours import hours_mistakes
from contact_center.configuration.outbound_rules import outbound_mistakes
from contact_center.configuration.people import people_mistakes
from contact_center.configuration.placeholders import placeholders
from contact_center.configuration.providers import MISSING, provider_mistakes, settings_of
from contact_center.configuration.queue import queue_mistakes
from contact_center.configuration.reception import reception_mistakes
from contact_center.configuration.webhooks import webhook_mistakes
from contact_center.conversations.domain.follow_ups import TAKE_MESSAGE
from contact_center.conversations.services.tools import ANSWERED_TOOLS
from contact_center.kernel.instants import CUSTOMER_TIME
from contact_center.permission.domain.opt_out import STOP_TOOL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contact_center.configuration.toml import AssistantToml, DepartmentsToml, OwnerConfig

MIN_EXAMPLES = 20

# Filled in during a call: ours, and those Vapi always has.
RUN_TIME_PLACEHOLDERS = frozenset(
    {"resumeNote", "customer.number", "customer.name", "now", "date", "time", "month", "day"}
    | {"year", "call.id", CUSTOMER_TIME}
)
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]*)")

# The top level of CreateAssistantDTO that an owner may set under [vapi]; what is missing here
# has a key of its own in the file, or is decided by the design.
VAPI_SETTINGS = frozenset(
    {
        "artifactPlan",
        "backgroundSound",
        "backgroundSpeechDenoisingPlan",
        "clientMessages",
        "compliancePlan",
        "credentialIds",
        "endCallMessage",
        "endCallPhrases",
        "firstMessageMode",
        "hooks",
        "keypadInputPlan",
        "maxDurationSeconds",
        "metadata",
        "modelOutputInMessagesEnabled",
        "observabilityPlan",
        "startSpeakingPlan",
        "stopSpeakingPlan",
        "transportConfigurations",
        "voicemailDetection",
    }
)

SPEAKS_FIRST = "assistant-speaks-first"
GENERATED = frozenset({"messages", "tools"})
NOWHERE = f"{MISSING}, here and in contact_center.toml"
_KINDS = ("voice", "model", "transcriber")


def disagreements(config: OwnerConfig, examples: Path) -> list[str]:
    """Every rule between the files that is broken, one line each, with file and key.

    Args:
        config: The files, each right by itself.
        examples: The folder of example utterances, one <department key>.txt each.

    Returns:
        Mistakes in the order of the files; empty when all is well.
    """
    found = [
        *_department_mistakes(config),
        *_clashes(config.departments),
        *_resume_mistakes(config),
        *_example_mistakes(config.departments, examples),
        *hours_mistakes(config),
        *calendar_mistakes(config.calendar),
        *webhook_mistakes(config.webhooks),
        *people_mistakes(config),
        *reception_mistakes(config),
        *queue_mistakes(config),
        *_assistant_mistakes(config),
        *outbound_mistakes(config),
    ]
    return list(dict.fromkeys(found))  # what all inherit is wrong once


def compiled_departments(departments: DepartmentsToml) -> dict[str, Any]:
    """The departments as `compiled_config` reads them."""
    person = departments.person
    return {
        "default": departments.default_department,
        "person": {"keypad": person.keypad, "aliases": [word.lower() for word in person.aliases]},
        "by_key": {
            each.key: {
                "name": each.name,
                "description": each.description,
                "assistant": each.assistant,
                "number": each.number,
                "keypad": each.keypad,
                "aliases": [word.lower() for word in each.aliases],
            }
            for each in departments.departments
        },
    }


def _department_mistakes(config: OwnerConfig) -> Iterator[str]:
    departments = config.departments
    entry = config.company.entry_assistant
    keys = [each.key for each in departments.departments]
    if departments.default_department not in keys:
        yield (
            f"departments.toml: default_department: no department has the key"
            f" {departments.default_department!r}; there are {', '.join(keys)}"
        )
    if entry not in config.assistants:
        yield f"contact_center.toml: entry_assistant: assistants/{entry}.toml is missing"
    for number, each in enumerate(departments.departments, start=1):
        where = f"departments.toml: departments #{number}.assistant"
        if each.assistant is not None and each.assistant not in config.assistants:
            yield f"{where}: assistants/{each.assistant}.toml is missing"
        if each.assistant == entry:
            yield f"{where}: {entry} is the entry assistant and serves no department"
    served = Counter(each.assistant for each in departments.departments if each.assistant)
    for name, times in served.items():
        if times > 1:
            yield f"departments.toml: assistant {name!r} serves {times} departments; one each"


def _clashes(departments: DepartmentsToml) -> Iterator[str]:
    """A key of the telephone and a word mean one thing."""
    person = departments.person
    keypads = Counter([person.keypad, *(each.keypad for each in departments.departments)])
    for digit, times in keypads.items():
        if digit is not None and times > 1:
            yield f"departments.toml: keypad: {digit!r} is given {times} times"
    words = Counter([person.key, *{alias.lower() for alias in person.aliases}])
    for each in departments.departments:
        words.update({each.key, each.name.lower(), *(alias.lower() for alias in each.aliases)})
    for word, times in words.items():
        if times > 1:
            yield f"departments.toml: {word!r} is the key, name or alias of {times} departments"


def _resume_mistakes(config: OwnerConfig) -> Iterator[str]:
    """The key that says yes to a question says nothing else."""
    key = config.policy.get("resume_key")
    others = {each.keypad: f"the keypad of {each.key}" for each in config.departments.departments}
    others[config.departments.person.keypad] = "the keypad of person"
    others[config.policy.get("opt_out_key")] = "opt_out_key"
    if isinstance(key, str) and key in others:
        yield f"policy.toml: resume_key: {key!r} is {others[key]} already"


def _example_mistakes(departments: DepartmentsToml, examples: Path) -> Iterator[str]:
    for key in [*(each.key for each in departments.departments), departments.person.key]:
        try:
            lines = (examples / f"{key}.txt").read_text(encoding="utf-8").splitlines()
        except OSError:
            yield f"examples/{key}.txt: is missing; write {MIN_EXAMPLES} utterances, a line each"
            continue
        count = sum(1 for line in lines if line.strip() and not line.lstrip().startswith("#"))
        if count < MIN_EXAMPLES:
            yield f"examples/{key}.txt: has {count} utterances, needs at least {MIN_EXAMPLES}"


def _assistant_mistakes(config: OwnerConfig) -> Iterator[str]:
    known = RUN_TIME_PLACEHOLDERS | placeholders(config).keys()
    company = {"house_rules": config.company.house_rules}
    if config.company.outbound is not None:
        company["outbound.rules"] = config.company.outbound.rules
        company["outbound.voicemail_message"] = config.company.outbound.voicemail_message
    for key, text in company.items():
        yield from _unknown_placeholders(f"contact_center.toml: {key}", text, known)
    for name, assistant in config.assistants.items():
        file = f"assistants/{name}.toml"
        for key, text in _texts(assistant):
            yield from _unknown_placeholders(f"{file}: {key}", text, known)
        yield from _setting_mistakes(file, assistant, config)
        yield from _tool_mistakes(file, assistant)


def _texts(assistant: AssistantToml) -> Iterator[tuple[str, str]]:
    yield "first_message", assistant.first_message
    yield "prompt", assistant.prompt
    if assistant.calling is not None:
        yield "calling.first_message", assistant.calling.first_message
        yield "calling.prompt", assistant.calling.prompt
        yield "calling.voicemail_message", assistant.calling.voicemail_message or ""


def _setting_mistakes(file: str, assistant: AssistantToml, config: OwnerConfig) -> Iterator[str]:
    for key in sorted(assistant.vapi.keys() - VAPI_SETTINGS):
        yield f"{file}: vapi.{key}: is not a setting of Vapi's that may be set here"
    entry = file == f"assistants/{config.company.entry_assistant}.toml"
    yield from _recording_mistakes(file, assistant, entry=entry)
    for key in sorted(GENERATED & assistant.model.keys()):
        yield f"{file}: model.{key}: is generated; use prompt, tools and function_tools"
    for kind in _KINDS:
        settings = settings_of(config.company, assistant, kind)
        for key, rule in provider_mistakes(kind, settings):
            where = f"{_file_of(key, kind, file, assistant, config)}: {kind}.{key}"
            yield f"{where}: {rule.replace(MISSING, NOWHERE, 1)}"


def _recording_mistakes(file: str, assistant: AssistantToml, *, entry: bool) -> Iterator[str]:
    """Nobody is recorded who was not told: by the first words of whoever takes the call."""
    plan = assistant.vapi.get("artifactPlan")
    if isinstance(plan, dict) and "recordingEnabled" in plan:
        yield f"{file}: vapi.artifactPlan.recordingEnabled: is the setting RECORDINGS"
    mode = assistant.vapi.get("firstMessageMode", SPEAKS_FIRST)
    if entry and mode != SPEAKS_FIRST:
        yield (
            f"{file}: vapi.firstMessageMode: must be {SPEAKS_FIRST}: whoever calls is told first"
            " that the call is recorded, where it is"
        )


def _file_of(key: str, kind: str, file: str, assistant: AssistantToml, config: OwnerConfig) -> str:
    """The file that says what is wrong: the assistant's own unless it was inherited."""
    name, own = key.partition(".")[0], getattr(assistant, kind)
    taken_over = name not in own and name in settings_of(config.company, assistant, kind)
    return "contact_center.toml" if taken_over else file


def _tool_mistakes(file: str, assistant: AssistantToml) -> Iterator[str]:
    for tool in assistant.function_tools:
        if tool.url is None and tool.name not in ANSWERED_TOOLS:
            yield (
                f"{file}: tools: nobody answers {tool.name}; give it a url, or use one of"
                f" {', '.join(sorted(ANSWERED_TOOLS))}"
            )
    generated = [TAKE_MESSAGE, STOP_TOOL, CALLBACK_TOOL]
    own = [tool.name for tool in assistant.function_tools]
    names = Counter([*assistant.tools, *own, *generated])
    for name, times in names.items():
        if times > 1:
            yield f"{file}: tools: {name} is there {times} times"


def _unknown_placeholders(where: str, text: str, known: frozenset[str]) -> Iterator[str]:
    for name in sorted(set(_PLACEHOLDER.findall(text)) - known):
        yield (
            f"{where}: {{{{{name}}}}} is not a known placeholder; Vapi would say nothing in its"
            f" place. Known: {', '.join(sorted(known))}"
        )
