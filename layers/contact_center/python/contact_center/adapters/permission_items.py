"""What a person permits as an item of the contacts table, and back.

    PERSON#<E.164> / PERMISSION    version, and one JSON text with the rest

The version is an attribute of its own, because claims are conditioned on it; times are ISO 8601
text with their zone, as they were stated.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contact_center.adapters import dynamodb_keys as keys
from contact_center.adapters.fact_items import Item, dumps, number, text
from contact_center.domain.consent import Consent
from contact_center.domain.contact_permission import NationalListing
from contact_center.domain.dial_circumstances import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMES = ("revoked_at", "reassigned_at", "suppressed_at", "relationship_at", "inquiry_at")


def permission_key(e164: str) -> Item:
    """The key of a person's permission."""
    return {"pk": {"S": keys.person(e164)}, "sk": {"S": keys.PERMISSION}}


def permission_item(e164: str, permission: Permission) -> Item:
    """The item of a permission, with the version it carries."""
    said: dict[str, Any] = {name: _iso(getattr(permission, name)) for name in _TIMES}
    said["suppression_source"] = permission.suppression_source
    said["consents"] = [
        {"kind": one.kind, "at": one.at.isoformat(), "source": one.source}
        for one in permission.consents
    ]
    if permission.national is not None:
        listed, imported_at = permission.national.listed, permission.national.imported_at
        said["national"] = {"listed": listed, "imported_at": imported_at.isoformat()}
    return permission_key(e164) | {
        "version": {"N": str(permission.version)},
        "said": {"S": dumps(said)},
    }


def permission_of(item: Mapping[str, Any] | None) -> Permission:
    """Read a permission back; no item is a permission of version 0 that permits nothing."""
    if not item:
        return Permission()
    said = json.loads(text(item, "said") or "{}")
    values: dict[str, Any] = {name: _time(said.get(name)) for name in _TIMES}
    values["suppression_source"] = said.get("suppression_source", "")
    values["consents"] = tuple(
        Consent(kind=one["kind"], at=datetime.fromisoformat(one["at"]), source=one["source"])
        for one in said.get("consents", ())
    )
    national = said.get("national")
    if national is not None:
        imported_at = datetime.fromisoformat(national["imported_at"])
        values["national"] = NationalListing(listed=national["listed"], imported_at=imported_at)
    known = {field.name for field in fields(Permission)}
    return Permission(
        version=number(item, "version") or 0,
        **{name: value for name, value in values.items() if name in known},
    )


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
