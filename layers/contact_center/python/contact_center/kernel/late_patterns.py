"""Patterns over words that are made when they are first needed, from what the build kept of them.

`re` takes 120 ms to compile what the first sentence of a caller is held to, a fifth of a cold start
(docs/performance.md), and a caller waits for it. So the build keeps each pattern's code, as Python
keeps a module's in its .pyc, and making the pattern of it takes a fiftieth of the time. What was
kept by another compiler, or was not kept, is compiled as ever: a source tree does without.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]  # the engine of `re`, which has no stub
import marshal
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# What the code of a pattern is of: whoever finds another one compiles anew.
COMPILER = (_sre.MAGIC, _sre.CODESIZE, sys.version_info[:2])
KEPT = "kept_patterns.bin"  # beside this module, in what is deployed

# What `re` gives to its engine: flags, code, number of groups, groups by name.
type Kept = tuple[int, bytes, int, Mapping[str, int]]

LATE: list[LatePattern] = []  # of every module that was imported, for the build


class LatePattern:
    """A pattern, of which only the text exists until somebody looks for it."""

    __slots__ = ("_made", "text")

    def __init__(self, text: str) -> None:
        """Args: text: As `re.compile` takes it, without flags."""
        self.text = text
        self._made: re.Pattern[str] | None = None
        LATE.append(self)

    @property
    def made(self) -> re.Pattern[str]:
        """The pattern itself. Raises re.error if its text is none."""
        if self._made is None:
            kept = _kept().get(self.text)
            self._made = re.compile(self.text) if kept is None else made_of(self.text, kept)
        return self._made

    def search(self, said: str) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return self.made.search(said)

    def match(self, said: str) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self.made.match(said)

    def fullmatch(self, said: str) -> re.Match[str] | None:
        """As `re.Pattern.fullmatch`."""
        return self.made.fullmatch(said)

    def finditer(self, said: str) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        return self.made.finditer(said)

    def sub(self, instead: str | Callable[[re.Match[str]], str], said: str) -> str:
        """As `re.Pattern.sub`."""
        return self.made.sub(instead, said)


def late(texts: Iterable[str]) -> tuple[LatePattern, ...]:
    """Several patterns, which are looked for one after the other."""
    return tuple(LatePattern(text) for text in texts)


def any_of(texts: Iterable[str]) -> LatePattern:
    """One pattern that is found where any of several is."""
    return LatePattern("|".join(texts))


def made_of(text: str, kept: Kept) -> re.Pattern[str]:
    """The pattern whose code was kept: equal to what `re.compile` makes of its text."""
    flags, code, groups, by_name = kept
    names: list[str | None] = [None] * (groups + 1)
    for name, group in by_name.items():
        names[group] = name
    codes = memoryview(code).cast("I").tolist()
    made: re.Pattern[str] = _sre.compile(text, flags, codes, groups, dict(by_name), tuple(names))
    return made


@cache
def _kept() -> Mapping[str, Kept]:
    return read_kept(Path(__file__).with_name(KEPT))


def read_kept(file: Path) -> Mapping[str, Kept]:
    """What a build kept, by the texts of the patterns; {} if it is of another compiler or none."""
    try:
        compiler, kept = marshal.loads(file.read_bytes())  # noqa: S302 - a part of what is deployed
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return kept if compiler == COMPILER else {}
