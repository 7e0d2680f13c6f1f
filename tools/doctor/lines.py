"""What the doctor tells: a line a question. Pure."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDEST_STATE, _WIDEST_TITLE = 11, 26
_UNDER = " " * (_WIDEST_STATE + 2)
HIDDEN = "(a key)"


class State(StrEnum):
    """What is known of one question."""

    OK = "ok"
    WRONG = "wrong"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one question came to.

    Attributes:
        said: What was found, in a sentence.
        then: What to do next; "" where nothing is to be done.
        shown: Lines of a difference, as provisioning shows it.
    """

    state: State
    said: str
    then: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A question and what it came to. `title`: for people; `check`: for machines."""

    check: str
    title: str
    finding: Finding


def ok(said: str) -> Finding:
    """Nothing is to be done."""
    return Finding(state=State.OK, said=said)


def wrong(said: str, then: str, shown: Iterable[str] = ()) -> Finding:
    """Something is, and this is what to do."""
    return Finding(state=State.WRONG, said=said, then=then, shown=tuple(shown))


def cannot_tell(said: str, then: str) -> Finding:
    """Nobody knows, and this is how it would be known."""
    return Finding(state=State.CANNOT_TELL, said=said, then=then)


def text_of(line: Line) -> str:
    """A line for people, with what to do and what differs under it."""
    found = line.finding
    told = [f"{found.state:<{_WIDEST_STATE}}  {line.title:<{_WIDEST_TITLE}}  {found.said}"]
    told += [f"{_UNDER}{one.strip()}" for one in found.shown]
    if found.then:
        told.append(f"{_UNDER}→ {found.then}")
    return "\n".join(told)


def conclusion(lines: Sequence[Line]) -> str:
    """How many of each there are."""
    counts = Counter(line.finding.state for line in lines)
    return f"{len(lines)} questions: " + ", ".join(f"{counts[each]} {each}" for each in State)


def json_of(lines: Sequence[Line], place: str) -> str:
    """All lines for machines."""
    document = {
        "place": place,
        "wrong": sum(line.finding.state is State.WRONG for line in lines),
        "lines": [
            {
                "check": line.check,
                "state": line.finding.state,
                "said": line.finding.said,
                "then": line.finding.then,
                "shown": list(line.finding.shown),
            }
            for line in lines
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def exit_status(lines: Sequence[Line]) -> int:
    """0: nothing is wrong; what cannot be told is not wrong."""
    return int(any(line.finding.state is State.WRONG for line in lines))


def without(secrets: Iterable[str], finding: Finding) -> Finding:
    """The same with no key in it, whoever put it there."""
    known = sorted(filter(None, secrets), key=len, reverse=True)

    def hidden(text: str) -> str:
        for secret in known:
            text = text.replace(secret, HIDDEN)
        return text

    return Finding(
        state=finding.state,
        said=hidden(finding.said),
        then=hidden(finding.then),
        shown=tuple(map(hidden, finding.shown)),
    )
