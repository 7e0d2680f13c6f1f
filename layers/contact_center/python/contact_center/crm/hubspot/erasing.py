"""A person's contact at HubSpot, erased there by HubSpot's own erasure.

The contact that carries our customer's number is his. One that only has the number somewhere is his
when it is the only one; of several none is erased: whose they are an owner has to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.crm.hubspot.answers import AbsentError, NotDoneError
from contact_center.crm.hubspot.api import CONTACTS, id_of
from contact_center.crm.hubspot.contacts import MOST_HITS, READ, has_his_number
from contact_center.crm.hubspot.phone_forms import filter_groups
from contact_center.crm.hubspot.properties import CUSTOMER
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.records.services.effect_ports import BudgetSpentError, Refused

if TYPE_CHECKING:
    from contact_center.crm.hubspot.api import HubSpotApi
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime

LATER = "HubSpot does not answer"
SEVERAL = "several contacts at HubSpot have the number: erase by hand whose it is"
REFUSED = "HubSpot refuses: "


class HubSpotEraser:
    """Eraser of a contact at HubSpot."""

    def __init__(self, api: HubSpotApi) -> None:
        """Keep the account."""
        self._api = api

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Have his contact erased; see Eraser."""
        del in_time
        count = 0
        try:
            found = self._api.find(CONTACTS, person.number, (CUSTOMER,), by=CUSTOMER)
            if found is not None:
                count += self._gone(id_of(found, wrote=False))
            groups = filter_groups(person.number)
            hits, all_of_them = self._api.search(CONTACTS, groups, READ, MOST_HITS)
            named = None if found is None else id_of(found, wrote=False)
            ids = {id_of(hit, wrote=False) for hit in hits if has_his_number(hit, person.number)}
            his = ids - {named}
            if len(his) > 1 or (his and not all_of_them):
                return Erased(count=count, impossible=SEVERAL)
            for contact_id in his:
                count += self._gone(contact_id)
        except NotDoneError as error:
            if isinstance(error.answer, Refused):
                return Erased(count=count, impossible=REFUSED + error.answer.cause)
            return Erased(count=count, later=LATER)
        except BudgetSpentError:
            return Erased(count=count, later=LATER)
        return Erased(count=count)

    def _gone(self, contact_id: str) -> int:
        try:
            self._api.erase(contact_id)
        except AbsentError:  # the search lags
            return 0
        return 1
