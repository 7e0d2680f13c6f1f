"""While a caller waits: what is heard, and where the leg goes when it has left the music.

A wait document reads two items at most, the entry and its queue's board, in one request where the
path names the queue, and writes none: what it finds to be over it leads away from, and what follows
is decided and written there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import holder_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError
from contact_center.queue.domain.wait_documents import (
    WaitDocument,
    asked_of,
    document,
    lead_away,
    queue_name,
    queue_of,
)
from contact_center.queue.domain.waiting import (
    Arrived,
    EntryState,
    Joins,
    Left,
    LeftBecause,
    WaitsFor,
)
from contact_center.queue.domain.waits_told import is_news
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.enter_queue import Overflow, overflow_of, waits_at
from contact_center.queue.services.keep_place import is_kept, kept_goodbye, offered
from contact_center.queue.services.queue_ports import KeepLine

if TYPE_CHECKING:
    from contact_center.queue.domain.queue_boards import QueueBoard
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.domain.waits_told import WaitTold
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.queue.services.enter_queue import Waits
    from contact_center.visits.domain.instructions import Instruction

OVER = frozenset({LeftBecause.TOO_LONG, LeftBecause.NOBODY, LeftBecause.FAILED, LeftBecause.CLOSED})


@dataclass(frozen=True, slots=True)
class Arrives:
    """It is served: the caller's leg is there, and has what it was given.

    Attributes:
        post: The name of the call that the line is held for; None: it is served by a person.
        person_id: Whom the caller gets; None: an assistant, by a line.
    """

    department: str
    post: str | None
    person_id: str | None


@dataclass(frozen=True, slots=True)
class NotWaiting:
    """It is in no queue, and nothing follows from that."""


@dataclass(frozen=True, slots=True)
class IsKept:
    """He is called when it is his turn, and may hang up; `instructions` say so."""

    instructions: tuple[Instruction, ...]


def what_to_hear(visit_id: str, asked: str, parts: QueueParts) -> WaitDocument:
    """The next wait document. Never raises for what the table does.

    Args:
        visit_id: Whose leg asks.
        asked: The rest of the path that was asked (`wait_path`); "": nothing.
        parts: What it works with.
    """
    queue, told = asked_of(asked)
    try:
        entry, board = _read(visit_id, queue, parts)
    except PassingError:
        return document(None, told, parts.rules.texts, parts.rules.music, queue=queue)
    except Exception as error:  # noqa: BLE001  nobody can read it: the caller goes on elsewhere
        parts.metrics.count("entry_unreadable")
        log_broken("entry_unreadable", error)
        return lead_away()
    if is_kept(entry) and parts.rules.call_back is not None:
        return WaitDocument(tuple(kept_goodbye(parts.rules.call_back)), None)
    if entry is None or not entry.in_queue or _in_vain(entry, parts) is not None:
        return lead_away()
    return _heard_at(entry, board, told, parts)


def _read(
    visit_id: str, queue: str, parts: QueueParts
) -> tuple[QueueEntry | None, QueueBoard | None]:
    whose = queue_of(queue)
    if whose is None:
        return parts.queue.read(visit_id), None
    return parts.queue.read_with_board(visit_id, *whose)


def _heard_at(
    entry: QueueEntry, board: QueueBoard | None, told: WaitTold | None, parts: QueueParts
) -> WaitDocument:
    texts, music = parts.rules.texts, parts.rules.music
    queue = queue_name(entry.department, entry.waits_for)
    if not entry.is_ahead:
        return document(None, told, texts, music, queue=queue)  # it is moved any moment
    try:
        board = _board_of(entry, board, parts)
    except PassingError:
        return document(None, told, texts, music, queue=queue)
    now = board.told(entry.place_key, parts.clock.now_ms(), parts.rules.recent_ms)
    news = now if is_news(told, now) else None
    return document(news, told, texts, music, offered(entry, board, parts), queue=queue)


def _board_of(entry: QueueEntry, board: QueueBoard | None, parts: QueueParts) -> QueueBoard:
    """The board of his queue: as it was read beside his entry, unless he waits elsewhere by now."""
    whose = (entry.department, entry.waits_for)
    if board is not None and (board.department, board.waits_for) == whose:
        return board
    return parts.queue.boards([entry.department], entry.waits_for)[entry.department]


def where_next(
    visit_id: str, parts: QueueParts
) -> Arrives | Waits | Overflow | IsKept | NotWaiting:
    """Where a leg goes on that has left the music, or was sent away from it.

    Args:
        visit_id: Whose.
        parts: What it works with.

    Returns:
        Arrives when it is served, by a line told again the same; Waits when it is not, and goes
        back to its place; Overflow when it has waited too long, or for a person of a department
        that has closed, told again the same; IsKept when its place is kept; NotWaiting when it is
        in no queue.

    Raises:
        ContentionError, StoreUnavailableError: Nobody knows; to be asked again.
    """
    try:
        entry = parts.queue.read(visit_id)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong with it, the caller gets somewhere
        parts.metrics.count("entry_unreadable")
        log_broken("entry_unreadable", error)
        return Overflow(parts.rules.company.too_long, "unreadable")
    if is_kept(entry) and parts.rules.call_back is not None:
        return IsKept(tuple(kept_goodbye(parts.rules.call_back)))
    if entry is not None and entry.state is EntryState.SERVING:
        return _arrived(entry, parts)
    in_vain = None if entry is None or not entry.in_queue else _in_vain(entry, parts)
    if in_vain is not None:
        entry = change_entry(visit_id, Left(in_vain), parts)
    if entry is not None and entry.in_queue:
        return waits_at(entry, parts)
    return _over(entry, parts)


def joins_on_own_line(visit_id: str, post: str, parts: QueueParts) -> bool:
    """Whether a caller who waits leaves the queue for the call that was ordered for him before.

    Args:
        visit_id: Whose.
        post: The name of the call; its line is the visit's own.
        parts: What it works with.

    Raises:
        ContentionError, StoreUnavailableError: Nobody knows; to be asked again.
    """
    own = KeepLine(holder_of(visit_id), post)
    entry = change_entry(visit_id, Joins(post), parts, keeps=own)
    return entry is not None and entry.because is LeftBecause.SERVED and entry.post == post


def _over(entry: QueueEntry | None, parts: QueueParts) -> Arrives | Overflow | NotWaiting:
    if entry is None:
        return NotWaiting()
    if entry.because is LeftBecause.SERVED and entry.post is not None:
        return Arrives(entry.department, entry.post, None)
    if entry.because not in OVER:
        return NotWaiting()
    closed = parts.closed(entry.department) if entry.because is LeftBecause.CLOSED else None
    closing = closed or parts.rules.of(entry.department).instead(entry.because)
    return overflow_of(str(entry.because), closing, parts)


def _arrived(serving: QueueEntry, parts: QueueParts) -> Arrives | Waits | NotWaiting:
    token = serving.token or ""
    entry = change_entry(serving.visit_id, Arrived(token), parts)
    if entry is None:
        return NotWaiting()
    if entry.in_queue:
        return waits_at(entry, parts)  # it was taken back in this moment
    if entry.because is not LeftBecause.SERVED:
        return NotWaiting()
    return Arrives(serving.department, serving.post, serving.person_id)


def _in_vain(entry: QueueEntry, parts: QueueParts) -> LeftBecause | None:
    """Why it is no use to wait on; None: it is.

    Who is being asked about is left where he is: somebody may be about to take him. Nobody is
    offered callers of a department that has closed. Assistants take theirs at any hour.
    """
    if entry.state is not EntryState.WAITING:
        return None
    longest_ms = parts.rules.of(entry.department).longest_ms
    if parts.clock.now_ms() - entry.since_ms > longest_ms:
        return LeftBecause.TOO_LONG
    for_person = entry.waits_for is WaitsFor.PERSON
    return LeftBecause.CLOSED if for_person and parts.closed(entry.department) else None
