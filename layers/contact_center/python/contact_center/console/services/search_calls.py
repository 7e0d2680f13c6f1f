"""Look through the calls of some days, a few requests at a time, and say how far it has come.

days, newest first ──► a page of an index ──► what fits ──► rows; where it stopped
▲       at most MOST_REQUESTS                 │
└──────────── the cursor ─────────────────────┘
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.console.services.search_ports import Place
from contact_center.conversations.services.read_calls import shown_row
from contact_center.dialing.domain.call_outcomes import disposition_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.page_cursors import opened, sealed
from contact_center.kernel.ports import BadCursorError

if TYPE_CHECKING:
    from contact_center.console.services.search_ports import FoundCalls, PastCalls
    from contact_center.conversations.services.ports.calls import CallRow
    from contact_center.kernel.ports import Clock

MOST_DAYS = 31
MOST_REQUESTS = 3
PAGE = 200  # calls of a request at most, where few of them fit: four hundred kilobytes
FIRST_LOOK, MARGIN = 2, 1.1  # calls for a row before anything is known, and beyond the estimate
DAY_MS = 86_400_000

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which calls. None: any.

    Attributes:
        first, last: Days in UTC, on which they began.
        department: Where they were last sent, or person.
        ended: The class of the reason, `howEnded`.
        achieved: What it came to.
        number: The customer's, E.164.
        corrected: Only those of which somebody has said where they should have been sent.
    """

    first: date
    last: date
    direction: str | None = None
    department: str | None = None
    ended: str | None = None
    achieved: str | None = None
    campaign: str | None = None
    number: str | None = None
    corrected: bool = False

    @property
    def filters(self) -> bool:
        """Whether few of those that are looked at may fit."""
        named = (self.direction, self.department, self.ended, self.achieved, self.campaign)
        return self.corrected or any(one is not None for one in named)

    def takes(self, row: CallRow) -> bool:
        """Whether a call is one of them."""
        record = row.record
        return (
            not (self.corrected and record.value("corrected_to") is None)
            and self.direction in {None, record.value("direction")}
            and self.department in {None, row.glance.destination}
            and self.campaign in {None, record.value("campaign_id")}
            and self.achieved in {None, record.achieved.what}
            and (self.ended is None or self.ended == _how_ended(row))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDesk:
    """Where is looked."""

    calls: PastCalls
    clock: Clock


def search_calls(desk: SearchDesk, wanted: Wanted, limit: int, cursor: str | None) -> Json:
    """Calls that fit, the newest first, as far as a few requests go.

    Args:
        desk: Where.
        wanted: Which.
        limit: At most so many rows.
        cursor: The `nextCursor` of the page before, or None.

    Raises:
        FieldError: The days are more than MOST_DAYS, or the wrong way round.
        BadCursorError: The cursor is not one of this search.
        StoreUnavailableError: The table did not answer.
    """
    if not timedelta() <= wanted.last - wanted.first < timedelta(days=MOST_DAYS):
        raise FieldError("from", f"must be at most {MOST_DAYS - 1} days before to, and not after")
    name = _name(wanted)
    day, after = _place(opened(name, cursor), wanted)
    rows: list[Json] = []
    looked_at = 0
    for _ in range(MOST_REQUESTS):
        size = _size(wanted, limit - len(rows), looked_at, len(rows))
        found = _page(desk, wanted, day, size, after)
        looked_at += found.looked_at
        for row, place in found.calls:
            after = place
            if wanted.takes(row):
                rows.append(shown_row(row))
            if len(rows) >= limit:
                return _told(rows, looked_at, name, day, after)
        after = found.last
        if after is None:
            if wanted.number is not None or day <= wanted.first:
                return _told(rows, looked_at, name, None, None)
            day -= timedelta(days=1)
    return _told(rows, looked_at, name, day, after)


def _size(wanted: Wanted, left: int, looked_at: int, found: int) -> int:
    """How many calls are to be read for so many rows, by how many have fitted so far."""
    if not wanted.filters:
        return left
    if not looked_at:
        return min(PAGE, left * FIRST_LOOK)
    if not found:
        return PAGE
    return min(PAGE, math.ceil(left * looked_at / found * MARGIN))


def _page(
    desk: SearchDesk, wanted: Wanted, day: date, size: int, after: Place | None
) -> FoundCalls:
    if wanted.number is None:
        return desk.calls.of_day(day.isoformat(), size, after)
    since_ms, until_ms = _ms(wanted.first), _ms(wanted.last) + DAY_MS - 1
    return desk.calls.of_customer(wanted.number, since_ms, until_ms, size, after)


def _told(
    rows: list[Json], looked_at: int, name: str, day: date | None, after: Place | None
) -> Json:
    through = None
    if day is not None:
        at_ms = _ms(day) + DAY_MS if after is None else after.began_ms
        through = iso(at_ms)
    place = None if day is None else json.dumps([day.isoformat(), after])
    return {
        "calls": rows,
        "lookedAt": looked_at,
        "searchedThrough": through,
        "nextCursor": sealed(name, place),
    }


def _place(said: str | None, wanted: Wanted) -> tuple[date, Place | None]:
    if said is None:
        return wanted.last, None
    try:
        match json.loads(said):
            case [str(day), None]:
                found: tuple[date, Place | None] = date.fromisoformat(day), None
            case [str(day), [str(pk), int(began_ms)]]:
                found = date.fromisoformat(day), Place(pk, began_ms)
            case _:
                raise BadCursorError
    except ValueError:
        raise BadCursorError from None
    if not wanted.first <= found[0] <= wanted.last:
        raise BadCursorError
    return found


def _name(wanted: Wanted) -> str:
    """What a cursor belongs to: the same question, of which it tells nothing."""
    said = repr(wanted).encode("utf-8", "surrogatepass")
    return "search " + hashlib.sha256(said).hexdigest()[:16]


def _how_ended(row: CallRow) -> str | None:
    record = row.record
    if not record.ended:
        return None
    ended = disposition_of(record.value("ended_reason"), talked=record.talked)
    return None if ended is None else ended.value


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
