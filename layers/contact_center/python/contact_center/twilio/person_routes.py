"""What Twilio's door answers to people's telephones: to a PIN, and about a caller to be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.failures import place_of
from contact_center.kernel.observability import log
from contact_center.people.domain.offer_facts import Withdrawn
from contact_center.people.services.answer_person import (
    brief_person,
    take_key,
    tell_leg,
    tell_room,
)
from contact_center.people.services.answer_supervisor import (
    SupervisorDesk,
    ask_supervisor,
    take_supervisor_key,
    tell_supervisor_leg,
)
from contact_center.people.services.log_in_by_telephone import (
    NO_PIN,
    ask_for_pin,
    take_pin,
)
from contact_center.people.services.tell_offer import tell_offer
from contact_center.reception.services.admit import admit
from contact_center.reception.services.colleagues.after_transfer import after_transfer
from contact_center.twilio.addresses import (
    AFTER,
    BRIEF,
    KEY,
    STATUS,
    Supervised,
    Transfer,
    person_label,
    supervised_at,
    transfer_at,
)
from contact_center.twilio.repetitions import repetition_key
from contact_center.twilio.webhooks import leg_of, read_caller, read_keys, read_room, read_status
from contact_center.visits.domain.courtesies import AS_A_CALLER, PEOPLE_PATH, VOICE
from contact_center.visits.domain.instructions import GoTo, HangUp, Speak
from contact_center.visits.domain.legs import ENDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.kernel.ports import RawRequest
    from contact_center.people.domain.people import Held
    from contact_center.reception.services.colleagues.person_desk import PersonDesk
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.twilio.forms import Form
    from contact_center.visits.domain.instructions import Instruction

LOGGED_OUT = "logged_out"  # why an offer is withdrawn


def take_note(path: str, form: Form, now_ms: int, desk: PersonDesk) -> None:
    """Take note of what `is_news_of_person`.

    Raises:
        BadMessageError: It cannot be read.
        ContentionError, QueueUnavailableError, StoreUnavailableError: To be told again.
    """
    supervised, transfer = supervised_at(path), transfer_at(path)
    if supervised is not None:
        change = read_status(form, now_ms)
        tell_supervisor_leg(supervised.visit_id, supervised.number, change, _supervisors(desk))
        return
    if transfer is None:
        return
    with desk.offers(transfer.visit_id) as parts:
        if transfer.step == STATUS:
            told = read_status(form, now_ms)
            tell_leg(transfer.visit_id, told, parts, _whose_telephone(form, desk))
        else:
            tell_room(transfer.visit_id, read_room(form, now_ms), parts)


def person_document(
    request: RawRequest, form: Form, desk: PersonDesk, reception: Reception
) -> str | None:
    """What a leg is to do at an address of people's; None: it is no affair of theirs.

    Whatever breaks, a person hears something that is true. What breaks for a caller is raised.
    """
    path, transfer = request.path, transfer_at(request.path)
    if path == AS_A_CALLER:
        return admit(read_caller(form), reception)
    if transfer is not None and transfer.step == AFTER:
        return _after(transfer, form, desk, reception)
    try:
        steps = _steps(request, transfer, form, desk)
    except Exception as error:  # noqa: BLE001 - a person waits: whatever broke, say what is true
        reception.metrics.count("answer_failed", path=person_label(path) or path)
        log("ERROR", "answer broken", None, error=type(error).__name__, place=place_of(error))
        steps = (Speak(reception.courtesies.texts.failed), HangUp())
    return None if steps is None else reception.document(steps)


def _steps(
    request: RawRequest, transfer: Transfer | None, form: Form, desk: PersonDesk
) -> Sequence[Instruction] | None:
    if request.path == VOICE:
        return ask_for_pin(desk.roster.words)  # he is a colleague: the door has looked
    if request.path == PEOPLE_PATH:
        return _log_in(request, form, desk)
    supervised = supervised_at(request.path)
    if supervised is not None:
        return _supervise(supervised, form, _supervisors(desk))
    answer = None if transfer is None else _ANSWERS.get(transfer.step)
    if transfer is None or answer is None:
        return None
    return answer(transfer.visit_id, form, desk)


def _log_in(request: RawRequest, form: Form, desk: PersonDesk) -> Sequence[Instruction]:
    if desk.log_in is None:
        return (GoTo(AS_A_CALLER),)
    if form.text("Digits") is None:
        return ask_for_pin(desk.roster.words)
    keys = read_keys(form).keys
    if keys in NO_PIN:
        return (GoTo(AS_A_CALLER),)
    told = repetition_key(request, form)
    caller = read_caller(form)
    known = desk.roster.whose_telephone(caller.telephone) is not None
    answer = take_pin(caller.telephone if known else caller.caller, keys, told, desk.log_in)
    if answer.let_go is not None:
        _withdraw(answer.let_go, leg_of(form), desk)
    return answer.instructions


def _withdraw(held: Held, leg: str, desk: PersonDesk) -> None:
    """End the ring at who has logged out; if that fails, it ends by itself."""
    with desk.offers(held.visit_id, leg) as parts:
        tell_offer(held.visit_id, held.offer_id, [Withdrawn(LOGGED_OUT)], parts)


def _brief(visit_id: str, form: Form, desk: PersonDesk) -> Sequence[Instruction]:
    leg = leg_of(form)
    with desk.offers(visit_id, leg) as parts:
        words = desk.roster.offer_words
        person_id = _whose_telephone(form, desk)
        return brief_person(visit_id, leg, desk.briefs, words, parts, person_id=person_id)


def _key(visit_id: str, form: Form, desk: PersonDesk) -> Sequence[Instruction]:
    pressed = read_keys(form)
    with desk.offers(visit_id, pressed.leg) as parts:
        words = desk.roster.offer_words
        person_id = _whose_telephone(form, desk)
        return take_key(visit_id, pressed.leg, pressed.keys, words, parts, person_id=person_id)


def _supervise(
    supervised: Supervised, form: Form, desk: SupervisorDesk
) -> Sequence[Instruction] | None:
    pressed = read_keys(form)
    if pressed.status in ENDS:  # he has hung up
        return ()
    visit_id, number, leg = supervised.visit_id, supervised.number, pressed.leg
    if supervised.step == STATUS:
        return None
    if supervised.step == KEY:
        return take_supervisor_key(visit_id, number, leg, pressed.keys, desk)
    return ask_supervisor(visit_id, number, leg, desk)


def _supervisors(desk: PersonDesk) -> SupervisorDesk:
    return SupervisorDesk(
        visits=desk.visits,
        offers=desk.book,
        words=desk.roster.supervisor_words,
        clock=desk.people.clock,
        metrics=desk.people.metrics,
    )


def _whose_telephone(form: Form, desk: PersonDesk) -> str | None:
    """Who was rung: of several who are at once it says whose offer a leg is of."""
    colleague = desk.roster.whose_address(form.text("To"))
    return None if colleague is None else colleague.person_id


def _after(transfer: Transfer, form: Form, desk: PersonDesk, reception: Reception) -> str:
    caller = read_caller(form)
    if caller.status in ENDS:  # he has hung up himself
        return reception.document(())
    return after_transfer(transfer.visit_id, caller.leg, desk.book, reception)


_ANSWERS: Mapping[str, Callable[[str, Form, PersonDesk], Sequence[Instruction]]] = {
    BRIEF: _brief,
    KEY: _key,
}
