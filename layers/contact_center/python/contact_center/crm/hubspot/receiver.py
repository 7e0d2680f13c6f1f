"""HubSpot as a receiver of effects: the customer's contact, one record of the effect, their tie.

Every step may be repeated: a contact is found before one is made, a record is written by its own
unique property, and a tie that is there already is no mistake. So whatever was cut off is done
again from the start, and `look_up` says Delivered only when the last step was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.crm.hubspot.answers import AbsentError, NotDoneError, TakenError
from contact_center.crm.hubspot.api import CONTACTS, id_of
from contact_center.crm.hubspot.cards import AMBIGUOUS
from contact_center.crm.hubspot.contacts import Contacts, has_number
from contact_center.crm.hubspot.effect_records import kind_of, record_of
from contact_center.crm.hubspot.properties import EFFECT
from contact_center.crm.hubspot.settings import Writes
from contact_center.records.domain.effect_fields import BadEffectError, check_told
from contact_center.records.services.card_ports import NotReadError
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.crm.hubspot.answers import Json
    from contact_center.crm.hubspot.api import HubSpotApi
    from contact_center.crm.hubspot.cards import HubSpotCards
    from contact_center.crm.hubspot.effect_records import EffectRecord
    from contact_center.crm.hubspot.untied import Untied
    from contact_center.crm.known_contacts import KnownContacts
    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_ports import Answer


class HubSpotReceiver:
    """Receiver of calls, leads, tasks, deals and subscriptions."""

    def __init__(
        self,
        api: HubSpotApi,
        known: KnownContacts,
        writes: Writes,
        untied: Untied,
        cards: HubSpotCards | None = None,
    ) -> None:
        """Keep the account, what is remembered of its contacts and records, how they are written.

        `cards` is told who customers are; None: nobody is.
        """
        self._api = api
        self._cards = cards
        self._contacts = Contacts(api, known, () if cards is None else cards.properties)
        self._writes = writes
        self._untied = untied

    def deliver(self, effect: Effect) -> Answer:
        """Make it happen there, once; see Receiver."""
        try:
            check_told(effect.kind, effect.told)
            record = record_of(effect)
            contact_id = self._contact(effect, record.contact)
            their_id = self._write(effect, record)
            if contact_id is not None:
                self._associate(record.kind, their_id, contact_id, effect.customer)
            else:
                self._untied.remember(effect.customer, record.kind, their_id)
        except BadEffectError as error:
            return Refused("malformed", str(error))
        except NotDoneError as error:
            return error.answer
        return Delivered(their_id)

    def look_up(self, effect: Effect) -> Delivered | Later | None:
        """Whether its record is there and the customer's; by our own property, which never lags.

        What says a record anew is said once more: that changes nothing, and nobody could tell.
        """
        if effect.amended is not None:
            return None
        try:
            kind = kind_of(effect.kind)
            found = self._api.find(kind, effect.effect_id, (EFFECT,), by=EFFECT, linked=CONTACTS)
            if found is None or found["properties"].get(EFFECT) != effect.effect_id:
                return None
            if not _has_contact(found):
                if has_number(effect.customer):
                    return None
                self._untied.remember(effect.customer, kind, id_of(found, wrote=False))
        except NotDoneError as error:
            return _not_told(error.answer)
        return Delivered(id_of(found, wrote=False))

    def _contact(self, effect: Effect, said: Mapping[str, str]) -> str | None:
        """The customer's contact; one who withheld his number and said nothing gets none."""
        found = self._found(effect.customer)
        if found is not None:
            self._contacts.fill(found, said)
            return id_of(found, wrote=False)
        if said or has_number(effect.customer):
            return self._contacts.make(effect.customer, said)
        return None

    def read_card(self, customer: str) -> bool:
        """Read who a customer is, and note it; see ReadsCards."""
        cards = self._cards
        if cards is None or not has_number(customer):
            return False
        try:
            found = self._contacts.find(customer)
        except NotDoneError as error:
            if error.answer.cause != AMBIGUOUS:
                raise NotReadError(error.answer.cause) from None
            return cards.note_several(customer)
        return cards.note_nobody(customer) if found is None else cards.note(customer, found)

    def _found(self, customer: str) -> Json | None:
        """His contact; who he is there is noted for his next call."""
        try:
            found = self._contacts.find(customer)
        except NotDoneError as error:
            if self._cards is not None and error.answer.cause == AMBIGUOUS:
                self._cards.note_several(customer)
            raise
        if self._cards is not None and found is not None and has_number(customer):
            self._cards.note(customer, found)
        return found

    def _write(self, effect: Effect, record: EffectRecord) -> str:
        name = effect.record_id
        if self._writes is Writes.UPSERT:
            return self._api.upsert(record.kind, EFFECT, name, record.properties)
        try:
            return self._api.create(record.kind, {**record.properties, EFFECT: name})
        except TakenError:  # written before, and its answer got lost; or it is to say this now
            found = self._api.find(record.kind, name, (EFFECT,), by=EFFECT)
            if found is None:  # then another value is taken
                raise
        their_id = id_of(found, wrote=False)
        if effect.amended is not None:
            self._api.update(record.kind, their_id, record.properties)
        return their_id

    def _associate(self, kind: str, their_id: str, contact_id: str, customer: str) -> None:
        try:
            self._api.associate(kind, their_id, contact_id)
        except AbsentError:  # deleted a moment ago: the next time another is found or made
            self._contacts.forget(customer)
            raise NotDoneError(Later("contact_gone")) from None


def _has_contact(found: Json) -> bool:
    linked = found.get("associations")
    of_contacts = linked.get(CONTACTS) if isinstance(linked, dict) else None
    return isinstance(of_contacts, dict) and bool(of_contacts.get("results"))


def _not_told(answer: Refused | Later | InDoubt) -> Later:
    """What was not told now may be later, whatever kept it."""
    return answer if isinstance(answer, Later) else Later(answer.cause)
