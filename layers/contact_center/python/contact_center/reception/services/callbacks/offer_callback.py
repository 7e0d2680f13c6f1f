"""A caller who cannot wait, or rings while it is closed, is offered a call instead (`callback`).

So is who wants a person and has asked again (ladders.py), out of his talk with an assistant. With a
key he keeps a place, from the opening on where it is closed; without one, or while nobody can be
called back, he may leave a message, as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.queue.domain.kept_places import Kept, KeptPlace
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.ladders import LadderStep
from contact_center.queue.domain.waiting import Entered, WaitsFor
from contact_center.queue.services.keep_place import is_kept, kept_goodbye
from contact_center.queue.services.place_given import place_given
from contact_center.queue.services.queue_ports import QueueChange
from contact_center.visits.domain.courtesies import KEEP_INSTEAD, take_message
from contact_center.visits.domain.instructions import AskKeys, Speak
from contact_center.visits.domain.opening_hours import Closed, WhenClosed, opening
from contact_center.visits.domain.visit_parts import Outcome, Stage, Told, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.domain.opening_hours import Closing

KEEP_KEY = "1"
HOW = "when he could not be served"
NOT_KEPT = (ConditionLostError, ContentionError, StoreRefusedError, StoreUnavailableError)


def with_callback(
    words: Sequence[Instruction], closing: Closing, number: str | None, reception: Reception
) -> tuple[Instruction, ...]:
    """What a caller gets who is not served, with the offer of a call where the owner wants one.

    Args:
        words: Without it: what is said, and a message to be left.
        closing: What the owner wants.
        number: The caller's, E.164; None: withheld.
        reception: What it works with.
    """
    if closing.action is not WhenClosed.CALLBACK:
        return tuple(words)
    return *words[:-1], *_asks(number, reception), words[-1]


def offer_call(leg: str, reception: Reception) -> str:
    """The document for who was sent here since nobody is free to talk with him; again, the same.

    Raises ContentionError, StoreRefusedError, StoreUnavailableError: he hears that it broke.
    """
    kept, now_ms = reception.visits.read(visit_of(leg)), reception.clock.now_ms()
    wish = None if kept is None else _wish(kept.visit)
    if kept is None or wish is None:
        return reception.document(reception.courtesies.goodbye())
    asks = _asks(kept.visit.caller, reception)
    offered = Visit(
        visit_id=kept.visit.visit_id,
        stage=Stage.ELSEWHERE,
        stage_ms=now_ms,
        endings={Outcome.FAILED.value: "not_called_back"},
        told={wish: Told(at_ms=now_ms, what=LadderStep.CALLBACK.value)},
    )
    tell(reception.visits, offered)
    leave = () if asks else (Speak(reception.courtesies.texts.leave_message),)
    return reception.document([*asks, *leave, take_message()])


def _wish(visit: Visit) -> str | None:
    """The wish for which he may be called: the one that is open, else the one it was said for."""
    return _offered(visit) if visit.wanted is None else visit.wanted.wish


def _offered(visit: Visit) -> str | None:
    """The latest wish for which he was offered to be called."""
    of_calls = {name: one for name, one in visit.told.items() if one.what == LadderStep.CALLBACK}
    there = [name for name in of_calls if name in visit.wishes]
    return max(there, key=lambda name: of_calls[name].at_ms, default=None)


def _asks(number: str | None, reception: Reception) -> tuple[AskKeys, ...]:
    """The question for a key, of whose number can be called."""
    rules = reception.queue.rules.call_back
    if rules is None or _callable(number, reception) is None:
        return ()
    return (AskKeys(sounds=(Speak(rules.texts.offer_instead),), to=KEEP_INSTEAD),)


def keep_instead(leg: str, keys: str, reception: Reception) -> str:
    """The document for who pressed a key at that offer.

    Raises ContentionError, StoreRefusedError, StoreUnavailableError: he hears that it broke.
    """
    rules = reception.queue.rules.call_back
    kept = reception.visits.read(visit_of(leg))
    if kept is None or rules is None:
        return reception.document(reception.courtesies.goodbye())
    number = _callable(kept.visit.caller, reception)
    if keys != KEEP_KEY or number is None:
        return reception.document([Speak(reception.courtesies.texts.leave_message), take_message()])
    if not _keep(kept.visit, number, reception):
        sorry = Speak(reception.courtesies.texts.failed)
        again = Speak(reception.courtesies.texts.leave_message)
        return reception.document([sorry, again, take_message()])
    tell(reception.visits, Visit(visit_id=visit_of(leg), kept_ms=reception.clock.now_ms()))
    return reception.document(kept_goodbye(rules))


def _keep(visit: Visit, number: str, reception: Reception) -> bool:
    """Whether a place is kept for him now."""
    parts, now_ms = reception.queue, reception.clock.now_ms()
    rules = parts.rules.call_back
    before = parts.queue.read(visit.visit_id)
    if is_kept(before):
        return True
    department, waits_for, place_ms = _place(visit, before, now_ms, reception)
    from_ms = _opens_ms(department, now_ms, reception)
    if rules is None or from_ms is None:
        return False
    entered = Entered(
        visit_id=visit.visit_id,
        department=department,
        waits_for=waits_for,
        leg=visit.leg,
        number=number,
        place_ms=place_ms,
        at_ms=now_ms,
        due_at_ms=now_ms,
    )
    place = KeptPlace(
        asked_at_ms=now_ms,
        by=f"asked to be called back by key in the call {visit.leg}, {HOW}",
        from_ms=from_ms,
        ends_at_ms=from_ms + rules.longest_ms,
    )
    made = after_any(after_any(before, entered), Kept(number=number, place=place))
    if made is None or not is_kept(made):
        return False
    try:
        if parts.keeping is not None and parts.keeping.forbidden(number):
            parts.metrics.count("place_not_kept", reason="not_allowed")
            return False
        place_given(parts.queue.commit(QueueChange(before=before, after=made)), parts)
    except NOT_KEPT:
        return is_kept(parts.queue.read(visit.visit_id))
    parts.metrics.count("place_kept")
    return True


def _place(
    visit: Visit, before: QueueEntry | None, now_ms: int, reception: Reception
) -> tuple[str, WaitsFor, int]:
    """Where he waits, for what, and since when: since his wish, if that is why he is called."""
    wish = _offered(visit)
    whose = None if wish is None else visit.wishes[wish].whose
    if wish is not None and whose is not None:
        return whose, WaitsFor.PERSON, visit.place_ms or visit.wishes[wish].at_ms
    waits_for = WaitsFor.LINE if before is None else before.waits_for
    return visit.department or reception.department, waits_for, visit.place_ms or now_ms


def _opens_ms(department: str, now_ms: int, reception: Reception) -> int | None:
    """From when on somebody can be served; None: never."""
    state = opening(reception.hours.of(department), reception.civil.at(now_ms))
    if not isinstance(state, Closed):
        return now_ms
    return None if state.until is None else reception.civil.machine_ms(state.until)


def _callable(number: str | None, reception: Reception) -> str | None:
    keeping = reception.queue.keeping
    return None if number is None or keeping is None else keeping.numbers.read(number)
