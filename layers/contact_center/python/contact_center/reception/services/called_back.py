"""A caller whose place is kept is rung: what he hears, what a key does, and when his leg ends.

The key uses the place up: in one transaction another entry, of the visit that his new leg is, has
the place, and the line that was held for the call. From there he is a caller like any other: he is
where somebody leaves the music, and what may break there is made good there. Nobody who presses no
key gets an assistant or a person.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from contact_center.dialing.services.hold_visit_lines import holder_of, note_caller
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError
from contact_center.queue.domain.kept_places import Answers, GivenUp
from contact_center.queue.domain.kept_steps import after_any, is_of_try, line_holder
from contact_center.queue.domain.waiting import Entered, EntryState, LeftBecause, Served, WaitsFor
from contact_center.queue.domain.waiting_steps import after
from contact_center.queue.services.call_kept_place import callback_path, not_reached
from contact_center.queue.services.change_entry import change_entry
from contact_center.queue.services.place_given import place_given
from contact_center.queue.services.queue_ports import MoveLine, QueueChange
from contact_center.queue.services.serve_next import ARRIVES_WITHIN_MS
from contact_center.reception.services.follow_visit import hear_of_leg
from contact_center.reception.services.leave_music import leave_music
from contact_center.reception.services.leave_visit import UNSTORED, hint
from contact_center.visits.domain.instructions import AskKeys, GoTo, HangUp, Speak
from contact_center.visits.domain.visit_merge import ending_told
from contact_center.visits.domain.visit_parts import Outcome, Stage, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.queue.domain.queue_rules import CallBackRules
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.legs import LegChanged

    type Release = Callable[[str, str], None]

JOIN_KEY = "1"
# What is said, twice, and the time for a key: a leg of which no more is heard is looked up then.
ANSWERS_WITHIN_MS = 60_000
NO_KEY = "no_key"


class Try(NamedTuple):
    """One ring of a caller whose place is kept, as its addresses name it."""

    visit_id: str
    token: str


def answer_called(ring: Try, leg: str, reception: Reception) -> str:
    """The document for who has answered: who calls, why, and a question for a key.

    He is asked again where his key could not be stored; if it was all the same, he has his place.

    Raises ContentionError, StoreRefusedError, StoreUnavailableError: he hears that it broke.
    """
    rules = _rules(reception)
    now_ms = reception.clock.now_ms()
    answers = Answers(ring.token, leg, now_ms, now_ms + ANSWERS_WITHIN_MS)
    entry = change_entry(ring.visit_id, answers, reception.queue)
    if _has_joined(entry, leg):  # his key was told twice, and the other telling was stored
        return leave_music(leg, reception)
    if not is_of_try(entry, ring.token, leg):
        return _over(reception)
    key = callback_path(*ring, "key")
    texts, cut_off = rules.texts, entry is not None and entry.kept and entry.kept.resumes
    asks = AskKeys(sounds=(Speak(texts.cut_off if cut_off else texts.opening),), to=key)
    return reception.document([asks, asks, GoTo(key)])


def key_of_called(ring: Try, leg: str, keys: str, reception: Reception, release: Release) -> str:
    """The document for who pressed a key, or none until all was said.

    Any other key than the one asked for brings the question again.

    Args:
        ring: Which try.
        leg: Whose.
        keys: As pressed; "": none.
        reception: What it works with.
        release: Frees a person who is held for the try.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: He hears that it broke.
    """
    entry = reception.queue.queue.read(ring.visit_id)
    if _has_joined(entry, leg):
        return leave_music(leg, reception)
    if entry is None or not is_of_try(entry, ring.token, leg):
        return _over(reception)
    if keys == JOIN_KEY:
        return _joins(entry, ring, leg, reception, release)
    if keys:
        return reception.document([GoTo(callback_path(*ring, "answer"))])
    _failed(entry, NO_KEY, reception, release)
    return reception.document(_goodbye(_rules(reception).texts.no_key))


def _over(reception: Reception) -> str:
    """The document for a leg of a try that is over, or that never was."""
    reception.metrics.count("leg_without_try")
    return reception.document(_goodbye(_rules(reception).texts.over))


def hear_of_called(
    ring: Try, told: LegChanged, arrived_ms: int, reception: Reception, release: Release
) -> bool:
    """Take note of a status of the leg of a try; its end is the try's, or the visit's.

    Returns:
        Whether the leg belongs to a visit.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be told again.
    """
    entry = reception.queue.queue.read(ring.visit_id)
    if told.ended and entry is not None and is_of_try(entry, ring.token, told.leg):
        _failed(entry, told.status.value, reception, release)
    return hear_of_leg(told, arrived_ms, reception) if told.ended else False


def _joins(entry: QueueEntry, ring: Try, leg: str, reception: Reception, release: Release) -> str:
    """He gets what was held for him, or hears the question again while that cannot be stored."""
    now_ms, visit_id = reception.clock.now_ms(), visit_of(leg)
    visit = Visit(
        visit_id=visit_id,
        caller=entry.number,
        called=reception.caller_id or None,
        department=entry.department,
        began_ms=now_ms,
        place_ms=entry.place_ms,
        stage=Stage.WAITING,
        stage_ms=now_ms,
        resumed=None if entry.kept is None else entry.kept.resumes,  # the key was his yes
    )
    try:
        reception.visits.write(visit, 0)
        has_place = _hand_on(entry, visit_id, leg, reception)
    except (ConditionLostError, *UNSTORED):
        reception.metrics.count("callback_not_joined")
        return reception.document([GoTo(callback_path(*ring, "answer"))])
    reception.metrics.count("callback_joined")
    with suppress(*UNSTORED):  # at worst he is busy no longer than his lease
        note_caller(visit_id, entry.number, reception.lines)
    if entry.person_id is not None:
        with suppress(*UNSTORED):  # else his lease ends
            release(entry.person_id, ring.token)
    place_given(has_place, reception.queue)
    with suppress(*UNSTORED):  # else the tick tells it
        tell(reception.visits, ending_told(entry.visit_id, Outcome.CALLBACK_DONE, "called_back"))
    return leave_music(leg, reception)


def _hand_on(entry: QueueEntry, visit_id: str, leg: str, reception: Reception) -> QueueEntry:
    """The place, and the line with it, are the new leg's: one transaction."""
    now_ms, parts = reception.clock.now_ms(), reception.queue
    used = after_any(entry, GivenUp(why=LeftBecause.CALLED_BACK, at_ms=now_ms, used_by=visit_id))
    entered = Entered(
        visit_id=visit_id,
        department=entry.department,
        waits_for=entry.waits_for,
        leg=leg,
        number=entry.number,
        place_ms=entry.place_ms,
        at_ms=now_ms,
        due_at_ms=now_ms + parts.rules.of(entry.department).longest_ms,
    )
    has_place = after(None, entered)
    if used is None or has_place is None or used == entry:
        raise ContentionError
    line = None
    if entry.waits_for is WaitsFor.LINE:
        until_ms = now_ms + ARRIVES_WITHIN_MS
        served = Served(token=entry.token or "", until_ms=until_ms, post=has_place.next_post)
        has_place = after(has_place, served) or has_place
        line = MoveLine(holder=line_holder(entry), to=holder_of(visit_id))
    gone = QueueChange(before=entry, after=used)
    return parts.queue.commit(QueueChange(before=None, after=has_place, line=line, used=gone))


def _failed(entry: QueueEntry, because: str, reception: Reception, release: Release) -> None:
    """The try came to nothing, and what was held for it is the next one's."""
    now_ms = reception.clock.now_ms()
    failed = not_reached(entry, because, _rules(reception), now_ms)
    change_entry(entry.visit_id, failed, reception.queue)
    reception.metrics.count("callback_not_reached", reason=because)
    if entry.person_id is None:
        hint(ReceptionJob(JobKind.SERVE), reception)
        return
    with suppress(*UNSTORED):  # else his lease ends
        release(entry.person_id, entry.token or "")
    hint(ReceptionJob(JobKind.PERSON), reception)


def _has_joined(entry: QueueEntry | None, leg: str) -> bool:
    """Whether the key was pressed before, and this is told again."""
    if entry is None or entry.kept is None or entry.state is not EntryState.LEFT:
        return False
    return entry.because is LeftBecause.CALLED_BACK and entry.kept.used_by == visit_of(leg)


def _rules(reception: Reception) -> CallBackRules:
    rules = reception.queue.rules.call_back
    if rules is None:
        raise ValueError("nobody is called back here")
    return rules


def _goodbye(text: str) -> Sequence[Instruction]:
    return [Speak(text), HangUp()]
