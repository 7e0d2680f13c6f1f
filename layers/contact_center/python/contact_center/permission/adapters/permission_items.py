"""What a person permits as an item of the contacts table, and back.

    PERSON#<E.164> / PERMISSION    version, suppressed_at, suppression_source, and one JSON
                                   text with the rest

The version is an attribute of its own, because claims are conditioned on it; the suppression,
because the door writes it alone, without reading the rest (suppression_write.py). Times are ISO
8601 text with their zone, as they were stated.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import Item, dumps, known_fields, number, text
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.domain.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMES = ("revoked_at", "reassigned_at", "relationship_at", "inquiry_at")


# Read with every permission; in the partition of campaigns, where the imports of lists are too.
COMPLETE_LISTS_KEY: Item = {"pk": {"S": keys.campaign(keys.NATIONAL)}, "sk": {"S": keys.COMPLETE}}


def permission_key(e164: str) -> Item:
    """The key of a person's permission."""
    return {"pk": {"S": keys.person(e164)}, "sk": {"S": keys.PERMISSION}}


def permission_item(e164: str, permission: Permission) -> Item:
    """The item of a permission, with the version it carries."""
    said: dict[str, Any] = {name: _iso(getattr(permission, name)) for name in _TIMES}
    said["consents"] = [
        {"kind": one.kind, "at": one.at.isoformat(), "source": one.source}
        for one in permission.consents
    ]
    if permission.national is not None:
        said["national"] = asdict(permission.national)
        said["national"]["imported_at"] = permission.national.imported_at.isoformat()
    item = permission_key(e164) | {
        "version": {"N": str(permission.version)},
        "said": {"S": dumps(said)},
        **_listed_marks(e164, permission.national),
    }
    if permission.suppressed_at is not None:
        item["suppressed_at"] = {"S": permission.suppressed_at.isoformat()}
        item["suppression_source"] = {"S": permission.suppression_source}
    return item


def complete_lists_of(item: Mapping[str, Any] | None) -> dict[str, datetime]:
    """By country, the time of the latest complete national list; no item: none is known."""
    known = {} if not item else {name: number(item, name) for name in item if "N" in item[name]}
    return {
        country: datetime.fromtimestamp(at_ms / 1000, UTC)
        for country, at_ms in known.items()
        if at_ms is not None
    }


def permission_of(item: Mapping[str, Any] | None) -> Permission:
    """Read a permission back; no item is a permission of version 0 that permits nothing."""
    if not item:
        return Permission()
    said = json.loads(text(item, "said") or "{}")
    values: dict[str, Any] = {name: _time(said.get(name)) for name in _TIMES}
    values["suppressed_at"] = _time(text(item, "suppressed_at"))
    values["suppression_source"] = text(item, "suppression_source") or ""
    values["consents"] = tuple(
        Consent(kind=one["kind"], at=datetime.fromisoformat(one["at"]), source=one["source"])
        for one in said.get("consents", ())
    )
    national = said.get("national")
    if national is not None:
        stated = known_fields(NationalListing, national)
        stated["imported_at"] = datetime.fromisoformat(stated["imported_at"])
        values["national"] = NationalListing(**stated)
    known = {field.name for field in fields(Permission)}
    return Permission(
        version=number(item, "version") or 0,
        **{name: value for name, value in values.items() if name in known},
    )


def _listed_marks(e164: str, listing: NationalListing | None) -> Item:
    """What whoever is on a national list is found by when a newer list has them no more."""
    if listing is None or not listing.listed:
        return {}
    at_ms = round(listing.imported_at.timestamp() * 1000)
    shard = keys.listed_shard(listing.country, e164)
    return {"due_shard": {"S": shard}, "due_at_ms": {"N": str(at_ms)}}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
