"""Offers as items of the dialing table, and back.

What an offer says travels as one JSON text, as attempts do: a new field has a default, an unknown
one is ignored, and an item of a later version is refused.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    Item,
    dumps,
    known_fields,
    number,
    said_in,
    said_of,
)
from contact_center.aws.dynamodb.writes import IS_NEW, SAME_REVISION
from contact_center.kernel.instants import iso
from contact_center.people.domain.offers import Offer, OfferOutcome, Ring, Said
from contact_center.visits.domain.legs import LegChanged, LegStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM_VERSION = 1
KEPT_SECONDS = 7 * 86_400
_ROOMS = ("caller_rooms", "person_rooms")
COUNTED_SECONDS = 400 * 86_400  # a year of days to compare with, and some


def offer_key(visit_id: str, offer_id: str) -> Item:
    """The key of an offer."""
    return {"pk": {"S": keys.visit(visit_id)}, "sk": {"S": keys.offer(offer_id)}}


def offer_item(offer: Offer, look_ms: int | None) -> Item:
    """The item of an offer, under the version it carries.

    It is in the index `open-by-due-time` exactly while somebody has to look, at `look_ms`.
    """
    said = said_of(offer)
    said.pop("version", None)
    if offer.told is not None:
        said["told"] = asdict(offer.told)
    said |= {name: sorted(said[name]) for name in _ROOMS if name in said}
    item: Item = offer_key(offer.visit_id, offer.offer_id) | {
        "version": {"N": str(ITEM_VERSION)},
        "revision": {"N": str(offer.version)},
        "said": {"S": dumps(said)},
        "expires_at": {"N": str(offer.asked_at_ms // 1_000 + KEPT_SECONDS)},
    }
    if look_ms is None:
        return item
    return item | {"open": {"S": keys.OFFERS_DUE}, "due_at_ms": {"N": str(look_ms)}}


def offer_of(item: Mapping[str, Any]) -> Offer:
    """Read an offer back. Raises one of UNREADABLE."""
    said = known_fields(Offer, said_in(item, ITEM_VERSION))
    told = said.get("told")
    return Offer(
        **said
        | {
            "ring": Ring(said.get("ring", Ring.ASKED)),
            "told": None if told is None else _leg_of(told),
            **{name: frozenset(said.get(name, ())) for name in _ROOMS},
            "said": None if said.get("said") is None else Said(said["said"]),
            "ended": None if said.get("ended") is None else OfferOutcome(said["ended"]),
            "version": number(item, "revision") or 0,
        }
    )


def count_update(table: str, offer: Offer) -> dict[str, Any]:
    """An update that counts the outcome of an offer, for the day on which the person was asked."""
    shard = keys.open_shard(offer.offer_id, keys.TRANSFER_COUNT)
    day = (iso(offer.asked_at_ms) or "")[:10]
    return {
        "TableName": table,
        "Key": {"pk": {"S": keys.transfers(day)}, "sk": {"S": shard}},
        "UpdateExpression": "SET #expires = :expires ADD #outcome :one",
        "ExpressionAttributeNames": {"#expires": "expires_at", "#outcome": str(offer.ended)},
        "ExpressionAttributeValues": {
            ":expires": {"N": str(offer.asked_at_ms // 1_000 + COUNTED_SECONDS)},
            ":one": {"N": "1"},
        },
    }


def unchanged(table: str, offer: Offer) -> dict[str, Any]:
    """A check that an offer is as it was read."""
    return {
        "TableName": table,
        "Key": offer_key(offer.visit_id, offer.offer_id),
        "ConditionExpression": SAME_REVISION,
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": {":seen": {"N": str(offer.version)}},
    }


def not_there(table: str, visit_id: str, offer_id: str) -> dict[str, Any]:
    """A check that there is no offer of that id."""
    return {
        "TableName": table,
        "Key": offer_key(visit_id, offer_id),
        "ConditionExpression": IS_NEW,
        "ExpressionAttributeNames": {"#pk": "pk"},
    }


def _leg_of(told: dict[str, Any]) -> LegChanged:
    known = known_fields(LegChanged, told)
    return LegChanged(**known | {"status": LegStatus(known["status"])})
