"""A visit comes into a department's queue, or is told at once that it cannot."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import PassingError
from contact_center.queue.domain.wait_documents import RESULT_PATH, queue_name, spoken, wait_path
from contact_center.queue.domain.waiting import Entered, Left, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import QueueFullError, change_entry
from contact_center.queue.services.place_given import place_given
from contact_center.visits.domain.instructions import Speak, Wait
from contact_center.visits.domain.visit_parts import WaitSaid

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.domain.waits_told import WaitTold
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.queue.services.queue_ports import Staff
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.opening_hours import Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitAsked:
    """A caller who is to wait.

    Attributes:
        leg: The caller's, by the provider's id.
        number: E.164; None: withheld.
        place_ms: Since when the visit waits, if it did before; None: since now.
        look_in_seconds: When the receptionist looks whether somebody is free for him.
    """

    visit_id: str
    department: str
    waits_for: WaitsFor
    leg: str
    number: str | None = field(default=None, repr=False)
    place_ms: int | None = None
    look_in_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Waits:
    """It has a place.

    Attributes:
        told: What the caller hears of it first.
        instructions: What the caller's leg does until it is moved.
    """

    entry: QueueEntry
    told: WaitTold
    instructions: tuple[Instruction, ...]

    def said(self, at_ms: int) -> WaitSaid | None:
        """What is told of how long that is, by an instant; None: nothing of time."""
        wait = self.told.wait
        return None if wait is None else WaitSaid(at_ms, wait.low_minutes, wait.high_minutes)


@dataclass(frozen=True, slots=True)
class Overflow:
    """It does not wait: what happens to the caller instead, and why."""

    closing: Closing
    because: str


def enter_queue(
    asked: WaitAsked, parts: QueueParts, staff: Staff | None = None
) -> Waits | Overflow:
    """Give a visit its place; told again, it keeps the one it has.

    Args:
        asked: Who is to wait, and for what.
        parts: What it works with.
        staff: Whether there is somebody to wait for, where it is a person; None: nobody is asked.

    Raises:
        ContentionError, StoreUnavailableError: Nobody knows whether there is a place; to be
            told again.
    """
    rules, now_ms = parts.rules.of(asked.department), parts.clock.now_ms()
    if asked.waits_for is WaitsFor.PERSON and not _anybody(asked.department, staff):
        change_entry(asked.visit_id, Left(LeftBecause.NOBODY), parts)
        return overflow_of("nobody", rules.nobody, parts)
    event = Entered(
        visit_id=asked.visit_id,
        department=asked.department,
        waits_for=asked.waits_for,
        leg=asked.leg,
        number=asked.number,
        place_ms=now_ms if asked.place_ms is None else min(asked.place_ms, now_ms),
        at_ms=now_ms,
        due_at_ms=now_ms + rules.longest_ms,
    )
    entry = _placed(event, rules.most, parts)
    if entry is None:
        change_entry(asked.visit_id, Left(LeftBecause.TOO_LONG), parts)
        return overflow_of("full", rules.full, parts)
    place_given(entry, parts, asked.look_in_seconds)
    return waits_at(entry, parts)


def _placed(event: Entered, most: int, parts: QueueParts) -> QueueEntry | None:
    try:
        return change_entry(event.visit_id, event, parts, most=most) if most else None
    except QueueFullError:
        return None


def waits_at(entry: QueueEntry, parts: QueueParts) -> Waits:
    """What its leg does until it is moved. Raises StoreUnavailableError."""
    boards = parts.queue.boards([entry.department], entry.waits_for)
    told = boards[entry.department].told(
        entry.place_key, parts.clock.now_ms(), parts.rules.recent_ms
    )
    name = queue_name(entry.department, entry.waits_for)
    music = Wait(queue=name, music=wait_path(told, name), after=RESULT_PATH)
    return Waits(entry, told, (Speak(spoken(told, parts.rules.texts)), music))


def _anybody(department: str, staff: Staff | None) -> bool:
    try:
        return staff is None or staff.anybody(department)
    except PassingError:
        return True  # in doubt somebody may come; the longest wait ends it


def overflow_of(because: str, closing: Closing, parts: QueueParts) -> Overflow:
    """What happens instead of waiting, counted."""
    parts.metrics.count("queue_overflow", because=because)
    return Overflow(closing, because)
