"""Operators look up who did what."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.audit.domain.entries import mark_of
from contact_center.audit.services.audit_ports import Wanted
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso, read_day
from contact_center.kernel.page_cursors import opened, sealed
from contact_center.kernel.ports import BadCursorError

if TYPE_CHECKING:
    from contact_center.audit.domain.entries import Entry
    from contact_center.audit.services.audit_ports import AuditBook, MarkKey
    from contact_center.kernel.ports import Clock

MOST_LOOKS = 3  # requests to the table for one page: days in which nothing is found
# Where only some are wanted a page costs what is read for it. So little is read at first, and then
# as much as what was found so far makes likely, and a little more; about half a megabyte at most.
FIRST_LOOK, MOST_READ, MORE = 2, 1_000, 1.25
LIST = "audit"
_PLACE = re.compile(r"[0-9]{13}#[0-9a-f]{32}")

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditDesk:
    """Where operators' questions are answered from; entries are kept for so many `days`."""

    book: AuditBook
    key: MarkKey
    clock: Clock
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for: None, any. `customer` is E.164."""

    day: str | None = None
    who: str | None = None
    action: str | None = None
    customer: str | None = None


def read_trail(desk: AuditDesk, question: Question, limit: int, cursor: str | None) -> Json:
    """Entries, the newest first, of a day or back to the oldest that is kept.

    Raises:
        BadCursorError: The cursor is not one of this list.
        SecretUnavailableError: A customer cannot be looked for at the moment.
        StoreUnavailableError: The table did not answer.
    """
    today = datetime.fromtimestamp(desk.clock.now_ms() / 1000, tz=UTC).date()
    oldest = today - timedelta(days=desk.days)
    day, after = _place(question, cursor, today)
    wanted = Wanted(
        who=question.who,
        action=question.action,
        customer=question.customer and mark_of(desk.key.current(), question.customer),
    )
    found: list[Entry] = []
    unreadable: list[str] = []
    looked = 0
    for _ in range(MOST_LOOKS):
        look = _look(limit, len(found), looked)
        page = desk.book.page(day.isoformat(), wanted, limit - len(found), after, look)
        looked += look
        found += page.entries
        unreadable += page.unreadable
        after = page.after
        if after is None:
            if question.day is not None or day <= oldest:
                return _told(found, None, unreadable)
            day -= timedelta(days=1)
        if len(found) == limit:
            break
    return _told(found, sealed(LIST, f"{day.isoformat()}/{after or ''}"), unreadable)


def _look(limit: int, found: int, looked: int) -> int:
    """How many entries to read next, when so many of those read were wanted."""
    if not looked:
        return min(MOST_READ, limit * FIRST_LOOK)
    if not found:
        return MOST_READ
    return min(MOST_READ, math.ceil((limit - found) * looked / found * MORE))


def _place(question: Question, cursor: str | None, today: date) -> tuple[date, str | None]:
    """Where to go on. A cursor is a stranger's text until it has this exact shape."""
    asked = read_day(question.day) if question.day else None
    said = opened(LIST, cursor)
    if said is None:
        return asked or today, None
    named, _, after = said.partition("/")
    day = read_day(named)
    if day is None or (asked is not None and day != asked):
        raise BadCursorError
    if after and not _PLACE.fullmatch(after):
        raise BadCursorError
    return day, after or None


def _told(found: list[Entry], cursor: str | None, unreadable: list[str]) -> Json:
    return {
        "entries": [_shown(one) for one in found],
        "nextCursor": cursor,
        "unreadable": unreadable,
    }


def _shown(entry: Entry) -> Json:
    return {
        "id": entry.entry_id,
        "at": iso(entry.at_ms),
        "who": entry.who,
        "role": entry.role,
        "action": entry.action,
        "kind": entry.kind,
        "on": entry.on,
        "onId": entry.on_id,
        "customers": len(entry.customers) + entry.more,
        "status": entry.status,
        "reason": entry.reason,
    }
