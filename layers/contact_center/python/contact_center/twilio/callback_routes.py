"""What Twilio's door answers about kept places: keys in the music, and whoever is called back.

/twilio/queue/keep, /number, /confirm            keys of a caller who waits; heard in the music
/twilio/voice/callback                           the key of a caller who cannot be served now
/twilio/callback/{visit}.{try}/answer, key       the leg that is called
/twilio/callback/{visit}.{try}/status            news of that leg
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from contact_center.people.services.call_back_for import let_go
from contact_center.queue.domain.wait_documents import KEEP_PATH
from contact_center.queue.services.keep_place import (
    CONFIRM_PATH,
    NUMBER_PATH,
    kept_goodbye,
    key_pressed,
    number_confirmed,
    number_keyed,
)
from contact_center.reception.services.called_back import (
    Try,
    answer_called,
    hear_of_called,
    key_of_called,
)
from contact_center.reception.services.connect_caller import UNSTORED
from contact_center.reception.services.offer_callback import keep_instead
from contact_center.twilio.webhooks import read_keys, read_status
from contact_center.visits.domain.courtesies import KEEP_INSTEAD
from contact_center.visits.domain.visits import Visit, visit_of
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.reception.services.connect_caller import Reception
    from contact_center.reception.services.person_desk import PersonDesk
    from contact_center.twilio.forms import Form
    from contact_center.visits.domain.instructions import WaitInstruction

    type Desk = PersonDesk | None

_CALLBACK = re.compile(
    r"/twilio/callback/(v-C[AB][0-9a-fA-F]{32})\.([A-Za-z0-9_-]{1,64})(/answer|/key|/status)"
)
ANSWER, KEY, STATUS = "/answer", "/key", "/status"


class CallbackAddress(NamedTuple):
    """One of the addresses of a try."""

    ring: Try
    step: str


def callback_at(path: str) -> CallbackAddress | None:
    """Which try's address a path is, or None."""
    found = _CALLBACK.fullmatch(path)
    return None if found is None else CallbackAddress(Try(found[1], found[2]), found[3])


def callback_label(path: str) -> str | None:
    """The name of such an address in metrics; None: it is none of them."""
    if path in _KEPT_BY or path == KEEP_INSTEAD:
        return path
    address = callback_at(path)
    return None if address is None else f"/twilio/callback{address.step}"


def is_heard_in_music(path: str) -> bool:
    """Whether its answer may hold only what is known there."""
    return path in _KEPT_BY


def is_news_of_callback(path: str) -> bool:
    """Whether an address is only told something: its sender tells it again when we cannot."""
    address = callback_at(path)
    return address is not None and address.step == STATUS


def take_callback_note(
    path: str, form: Form, now_ms: int, reception: Reception, desk: Desk
) -> None:
    """Take note of what `is_news_of_callback`.

    Raises:
        BadMessageError: It cannot be read.
        ContentionError, QueueUnavailableError, StoreRefusedError, StoreUnavailableError: To be told
            again.
    """
    address = callback_at(path)
    if address is None:
        return
    told = read_status(form, now_ms)
    of_a_visit = hear_of_called(address.ring, told, now_ms, reception, _release(desk))
    if of_a_visit and desk is not None:
        desk.caller_left(visit_of(told.leg))


def callback_document(path: str, form: Form, reception: Reception, desk: Desk) -> str | None:
    """What a leg is to do at such an address; None: it is none of them. Raises as those do."""
    if path in _KEPT_BY:
        return _kept(path, form, reception)
    if path == KEEP_INSTEAD:
        pressed = read_keys(form)
        return keep_instead(pressed.leg, pressed.keys, reception)
    address = callback_at(path)
    if address is None or address.step == STATUS:
        return None
    pressed = read_keys(form)
    if address.step == ANSWER:
        return answer_called(address.ring, pressed.leg, reception)
    return key_of_called(address.ring, pressed.leg, pressed.keys, reception, _release(desk))


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
