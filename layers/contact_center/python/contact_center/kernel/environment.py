"""The environment, read once at start: one frozen dataclass a function, and a name for every error.

Nothing else reads os.environ. Secrets are not in it: settings carry the names under which
Secrets Manager keeps them, and the credentials that Lambda itself provides.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

UNRELEASED = "unreleased"


class SettingsError(Exception):
    """A setting is missing or cannot be used. Names the setting and the rule, not the value."""

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"{name} {rule}")
        self.name = name


class Environment:
    """Typed access to environment variables; a blank one counts as absent."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        """Read from `variables`, by default the process's own."""
        self._variables = os.environ if variables is None else variables

    def optional(self, name: str) -> str | None:
        """A text, or None."""
        return self._variables.get(name, "").strip() or None

    def required(self, name: str) -> str:
        """A text. Raises SettingsError when absent."""
        value = self.optional(name)
        if value is None:
            raise SettingsError(name, "is required")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false, spelled true/false, yes/no or 1/0. Raises SettingsError otherwise."""
        value = self.optional(name)
        if value is None:
            return default
        if value.lower() not in _FLAGS:
            raise SettingsError(name, "must be true or false")
        return _FLAGS[value.lower()]

    def names(self, name: str, word: str) -> bool:
        """Whether a word is among those of a list that is separated by commas."""
        return word in [one.strip() for one in (self.optional(name) or "").split(",")]

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between two, both included. Raises SettingsError otherwise."""
        value = self.optional(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise SettingsError(name, f"must be a whole number from {low} to {high}")
        return int(value)

    def header(self, name: str, default: str) -> str:
        """The name of an HTTP header, in lower case. Raises SettingsError otherwise."""
        value = self.optional(name) or default
        if value and not _HEADER.fullmatch(value):
            raise SettingsError(name, "must be the name of an HTTP header")
        return value.lower()

    def url(self, name: str) -> str | None:
        """An http or https URL without a trailing slash, or None. Raises SettingsError."""
        value = self.optional(name)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable:
            raise SettingsError(name, "must be an http or https URL")
        return value.rstrip("/")

    def number(self, name: str) -> str | None:
        """A telephone number in E.164, or None. Raises SettingsError otherwise."""
        value = self.optional(name)
        if value is not None and not _E164.fullmatch(value):
            raise SettingsError(name, "must be a number in E.164, such as +14155550100")
        return value

    def numbers(self, name: str) -> frozenset[str]:
        """Telephone numbers in E.164, separated by commas. Raises SettingsError otherwise."""
        said = [one.strip() for one in (self.optional(name) or "").split(",")]
        named = frozenset(one for one in said if one)
        if not all(_E164.fullmatch(one) for one in named):
            rule = (
                "must be numbers in E.164, separated by commas, such as +14155550100,+14155550101"
            )
            raise SettingsError(name, rule)
        return named
