"""How settings are written: lines of .env, pairs, people, addresses. What is wrong is named."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to do."""


def read_env_file(path: Path) -> dict[str, str]:
    """The names and values of a .env file; none when there is no file. Raises SettingsError."""
    if not path.exists():
        return {}
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise SettingsError(f"{path.name}, line {number}: NAME=value was expected")
        values[match[1]] = _unquoted(match[2])
    return values


def _unquoted(text: str) -> str:
    if text[:1] in {'"', "'"}:
        end = text.find(text[0], 1)
        if end > 0:
            return text[1:end]
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


def read_pairs(setting: str, text: str) -> dict[str, str]:
    """Ids and what is secret of each, out of "id=secret,id=secret". Raises SettingsError."""
    pairs = [each.strip().partition("=") for each in text.split(",") if each.strip()]
    if not all(name and key for name, _, key in pairs):
        raise SettingsError(f"{setting} must be id=secret, several separated by commas")
    return {name.strip(): key.strip() for name, _, key in pairs}


def read_people(text: str) -> list[dict[str, str]]:
    """People out of "name=role:token,name=role:token". Raises SettingsError."""
    people = []
    for name, said in read_pairs("OPERATORS", text).items():
        role, colon, token = said.partition(":")
        if not colon:
            raise SettingsError("OPERATORS must be name=role:token, several separated by commas")
        people.append({"name": name, "role": role.strip(), "token": token.strip()})
    if len(people) < sum(1 for each in text.split(",") if each.strip()):
        raise SettingsError("OPERATORS: name must not stand there twice")
    return people


def is_here(address: str) -> bool:
    """Whether an address leads to this machine alone, or to none."""
    host = urlsplit(address).hostname or ""
    if host in {"", "localhost"} or host.endswith(".localhost"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified


def check_address(name: str, value: str) -> None:
    """Whether a setting is a web address. Raises SettingsError."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"{name} is no address: one like https://calls.example.com is needed")


def read_port(text: str) -> int:
    """A port out of its figures. Raises SettingsError."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):  # noqa: PLR2004 (TCP)
        raise SettingsError(f"PORT is {text!r}: a number from 0 (any free port) to 65535 is needed")
    return int(text)
