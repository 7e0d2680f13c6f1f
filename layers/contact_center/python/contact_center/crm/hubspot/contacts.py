"""Whose record at HubSpot a customer's is: found in three ways, compared each time, never guessed.

First by the id that we remember, then by our own property, then by the number in the forms in
which HubSpot may hold it. What is found counts when our property names this customer or when one of
its numbers, read as a number, is his. Two that count are ambiguous: an owner decides.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.crm.hubspot.answers import NotDoneError, TakenError
from contact_center.crm.hubspot.api import CONTACTS, id_of
from contact_center.crm.hubspot.phone_forms import PHONE_PROPERTIES, filter_groups, is_same
from contact_center.crm.hubspot.properties import CUSTOMER
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.services.effect_ports import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contact_center.crm.hubspot.answers import Json
    from contact_center.crm.hubspot.api import HubSpotApi
    from contact_center.crm.known_contacts import KnownContacts

FILLED = ("firstname", "lastname", "email", "company")
READ = (CUSTOMER, *PHONE_PROPERTIES, *FILLED)
MOST_HITS = 20


class Contacts:
    """The contacts of one account."""

    def __init__(self, api: HubSpotApi, known: KnownContacts, more: Sequence[str] = ()) -> None:
        """Keep where they are, what is remembered of them, and what is read besides."""
        self._api = api
        self._known = known
        self._read = (*READ, *more)

    def find(self, customer: str) -> Json | None:
        """His record, or None. Raises NotDoneError: ambiguous_contact among others."""
        known = self._remembered(customer)
        if known is not None:
            found = self._api.find(CONTACTS, known, self._read)
            if found is not None and _is_his(found, customer):
                return self._noted(found, customer, known)
            self.forget(customer)
        found = self._api.find(CONTACTS, customer, self._read, by=CUSTOMER)
        if found is not None and found["properties"].get(CUSTOMER) == customer:
            return self._noted(found, customer, known)
        if not has_number(customer):
            return None
        found = self._by_number(customer)
        if found is None:
            return None
        if not found["properties"].get(CUSTOMER):  # another's stays: one may have two numbers
            self._api.update(CONTACTS, id_of(found, wrote=False), {CUSTOMER: customer})
        return self._noted(found, customer, known)

    def make(self, customer: str, said: Mapping[str, str]) -> str:
        """A record for him, with what he said of himself; its id. Raises NotDoneError."""
        number = {"phone": customer} if has_number(customer) else {}
        try:
            made = self._api.create(CONTACTS, {**said, **number, CUSTOMER: customer})
        except TakenError as error:  # by a delivery that was cut off, or it is the e-mail address
            found = self._api.find(CONTACTS, customer, READ, by=CUSTOMER)
            if found is None:
                raise _email_taken(error) from None
            self.fill(found, said)
            made = id_of(found, wrote=False)
        self._remember(customer, made)
        return made

    def fill(self, contact: Json, said: Mapping[str, str]) -> None:
        """Write what he said of himself where nobody has written yet. Raises NotDoneError."""
        stands = contact["properties"]
        new = {name: value for name, value in said.items() if not stands.get(name)}
        if not new:
            return
        try:
            self._api.update(CONTACTS, id_of(contact, wrote=False), new)
        except TakenError as error:
            raise _email_taken(error) from None

    def forget(self, customer: str) -> None:
        """What is remembered of him led nowhere."""
        with suppress(StoreUnavailableError, StoreRefusedError):
            self._known.forget(customer)

    def _by_number(self, customer: str) -> Json | None:
        groups = filter_groups(customer)
        found, all_of_them = self._api.search(CONTACTS, groups, self._read, MOST_HITS)
        his = {hit["id"]: hit for hit in found if has_his_number(hit, customer)}
        if len(his) > 1 or (found and not all_of_them):
            ids = ", ".join(sorted(his)) or "more than can be read"
            raise NotDoneError(Refused("ambiguous_contact", f"contacts {ids}"))
        return next(iter(his.values()), None)

    def _noted(self, found: Json, customer: str, known: str | None) -> Json:
        contact_id = id_of(found, wrote=False)
        if contact_id != known:
            self._remember(customer, contact_id)
        return found

    def _remembered(self, customer: str) -> str | None:
        """What is remembered: a memory that does not answer is none."""
        try:
            return self._known.get(customer)
        except (StoreUnavailableError, StoreRefusedError):
            return None

    def _remember(self, customer: str, contact_id: str) -> None:
        with suppress(StoreUnavailableError, StoreRefusedError):
            self._known.put(customer, contact_id)


def has_number(customer: str) -> bool:
    """Whether a customer's key is his number; one who withheld it has another."""
    return customer.startswith("+")


def _is_his(contact: Json, customer: str) -> bool:
    return contact["properties"].get(CUSTOMER) == customer or has_his_number(contact, customer)


def has_his_number(contact: Json, customer: str) -> bool:
    """Whether one of a contact's numbers, read as a number, is the customer's."""
    if not has_number(customer):
        return False
    return any(is_same(number, customer) for number in _numbers(contact))


def _numbers(contact: Json) -> Iterator[object]:
    return (contact["properties"].get(name) for name in PHONE_PROPERTIES)


def _email_taken(error: TakenError) -> NotDoneError:
    other = error.existing_id or "another"
    return NotDoneError(Refused("email_taken", f"contact {other} has the e-mail address"))
