"""What an owner's files still hold of the examples that they were shipped with. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tools.doctor.lines import Finding, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COMPANY = "Acme"
# Numbers of nobody's (555-0100 to 555-0199 of any area code, NANPA) and names of RFC 2606.
_EXAMPLE = re.compile(
    rf"\b{COMPANY}\b|\b555[ .-]?01\d\d\b|\d{{3}}55501\d\d\b|\bexample\.(?:com|org|net)\b",
    re.IGNORECASE,
)
# What an assistant's model reads of its tools, "such as ada@example.com", is said to nobody.
_SAID_TO_NOBODY = "description"


def examples_in(documents: Mapping[str, Any]) -> list[str]:
    """Where examples are: lines of `file, key: example`, in the order of the files.

    Args:
        documents: What each file says, by its name, as TOML is read.
    """
    return [
        f"{name}, {key}: {example}"
        for name, document in documents.items()
        for key, example in dict.fromkeys(_found(document, ()))
    ]


def judged_examples(found: Sequence[str], *, simulated: bool) -> Finding:
    """Whether callers hear them, or somebody who is an example is rung.

    Args:
        found: As `examples_in` tells them.
        simulated: Whether Vapi is: then nobody hears a word.
    """
    if not found:
        return ok("none")
    if simulated:
        return ok("there are some, and nobody hears them: Vapi is simulated here")
    return wrong(
        "a company or a number that is an example: callers hear it, or it is rung for them",
        "put your own in (docs/configuration.md), then make config and deploy",
        found,
    )


def _found(said: object, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    match said:
        case dict():
            for key, value in said.items():
                if key != _SAID_TO_NOBODY:
                    yield from _found(value, (*keys, key))
        case list():
            for value in said:
                yield from _found(value, keys)
        case str():
            for match in _EXAMPLE.finditer(said):
                yield ".".join(keys), match[0]
