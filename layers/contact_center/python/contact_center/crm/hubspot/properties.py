"""Properties of ours at HubSpot, by which records are found again without its search."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.crm.hubspot.answers import TakenError

if TYPE_CHECKING:
    from contact_center.crm.hubspot.api import HubSpotApi

CUSTOMER = "switchboard_customer"  # on contacts: the customer's key
EFFECT = "switchboard_effect"  # on what is written for one effect: its id
GROUP = "switchboard"
OURS = {
    "contacts": (CUSTOMER, "Switchboard customer"),
    "calls": (EFFECT, "Switchboard effect"),
    "notes": (EFFECT, "Switchboard effect"),
    "tasks": (EFFECT, "Switchboard effect"),
    "deals": (EFFECT, "Switchboard effect"),
}


class NotUniqueError(Exception):
    """There is a property of our name that need not be unique, and HubSpot never changes that."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{name} of {kind} exists and is not unique: delete it at HubSpot")
        self.kind = kind
        self.name = name


def ensure_properties(api: HubSpotApi) -> list[str]:
    """See that every property of ours is there; idempotent.

    Returns:
        Those that were made, as `contacts.switchboard_customer`.

    Raises:
        NotDoneError: HubSpot did not answer, or refused.
        NotUniqueError: One is there and cannot be used.
    """
    missing = missing_properties(api)
    for kind, (name, label) in OURS.items():
        if f"{kind}.{name}" in missing:
            _create(api, kind, name, label)
    return missing


def missing_properties(api: HubSpotApi) -> list[str]:
    """Which properties of ours are not there, likewise. Raises as `ensure_properties`."""
    missing = []
    for kind, (name, _) in OURS.items():
        found = api.find_property(kind, name)
        if found is None:
            missing.append(f"{kind}.{name}")
        elif found.get("hasUniqueValue") is not True:
            raise NotUniqueError(kind, name)
    return missing


def _create(api: HubSpotApi, kind: str, name: str, label: str) -> None:
    with suppress(TakenError):  # a run before was cut off here
        api.create_group(kind, {"name": GROUP, "label": "Switchboard"})
    api.create_property(
        kind,
        {
            "name": name,
            "label": label,
            "description": "Written by Switchboard; by it a record is found again.",
            "groupName": GROUP,
            "type": "string",
            "fieldType": "text",
            "hasUniqueValue": True,
        },
    )
