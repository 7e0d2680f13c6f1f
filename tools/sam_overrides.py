"""Parameter overrides as SAM reads them out of samconfig.toml, and written so that it does.

SAM ends a value without quotes at the first blank and says nothing of what it leaves out, so what
it would leave out is refused here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = r"""([A-Za-z0-9"']+)"""
_VALUE = r"""("(?:\\.|[^"\\]+)*"|'(?:\\.|[^'\\]+)*'|(?:\\.|[^ "\\]+)+)"""
_LONG = re.compile(rf"ParameterKey={_NAME},ParameterValue={_VALUE}")
_SHORT = re.compile(rf" {_NAME}={_VALUE}")
_FILE = "file://"


class OverridesError(Exception):
    """SAM would read them otherwise than they are meant; the message says how to write them."""


def read_overrides(given: object) -> dict[str, str]:
    """Names and values. Raises OverridesError.

    Args:
        given: What `parameter_overrides` is: a text, a table, or a list of them.
    """
    return {
        _unquoted(name): _unquoted(value) for one in _flat(given) for name, value in _pairs(one)
    }


def written_overrides(overrides: Mapping[str, str]) -> list[str]:
    """The same as words of a command line."""
    return ['{}="{}"'.format(name, value.replace('"', '\\"')) for name, value in overrides.items()]


def _flat(given: object) -> Iterator[object]:
    if isinstance(given, list):
        for one in given:
            yield from _flat(one)
    elif given not in (None, "", {}):
        yield given


def _pairs(one: object) -> Iterator[tuple[str, str]]:
    if isinstance(one, dict):
        yield from ((str(name), _text(value)) for name, value in one.items())
        return
    text = str(one).strip()
    if text.startswith(_FILE):
        raise OverridesError(f"parameter_overrides names {text}: write its values there instead")
    for pattern in (_LONG, _SHORT):
        found = pattern.findall(f" {text}")
        if found:
            left = pattern.sub("", f" {text}").strip()
            if left:
                raise OverridesError(
                    f"parameter_overrides has {text}, of which SAM would leave out {left}: write a "
                    'value with blanks as Name=\\"a b\\"'
                )
            yield from found
            return
    raise OverridesError(f"parameter_overrides has {text}: it must be Name=value")


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(one).strip() for one in value if one not in (None, ""))
    return str(value)


def _unquoted(text: str) -> str:
    if text[:1] in {'"', "'"} and text[:1] == text[-1:]:
        text = text[1:-1]
    return text.replace("\\ ", " ").replace('\\"', '"').replace("\\'", "'")
