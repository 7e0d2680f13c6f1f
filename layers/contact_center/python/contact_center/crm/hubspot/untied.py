"""Records that are tied to no contact, and how they are known again.

Who withheld his number and said nothing of himself gets no contact, so nothing at HubSpot leads
from him to what was written of his call. Each such record is remembered beside his story, under a
name of its own, before its effect counts as told; who forgets him reads it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.crm.hubspot.answers import NotDoneError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.services.effect_ports import Later

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.crm.known_contacts import KnownContacts

BEGINS = "hubspot.record."
# What people said, by kind of record: taken out before a record goes into HubSpot's recycling bin,
# which keeps it for 90 days.
WORDS: Mapping[str, Mapping[str, str]] = {
    "calls": {"hs_call_title": "", "hs_call_body": ""},
    "notes": {"hs_note_body": ""},
    "tasks": {"hs_task_subject": "Forgotten", "hs_task_body": ""},
    "deals": {"dealname": "Forgotten", "description": ""},
}


@dataclass(frozen=True, slots=True)
class Untied:
    """Where they are remembered; `of` gives the memory of a name."""

    of: Callable[[str], KnownContacts]

    def remember(self, customer: str, kind: str, record_id: str) -> None:
        """Note one, in place of nothing. Raises NotDoneError: it is not noted."""
        try:
            self.of(f"{BEGINS}{kind}.{record_id}").put(customer, record_id)
        except (StoreUnavailableError, StoreRefusedError):
            raise NotDoneError(Later("not_remembered")) from None


def untied_record(name: str) -> tuple[str, str] | None:
    """Kind and id of the record that a name of somebody at a CRM stands for; None: it is none."""
    words = name.partition(":")[0].removeprefix(BEGINS).split(".")
    return (words[0], words[1]) if name.startswith(BEGINS) and len(words) == 2 else None  # noqa: PLR2004
