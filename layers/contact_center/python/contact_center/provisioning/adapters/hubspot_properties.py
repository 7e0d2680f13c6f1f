"""Our properties at HubSpot, by which records are found again, as one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.crm.hubspot.answers import NotDoneError
from contact_center.crm.hubspot.properties import (
    OURS,
    NotUniqueError,
    ensure_properties,
    missing_properties,
)
from contact_center.provisioning.domain.objects import Found
from contact_center.provisioning.services.provisioning_ports import (
    InDoubtError,
    NotAnsweredError,
    RefusedError,
)
from contact_center.records.services.effect_ports import InDoubt, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.crm.hubspot.api import HubSpotApi
    from contact_center.provisioning.domain.objects import Kind
    from contact_center.provisioning.services.provisioning_ports import ProvisioningError

type Json = Any

THERE = "there"
ALL_OF_THEM = [f"{kind}.{name}" for kind, (name, _) in OURS.items()]
PORTAL = "account"  # what stands for an id: there is one


class HubSpotProperties:
    """Account over HTTP."""

    def __init__(self, api: HubSpotApi) -> None:
        """Keep the API."""
        self._api = api

    def found(self, kind: Kind) -> list[Found]:
        """Which of ours are there; see Account."""
        try:
            missing = missing_properties(self._api)
        except (NotDoneError, NotUniqueError) as error:
            raise _meant(error) from None
        there = [name for name in ALL_OF_THEM if name not in missing]
        return [Found(kind=kind, id=PORTAL, says={THERE: there})]

    def make(self, kind: Kind, body: Mapping[str, Json]) -> Found:
        """Make those that are not there; see Account."""
        return self.change(kind, PORTAL, body)

    def change(self, kind: Kind, object_id: str, body: Mapping[str, Json]) -> Found:
        """Make those that are not there; see Account."""
        try:
            ensure_properties(self._api)
        except (NotDoneError, NotUniqueError) as error:
            raise _meant(error) from None
        return Found(kind=kind, id=object_id, says=body)


def _meant(error: NotDoneError | NotUniqueError) -> ProvisioningError:
    if isinstance(error, NotUniqueError):
        return RefusedError(f"HubSpot: {error}")
    if isinstance(error.answer, Refused):
        what = f"{error.answer.cause} {error.answer.detail or ''}".strip()
        return RefusedError(f"HubSpot refused ({what}): look at HUBSPOT_TOKEN and its scopes")
    if isinstance(error.answer, InDoubt):
        return InDoubtError(
            f"HubSpot gave no answer to a request that it may have obeyed ({error.answer.cause}): "
            "run it again, what was made is found"
        )
    return NotAnsweredError(f"HubSpot did not answer ({error.answer.cause}): try again")
