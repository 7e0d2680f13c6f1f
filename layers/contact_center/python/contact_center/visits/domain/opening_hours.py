"""Opening hours: whether a department is open, until when, and if not, when next.

Hours are spans of a civil day in the department's own zone, open ≤ t < close. A day of the calendar
may have others, or none. Spans that meet at midnight are one: open past midnight is until "24:00"
of one day and from "00:00" of the next. When the clocks change, a span begins when they first show
its opening and ends when they last show its close; a time that they skip counts as an hour later.

`opening` is the one answer, for whoever asks: at the door, in the queue, in a tool, before a
callback.
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.rule_tables import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

# What does not open within a year never does: every date has come round by then. Of what is open,
# nobody asks for so far ahead: a kept place is called back within three days at most.
HORIZON_DAYS = 370
OPEN_HORIZON_DAYS = 4

_DAY = timedelta(days=1)
_SPAN = re.compile(r"([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)")


class Span(NamedTuple):
    """Hours within one civil day, in minutes after midnight: open ≤ t < close."""

    open_minute: int
    close_minute: int


class WhenClosed(StrEnum):
    """What a caller is offered while a department is closed, after the words."""

    MESSAGE = "message"  # the words, and a goodbye
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"  # when it opens
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What happens to a caller while a department is closed.

    Attributes:
        say: What the caller hears first.
        number: E.164 that takes the call with `number`, else None.
    """

    action: WhenClosed
    say: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that has hours of its own, or none: a holiday, a fair."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours of one department.

    Attributes:
        zone: IANA name.
        week: Spans of each weekday, Monday first, in order.
        special_days: By "2026-12-25", or "12-25" for one of every year; the former goes first.
        closing: What happens while it is closed.
    """

    zone: str
    week: tuple[tuple[Span, ...], ...]
    special_days: Mapping[str, SpecialDay] = field(default_factory=dict)
    closing: Closing

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        closing = compiled["closing"]
        return cls(
            zone=compiled["zone"],
            week=tuple(_spans(day) for day in compiled["week"]),
            special_days={
                day: SpecialDay(name, _spans(spans))
                for day, (name, spans) in compiled["special_days"].items()
            },
            closing=Closing(
                action=WhenClosed(closing["action"]),
                say=closing["say"],
                number=closing["number"],
            ),
        )

    def special(self, day: date) -> SpecialDay | None:
        """What is special about a day, or None."""
        whole = day.isoformat()
        return self.special_days.get(whole) or self.special_days.get(whole[5:])

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans of a day of the calendar."""
        special = self.special(day)
        return self.week[day.weekday()] if special is None else special.spans


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of all departments; of one that has none of its own, the company's."""

    company: Hours
    by_department: Mapping[str, Hours]

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        departments = compiled["departments"]
        return cls(
            Hours.from_dict(compiled["company"]),
            {key: Hours.from_dict(hours) for key, hours in departments.items()},
        )

    def of(self, department: str) -> Hours:
        """The hours of a department, or of whoever else takes a call."""
        return self.by_department.get(department, self.company)

    def closing_at(self, department: str, at: datetime) -> Closing | None:
        """What happens to callers of a department at an instant (aware); None: it is open."""
        hours = self.of(department)
        return hours.closing if isinstance(opening(hours, at), Closed) else None


@dataclass(frozen=True, slots=True)
class Open:
    """It is open.

    Attributes:
        until: When it closes, in UTC; None: not within `OPEN_HORIZON_DAYS`.
    """

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """It is closed.

    Attributes:
        until: When it opens next, in UTC; None: not within `HORIZON_DAYS`.
        because: The name of the special day that it is, or None for the hour alone.
    """

    until: datetime | None
    because: str | None


def opening(hours: Hours, at: datetime) -> Open | Closed:
    """Whether it is open at an instant (aware), and until when that stays so."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  Vapi's door knows hours and never asks

    zone = ZoneInfo(hours.zone)
    today = at.astimezone(zone).date()
    closes: datetime | None = None
    for opens, ends in _instants(hours, zone, today - _DAY):
        if closes is None and opens > at:
            return _closed(hours, today, opens)
        if closes is None:
            closes = ends if at < ends else None
        elif opens > closes:
            return Open(closes)
        else:
            closes = max(closes, ends)
        if closes is not None and closes > at + OPEN_HORIZON_DAYS * _DAY:
            return Open(None)
    return _closed(hours, today, None) if closes is None else Open(closes)


def _closed(hours: Hours, today: date, until: datetime | None) -> Closed:
    special = hours.special(today)
    return Closed(until, None if special is None else special.name)


def _instants(hours: Hours, zone: ZoneInfo, first: date) -> Iterator[tuple[datetime, datetime]]:
    """The spans from a day on, as instants in UTC, in the order in which they open."""
    for number in range(HORIZON_DAYS):
        day = first + number * _DAY
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        spans = [_instants_of(midnight, span) for span in hours.on(day)]
        yield from sorted(span for span in spans if span[0] < span[1])


def _instants_of(midnight: datetime, span: Span) -> tuple[datetime, datetime]:
    opens, closes = (midnight + timedelta(minutes=minute) for minute in span)  # civil in a zone
    last = max(closes.astimezone(UTC), closes.replace(fold=1).astimezone(UTC))
    return opens.astimezone(UTC), last


def span_of(text: str) -> Span:
    """A span as an owner writes it, such as "09:00-18:00"; "24:00" is the end of the day.

    Raises ValueError: it is none, or ends before it begins.
    """
    found = _SPAN.fullmatch(text)
    hours = [int(figure) for figure in found.groups()] if found else []
    minutes = [60 * hour + minute for hour, minute in zip(hours[::2], hours[1::2], strict=True)]
    if not minutes or max(minutes) > MINUTES_PER_DAY:
        raise ValueError(f'{text!r} must be hours such as "09:00-18:00"')
    span = Span(*minutes)
    if span.close_minute <= span.open_minute:
        raise ValueError(
            f"{text!r} ends before it begins; open past midnight is until 24:00 on the one day"
            " and from 00:00 on the next"
        )
    return span


def _spans(compiled: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(opens, closes) for opens, closes in compiled)
