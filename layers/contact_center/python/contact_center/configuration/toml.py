"""What an owner may write in config/*.toml, and what is wrong with it, one line a mistake.

Used by the tools only: functions read the compiled file (`compiled_config`), which needs neither
pydantic nor TOML. Each table of a file is one model here, and a key nobody reads is refused,
because a misspelt key that is silently ignored is the mistake an owner cannot find.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

PERSON = "person"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]  # Vapi's limit is 40
Text = Annotated[str, Field(min_length=1)]
Digit = Annotated[str, Field(pattern=r"^[0-9]$")]
E164 = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
FunctionName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$")]

# What a person would have to know of pydantic's words, said in the owner's.
_RULES = {
    "extra_forbidden": "is not a key of this table",
    "missing": "is missing",
    "string_too_short": "must not be empty",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_-]{0,39}$": "must be 1 to 40 lower-case letters, digits, - or _,"
    " beginning with a letter",
    r"^[0-9]$": "must be one digit, in quotes",
    r"^\+[1-9][0-9]{6,14}$": "must be a number in E.164 form, such as +14155550100",
    r"^https://[^\s/]+": "must be an address that begins with https://",
    r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$": "must be letters, digits, - or _, beginning with a letter",
}


class ConfigError(Exception):
    """The configuration is wrong: `mistakes` holds one line each, with file, key and rule."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PersonToml(_Table):
    """How a caller reaches a human being. The telephone number is a setting, not config."""

    key: Annotated[str, Field(pattern="^person$")] = PERSON
    keypad: Digit | None = None
    description: Text
    aliases: list[Text] = ["human", "agent", "operator", "representative"]


class DepartmentToml(_Table):
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


class DepartmentsToml(_Table):
    """departments.toml."""

    default_department: Name
    person: PersonToml
    departments: Annotated[list[DepartmentToml], Field(min_length=1)]


class RecordingToml(_Table):
    """Whether Vapi records calls, and what callers are told of it."""

    enabled: bool = False
    notice: str = ""

    @model_validator(mode="after")
    def _callers_are_told(self) -> Self:
        if self.enabled and not self.notice.strip():
            raise ValueError("notice must not be empty while enabled is true")
        return self


class OutboundToml(_Table):
    """What all assistants share when it is us who call."""

    disclosure_words: Annotated[list[Text], Field(min_length=1)]
    call_back_number: Text
    rules: Text
    voicemail_message: Text
    voicemail_detection: dict[str, Any]


class CompanyToml(_Table):
    """contact_center.toml: what every assistant shares."""

    company_name: Text
    language: Text
    hours: Text
    entry_assistant: Name
    max_call_minutes: Annotated[int, Field(ge=1, le=720)]  # Vapi: 10 to 43,200 seconds
    silence_prompt: Text
    silence_seconds: Annotated[int, Field(ge=5, le=60)]
    house_rules: Text
    recording: RecordingToml
    outbound: OutboundToml | None = None
    voice: dict[str, Any]
    model: dict[str, Any]
    transcriber: dict[str, Any]


class ArgumentToml(_Table):
    """One argument of a function tool."""

    type: Annotated[str, Field(pattern="^(string|number|integer|boolean)$")] = "string"
    description: Text
    required: bool = True
    choices: list[Text] = []


class FunctionToolToml(_Table):
    """A tool that the webhook answers, or with `url` a server of the owner's own."""

    name: FunctionName
    description: Annotated[str, Field(min_length=1, max_length=1000)]
    url: Annotated[str, Field(pattern=r"^https://[^\s/]+")] | None = None
    arguments: dict[FunctionName, ArgumentToml] = {}


class CallingToml(_Table):
    """What an assistant says and does otherwise when it is the one who calls."""

    first_message: Text
    prompt: Text
    voicemail_message: Text | None = None


class AssistantToml(_Table):
    """assistants/<name>.toml; the file's name is the assistant's."""

    first_message: Text
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
    """All of config/*.toml, each file right by itself."""

    company: CompanyToml
    departments: DepartmentsToml
    assistants: Mapping[str, AssistantToml]
    policy: Mapping[str, Any]


def read_config(folder: Path) -> OwnerConfig:
    """Read and validate every file of a configuration folder.

    Args:
        folder: Holds contact_center.toml, departments.toml, policy.toml and assistants/.

    Returns:
        The files' contents. What they must agree on is `config_rules.check_together`.

    Raises:
        ConfigError: Every mistake in every file, one line each.
    """
    mistakes: list[str] = []
    company = _read(folder / "contact_center.toml", CompanyToml, mistakes)
    departments = _read(folder / "departments.toml", DepartmentsToml, mistakes)
    policy = _toml(folder / "policy.toml", "policy.toml", mistakes)
    assistants: dict[str, AssistantToml] = {}
    for path in sorted((folder / "assistants").glob("*.toml")):
        assistant = _read(path, AssistantToml, mistakes, shown=f"assistants/{path.name}")
        if assistant is not None:
            assistants[path.stem] = assistant
    if mistakes or company is None or departments is None or policy is None:
        raise ConfigError(mistakes)
    return OwnerConfig(
        company=company, departments=departments, assistants=assistants, policy=policy
    )


def _read[T: _Table](
    path: Path, model: type[T], mistakes: list[str], shown: str | None = None
) -> T | None:
    name = shown or path.name
    found = _toml(path, name, mistakes)
    if found is None:
        return None
    try:
        return model.model_validate(found)
    except ValidationError as error:
        mistakes.extend(f"{name}: {_mistake(detail)}" for detail in error.errors())
        return None


def _toml(path: Path, name: str, mistakes: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        mistakes.append(f"{name}: the file is missing")
    except UnicodeDecodeError:
        mistakes.append(f"{name}: not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{name}: not TOML: {error}")
    return None


def _mistake(detail: ErrorDetails) -> str:
    key = ".".join(f"#{step + 1}" if isinstance(step, int) else step for step in detail["loc"])
    context = detail.get("ctx", {})
    rule = _RULES.get(detail["type"]) or _PATTERNS.get(str(context.get("pattern", "")))
    if rule is None:
        rule = detail["msg"].removeprefix("Value error, ")
        rule = rule[0].lower() + rule[1:]
    return f"{key}: {rule}" if key else rule
