"""What Twilio's door answers about kept places: keys in the music, and whoever is called back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.people.services.call_back_for import let_go
from contact_center.queue.domain.wait_documents import CONFIRM_PATH, KEEP_PATH, NUMBER_PATH
from contact_center.queue.services.keep_place import (
    kept_goodbye,
    key_pressed,
    number_confirmed,
    number_keyed,
)
from contact_center.reception.services.callbacks.offer_callback import keep_instead, offer_call
from contact_center.reception.services.called_back import (
    Try,
    answer_called,
    hear_of_called,
    key_of_called,
)
from contact_center.reception.services.leave_visit import UNSTORED
from contact_center.twilio.addresses import ANSWER, IN_MUSIC, STATUS, callback_at
from contact_center.twilio.webhooks import leg_of, read_keys, read_status
from contact_center.visits.domain.courtesies import KEEP_INSTEAD, OFFER_CALL
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.reception.services.colleagues.person_desk import PersonDesk
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.twilio.forms import Form
    from contact_center.visits.domain.instructions import WaitInstruction

    type Desk = PersonDesk | None


def take_callback_note(
    path: str, form: Form, now_ms: int, reception: Reception, desk: Desk
) -> None:
    """Take note of what `is_news_of_callback`.

    Raises:
        BadMessageError: It cannot be read.
        ContentionError, QueueUnavailableError, StoreRefusedError, StoreUnavailableError: To be told
            again.
    """
    callback = callback_at(path)
    if callback is None:
        return
    told = read_status(form, now_ms)
    of_a_visit = hear_of_called(
        Try(callback.visit_id, callback.token), told, now_ms, reception, _release(desk)
    )
    if of_a_visit and desk is not None:
        desk.caller_left(visit_of(told.leg))


def callback_document(path: str, form: Form, reception: Reception, desk: Desk) -> str | None:
    """What a leg is to do at such an address; None: it is none of them. Raises as those do."""
    if path in IN_MUSIC:
        return _kept(path, form, reception)
    if path == OFFER_CALL:
        return offer_call(leg_of(form), reception)
    if path == KEEP_INSTEAD:
        pressed = read_keys(form)
        return keep_instead(pressed.leg, pressed.keys, reception)
    callback = callback_at(path)
    if callback is None or callback.step == STATUS:
        return None
    pressed = read_keys(form)
    if callback.step == ANSWER:
        return answer_called(Try(callback.visit_id, callback.token), pressed.leg, reception)
    return key_of_called(
        Try(callback.visit_id, callback.token), pressed.leg, pressed.keys, reception, _release(desk)
    )


def _kept(path: str, form: Form, reception: Reception) -> str:
    pressed = read_keys(form)
    visit_id, rules = visit_of(pressed.leg), reception.queue.rules.call_back
    said = _KEPT_BY[path](visit_id, pressed.keys, reception.queue)
    if rules is not None and said == kept_goodbye(rules):
        with suppress(*UNSTORED):  # else the receptionist tells it
            tell(reception.visits, Visit(visit_id=visit_id, kept_ms=reception.clock.now_ms()))
    return reception.document(said)


def _release(desk: Desk) -> Callable[[str, str], None]:
    def release(person_id: str, token: str) -> None:
        if desk is not None:
            let_go(person_id, token, desk.people)

    return release


_KEPT_BY: Mapping[str, Callable[[str, str, QueueParts], Sequence[WaitInstruction]]] = {
    KEEP_PATH: key_pressed,
    NUMBER_PATH: number_keyed,
    CONFIRM_PATH: number_confirmed,
}
