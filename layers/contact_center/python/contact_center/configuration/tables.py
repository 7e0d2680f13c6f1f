"""What every file of an owner's has in common: strict tables, and mistakes in the owner's words.

Used by the tools only. Each table of a file is one model, and a key nobody reads is refused,
because a misspelt key that is silently ignored is the mistake an owner cannot find.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

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
    "^(message|voicemail|callback|number)$": "must be message, voicemail, callback or number",
    "^(message|voicemail|number)$": "must be message, voicemail or number",
    r"^https://[^\s/]+": "must be an address that begins with https://",
    r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$": "must be letters, digits, - or _, beginning with a letter",
}


class ConfigError(Exception):
    """The configuration is wrong: `mistakes` holds one line each, with file, key and rule."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class Table(BaseModel):
    """One table of a file: a key nobody reads is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def read_table[T: Table](
    path: Path, model: type[T], mistakes: list[str], shown: str | None = None
) -> T | None:
    """One file, read into its model.

    Args:
        path: The file.
        model: Of the whole file.
        mistakes: Gets a line for each; then None is returned.
        shown: How the file is called in them, by default its own name.
    """
    name = shown or path.name
    found = read_toml(path, name, mistakes)
    return None if found is None else checked(found, model, mistakes, name)


def checked[T: Table](
    found: Mapping[str, Any], model: type[T], mistakes: list[str], name: str, key: str = ""
) -> T | None:
    """A table that was read, as its model.

    Args:
        found: The table.
        model: Of it.
        mistakes: Gets a line for each; then None is returned.
        name: How the file is called in them.
        key: Of the table, where it is a part of the file.
    """
    try:
        return model.model_validate(found)
    except ValidationError as error:
        where = f"{name}: {key}." if key else f"{name}: "
        mistakes.extend(f"{where}{_mistake(detail)}" for detail in error.errors())
        return None


def read_toml(path: Path, name: str, mistakes: list[str]) -> dict[str, Any] | None:
    """One file, parsed; a mistake is added to `mistakes`, and None returned."""
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
