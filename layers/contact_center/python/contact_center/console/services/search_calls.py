"""Look through the calls of some days, a few requests at a time, and say how far it has come.

days, newest first ──► what fits ──► rows; where it stopped
▲       at most MOST_REQUESTS            │
└──────────── the cursor ────────────────┘
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.console.services.look_through_calls import Looking, Where
from contact_center.conversations.services.read_calls import shown_row
from contact_center.figures.domain.day_book import DAY_MS
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso
from contact_center.kernel.page_cursors import opened, sealed
from contact_center.kernel.ports import BadCursorError

if TYPE_CHECKING:
    from contact_center.console.domain.wanted_calls import Wanted
    from contact_center.console.services.search_ports import PastCalls
    from contact_center.kernel.ports import Clock

MOST_DAYS = 31
IN_BOOK = "book"  # in a cursor: of those that began at once it goes by the book's order

type Json = dict[str, object]


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
        limit: At most so many rows, up to a hundred.
        cursor: The `nextCursor` of the page before, or None.

    Raises:
        FieldError: The days are more than MOST_DAYS, or the wrong way round.
        BadCursorError: The cursor is not one of this search.
        StoreUnavailableError: The table did not answer.
    """
    if not timedelta() <= wanted.last - wanted.first < timedelta(days=MOST_DAYS):
        raise FieldError("from", f"must be at most {MOST_DAYS - 1} days before to, and not after")
    name = _name(wanted)
    looking = Looking(
        calls=desk.calls,
        wanted=wanted,
        first_ms=_ms(wanted.first),
        limit=limit,
        where=_where(opened(name, cursor), wanted),
    )
    looking.look()
    where = looking.where if looking.where.until_ms > looking.first_ms else None
    return {
        "calls": [shown_row(row) for row in looking.rows],
        "lookedAt": looking.looked_at,
        "searchedThrough": None if where is None else iso(where.at_ms),
        "nextCursor": sealed(name, None if where is None else _place(where)),
    }


def _place(where: Where) -> str:
    day = datetime.fromtimestamp((where.until_ms - 1) / 1000, UTC).date()
    place = [day.isoformat(), [where.pk, where.at_ms]]
    return json.dumps(place if where.by_index else [*place, IN_BOOK])


def _where(said: str | None, wanted: Wanted) -> Where:
    first_ms, end_ms = _ms(wanted.first), _ms(wanted.last) + DAY_MS
    if said is None:
        return Where(end_ms)
    try:
        match json.loads(said):
            case [str(day), None]:  # as releases before the day book had it
                where = Where(_ms(date.fromisoformat(day)) + DAY_MS)
            case [str(), [str(pk), int(at_ms)]]:
                where = Where(at_ms, pk, by_index=True)
            case [str(), [str(pk), int(at_ms)], str(book)] if book == IN_BOOK:
                where = Where(at_ms, pk)
            case _:
                raise BadCursorError
    except ValueError:
        raise BadCursorError from None
    if not first_ms < where.until_ms <= end_ms:
        raise BadCursorError
    return where


def _name(wanted: Wanted) -> str:
    """What a cursor belongs to: the same question, of which it tells nothing."""
    said = repr(wanted).encode("utf-8", "surrogatepass")
    return "search " + hashlib.sha256(said).hexdigest()[:16]


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
