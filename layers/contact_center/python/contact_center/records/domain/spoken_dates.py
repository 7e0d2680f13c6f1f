"""Dates of birth, as written and as spoken: "March 3rd, 1985", "the third of March eighty five".

A date is one of birth where the words before it say so, or where its year says so: what callers
speak of otherwise happened in the last years, or is still to come.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from contact_center.records.domain.spoken_numbers import TEENS, TENS, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ONE_TO_NINE = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_FIRST = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_TENTH = (
    r"(?:tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth"
    r"|nineteenth|twentieth|thirtieth)"
)
_DAY = (
    rf"(?:[0-3]?\d(?:st|nd|rd|th)?|(?:twenty|thirty)[ -]{_FIRST}|{_FIRST}|{_TENTH}"
    rf"|(?:twenty|thirty)[ -]{_ONE_TO_NINE}|{_ONE_TO_NINE}|{'|'.join(TEENS)}|twenty|thirty)\b"
)
_PAIR = (
    rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(UNITS)}))?|{'|'.join(TEENS)}"
    rf"|(?:oh|o|zero)[ -](?:{'|'.join(UNITS)})|hundred)"
)
# Years until 2010, in the words that they are said in.
_EARLY = (
    rf"(?:19\d\d|200\d|2010|nineteen[ -]{_PAIR}|two thousand(?: and)?(?: {_ONE_TO_NINE}| ten)?"
    rf"|twenty[ -](?:oh|o|zero)[ -]{_ONE_TO_NINE}|twenty[ -]ten)\b"
)
_YEAR = rf"(?:{_EARLY}|20\d\d\b|'?\d\d\b|twenty[ -]{_PAIR}\b|{_PAIR}\b)"
_SPACE = r"[\s,]{0,4}"
_NEXT = rf"{_SPACE}(?:of )?(?:the )?(?:year )?(?:in )?"
_DAY_AND_MONTH = rf"(?:{_MONTH}{_SPACE}(?:the )?{_DAY}|{_DAY}{_SPACE}(?:day )?(?:of )?{_MONTH}"
_IN_FIGURES = r"(?<![\d/.-])(?:[0-3]?\d([/.-])[0-3]?\d\1{year}|{first}([/.-])[01]?\d\2[0-3]?\d)"
_NO_MORE = r"(?![/.-]?\d)"
_EARLY_FIGURES = r"(?:19\d\d|200\d|2010)"
_TWO_FIGURES = r"(?:[3-9]\d)"  # 3/4/85, and no day of this century's third decade

_CUE = re.compile(r"\b(?:born|birth|birthday|birthdate|b-?day|d\.? ?o\.? ?b)\b")
_CUE_REACH = 60  # characters between what says so and the date
_FIGURES_BEGIN = re.compile(r"\d[/.-]\d")
_IS_MONTH = re.compile(_MONTH)
_BEFORE, _AFTER = 32, 96  # characters around a month or a stroke that a date may reach over
_LONGEST = 64  # characters of a date


def births_in(low: str, *, unfinished: bool = False) -> Iterator[tuple[int, int]]:
    """Where the dates of birth of a text are, the one after the other.

    Args:
        low: The text in small letters.
        unfinished: Whether more is to come: then a day and a month at its end count.
    """
    done = looked = 0  # up to where there are finds, and up to where a date would have been found
    for place in _places(low):
        if place < looked:
            continue
        begin = max(done, looked, place - _BEFORE)
        found = _made("any").search(low, begin, place + _AFTER)
        if found is None:
            looked = place + _AFTER - _LONGEST
            continue
        start, end = found.span()
        looked = end
        is_early = _made("early").fullmatch(low, start, end) is not None
        if is_early or says_birth(low, start) or (unfinished and len(low) - end <= _CUE_REACH):
            yield start, end
            done = end


def _places(low: str) -> list[int]:
    """Where a date may be: months, and figures with a stroke between; found fast, for few have."""
    months = (month.start() for month in _IS_MONTH.finditer(low))
    places = [at for at in months if not low[at - 1 : at].isalpha()]
    places += [figure.start() for figure in _FIGURES_BEGIN.finditer(low)]
    if "birth" in low or "born" in low:  # the third of the fourth
        places += _places_of(low, "th of")
    return sorted(places)


def _places_of(low: str, word: str) -> list[int]:
    places, at = list[int](), low.find(word)
    while at >= 0:
        places.append(at)
        at = low.find(word, at + 1)
    return places


def says_birth(low: str, start: int) -> bool:
    """Whether the words just before say that what follows is a date of birth."""
    return _CUE.search(low, max(0, start - _CUE_REACH), start) is not None


@cache
def _made(which: str) -> re.Pattern[str]:
    """The patterns, made when a text first may hold a date."""
    in_words = rf"\b{_DAY_AND_MONTH})(?:{_NEXT}{{year}})"
    if which == "early":
        figures = _figures(rf"(?:{_EARLY_FIGURES}|{_TWO_FIGURES})", _EARLY_FIGURES)
        return re.compile(in_words.replace("{year}", _EARLY) + f"|{figures}")
    figures = _figures(r"(?:(?:19|20)\d\d|\d\d)", r"(?:19|20)\d\d")
    ordinals = rf"\b{_DAY} of (?:the )?{_DAY}(?:{_NEXT}{_YEAR})"
    return re.compile(in_words.replace("{year}", _YEAR) + f"?|{figures}|{ordinals}")


def _figures(year: str, first: str) -> str:
    return _IN_FIGURES.replace("{year}", year).replace("{first}", first) + _NO_MORE
