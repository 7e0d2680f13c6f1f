"""Numbers in words that were said or written: "4111-1111", "four one double one", "forty one oh".

A run is numbers with nothing between them but signs, pauses and small words. How many digits it
has is told twice: `most` counts generously, across everything that may join two halves of one
number, and decides about card numbers; `fewest` is the longest stretch that is one number for
certain, with amounts read as amounts, and decides about shorter ones.

A mark of ours is a number whose digits are gone: its count is told from outside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from contact_center.records.domain.redaction_kinds import MARKS, NUMBER_MARK, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNITS = (
    *("zero", "oh", "o", "nought", "naught", "nil", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "niner", "fife"),
)
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ZEROS = {"hundred": 2, "thousand": 3}
TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}

NUMBER_MARKS = (
    *(MARKS[kind] for kind in Kind if kind is not Kind.EMAIL),
    NUMBER_MARK,
)

_WORDS = {
    **dict.fromkeys(UNITS, (1, 0)),
    **dict.fromkeys(TEENS, (2, 0)),
    **dict.fromkeys(TENS, (2, 1)),  # "forty" takes "one" in
    **{word: (zeros, zeros) for word, zeros in ZEROS.items()},
}


def _by_first_letter(words: Sequence[str]) -> str:
    """The words as one pattern that looks at a first letter once."""
    firsts = sorted({word[0] for word in words})
    grouped = {
        first: sorted((word[1:] for word in words if word[0] == first), key=len, reverse=True)
        for first in firsts
    }
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in grouped.items())


_NUMBER = re.compile(
    rf"\d+|\[(?:{'|'.join(mark[1:-1] for mark in NUMBER_MARKS)})\]"
    rf"|\b(?:{_by_first_letter([*_WORDS, *TIMES])})\b"
)
# Signs between the digits of one number, and words that say nothing or name such a sign.
_SIGN = r"[\s.,;!?\-\u2010-\u2015/_()\u00b7*#+'\"\u2019\u2026\u200b-\u200d\u2060\ufeff]"
_PAUSES = r"(?:u+h+|u+m+|e+r+m?|hyphen|dash|minus|space|slash|comma|dot|point|period)"
_SMALL_WORDS = (
    r"(?:and|then|now|next|so|the|first|second|third|fourth|last|other|rest|half|part|group|number"
    r"|numbers|digits?|figures?|is|are|it|its|it's|it\u2019s|that|that's|that\u2019s|this|was|of"
    r"|after|followed|by|again|with|plus|for|to|too|okay|ok|yes|yeah|yep|right|well|a|in|start"
    r"|starts|begin|begins|end|ends|ending|continue|continues|goes|on|go|wait|sorry|please|thanks"
    r"|got|have|mhm|hm+|mm+|ready|here|we|i|you|me|let|let's|see|just|like|know|one more)"
)
# Each sign is looked at once: whoever sends thousands of them makes nobody wait.
_BETWEEN = re.compile(rf"{_SIGN}*+(?:{_PAUSES}{_SIGN}++){{0,3}}")
_LOOSELY = re.compile(rf"{_SIGN}*+(?:(?:{_PAUSES}|{_SMALL_WORDS})(?:{_SIGN}++|$)){{0,8}}")
_LONGEST_MARGIN = 80  # characters before or after a number that is all there is in a turn


class Run(NamedTuple):
    """Numbers that may be one number.

    Attributes:
        start, end: Where in the text.
        most, fewest: How many digits it has; see the module. Those of marks are in `most` alone.
        sure: Where the longest certain stretch is, which has `fewest` digits.
        most_of_sure: How many that stretch has, counted generously.
    """

    start: int
    end: int
    most: int
    fewest: int
    sure: tuple[int, int]
    most_of_sure: int


class _Number(NamedTuple):
    start: int
    end: int
    word: str
    is_joined: bool  # to the one before, for certain


def lowered(text: str) -> str:
    """A text in small letters, each where it was."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)


def has_number(low: str) -> bool:
    """Whether a text, in small letters, has any number at all."""
    return _NUMBER.search(low) is not None


def runs_in(low: str, behind: Sequence[int] = ()) -> list[Run]:
    """The numbers of a text.

    Args:
        low: The text in small letters (`lowered`).
        behind: How many digits stand behind its marks of numbers, in order; none: nobody knows.
    """
    counts = iter(behind)
    found: list[Run] = []
    together: list[_Number] = []
    for number in _NUMBER.finditer(low):
        start, end = number.span()
        joins, is_sure = _joins(low, together[-1].end, start) if together else (False, False)
        if together and not joins:
            found.append(_run(together, counts))
            together = []
        together.append(_Number(start, end, number[0], is_sure))
    if together:
        found.append(_run(together, counts))
    return found


def is_open_before(low: str, run: Run) -> bool:
    """Whether nothing is said before a number in its turn: it may go on with another's."""
    return run.start <= _LONGEST_MARGIN and _LOOSELY.fullmatch(low, 0, run.start) is not None


def is_open_after(low: str, run: Run) -> bool:
    """Whether nothing is said after it: it may go on in another turn."""
    rest = len(low) - run.end
    return rest <= _LONGEST_MARGIN and _LOOSELY.fullmatch(low, run.end) is not None


def _joins(low: str, end: int, start: int) -> tuple[bool, bool]:
    """Whether two numbers may be one, and whether they are for certain."""
    if _BETWEEN.fullmatch(low, end, start):
        return True, True
    return _LOOSELY.fullmatch(low, end, start) is not None, False


def _run(numbers: list[_Number], counts: Iterator[int]) -> Run:
    stretches = [_Stretch(numbers[0].start)]
    most, times = 0, 1
    for number in numbers:
        if not number.is_joined:
            stretches.append(_Stretch(number.start))
        if number.word in TIMES:
            times = TIMES[number.word]
        elif number.word[0] == "[":
            most += next(counts, 0)
            stretches.append(_Stretch(number.end))
        else:
            stretches[-1].add(number, times)
            times = 1
    longest = max(stretches, key=lambda stretch: stretch.fewest)
    most += sum(stretch.most for stretch in stretches)
    sure = (longest.start, longest.end)
    return Run(numbers[0].start, numbers[-1].end, most, longest.fewest, sure, longest.most)


class _Stretch:
    """Digits of one number, counted one number word after the other."""

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.most = self.fewest = 0
        self._room = 0  # for digits that are counted already: the one of "forty one"

    def add(self, number: _Number, times: int) -> None:
        """Count a word in, said so many times."""
        has, takes = _WORDS.get(number.word) or (len(number.word), 0)
        said = has + times - 1 if number.word.isdigit() else has * times
        taken = min(self._room, has) if has == 1 or self._room > 1 else 0
        self.most += said
        self.fewest += said - taken
        self._room = max(takes, self._room - taken)
        self.end = number.end
