"""The tool that books a meeting: offered what is free, and a time is booked once it is agreed on.

    bookDemo()                     ─► the next three free times, as they are said and as passed on
    bookDemo(day, time)  free      ─► booked, in one transaction; the call has one
                         not free  ─► the next three from there on
                         taken meanwhile ─► looked at again, and the next three

That nothing is free is an answer, no error: the model is told what to say. What it is told is made
of the calendar's own times; nothing that was said is said back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.conversations.services.tools import ToolAnswer
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.kernel.time_zones import zone_named
from contact_center.records.domain.calendar import Slot, at_ms, next_of
from contact_center.records.domain.spoken_details import (
    LONGEST_LINE,
    LONGEST_NAME,
    BadDetailError,
    details_of,
    email_of,
)
from contact_center.records.domain.spoken_times import BadTimeError, Wish, in_words, read_wish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from contact_center.conversations.domain.messages import Question, ToolCall
    from contact_center.conversations.services.ports.calendar import Calendar, Openings
    from contact_center.kernel.ports import Metrics

MEETING_KEY = "meeting"  # of the fact: a call has one
DETAILS = {"name": LONGEST_NAME, "topic": LONGEST_LINE}
DOWN = (StoreUnavailableError, StoreRefusedError, ContentionError)

_ELSE = "Offer to note the wish with takeMessage."
_UNREACHED = ToolAnswer(f"Not booked: the calendar cannot be reached. Say so. {_ELSE}", failed=True)
_IN_DOUBT = ToolAnswer(
    f"Nobody knows whether it is booked: say that it could not be confirmed. {_ELSE}", failed=True
)
_NO_ATTENDEE = ToolAnswer(
    "Not booked yet: this calendar needs a name and an e-mail address. Ask for both, read the"
    " address back, and call this again with day, time, name and email.",
    failed=True,
)
_NOBODY = ToolAnswer(
    "Not booked: this call does not show a number. Ask for an e-mail address, and call this again"
    " with it.",
    failed=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingParts:
    """What booking needs.

    Attributes:
        civil_at: The civil instant at a machine instant, aware.
    """

    calendar: Calendar
    civil_at: Callable[[int], datetime]
    metrics: Metrics


def book_demo(call: ToolCall, question: Question, parts: BookingParts) -> ToolAnswer:
    """Offer times, or book one.

    Args:
        call: `day` and `time` in whatever words, or neither; `timezone`, `name`, `email`, `topic`.
        question: The message that it came with.
        parts: What it works with.

    Returns:
        What the model is told.
    """
    now = parts.civil_at(question.at_ms)
    try:
        zone = _zone(call, question, parts.calendar.zone)
        wish = read_wish(call.arguments, now.astimezone(ZoneInfo(zone)).date())
        email = email_of(call.arguments.get("email"))
    except (BadTimeError, BadDetailError) as error:
        return ToolAnswer(f"Not booked: {error}. Ask again.", failed=True)
    openings = _look(question, parts)
    if openings is None:
        return _UNREACHED
    if openings.own is not None:
        return _has_one(openings.own, wish, zone, parts)
    slot = _chosen(wish, openings, zone, parts)
    if isinstance(slot, ToolAnswer):
        return slot
    details = _details(call, email, parts)
    missing = _missing(details, question, parts)
    return missing or _book(slot, details, question, zone, parts)


def _missing(details: dict[str, str], question: Question, parts: BookingParts) -> ToolAnswer | None:
    """What is to be asked for before anything is booked; None: nothing."""
    if parts.calendar.wants_attendee and not {"name", "email"} <= details.keys():
        return _NO_ATTENDEE
    return _NOBODY if question.customer_number is None and "email" not in details else None


def _look(question: Question, parts: BookingParts) -> Openings | None:
    """What the calendar has; None: nobody knows. Without a call nothing tells a repetition."""
    if question.call_id is None:
        return None
    try:
        return parts.calendar.look(question.call_id, parts.civil_at(question.at_ms))
    except DOWN:
        parts.metrics.count("read_failed", read="calendar")
        return None


def _chosen(wish: Wish, openings: Openings, zone: str, parts: BookingParts) -> Slot | ToolAnswer:
    """The one free slot that is wished, or what is offered instead."""
    meant = _meant(wish, openings.slots, zone)
    free = [slot for slot in meant if slot in openings.free]
    if not free:
        near = meant[0] if meant else _from(wish, openings.slots, zone)
        return _offer(_why_not(wish, meant), near, openings, zone, parts)
    if len({_wall(slot, zone) for slot in free}) > 1:
        return _offer("Ask whether morning or afternoon is meant.", free[0], openings, zone, parts)
    return free[0]


def _why_not(wish: Wish, meant: Sequence[Slot]) -> str:
    if wish.day is None or not wish.minutes:
        return ""
    return "That time is not free." if meant else "That is no time that can be booked."


def _book(
    slot: Slot, details: dict[str, str], question: Question, zone: str, parts: BookingParts
) -> ToolAnswer:
    meeting = MeetingBooked(
        call_id=question.call_id or "",
        at_ms=question.at_ms,
        key=MEETING_KEY,
        starts_at_ms=slot.start_ms,
        ends_at_ms=slot.end_ms,
        details=details,
    )
    try:
        stands = parts.calendar.book(meeting)
    except StoreRefusedError:
        parts.metrics.count("booking_not_taken")
        return _UNREACHED
    except DOWN:
        parts.metrics.count("booking_in_doubt")
        return _IN_DOUBT
    if stands is None:
        parts.metrics.count("slot_taken_meanwhile")
        return _offer_again(slot, question, zone, parts)
    if stands.starts_at_ms != slot.start_ms:
        return _kept(Slot(stands.starts_at_ms, stands.ends_at_ms), zone)
    parts.metrics.count("meeting_booked")
    return _booked(slot, zone)


def _offer_again(slot: Slot, question: Question, zone: str, parts: BookingParts) -> ToolAnswer:
    openings = _look(question, parts)
    if openings is None:
        return _UNREACHED
    return _offer("Somebody has just taken that time.", slot, openings, zone, parts)


def _offer(
    why: str, wished: Slot | None, openings: Openings, zone: str, parts: BookingParts
) -> ToolAnswer:
    """The next three from a slot on, free or not; None: the earliest."""
    offered = next_of(openings.free, None if wished is None else wished.start_ms)
    if not offered:
        parts.metrics.count("no_slot")
        return ToolAnswer(f"{why} Nothing is free at all. Say so. {_ELSE}".strip())
    times = "; ".join(_offered(slot, zone) for slot in offered)
    return ToolAnswer(
        f"{why} Nothing is booked yet. Free are: {times}. Ask which suits, and call this again with"
        " its day and time.".strip()
    )


def _offered(slot: Slot, zone: str) -> str:
    there = at_ms(slot.start_ms).astimezone(ZoneInfo(zone))
    words = in_words(there, zone)
    return f"{words} (day {there:%Y-%m-%d}, time {there:%H:%M}, timezone {zone})"


def _booked(slot: Slot, zone: str) -> ToolAnswer:
    return ToolAnswer(f"Booked: {in_words(at_ms(slot.start_ms), zone)}. Say so, with day and time.")


def _has_one(own: Slot, wish: Wish, zone: str, parts: BookingParts) -> ToolAnswer:
    """A call that has a booking is told which, and the same again where it is what is wished."""
    if _meant(wish, [own], zone):
        parts.metrics.count("booked_again")
        return _booked(own, zone)
    return _kept(own, zone)


def _kept(own: Slot, zone: str) -> ToolAnswer:
    return ToolAnswer(
        f"This call has a booking already: {in_words(at_ms(own.start_ms), zone)}. It stands. Say"
        " so; a wish for another time is noted with takeMessage."
    )


def _meant(wish: Wish, slots: Sequence[Slot], zone: str) -> list[Slot]:
    """The slots that a wish may mean."""
    return [
        slot
        for slot in slots
        if (wall := _wall(slot, zone))[0] == wish.day and wall[1] in wish.minutes
    ]


def _wall(slot: Slot, zone: str) -> tuple[date, int]:
    """The day and the minute that a clock shows there when it begins."""
    there = at_ms(slot.start_ms).astimezone(ZoneInfo(zone))
    return there.date(), there.hour * 60 + there.minute


def _from(wish: Wish, slots: Sequence[Slot], zone: str) -> Slot | None:
    """The first slot at or after a wish; None: the wish names no day, or one that is out of reach.

    A wish is compared as it stands, and never reckoned with: a model may name the year 9999.
    """
    if wish.day is None:
        return None
    wished = wish.day, min(wish.minutes, default=0)
    return next((slot for slot in slots if _wall(slot, zone) >= wished), None)


def _details(call: ToolCall, email: str | None, parts: BookingParts) -> dict[str, str]:
    details, marks = details_of(call.arguments, DETAILS)
    for mark in sorted(marks):
        parts.metrics.count("detail_cleaned", what=mark.value)
    return details if email is None else {**details, "email": email}


def _zone(call: ToolCall, question: Question, calendars: str) -> str:
    """Where the caller is: as they said, else as the model was told, else where the calendar is."""
    said = call.arguments.get("timezone")
    if said is None or (isinstance(said, str) and not said.strip()):
        return zone_named(question.timezone) or calendars
    zone = zone_named(said)
    if zone is None:
        raise BadTimeError("timezone", "must be the customer's own, such as America/Chicago")
    return zone
