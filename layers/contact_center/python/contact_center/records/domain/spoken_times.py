"""A day and a time in a caller's words, read and said. Pure; English.

A model is asked for "2026-12-01" and "15:30", and passes on what it likes: "Tuesday", "tomorrow",
"December 1", "3 pm", "half past nine", "ten". An hour without morning or afternoon is two hours of
the day, and whichever the calendar has is meant; where it has both, the caller is asked.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON_MINUTE, DAY_MINUTES = 720, 1_440

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_HOURS = (
    *("twelve", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven"),
)
_NOT_SAID = frozenset({"", "unknown", "none", "n/a", "null", "not sure", "any", "anytime"})
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_HALF = re.compile(r"(?:at )?(half past|quarter past|quarter to) (.+)")
_PAST = {"half past": 30, "quarter past": 15, "quarter to": -15}
_MORNING = frozenset({"am", "morning"})
_AFTERNOON = frozenset({"pm", "afternoon", "evening", "night"})


class BadTimeError(FieldError):
    """Words that no day or time of the day is found in. The message never holds them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """When somebody wants to meet, as far as it was said.

    Attributes:
        day: Of the calendar, where the customer is.
        minutes: Of the day, any of which may be meant; empty: no time was said.
    """

    day: date | None
    minutes: frozenset[int]


def read_wish(arguments: Mapping[str, object], today: date) -> Wish:
    """What a model passed on of a wish.

    Args:
        arguments: `day` and `time`, either of them or none.
        today: Where the customer is.

    Raises:
        BadTimeError: One of them is there and cannot be read.
    """
    day, time = _said(arguments, "day"), _said(arguments, "time")
    return Wish(
        None if day is None else _day(day, today),
        frozenset() if time is None else _minutes(time),
    )


def in_words(at: datetime, zone: str) -> str:
    """An instant (aware) as it is said: "Tuesday, December 1, at 10 AM, New York time"."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{day_words(at, zone)}, at {clock_words(there.hour, there.minute)}, {zone_words(zone)}"


def day_words(at: datetime, zone: str) -> str:
    """The day of an instant (aware) as it is said: "Tuesday, December 1"."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{_WEEKDAYS[there.weekday()].title()}, {_MONTHS[there.month - 1].title()} {there.day}"


def clock_words(hour: int, minute: int) -> str:
    """A time of the day as it is said: "10 AM", "2:30 PM", "noon"."""
    if (hour, minute) in {(0, 0), (12, 0)}:
        return "noon" if hour else "midnight"
    half = "AM" if hour < 12 else "PM"  # noqa: PLR2004
    past = f":{minute:02d}" if minute else ""
    return f"{hour % 12 or 12}{past} {half}"


def zone_words(zone: str) -> str:
    """A zone as it is said: "New York time"."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def _said(arguments: Mapping[str, object], name: str) -> str | None:
    said = arguments.get(name)
    if said is None:
        return None
    if not isinstance(said, str):
        raise BadTimeError(name, "must be a text")
    words = " ".join(said.casefold().replace(",", " ").split())
    return None if words in _NOT_SAID else words


def _day(said: str, today: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        pass
    near = {"today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}
    words = [word for word in said.split() if word not in {"the", "on", "of", "this"}]
    plain = " ".join(words)
    if plain in near:
        return today + timedelta(days=near[plain])
    named = _named_day(words, today) or _weekday(words, today)
    if named is None:
        raise BadTimeError("day", "must be a date such as 2026-12-01")
    return named


def _weekday(words: list[str], today: date) -> date | None:
    """The next such day after today; who says "next Tuesday" on a Monday is told which it is."""
    if [*words[:-1]] not in ([], ["next"], ["coming"]) or not words:
        return None
    if words[-1] not in _WEEKDAYS:
        return None
    days = (_WEEKDAYS.index(words[-1]) - today.weekday()) % 7
    return today + timedelta(days=days or 7)


def _named_day(words: list[str], today: date) -> date | None:
    """Such as "December 1" and "1st December", with a weekday before it or a year after it."""
    rest = [word for word in words if word not in _WEEKDAYS]
    years = [int(word) for word in rest if re.fullmatch(r"20\d\d", word)]
    months = [at for at, name in enumerate(_MONTHS, 1) for word in rest if _is_month(word, name)]
    numbers = [int(found[1]) for word in rest if (found := _ORDINAL.fullmatch(word))]
    if len(months) != 1 or len(numbers) != 1 or len(rest) != len(years) + 2:
        return None
    try:
        if years:
            return date(years[0], months[0], numbers[0])
        this_year = date(today.year, months[0], numbers[0])
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:
        return None


def _is_month(word: str, name: str) -> bool:
    short = word.removesuffix(".")
    return len(short) > 2 and (short == name or short in {name[:3], name[:4]})  # noqa: PLR2004


def _minutes(said: str) -> frozenset[int]:
    words = said.replace("a.m.", "am").replace("p.m.", "pm").replace("o'clock", " ")
    words = re.sub(r"(?<=\d)(am|pm)\b", r" \1", words)
    parts = [word for word in words.split() if word not in {"at", "in", "the", "sharp", "clock"}]
    half = {word for word in parts if word in _MORNING | _AFTERNOON}
    rest = " ".join(word for word in parts if word not in half)
    if rest in {"noon", "midday"}:
        return frozenset({NOON_MINUTE})
    minute = _clock_minute(rest)
    if minute is None or len(half) > 1:
        raise BadTimeError("time", "must be a time of the day such as 15:30")
    if half & _MORNING:
        return frozenset({minute % NOON_MINUTE})
    if half & _AFTERNOON:
        return frozenset({minute % NOON_MINUTE + NOON_MINUTE})
    if minute >= NOON_MINUTE + 60 or re.fullmatch(r"\d\d[:.h]\d\d", rest):
        return frozenset({minute % DAY_MINUTES})
    return frozenset({minute % NOON_MINUTE, minute % NOON_MINUTE + NOON_MINUTE})


def _clock_minute(said: str) -> int | None:
    """Minutes after midnight of "15:30", "3", "ten" or "half past nine"; None: it is no time."""
    past = _HALF.fullmatch(said)
    if past:
        hour = _clock_minute(past[2])
        return None if hour is None or hour % 60 else (hour + _PAST[past[1]]) % DAY_MINUTES
    if said in _HOURS:
        return _HOURS.index(said) * 60 or NOON_MINUTE
    found = _CLOCK.fullmatch(said)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None  # noqa: PLR2004
