"""A person's contact at HubSpot, erased there by HubSpot's own erasure.

The contact that carries our customer's number is his, and one that carries the key of a story of
his in which it was not shown. One that only has the number somewhere is his when it is the only
one; of several none is erased: whose they are an owner has to say. So it is with one that was his
and names somebody else now.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from contact_center.crm.hubspot.answers import KEY_REFUSED, AbsentError, NotDoneError
from contact_center.crm.hubspot.api import CONTACTS, id_of
from contact_center.crm.hubspot.contacts import MOST_HITS, READ, has_his_number
from contact_center.crm.hubspot.phone_forms import PHONE_PROPERTIES, filter_groups
from contact_center.crm.hubspot.properties import CUSTOMER
from contact_center.crm.hubspot.untied import WORDS, untied_record
from contact_center.forgetting.services.forget_ports import Erased, crm_name
from contact_center.records.services.effect_ports import BudgetSpentError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.crm.hubspot.answers import Json
    from contact_center.crm.hubspot.api import HubSpotApi
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime

LATER, MORE = "HubSpot does not answer", "it takes longer"
NO_KEY = "HubSpot does not know the key: renew it"
SEVERAL = "several contacts at HubSpot have the number: erase by hand whose it is"
NAMES_ANOTHER = "a contact at HubSpot that was his names somebody else: erase by hand what is his"
REFUSED = "HubSpot refuses: "
REMEMBERED = crm_name("hubspot", "")


class HubSpotEraser:
    """Eraser of a contact at HubSpot."""

    def __init__(self, api: HubSpotApi) -> None:
        """Keep the account."""
        self._api = api

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Have his contacts erased; see Eraser. What is refused of one keeps no other."""
        gone: dict[str, int] = {}
        whys: list[str] = []
        later = None
        names = (person.number, *person.crm_names)
        steps = [partial(self._named_gone, name, person, gone) for name in names]
        try:
            for step in [*steps, partial(self._numbered_gone, person, gone)]:
                if not in_time():
                    later = MORE
                    break
                whys += _unless_refused(step)
        except NotDoneError as error:
            later = NO_KEY if error.answer.cause == KEY_REFUSED else LATER
        except BudgetSpentError:
            later = LATER
        impossible = None if later else "; ".join(dict.fromkeys(whys)) or None
        return Erased(count=sum(gone.values()), later=later, impossible=impossible)

    def _named_gone(self, name: str, person: Person, gone: dict[str, int]) -> list[str]:
        """What is known to be his by a name of its own; what is in the way."""
        record = untied_record(name)
        if record is not None:
            self._record_gone(*record, gone)
            return []
        found = self._named(name)
        if found is None or id_of(found, wrote=False) in gone:
            return []
        if _was_made_for(found, person):
            self._erase(id_of(found, wrote=False), gone)
            return []
        # One that has his number is looked at below.
        return [] if has_his_number(found, person.number) else [NAMES_ANOTHER]

    def _numbered_gone(self, person: Person, gone: dict[str, int]) -> list[str]:
        """The one that has his number; what is in the way."""
        groups = filter_groups(person.number)
        hits, all_of_them = self._api.search(CONTACTS, groups, READ, MOST_HITS)
        ids = {id_of(hit, wrote=False) for hit in hits if has_his_number(hit, person.number)}
        his = ids - gone.keys()
        if len(his) > 1 or (his and not all_of_them):
            return [SEVERAL]
        for contact_id in his:
            self._erase(contact_id, gone)
        return []

    def _named(self, name: str) -> Json | None:
        """The contact of a customer, or the one that was remembered; this does not lag."""
        contact_id = name.removeprefix(REMEMBERED)
        by = CUSTOMER if contact_id == name else ""
        return self._api.find(CONTACTS, contact_id, READ, by=by)

    def _record_gone(self, kind: str, record_id: str, gone: dict[str, int]) -> None:
        """A record of his that no contact leads to: without its words, into the recycling bin."""
        with suppress(AbsentError):  # it went before, or with a contact that an owner tied it to
            self._api.update(kind, record_id, WORDS.get(kind, {}))
            self._api.archive(kind, record_id)
            gone[f"{kind} {record_id}"] = 1

    def _erase(self, contact_id: str, gone: dict[str, int]) -> None:
        """Erase one, and note whether it was there."""
        gone[contact_id] = 0
        with suppress(AbsentError):  # the search lags
            self._api.erase(contact_id)
            gone[contact_id] = 1


def _unless_refused(step: Callable[[], list[str]]) -> list[str]:
    """What is in the way; raises NotDoneError where it may be done later."""
    try:
        return step()
    except NotDoneError as error:
        if not isinstance(error.answer, Refused):
            raise
        return [REFUSED + error.answer.cause]


def _was_made_for(contact: Json, person: Person) -> bool:
    """Whether a contact names him; one that names nobody and was remembered as his, is his."""
    stands = contact["properties"].get(CUSTOMER)
    if stands:
        return stands in {person.number, *person.crm_names}
    return not any(contact["properties"].get(name) for name in PHONE_PROPERTIES)
