"""What each event makes of an entry whose place is kept; of any other entry it makes nothing.

    waiting ─Kept─► kept ◄─ComesDue─ resting ◄─┐
                     │ └────PutOff─────►│       │
                     └─Called─► calling ─NotReached
                                   └──────────► left: he has come, or is not called any more

A try is a state with a token: whoever is late, or comes twice, rings nobody. Once it is over the
entry stays in the list of what is due until what follows from that was told (Settled).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.queue.domain.kept_places import (
    Answers,
    Called,
    ComesDue,
    GivenBack,
    GivenUp,
    Kept,
    KeptPlace,
    NotReached,
    NotRung,
    PutOff,
    Rings,
    Settled,
)
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, QueueEvent
from contact_center.queue.domain.waiting_steps import after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.queue.domain.kept_places import KeptEvent

IS_CALLED = frozenset({EntryState.KEPT, EntryState.CALLING, EntryState.RESTING})


def after_any(entry: QueueEntry | None, event: QueueEvent | KeptEvent) -> QueueEntry | None:
    """What an event makes of an entry; see `waiting_steps.after`."""
    step = _STEPS.get(type(event))
    if step is None:
        return after(entry, event)  # type: ignore[arg-type]
    if entry is None:
        return None
    if isinstance(event, Kept):
        return _kept(entry, event)
    return entry if entry.kept is None else step(entry, entry.kept, event)


def line_holder(entry: QueueEntry) -> str:
    """Under which name the try that is under way holds its line: no other try has it."""
    return f"{holders_of(entry)}{0 if entry.kept is None else entry.kept.tries}"


def holders_of(entry: QueueEntry) -> str:
    """What the names begin with under which the tries of an entry hold lines."""
    return f"kept:{entry.visit_id}."


def _kept(entry: QueueEntry, event: Kept) -> QueueEntry:
    if entry.state is not EntryState.WAITING:
        return entry
    kept = replace(
        entry,
        state=EntryState.KEPT,
        number=event.number,
        kept=event.place,
        due_at_ms=event.place.ends_at_ms,
    )
    waits = event.place.from_ms > event.place.asked_at_ms
    return _resting(kept, event.place.from_ms) if waits else kept


def _called(entry: QueueEntry, kept: KeptPlace, event: Called) -> QueueEntry:
    if entry.state is not EntryState.KEPT:
        return entry
    rung = replace(
        kept,
        tries=kept.tries + 1,
        rung_at_ms=event.at_ms,
        in_doubt=False,
        leg=None,
        answered_at_ms=None,
        let_go=None,
        let_go_token=None,
    )
    return replace(
        entry,
        state=EntryState.CALLING,
        token=event.token,
        person_id=event.person_id,
        due_at_ms=event.until_ms,
        kept=rung,
    )


def _rings(entry: QueueEntry, kept: KeptPlace, event: Rings) -> QueueEntry:
    if entry.token != event.token or kept.leg is not None:
        return entry
    return replace(entry, kept=replace(kept, leg=event.leg, in_doubt=event.leg is None))


def _answers(entry: QueueEntry, kept: KeptPlace, event: Answers) -> QueueEntry:
    if not is_of_try(entry, event.token, event.leg) or kept.answered_at_ms is not None:
        return entry
    answered = replace(kept, leg=event.leg, in_doubt=False, answered_at_ms=event.at_ms)
    return replace(entry, kept=answered, due_at_ms=event.until_ms)


def _not_rung(entry: QueueEntry, kept: KeptPlace, event: NotRung) -> QueueEntry:
    if entry.token != event.token or kept.leg is not None:
        return entry
    again = replace(kept, tries=kept.tries - 1, in_doubt=False)
    return _in_order(replace(entry, kept=again))


def _not_reached(entry: QueueEntry, kept: KeptPlace, event: NotReached) -> QueueEntry:
    if entry.state is not EntryState.CALLING or entry.token != event.token:
        return entry
    told = replace(entry, kept=replace(kept, because=event.because))
    if event.again_at_ms is None:
        return _over(told, LeftBecause.NOT_REACHED, event.at_ms)
    return _resting(told, event.again_at_ms)


def _put_off(entry: QueueEntry, kept: KeptPlace, event: PutOff) -> QueueEntry:
    if entry.state is not EntryState.KEPT:
        return entry
    return _resting(replace(entry, kept=replace(kept, because=event.because)), event.until_ms)


def _comes_due(entry: QueueEntry, _: KeptPlace, event: ComesDue) -> QueueEntry:
    """Whoever looked may have seen an earlier rest: since then he was called, and rests again."""
    rests = entry.state is EntryState.RESTING and (entry.due_at_ms or 0) <= event.at_ms
    return _in_order(entry) if rests else entry


def _given_up(entry: QueueEntry, kept: KeptPlace, event: GivenUp) -> QueueEntry:
    if entry.state not in IS_CALLED:
        return entry
    told = replace(kept, because=event.because or kept.because, used_by=event.used_by)
    used = event.why is LeftBecause.CALLED_BACK  # whoever was held is asked about him now
    if entry.person_id is not None and not used:
        told = replace(told, let_go=entry.person_id, let_go_token=entry.token)
    return _over(replace(entry, kept=told), LeftBecause(event.why), event.at_ms)


def _given_back(entry: QueueEntry, kept: KeptPlace, event: GivenBack) -> QueueEntry:
    taken = entry.because is LeftBecause.RANG_AGAIN and kept.used_by == event.used_by
    if not taken or entry.due_at_ms is None:
        return entry
    again = replace(entry, kept=replace(kept, used_by=None, leg=None), because=None)
    until_ms = event.rests_until_ms
    return _in_order(again) if until_ms is None else _resting(again, until_ms)


def _settled(entry: QueueEntry, _: KeptPlace, _event: Settled) -> QueueEntry:
    return replace(entry, due_at_ms=None) if entry.state is EntryState.LEFT else entry


def is_of_try(entry: QueueEntry | None, token: str, leg: str) -> bool:
    """Whether the try of that token is under way, and rings that leg."""
    if entry is None or entry.kept is None or entry.state is not EntryState.CALLING:
        return False
    return entry.token == token and entry.kept.leg in {None, leg}


def is_used_by(entry: QueueEntry, visit_id: str) -> bool:
    """Whether a visit has the place that was kept, and what follows from that is to be told."""
    return entry.kept is not None and entry.kept.used_by == visit_id


def _resting(entry: QueueEntry, until_ms: int) -> QueueEntry:
    return _free(entry, EntryState.RESTING, until_ms)


def _in_order(entry: QueueEntry) -> QueueEntry:
    return _free(entry, EntryState.KEPT, None if entry.kept is None else entry.kept.ends_at_ms)


def _over(entry: QueueEntry, because: LeftBecause, at_ms: int) -> QueueEntry:
    return replace(_free(entry, EntryState.LEFT, at_ms), because=because)


def _free(entry: QueueEntry, state: EntryState, due_at_ms: int | None) -> QueueEntry:
    """Nobody is held for him."""
    return replace(entry, state=state, token=None, person_id=None, due_at_ms=due_at_ms)


def _nothing(entry: QueueEntry, _kept: KeptPlace, _event: Kept) -> QueueEntry:
    return entry


_STEPS: Mapping[type, Callable[[QueueEntry, KeptPlace, Any], QueueEntry]] = {
    Kept: _nothing,
    Called: _called,
    Rings: _rings,
    Answers: _answers,
    NotRung: _not_rung,
    NotReached: _not_reached,
    PutOff: _put_off,
    ComesDue: _comes_due,
    GivenUp: _given_up,
    GivenBack: _given_back,
    Settled: _settled,
}
