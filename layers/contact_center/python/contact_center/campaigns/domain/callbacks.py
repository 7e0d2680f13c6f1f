"""A time at which a customer asked to be called back: agreed on in the call, in their own time.

    the assistant's tool ─► judge_callback ─┬─► what the customer is told
                                            └─► the call's record ─► promised_at ─► the contact

The model is told what time it is where the customer is, and passes on a day and a time there. Where
nobody can tell, the customer is asked for their time zone, and the model passes that on as well.
What it passes on is data: a time that is past, or far away, is told to it as a mistake, and kept
nowhere. Whoever judges it again, from the same message, comes to the same.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from contact_center.kernel.field_errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

CALLBACK_TOOL = "callCustomerBack"

LONGEST_WAIT_DAYS = 60

_TIME = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]")
# No place's clock is further from UTC. What is too far away in any place is refused before it is
# reckoned with: the last day of the calendar is an instant in half of the world only.
_FURTHEST_OFFSET = timedelta(hours=14)


class BadCallbackError(FieldError):
    """A time that nobody can be called at."""


def judge_callback(arguments: Mapping[str, object], now: datetime, zone: str | None) -> datetime:
    """The instant at which a customer is to be called, as a model passed it on.

    Args:
        arguments: `day` as 2026-11-23 and `time` as 15:30, where the customer is; `timezone` if
            they were asked for it, or named another than was thought.
        now: The civil instant at which it was passed on, aware.
        zone: The IANA name of the zone in which the model was told the time; None: it was told
            to ask. An hour that clocks skip is the one after it; of one that comes twice, the
            first.

    Returns:
        The instant, in UTC: after `now`, and at most LONGEST_WAIT_DAYS later.

    Raises:
        BadCallbackError: One of them is missing, or is none, or nobody can be called then.
    """
    wall, now = _read(arguments), now.astimezone(UTC)
    place = _place(arguments, zone)
    latest = now + timedelta(days=LONGEST_WAIT_DAYS)
    if wall < now.replace(tzinfo=None) - _FURTHEST_OFFSET:
        raise BadCallbackError("day", "and time must be in the future")
    if wall > latest.replace(tzinfo=None) + _FURTHEST_OFFSET:
        raise BadCallbackError("day", f"must be within {LONGEST_WAIT_DAYS} days")
    at = wall.replace(tzinfo=place).astimezone(UTC)
    if at <= now:
        raise BadCallbackError("day", "and time must be in the future")
    if at > latest:
        raise BadCallbackError("day", f"must be within {LONGEST_WAIT_DAYS} days")
    return at


def promised_at(callback: str, zone: ZoneInfo | None, ended: datetime) -> datetime | None:
    """The instant that a call's record holds a promise for; None: it holds none.

    Args:
        callback: An instant that was judged, as ISO 8601; of an older release the customer's
            local time, which was not.
        zone: Where the customer is, for such a one; None: UTC.
        ended: When the call was over, civil, aware.
    """
    try:
        said = datetime.fromisoformat(callback)
    except ValueError:
        return None
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    try:
        at = said.replace(tzinfo=zone or UTC).astimezone(UTC)
    except OverflowError:
        return None
    return at if ended < at <= ended + timedelta(days=LONGEST_WAIT_DAYS) else None


def _read(arguments: Mapping[str, object]) -> datetime:
    day, clock = arguments.get("day"), arguments.get("time")
    try:
        read_day = date.fromisoformat(day.strip() if isinstance(day, str) else "")
    except ValueError:
        raise BadCallbackError("day", "must be a date such as 2026-11-23") from None
    said = clock.strip() if isinstance(clock, str) else ""
    if not _TIME.fullmatch(said):
        raise BadCallbackError("time", "must be a time of the day such as 15:30")
    hour, minute = map(int, said.split(":"))
    return datetime.combine(read_day, time(hour, minute))


def _place(arguments: Mapping[str, object], told: str | None) -> ZoneInfo:
    """Where the customer is: as they said, else as the model was told."""
    said = arguments.get("timezone")
    if said is None or (isinstance(said, str) and not said.strip()):
        said = told
    from contact_center.kernel.time_zones import zone_named  # noqa: PLC0415 - as below

    name = zone_named(said)
    if name is None:
        raise BadCallbackError("timezone", "must be the customer's own, such as America/Chicago")
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - the router's start is 4 ms sooner without it

    return ZoneInfo(name)
