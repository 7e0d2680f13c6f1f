"""Wrong designs of calling back, planted to be found: each within 500 histories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain import resuming
from contact_center.conversations.domain.resuming import MINUTE_MS, EarlierCall
from contact_center.dialing.services.voice_ports import NotSent, Unknown
from contact_center.people.services import call_back_for
from contact_center.queue.domain.kept_places import Kept
from contact_center.queue.domain.waiting import EntryState
from contact_center.queue.services import (
    call_kept_place,
    change_entry,
    judge_kept_place,
    keep_place,
    look_at_kept_place,
)
from contact_center.queue.services.queue_ports import QueueChange
from contact_center.reception.services import admit, called_back, hear_of_call, leave_visit
from contact_center.reception.services.callbacks import callback_desk, ring_back
from contact_center.visits.domain.visits import Visit
from tests.fakes.waiting_queue import FakeQueue
from tests.simulation.visits.callback_truth import CALLBACK
from tests.simulation.visits.planted_visits import PlantedVisit
from tests.simulation.visits.provider_truth import Providers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from contact_center.queue.domain.kept_places import KeptPlace
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.queue.services.call_kept_place import CallParts


def _given_up_before_stored(patch: pytest.MonkeyPatch) -> None:
    """A caller is told that he may hang up, whether his place is stored or not."""

    def change(visit_id: str, event: Any, parts: Any) -> QueueEntry | None:
        try:
            return honest(visit_id, event, parts)
        except keep_place.NOT_KEPT:
            if not isinstance(event, Kept):
                raise
            entry = parts.queue.tables.entries[visit_id]
            return replace(entry, state=EntryState.KEPT)  # type: ignore[no-any-return]

    honest = change_entry.change_entry
    patch.setattr(keep_place, "change_entry", change)


def _both_served(patch: pytest.MonkeyPatch) -> None:
    """Who rings again has his old place, and is called all the same."""

    def use_up(kept_by: str | None, _visit_id: str, reception: Any) -> QueueEntry | None:
        return None if kept_by is None else reception.queue.queue.read(kept_by)

    patch.setattr(admit, "use_up_place", use_up)


def _without_line(patch: pytest.MonkeyPatch) -> None:
    """A caller is rung whether a line is free or not."""

    def change(**parts: Any) -> QueueChange:
        return QueueChange(**parts | {"line": None})

    patch.setattr(call_kept_place, "QueueChange", change)


def _with_nobody(patch: pytest.MonkeyPatch) -> None:
    """A caller is rung for a person who is free, and whom nobody keeps for him."""
    patch.setattr(call_back_for, "offer_caller", lambda *_: None)


def _rung_twice(patch: pytest.MonkeyPatch) -> None:
    """Whoever takes a try rings twice."""

    def ring(calling: QueueEntry, parts: CallParts) -> Any:
        honest(calling, parts)
        return honest(calling, parts)

    honest = call_kept_place._ring
    patch.setattr(call_kept_place, "_ring", ring)


def _unknown_is_not_sent(patch: pytest.MonkeyPatch) -> None:
    """A ring of which nobody knows is rung again."""

    def ring(providers: Providers, request: Any) -> Any:
        outcome = honest(providers, request)
        lost = isinstance(outcome, Unknown) and request.answered.startswith(CALLBACK)
        return NotSent("timeout") if lost else outcome

    honest = Providers.ring
    patch.setattr(Providers, "ring", ring)


def _order(patch: pytest.MonkeyPatch, key: Callable[[bool], bool]) -> None:
    def heads(queue: FakeQueue, department: str, waits_for: Any, most: int) -> Any:
        there = honest(queue, department, waits_for, 99)
        kept = {one.visit_id: one.state is EntryState.KEPT for one in queue.entries.values()}
        return sorted(there, key=lambda head: key(kept[head.visit_id]))[:most]

    honest = FakeQueue.heads
    patch.setattr(FakeQueue, "heads", heads)


def _before_its_turn(patch: pytest.MonkeyPatch) -> None:
    """Who has hung up is called before all who wait."""
    _order(patch, lambda kept: not kept)


def _after_all(patch: pytest.MonkeyPatch) -> None:
    """Who has hung up is called when nobody waits any more."""
    _order(patch, lambda kept: kept)


def _at_once_again(patch: pytest.MonkeyPatch) -> None:
    """Who was not reached is called again with the next line."""

    def next_try(entry: QueueEntry, rules: Any, now_ms: int) -> int | None:
        return honest(entry, replace(rules, apart_ms=1), now_ms)

    honest = call_kept_place.next_try_ms
    patch.setattr(call_kept_place, "next_try_ms", next_try)


def _machine_joins(patch: pytest.MonkeyPatch) -> None:
    """Whoever has listened to the end is connected."""
    patch.setattr(called_back, "JOIN_KEY", "")


def _line_leaks(patch: pytest.MonkeyPatch) -> None:
    """A try that came to nothing keeps its line."""

    def freed(before: QueueEntry | None, made: QueueEntry) -> Any:
        calling = before is not None and before.state is EntryState.CALLING
        return None if calling else honest(before, made)

    honest = change_entry._freed
    patch.setattr(change_entry, "_freed", freed)


def _never_told(patch: pytest.MonkeyPatch) -> None:
    """What became of a call back is told to nobody."""
    patch.setattr(look_at_kept_place, "tell", lambda *_: None)
    patch.setattr(called_back, "tell", lambda *_: None)


def _rings_on(patch: pytest.MonkeyPatch) -> None:
    """Who rings again while we ring him hears two telephones."""
    patch.setattr(look_at_kept_place, "_leg_is_ended", lambda *_: True)


def _rests_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Who was not reached comes into nobody's mind again."""

    def look_at(entry: QueueEntry, parts: Any) -> None:
        if entry.state is not EntryState.RESTING:
            honest(entry, parts)

    honest = look_at_kept_place.look_at_kept_place
    patch.setattr(look_at_kept_place, "look_at_kept_place", look_at)


def _given_back_at_once(patch: pytest.MonkeyPatch) -> None:
    """Whose place is given back is called at once, though he was rung a moment ago."""
    patch.setattr(look_at_kept_place, "_rests_until_ms", lambda *_: None)


def _cancelled_all_the_same(patch: pytest.MonkeyPatch) -> None:
    """An operator is told that nobody calls him any more, and he is called."""
    patch.setattr(callback_desk.CallbackDesk, "give_up", lambda *_: None)


def _end_untold(patch: pytest.MonkeyPatch) -> None:
    """Who has hung up comes to something only if somebody told of it."""

    def ending_by(visit: Visit, _now_ms: int) -> Any:
        return visit.ending

    patch.setattr(Visit, "ending_by", ending_by)


def _without_consent(patch: pytest.MonkeyPatch) -> None:
    """Who is cut off counts as one who has asked to be called."""

    def verdict(kept: KeptPlace, *asked: Any) -> Any:
        return honest(replace(kept, resumes=None), *asked)

    honest = judge_kept_place._verdict
    patch.setattr(judge_kept_place, "_verdict", verdict)


def _after_goodbye(patch: pytest.MonkeyPatch) -> None:
    """Whether goodbye was said counts for nothing."""
    patch.setattr(EarlierCall, "said_goodbye", False)


def _whoever_hangs_up(patch: pytest.MonkeyPatch) -> None:
    """Every talk that a caller has ended broke off."""
    patch.setattr(resuming, "was_cut_off", lambda _reason: True)
    patch.setattr(hear_of_call, "was_cut_off", lambda _reason: True)


def _back_again(patch: pytest.MonkeyPatch) -> None:
    """Who did not answer is rung back once more."""
    patch.setattr(ring_back, "MINUTE_MS", 10 * MINUTE_MS)
    patch.setattr(resuming, "MINUTE_MS", 10 * MINUTE_MS)


def _resumes_nothing(patch: pytest.MonkeyPatch) -> None:
    """Whoever has pressed the key begins anew."""

    def forgets(**told: Any) -> Visit:
        return Visit(**told | {"resumed": None})

    patch.setattr(called_back, "Visit", forgets)


def _nobody_looks(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether a talk broke off."""
    patch.setattr(leave_visit, "_may_be_cut_off", lambda *_: False)


CALLBACK_BUGS = {
    "given up before stored": PlantedVisit(
        plant=_given_up_before_stored, caught="was told that he is called"
    ),
    "both served": PlantedVisit(plant=_both_served, caught="his place already"),
    "without a line": PlantedVisit(plant=_without_line, caught="no line held"),
    "with nobody held": PlantedVisit(plant=_with_nobody, caught="held for"),
    "a try rung twice": PlantedVisit(plant=_rung_twice, caught="twice for one try"),
    "unknown rung again": PlantedVisit(plant=_unknown_is_not_sent, caught="again too soon"),
    "before its turn": PlantedVisit(plant=_before_its_turn, caught="who waits longer"),
    "after all others": PlantedVisit(plant=_after_all, caught="who waits for a call"),
    "at once again": PlantedVisit(plant=_at_once_again, caught="again too soon"),
    "machine joins": PlantedVisit(plant=_machine_joins, caught="got what was held"),
    "line leaks": PlantedVisit(plant=_line_leaks, caught="holds a line for ever"),
    "never told": PlantedVisit(plant=_never_told, caught="was told that he is called"),
    "rings on": PlantedVisit(plant=_rings_on, caught="rings on for nothing"),
    "rests for ever": PlantedVisit(plant=_rests_for_ever, caught="to be called for ever"),
    "given back at once": PlantedVisit(plant=_given_back_at_once, caught="again too soon"),
    "cancelled and called": PlantedVisit(
        plant=_cancelled_all_the_same, caught="was to be called no more"
    ),
    "rung back without consent": PlantedVisit(plant=_without_consent, caught="without consent"),
    "rung back after goodbye": PlantedVisit(plant=_after_goodbye, caught="after a goodbye"),
    "rung back by choice": PlantedVisit(plant=_whoever_hangs_up, caught="hung up by choice"),
    "rung back again": PlantedVisit(plant=_back_again, caught="a second time"),
    "resumes nothing": PlantedVisit(plant=_resumes_nothing, caught="goes on with None"),
    "nobody is rung back": PlantedVisit(plant=_nobody_looks, caught="is not rung back"),
    "end untold": PlantedVisit(plant=_end_untold, caught="nothing named"),
}
