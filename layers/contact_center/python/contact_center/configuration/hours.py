"""What the hours must agree on with the other files, and their compiled form. Tools only."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from contact_center.configuration.placeholders import placeholders
from contact_center.visits.domain.opening_hours import WhenClosed, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.configuration.hours_toml import (
        ClosedToml,
        DepartmentHoursToml,
        HoursToml,
        SpecialDayToml,
        WeekToml,
    )
    from contact_center.configuration.toml import OwnerConfig

type SpecialDays = dict[str, list[Any]]

FILE = "hours.toml"
# What may stand in the words of a closed department: they are spoken outside of any call of Vapi's.
SPOKEN_PLACEHOLDERS = frozenset({"companyName", "hours", "departmentNames"})
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]*)\s*\}\}")
_UNFILLED = re.compile(r"\{\{\s*([\w.]*)")


def hours_mistakes(config: OwnerConfig) -> Iterator[str]:
    """Every rule for hours that is broken, one line each, with file and key.

    Args:
        config: The files, each right by itself.
    """
    hours = config.hours
    keys = {each.key for each in config.departments.departments}
    yield from _mistakes(FILE, hours, hours.weekly, hours.closed, hours.special)
    for key, own in hours.departments.items():
        where = f"{FILE}: departments.{key}"
        if key not in keys:
            yield f"{where}: no department has that key; there are {', '.join(sorted(keys))}"
        weekly, closed = own.weekly or hours.weekly, own.closed or hours.closed
        yield from _mistakes(where, own, weekly, closed, [*hours.special, *own.special])


def compiled_hours(config: OwnerConfig) -> dict[str, Any]:
    """The hours as `compiled_config` reads them: each department's own are whole."""
    hours, values = config.hours, placeholders(config)
    days = _special_days(hours.special)
    return {
        "company": _compiled(hours.zone, hours.weekly, hours.closed, days, values),
        "departments": {
            key: _compiled(
                own.zone or hours.zone,
                own.weekly or hours.weekly,
                own.closed or hours.closed,
                _instead(days, _special_days(own.special)),
                values,
            )
            for key, own in hours.departments.items()
        },
    }


def unfilled_mistakes(where: str, said: str) -> Iterator[str]:
    """The placeholders of a spoken text that nothing fills in, one line each."""
    for name in sorted(set(_UNFILLED.findall(said)) - SPOKEN_PLACEHOLDERS):
        known = ", ".join(sorted(SPOKEN_PLACEHOLDERS))
        yield f"{where}: {{{{{name}}}}} is not known here; {known} are"


def filled(said: str, values: Mapping[str, str]) -> str:
    """A spoken text with its placeholders filled in."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], said)


def _mistakes(
    where: str,
    own: HoursToml | DepartmentHoursToml,
    weekly: WeekToml,
    closed: ClosedToml,
    special: list[SpecialDayToml],
) -> Iterator[str]:
    """What is wrong with `own`; the others are what holds there, inherited or not."""
    named = Counter(day for each in own.special for day in _days(each))
    for day, times in named.items():
        if times > 1:
            yield f"{_key(where, 'special')}: {day} is named {times} times"
    if own.closed is not None:
        yield from unfilled_mistakes(_key(where, "closed.say"), own.closed.say)
    opens = any(spans for _, spans in weekly) or any(each.hours for each in special)
    if closed.action == WhenClosed.CALLBACK and not opens:
        yield f"{_key(where, 'closed.action')}: callback needs hours in which to call back"


def _key(where: str, key: str) -> str:
    return f"{where}: {key}" if where == FILE else f"{where}.{key}"


def _compiled(
    zone: str,
    weekly: WeekToml,
    closed: ClosedToml,
    special_days: SpecialDays,
    values: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "zone": zone,
        "week": [_spans(texts) for _, texts in weekly],
        "special_days": special_days,
        "closing": {
            "action": closed.action,
            "say": filled(closed.say, values),
            "number": closed.number,
        },
    }


def _special_days(special: list[SpecialDayToml]) -> SpecialDays:
    return {day: [each.name, _spans(each.hours)] for each in special for day in _days(each)}


def _instead(company: SpecialDays, own: SpecialDays) -> SpecialDays:
    """The company's days with a department's own in their place, those of every year too."""
    return {day: said for day, said in company.items() if day[-5:] not in own} | own


def _days(special: SpecialDayToml) -> list[str]:
    return [*(day.isoformat() for day in special.days), *special.every_year]


def _spans(texts: list[str]) -> list[list[int]]:
    return [list(span_of(text)) for text in texts]
