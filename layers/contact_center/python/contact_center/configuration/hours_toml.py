"""What an owner may write in config/hours.toml. Used by the tools only."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from contact_center.configuration.tables import E164, Name, Table, Text
from contact_center.kernel.time_zones import known_zone
from contact_center.visits.domain.opening_hours import WhenClosed, span_of

LONGEST_SPOKEN = 1_000  # characters: over a minute, and nobody listens on


def _zone(name: str) -> str:
    if not known_zone(name):
        raise ValueError(f"{name!r} is no time zone of a place, such as America/New_York")
    return name


def _spans(texts: list[str]) -> list[str]:
    spans = [span_of(text) for text in texts]
    for before, after in pairwise(spans):
        if after.open_minute < before.close_minute:
            raise ValueError("must be in order and not overlap")
    return texts


def _every_year(day: str) -> str:
    try:
        date.fromisoformat(f"2024-{day}")  # a year that has all days
    except ValueError:
        raise ValueError(f'{day!r} must be a day of every year, such as "12-25"') from None
    return day


Zone = Annotated[str, AfterValidator(_zone)]
DayHours = Annotated[list[str], AfterValidator(_spans)]


class WeekToml(Table):
    """The hours of each weekday; an empty list is a day on which it is closed."""

    mon: DayHours
    tue: DayHours
    wed: DayHours
    thu: DayHours
    fri: DayHours
    sat: DayHours
    sun: DayHours


class SpecialDayToml(Table):
    """Days that have hours of their own, or none."""

    name: Text
    days: list[date] = []
    every_year: list[Annotated[str, AfterValidator(_every_year)]] = []
    hours: DayHours

    @model_validator(mode="after")
    def _some_day_is_named(self) -> Self:
        if not self.days and not self.every_year:
            raise ValueError("needs days or every_year: a special day is some day")
        return self


class ClosedToml(Table):
    """What happens to a caller while it is closed."""

    action: Annotated[str, Field(pattern="^(message|voicemail|callback|number)$")]
    say: Annotated[str, Field(min_length=1, max_length=LONGEST_SPOKEN)]
    number: E164 | None = None

    @model_validator(mode="after")
    def _the_number_is_for_its_action(self) -> Self:
        if (self.action == WhenClosed.NUMBER) != (self.number is not None):
            raise ValueError('number and action = "number" go together')
        return self


class DepartmentHoursToml(Table):
    """What is different for one department."""

    zone: Zone | None = None
    weekly: WeekToml | None = None
    closed: ClosedToml | None = None
    special: list[SpecialDayToml] = []


class HoursToml(Table):
    """hours.toml: when departments are open, and what happens when they are not."""

    zone: Zone
    weekly: WeekToml
    closed: ClosedToml
    special: list[SpecialDayToml] = []
    departments: dict[Name, DepartmentHoursToml] = {}
