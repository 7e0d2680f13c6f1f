"""What an owner may write in config/*.toml, and what is wrong with it, one line a mistake.

Used by the tools only: functions read the compiled file (`compiled_config`), which needs neither
pydantic nor TOML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from contact_center.configuration.calendar_toml import CalendarToml
from contact_center.configuration.call_outcomes_toml import CallOutcomesToml
from contact_center.configuration.hours_toml import HoursToml
from contact_center.configuration.people_toml import PeopleToml
from contact_center.configuration.queue_toml import QueueToml
from contact_center.configuration.reception_toml import ReceptionToml
from contact_center.configuration.redaction_toml import RedactionToml
from contact_center.configuration.tables import (
    E164,
    ConfigError,
    Digit,
    FunctionName,
    Name,
    Table,
    Text,
    checked,
    read_table,
    read_toml,
)
from contact_center.configuration.webhooks_toml import WebhooksToml
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PERSON = "person"


class PersonToml(Table):
    """How a caller reaches a human being. The telephone number is a setting, not config."""

    key: Annotated[str, Field(pattern="^person$")] = PERSON
    keypad: Digit | None = None
    description: Text
    aliases: list[Text] = ["human", "agent", "operator", "representative"]


class DepartmentToml(Table):
    """One department: served by an assistant, by people at a number, or by both."""

    key: Name
    name: Text
    description: Text
    assistant: Name | None = None
    number: E164 | None = None
    keypad: Digit | None = None
    aliases: list[Text] = []

    @model_validator(mode="after")
    def _somebody_serves_it(self) -> Self:
        if self.assistant is None and self.number is None:
            raise ValueError("needs an assistant or a number: somebody has to take the call")
        if self.key == PERSON:
            raise ValueError("key person is taken: it means any human being")
        return self


class DepartmentsToml(Table):
    """departments.toml."""

    default_department: Name
    person: PersonToml
    departments: Annotated[list[DepartmentToml], Field(min_length=1)]


class RecordingToml(Table):
    """What callers are told where calls are recorded, which is a setting (RECORDINGS)."""

    notice: Text


class OutboundToml(Table):
    """What all assistants share when it is us who call."""

    disclosure_words: Annotated[list[Text], Field(min_length=1)]
    call_back_number: Text
    rules: Text
    voicemail_message: Text
    voicemail_detection: dict[str, Any]


class CompanyToml(Table):
    """contact_center.toml: what every assistant shares."""

    company_name: Text
    language: Text
    hours: Text
    entry_assistant: Name
    max_call_minutes: Annotated[int, Field(ge=1, le=720)]  # Vapi: 10 to 43,200 seconds
    last_minute: Text | None = None
    silence_prompt: Text
    silence_seconds: Annotated[int, Field(ge=5, le=60)]
    house_rules: Text
    recording: RecordingToml
    outbound: OutboundToml | None = None
    voice: dict[str, Any]
    model: dict[str, Any]
    transcriber: dict[str, Any]


class ArgumentToml(Table):
    """One argument of a function tool."""

    type: Annotated[str, Field(pattern="^(string|number|integer|boolean)$")] = "string"
    description: Text
    required: bool = True
    choices: list[Text] = []


class FunctionToolToml(Table):
    """A tool that the webhook answers, or with `url` a server of the owner's own."""

    name: FunctionName
    description: Annotated[str, Field(min_length=1, max_length=1000)]
    url: Annotated[str, Field(pattern=r"^https://[^\s/]+")] | None = None
    arguments: dict[FunctionName, ArgumentToml] = {}


class CallingToml(Table):
    """What an assistant says and does otherwise when it is the one who calls."""

    first_message: Text
    prompt: Text
    voicemail_message: Text | None = None


class AssistantToml(Table):
    """assistants/<name>.toml; the file's name is the assistant's."""

    first_message: Text
    recording_notice: Text | None = None
    prompt: Text
    tools: list[Annotated[str, Field(pattern="^(routeToDepartment|transferCall|endCall)$")]]
    outbound: bool = False
    calling: CallingToml | None = None
    voice: dict[str, Any] = {}
    model: dict[str, Any] = {}
    transcriber: dict[str, Any] = {}
    function_tools: list[FunctionToolToml] = []
    vapi: dict[str, Any] = {}

    @model_validator(mode="after")
    def _somebody_is_called(self) -> Self:
        if self.calling is not None and not self.outbound:
            raise ValueError("outbound must be true where there is a calling table")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerConfig:
    """All of config/*.toml, each file right by itself.

    `policy` is without its tables `queue` and `redaction`.
    """

    company: CompanyToml
    departments: DepartmentsToml
    hours: HoursToml
    people: PeopleToml
    reception: ReceptionToml
    assistants: Mapping[str, AssistantToml]
    policy: Mapping[str, Any]
    queue: QueueToml
    call_outcomes: CallOutcomesToml
    redaction: RedactionToml
    calendar: CalendarToml
    webhooks: WebhooksToml


def read_config(folder: Path) -> OwnerConfig:
    """Read and validate every file of a configuration folder.

    Args:
        folder: Holds contact_center.toml, departments.toml, hours.toml, people.toml,
            reception.toml, call_outcomes.toml, calendar.toml, webhooks.toml, policy.toml and
            assistants/.

    Returns:
        The files' contents. What they must agree on is `config_rules.check_together`.

    Raises:
        ConfigError: Every mistake in every file, one line each.
    """
    mistakes: list[str] = []
    company = read_table(folder / "contact_center.toml", CompanyToml, mistakes)
    departments = read_table(folder / "departments.toml", DepartmentsToml, mistakes)
    hours = read_table(folder / "hours.toml", HoursToml, mistakes)
    people = read_table(folder / "people.toml", PeopleToml, mistakes)
    reception = read_table(folder / "reception.toml", ReceptionToml, mistakes)
    outcomes = read_table(folder / "call_outcomes.toml", CallOutcomesToml, mistakes)
    calendar = read_table(folder / "calendar.toml", CalendarToml, mistakes)
    webhooks = read_table(folder / "webhooks.toml", WebhooksToml, mistakes)
    policy = read_toml(folder / "policy.toml", "policy.toml", mistakes)
    assistants: dict[str, AssistantToml] = {}
    for path in sorted((folder / "assistants").glob("*.toml")):
        assistant = read_table(path, AssistantToml, mistakes, shown=f"assistants/{path.name}")
        if assistant is not None:
            assistants[path.stem] = assistant
    queue = _part_of(policy, "queue", QueueToml, mistakes)
    redaction = _part_of(policy, "redaction", RedactionToml, mistakes)
    if company is None or departments is None or hours is None or policy is None:
        raise ConfigError(mistakes)
    if people is None or reception is None or queue is None:
        raise ConfigError(mistakes)
    if outcomes is None or redaction is None or calendar is None:
        raise ConfigError(mistakes)
    if webhooks is None or mistakes:
        raise ConfigError(mistakes)
    return OwnerConfig(
        company=company,
        departments=departments,
        hours=hours,
        people=people,
        reception=reception,
        assistants=assistants,
        policy=policy,
        queue=queue,
        call_outcomes=outcomes,
        redaction=redaction,
        calendar=calendar,
        webhooks=webhooks,
    )


def _part_of[T: Table](
    policy: dict[str, Any] | None, name: str, model: type[T], mistakes: list[str]
) -> T | None:
    """A table of the policy that is no part of the conversation; it is taken out of it."""
    if policy is None:
        return None
    found = policy.pop(name, None)
    if not isinstance(found, dict):
        mistakes.append(f"policy.toml: {name} must be a table")
        return None
    return checked(found, model, mistakes, "policy.toml", name)
