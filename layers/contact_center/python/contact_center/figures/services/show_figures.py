"""GET /api/figures: the figures of some days, by hour or day, by department or campaign.

Only roll-ups are read: as many as there were hours, departments and campaigns, however many
calls. A call counts for the hour in which it began, a visit for the one in which its caller came,
so that what is told late changes no other.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.figures.domain.counts import HOUR_MS, added, hour_text
from contact_center.figures.domain.definitions import figures_of
from contact_center.figures.domain.worst_seconds import of_hours
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import read_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.figures.domain.worst_seconds import Worst
    from contact_center.figures.services.measure_seconds import DialBook
    from contact_center.figures.services.roll_up_ports import RollUp, RollUps
    from contact_center.kernel.ports import Clock

type Json = dict[str, object]

MOST_DAYS, MOST_DAYS_BY_HOUR = 92, 7
HOURS_KEPT_DAYS = 400  # roll_up_items.py
HOURS_A_DAY = 24


class By(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"


class Group(StrEnum):
    """What buckets of one time are told apart by."""

    NONE = "none"
    DEPARTMENT = "department"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: days, both included, UTC."""

    first: date
    last: date
    by: By
    group: Group


def read_wanted(said: dict[str, str], today: date) -> Wanted:
    """What a request asks for.

    Args:
        said: `from`, `to`, `by`, `group`, as far as they were given.
        today: UTC.

    Raises:
        FieldError: One of them cannot be, or they cannot be together.
    """
    last = _day(said, "to") or today
    first = _day(said, "from") or min(last, today)
    by = _one_of(By, said, "by", By.DAY)
    group = _one_of(Group, said, "group", Group.NONE)
    most = MOST_DAYS_BY_HOUR if by is By.HOUR else MOST_DAYS
    if last < first:
        raise FieldError("to", "must not be before from")
    if (last - first).days >= most:
        raise FieldError("to", f"must be at most {most} days from from, both included")
    if by is By.HOUR and (today - first).days > HOURS_KEPT_DAYS:
        raise FieldError("from", f"must be within {HOURS_KEPT_DAYS} days by the hour")
    return Wanted(first=first, last=last, by=by, group=group)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUpDesk:
    """Where operators ask for figures."""

    roll_ups: RollUps
    dials: DialBook
    clock: Clock

    def figures(self, said: dict[str, str]) -> Json:
        """What a request asks for. Raises FieldError, StoreUnavailableError."""
        now = datetime.fromtimestamp(self.clock.now_ms() / 1000, tz=UTC)
        wanted = read_wanted(said, now.date())
        found = self._found(wanted)
        buckets: dict[tuple[str, str], list[RollUp]] = {}
        for one in found:
            buckets.setdefault((one.of, _group(one, wanted.group)), []).append(one)
        begun = round(now.timestamp()) // (HOUR_MS // 1000) + 1
        return {
            "from": wanted.first.isoformat(),
            "to": wanted.last.isoformat(),
            "by": wanted.by.value,
            "group": wanted.group.value,
            "buckets": [
                {
                    "at": _at(of),
                    "group": group or None,
                    "figures": figures_of(_sum(parts), _hours(of, begun)),
                }
                for (of, group), parts in sorted(buckets.items())
            ],
            "worstSeconds": self._worst_seconds(wanted),
            "total": figures_of(_sum(found), _all_hours(wanted, begun)),
        }

    def _worst_seconds(self, wanted: Wanted) -> list[Json]:
        noted = self.dials.worst(wanted.first.isoformat(), wanted.last.isoformat())
        hours: dict[str, dict[int, Worst]] = {}
        for hour, worst in noted.items():
            said = hour_text(hour)
            of = said if wanted.by is By.HOUR else said[:10]
            hours.setdefault(of, {})[hour] = worst
        worst_of = {of: of_hours(found) for of, found in sorted(hours.items())}
        return [
            {"at": _at(of), "account": worst.account, "prefix": worst.prefix}
            for of, worst in worst_of.items()
        ]

    def _found(self, wanted: Wanted) -> Sequence[RollUp]:
        if wanted.by is By.DAY:
            return self.roll_ups.days(wanted.first.isoformat(), wanted.last.isoformat())
        return [one for day in _days(wanted) for one in self.roll_ups.hours(day)]


def _days(wanted: Wanted) -> Iterator[str]:
    for more in range((wanted.last - wanted.first).days + 1):
        yield (wanted.first + timedelta(days=more)).isoformat()


def _sum(parts: Sequence[RollUp]) -> dict[str, int]:
    return dict(added(one.counts for one in parts))


def _group(one: RollUp, group: Group) -> str:
    match group:
        case Group.DEPARTMENT:
            return one.bucket.department
        case Group.CAMPAIGN:
            return one.bucket.campaign
        case _:
            return ""


def _at(of: str) -> str:
    return f"{of}:00:00Z" if "T" in of else f"{of}T00:00:00Z"


def _hours(of: str, begun: int) -> int:
    """How many hours of a bucket have begun."""
    if "T" in of:
        return 1
    return _begun(date.fromisoformat(of), begun)


def _all_hours(wanted: Wanted, begun: int) -> int:
    return sum(_begun(date.fromisoformat(day), begun) for day in _days(wanted))


def _begun(day: date, begun: int) -> int:
    first = (day - date(1970, 1, 1)).days * HOURS_A_DAY
    return min(max(begun - first, 0), HOURS_A_DAY)


def _day(said: dict[str, str], name: str) -> date | None:
    if name not in said:
        return None
    day = read_day(said[name])
    if day is None:
        raise FieldError(name, "must be a date as YYYY-MM-DD")
    return day


def _one_of[Kind: StrEnum](kind: type[Kind], said: dict[str, str], name: str, usual: Kind) -> Kind:
    if name not in said:
        return usual
    known = {one.value: one for one in kind}
    if said[name] not in known:
        raise FieldError(name, f"must be one of {', '.join(known)}")
    return known[said[name]]
