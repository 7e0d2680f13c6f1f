"""What customers left for people to do, as operators attend to it; and who notices if nobody does.

A viewer sees that something waits, and of whom not more than a masked number.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.path_ids import named_by, path_id
from contact_center.kernel.phone_numbers import masked
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from contact_center.conversations.services.ports.follow_ups import FollowUp, FollowUps
    from contact_center.kernel.ports import Clock, Metrics

MS_PER_HOUR = 3_600_000
VOICEMAIL = "voicemail"  # no fact of a call has that key

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDesk:
    """Where operators' questions are answered from.

    Attributes:
        messages: Notes that somebody attends to what the caller of a visit left, as `attend`.
        forbidden: Which of these numbers, E.164, nobody is to call. Raises StoreUnavailableError.
    """

    follow_ups: FollowUps
    clock: Clock
    forbidden: Callable[[Sequence[str]], Collection[str]]
    messages: Callable[[str, int], int | None] = lambda _visit_id, _at_ms: None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpWatch:
    """What notices that something has waited for too long; `hours` may go by."""

    follow_ups: FollowUps
    clock: Clock
    metrics: Metrics
    hours: int


def list_follow_ups(desk: FollowUpDesk, limit: int, cursor: str | None, *, whole: bool) -> Json:
    """What nobody has attended to, the oldest first, a page at a time.

    Args:
        desk: Where from.
        limit: At most so many.
        cursor: The `nextCursor` of the page before, or None.
        whole: Whether to tell the number, the name and the words.

    Raises:
        BadCursorError: The cursor is not one of this list.
        StoreUnavailableError: The table did not answer.
    """
    page = desk.follow_ups.waiting(limit, cursor)
    numbers = [number for one in page.follow_ups if (number := _number(one)) is not None]
    forbidden = desk.forbidden(numbers) if numbers else ()
    shown = [
        _shown(one, whole=whole) | {"doNotCall": _number(one) in forbidden}
        for one in page.follow_ups
    ]
    return {"followUps": shown, "nextCursor": page.cursor}


def attend_to(desk: FollowUpDesk, follow_up_id: str) -> Json | None:
    """Note that somebody attends to one: it is listed no more. Told again, nothing changes.

    Args:
        desk: Where.
        follow_up_id: As the list tells it.

    Returns:
        Since when, or None when there is no such thing.

    Raises:
        StoreUnavailableError: The table did not answer.
    """
    named = named_follow_up(follow_up_id)
    if named is None:
        return None
    whose, key = named
    now_ms = desk.clock.now_ms()
    if key == VOICEMAIL:
        at_ms = desk.messages(whose, now_ms)
    else:
        at_ms = desk.follow_ups.attend(whose, key, now_ms)
    return None if at_ms is None else {"id": follow_up_id, "attendedAt": iso(at_ms)}


def count_overdue(watch: FollowUpWatch) -> None:
    """Count, for the alarm, whether the oldest has waited for too long."""
    try:
        oldest_ms = watch.follow_ups.oldest_at_ms()
    except StoreUnavailableError:
        watch.metrics.count("read_failed", read="follow_ups")
        return
    if oldest_ms is not None and watch.clock.now_ms() - oldest_ms > watch.hours * MS_PER_HOUR:
        watch.metrics.count("follow_up_overdue")


def follow_up_id(one: FollowUp) -> str:
    """What it is called in a path."""
    return _id_of(one.called.call_id, one.called.key)


def voicemail_id(visit_id: str) -> str:
    """What the messages that a visit's caller left are called in a path."""
    return _id_of(visit_id, VOICEMAIL)


def _id_of(whose: str, key: str) -> str:
    return path_id(json.dumps([whose, key], separators=(",", ":"))) or ""


def _number(one: FollowUp) -> str | None:
    """Whose it is, E.164, however the call showed it."""
    return caller_number(one.record.value("customer_number")) if one.record else None


def _shown(one: FollowUp, *, whole: bool) -> Json:
    called, record = one.called, one.record
    customer = record.value("customer_number") if record else None
    said = {name: str(value) for name, value in called.arguments.items()}
    return {
        "id": follow_up_id(one),
        "kind": called.follow_up,
        "callId": path_id(called.call_id),
        "askedAt": iso(one.asked_at_ms),
        "customerNumber": customer if whole or customer is None else masked(customer),
        "customerName": record.value("customer_name") if whole and record else None,
        "said": said if whole else {},
    }


def named_follow_up(follow_up_id: str) -> tuple[str, str] | None:
    """Whose it is, and under which key: what `follow_up_id` or `voicemail_id` made of them."""
    try:
        told = json.loads(named_by(follow_up_id) or "null")
    except (ValueError, RecursionError):
        return None
    match told:
        case [str(call_id), str(key)]:
            return call_id, key
        case _:
            return None
