"""A caller who cannot wait, or rings while it is closed, is offered a call instead (`callback`).

With a key he keeps a place, from the opening on where it is closed; without one, or while nobody
can be called back, he may leave a message, as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.queue.domain.kept_places import Kept, KeptPlace
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.waiting import Entered, WaitsFor
from contact_center.queue.services.keep_place import is_kept, kept_goodbye
from contact_center.queue.services.queue_ports import QueueChange
from contact_center.visits.domain.courtesies import AFTER_MESSAGE, KEEP_INSTEAD, RECORDED
from contact_center.visits.domain.instructions import AskKeys, Speak, TakeMessage
from contact_center.visits.domain.opening_hours import Closed, WhenClosed, opening
from contact_center.visits.domain.visits import Visit, visit_of
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    rules = reception.queue.rules.call_back
    if closing.action is not WhenClosed.CALLBACK or rules is None:
        return tuple(words)
    if _callable(number, reception) is None:
        return tuple(words)
    asks = AskKeys(sounds=(Speak(rules.texts.offer_instead),), to=KEEP_INSTEAD)
    return *words[:-1], asks, words[-1]


def keep_instead(leg: str, keys: str, reception: Reception) -> str:
    """The document for who pressed a key at that offer.

    Raises ContentionError, StoreRefusedError, StoreUnavailableError: he hears that it broke.
    """
    rules = reception.queue.rules.call_back
    kept = reception.visits.read(visit_of(leg))
    message = TakeMessage(recorded=RECORDED, after=AFTER_MESSAGE)
    if kept is None or rules is None:
        return reception.document(reception.courtesies.goodbye())
    number = _callable(kept.visit.caller, reception)
    if keys != KEEP_KEY or number is None:
        return reception.document([Speak(reception.courtesies.texts.leave_message), message])
    if not _keep(kept.visit, number, reception):
        sorry = Speak(reception.courtesies.texts.failed)
        again = Speak(reception.courtesies.texts.leave_message)
        return reception.document([sorry, again, message])
    tell(reception.visits, Visit(visit_id=visit_of(leg), kept_ms=reception.clock.now_ms()))
    return reception.document(kept_goodbye(rules))


def _keep(visit: Visit, number: str, reception: Reception) -> bool:
    """Whether a place is kept for him now."""
    parts, now_ms = reception.queue, reception.clock.now_ms()
    rules = parts.rules.call_back
    before = parts.queue.read(visit.visit_id)
    if is_kept(before):
        return True
    department = visit.department or reception.department
    from_ms = _opens_ms(department, now_ms, reception)
    if rules is None or from_ms is None:
        return False
    entered = Entered(
        visit_id=visit.visit_id,
        department=department,
        waits_for=WaitsFor.LINE if before is None else before.waits_for,
        leg=visit.leg,
        number=number,
        place_ms=visit.place_ms or now_ms,
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
        parts.queue.commit(QueueChange(before=before, after=made))
    except NOT_KEPT:
        return is_kept(parts.queue.read(visit.visit_id))
    parts.metrics.count("place_kept")
    return True


def _opens_ms(department: str, now_ms: int, reception: Reception) -> int | None:
    """From when on somebody can be served; None: never."""
    state = opening(reception.hours.of(department), reception.civil.at(now_ms))
    if not isinstance(state, Closed):
        return now_ms
    return None if state.until is None else reception.civil.machine_ms(state.until)


def _callable(number: str | None, reception: Reception) -> str | None:
    keeping = reception.queue.keeping
    return None if number is None or keeping is None else keeping.numbers.read(number)
