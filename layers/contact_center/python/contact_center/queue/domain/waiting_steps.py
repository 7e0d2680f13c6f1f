"""What each event makes of a visit in a department's queue.

waiting ──Offered──► offered ──┐      Offered and Served name a token; what ends them has to
│  ▲◄──TakenBack──────┘     │      name the same one, so that the late word of an older
│  └◄──TakenBack─────┐      │      offer changes nothing.
└──────Served────► serving ◄┘
└──────Joins──────┐  └─Arrived─► left      from anywhere: Left ─► left
└────────────►
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.queue.domain.waiting import (
    Arrived,
    Entered,
    EntryState,
    Joins,
    Keyed,
    Left,
    LeftBecause,
    MovedUp,
    Offered,
    QueueEntry,
    SeenWaiting,
    Served,
    TakenBack,
    WaitsFor,
)

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEvent


def after(entry: QueueEntry | None, event: QueueEvent) -> QueueEntry | None:
    """What an event makes of an entry.

    Args:
        entry: As it is stored; None: there is none.
        event: What happened, or is to be made true.

    Returns:
        The entry with that made true; the same when it is true already or can no longer be; None
        when there is none.
    """
    if isinstance(event, Entered):
        return _entered(entry, event)
    if entry is None:
        return None
    if isinstance(event, Left | SeenWaiting | Keyed | MovedUp):
        return _looked_at(entry, event)
    return _moved(entry, event)


def _looked_at(entry: QueueEntry, event: Left | SeenWaiting | Keyed | MovedUp) -> QueueEntry:
    match event:
        case Left(because=because):
            return _left(entry, because)
        case SeenWaiting(due_at_ms=due_at_ms):
            return replace(entry, due_at_ms=due_at_ms) if entry.in_queue else entry
        case Keyed(number=number):
            return replace(entry, keyed=number) if entry.in_queue else entry
        case MovedUp(place_ms=place_ms):
            waits = entry.state in {EntryState.WAITING, EntryState.KEPT}
            return replace(entry, place_ms=min(place_ms, entry.place_ms)) if waits else entry


def _moved(entry: QueueEntry, event: Offered | Served | TakenBack | Arrived | Joins) -> QueueEntry:
    match event:
        case Offered():
            return _offered(entry, event)
        case Served():
            return _served(entry, event)
        case TakenBack():
            return _taken_back(entry, event)
        case Arrived(token=token):
            served = entry.state is EntryState.SERVING and entry.token == token
            return _left(entry, LeftBecause.SERVED) if served else entry
        case Joins(post=post):
            waits = entry.state is EntryState.WAITING and entry.waits_for is WaitsFor.LINE
            return replace(_left(entry, LeftBecause.SERVED), post=post) if waits else entry


def _entered(entry: QueueEntry | None, event: Entered) -> QueueEntry:
    if entry is not None and (entry.kept is not None or _is_there(entry, event)):
        return entry  # what is told late of a leg that has hung up, its place kept, is no news
    keeps = entry is not None and entry.keeps_place
    place_ms = entry.place_ms if entry is not None and keeps else event.place_ms
    return QueueEntry(
        visit_id=event.visit_id,
        department=event.department,
        waits_for=event.waits_for,
        leg=event.leg,
        number=event.number,
        place_ms=place_ms,
        since_ms=event.at_ms,
        due_at_ms=event.due_at_ms,
        version=0 if entry is None else entry.version,
    )


def _is_there(entry: QueueEntry, event: Entered) -> bool:
    """Whether it is told again, or late: the visit is in that queue."""
    asked = (event.department, event.waits_for, event.leg)
    return entry.in_queue and (entry.department, entry.waits_for, entry.leg) == asked


def _offered(entry: QueueEntry, event: Offered) -> QueueEntry:
    if entry.state is not EntryState.WAITING or entry.waits_for is not WaitsFor.PERSON:
        return entry
    return replace(
        entry,
        state=EntryState.OFFERED,
        token=event.token,
        person_id=event.person_id,
        due_at_ms=event.until_ms,
    )


def _served(entry: QueueEntry, event: Served) -> QueueEntry:
    offered = entry.state is EntryState.OFFERED and entry.token == event.offer
    if not offered and (entry.state is not EntryState.WAITING or event.offer is not None):
        return entry
    if (event.person_id is None) is (entry.waits_for is WaitsFor.PERSON):
        return entry
    return replace(
        entry,
        state=EntryState.SERVING,
        token=event.token,
        person_id=event.person_id,
        post=event.post,
        due_at_ms=event.until_ms,
    )


def _taken_back(entry: QueueEntry, event: TakenBack) -> QueueEntry:
    under_way = entry.state in {EntryState.OFFERED, EntryState.SERVING}
    if not under_way or entry.token != event.token:
        return entry
    return replace(
        entry,
        state=EntryState.WAITING,
        token=None,
        person_id=None,
        post=None,
        due_at_ms=event.due_at_ms,
        failures=entry.failures + event.failed,
    )


def _left(entry: QueueEntry, because: LeftBecause) -> QueueEntry:
    if entry.state is EntryState.LEFT or entry.kept is not None:
        return entry  # a caller whose place is kept has hung up; what ends it is in kept_steps.py
    over = replace(entry, state=EntryState.LEFT, token=None, person_id=None, due_at_ms=None)
    return replace(over, because=because)
