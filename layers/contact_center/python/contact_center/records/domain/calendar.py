"""When a meeting can be booked: the slots of a calendar, and which of them are free. Pure.

    hours of a week, days of their own ─► slots ─► those after the notice, not all held ─► offered

Slots stand on the civil clock of the calendar's zone, one after the other from the beginning of
each span of hours. A slot that the clocks skip is none, of a time that comes twice the first
counts, and a slot in which the clocks change is not offered: nobody could say how long it is.

Who holds a slot is a set of calls, so that a booking that is told twice holds it once.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OFFERED = 3  # more than three times nobody remembers on the telephone

DAY_MS = 86_400_000  # no slot is longer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Hours within one civil day, in minutes after midnight: begin ≤ t < end."""

    begin_minute: int
    end_minute: int


class Slot(NamedTuple):
    """A time that can be booked, ms since 1970: start ≤ t < end."""

    start_ms: int
    end_ms: int

    def meets(self, other: Slot) -> bool:
        """Whether one of them begins before the other is over."""
        return self.start_ms < other.end_ms and other.start_ms < self.end_ms


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A slot that is booked, and by which calls."""

    slot: Slot
    calls: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRules:
    """What an owner offers.

    Attributes:
        zone: IANA name.
        week: Spans of each weekday, Monday first, in order.
        special_days: By "2026-12-25", or "12-25" for one of every year; the former goes first.
        notice_hours: Nothing sooner is offered.
        days_ahead: Nothing later is offered.
        capacity: How many may book the same slot.
    """

    zone: str
    week: tuple[tuple[Span, ...], ...]
    special_days: Mapping[str, tuple[Span, ...]]
    length_minutes: int
    notice_hours: int
    days_ahead: int
    capacity: int

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        figures = ("length_minutes", "notice_hours", "days_ahead", "capacity")
        return cls(
            zone=compiled["zone"],
            week=tuple(_spans(day) for day in compiled["week"]),
            special_days={day: _spans(said) for day, said in compiled["special_days"].items()},
            **{name: int(compiled[name]) for name in figures},
        )

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans of a day of the calendar."""
        whole = day.isoformat()
        special = self.special_days.get(whole, self.special_days.get(whole[5:]))
        return self.week[day.weekday()] if special is None else special

    def first_ms(self, now: datetime) -> int:
        """Nothing before this is offered, ms since 1970."""
        return ms_of(now + timedelta(hours=self.notice_hours))

    def last_ms(self, now: datetime) -> int:
        """Nothing after this is offered, ms since 1970."""
        return ms_of(now + timedelta(days=self.days_ahead))

    def looked_at(self, now: datetime) -> tuple[int, int]:
        """Between which beginnings bookings count, ms since 1970: what has begun may go on."""
        return max(0, ms_of(now) - DAY_MS), self.last_ms(now) + DAY_MS


def slots_of(rules: CalendarRules, now: datetime) -> Iterator[Slot]:
    """Every slot that may be offered at an instant (aware), held or not, in order."""
    first_ms, last_ms = rules.first_ms(now), rules.last_ms(now)
    day = now.astimezone(ZoneInfo(rules.zone)).date()
    for _ in range(rules.days_ahead + 2):
        for slot in slots_on(rules, day):
            if first_ms <= slot.start_ms <= last_ms:
                yield slot
        day += _DAY


def slots_on(rules: CalendarRules, day: date) -> Iterator[Slot]:
    """The slots of a civil day of the calendar, in order."""
    zone, length = ZoneInfo(rules.zone), timedelta(minutes=rules.length_minutes)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock's
    for begin_minute, end_minute in rules.on(day):
        last = end_minute - rules.length_minutes
        for minute in range(begin_minute, last + 1, rules.length_minutes):
            wall = midnight + timedelta(minutes=minute)
            start = wall.replace(tzinfo=zone).astimezone(UTC)
            end = start + length
            if _shown(start, zone) == wall and _shown(end, zone) == wall + length:
                yield Slot(ms_of(start), ms_of(end))


def free_of(slots: Iterable[Slot], held: Iterable[HeldSlot], capacity: int) -> list[Slot]:
    """Those of some slots that one more may book, in their order.

    Whoever has changed the hours since may have bookings that no slot of today begins with: all
    that a slot meets are counted.
    """
    booked = sorted(held, key=lambda one: one.slot)
    starts = [one.slot.start_ms for one in booked]
    longest = max((one.slot.end_ms - one.slot.start_ms for one in booked), default=0)
    free: list[Slot] = []
    for slot in slots:
        near = booked[
            bisect_left(starts, slot.start_ms - longest) : bisect_left(starts, slot.end_ms)
        ]
        met = frozenset(call for one in near if one.slot.meets(slot) for call in one.calls)
        if len(met) < capacity:
            free.append(slot)
    return free


def next_of(free: Iterable[Slot], wished_ms: int | None) -> tuple[Slot, ...]:
    """The three free slots to offer: from the wished time on, and before it if there are no more.

    Args:
        free: In order.
        wished_ms: ms since 1970; None: the earliest.
    """
    known = list(free)
    later = [one for one in known if wished_ms is None or one.start_ms >= wished_ms]
    found = later[:OFFERED]
    missing = OFFERED - len(found)
    earlier = known[: len(known) - len(later)]
    return tuple([*earlier[-missing:], *found] if missing else found)


def at_ms(instant_ms: int) -> datetime:
    """An instant in ms since 1970, aware, in UTC."""
    return _EPOCH + timedelta(milliseconds=instant_ms)


def ms_of(at: datetime) -> int:
    """An instant, aware, in ms since 1970."""
    return (at - _EPOCH) // _MILLISECOND


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows."""
    return at.astimezone(zone).replace(tzinfo=None)


def _spans(compiled: Iterable[Iterable[int]]) -> tuple[Span, ...]:
    return tuple(Span(*span) for span in compiled)
