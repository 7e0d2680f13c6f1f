"""What must be right of the calendar as a whole, and its compiled form. Used by the tools only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from contact_center.visits.domain.opening_hours import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.configuration.calendar_toml import CalendarToml
    from contact_center.configuration.hours_toml import SpecialDayToml

FILE = "calendar.toml"


def calendar_mistakes(calendar: CalendarToml) -> Iterator[str]:
    """Every rule for the calendar that is broken, one line each, with file and key.

    Args:
        calendar: The file, right by itself.
    """
    for day, texts in calendar.weekly:
        yield from _too_short(f"weekly.{day}", texts, calendar.length_minutes)
    for each in calendar.special:
        yield from _too_short("special", each.hours, calendar.length_minutes)
    named = Counter(day for each in calendar.special for day in _days(each))
    for day, times in named.items():
        if times > 1:
            yield f"{FILE}: special: {day} is named {times} times"
    if calendar.notice_hours >= calendar.days_ahead * 24:
        yield f"{FILE}: notice_hours: must end before days_ahead does"


def compiled_calendar(calendar: CalendarToml) -> dict[str, Any]:
    """The calendar as `compiled_config` reads it."""
    return {
        "zone": calendar.zone,
        "length_minutes": calendar.length_minutes,
        "notice_hours": calendar.notice_hours,
        "days_ahead": calendar.days_ahead,
        "capacity": calendar.capacity,
        "week": [_spans(texts) for _, texts in calendar.weekly],
        "special_days": {
            day: _spans(each.hours) for each in calendar.special for day in _days(each)
        },
    }


def _too_short(key: str, texts: list[str], length_minutes: int) -> Iterator[str]:
    """Hours in which nothing fits are a slip of the pen."""
    for text in texts:
        begin, end = span_of(text)
        if end - begin < length_minutes:
            yield f"{FILE}: {key}: {text} is shorter than length_minutes"


def _days(special: SpecialDayToml) -> list[str]:
    return [*(day.isoformat() for day in special.days), *special.every_year]


def _spans(texts: list[str]) -> list[list[int]]:
    return [list(span_of(text)) for text in texts]
