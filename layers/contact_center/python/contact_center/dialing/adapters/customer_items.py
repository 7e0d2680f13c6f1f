"""Customers as items of the dialing table, and back, for doors too: written as attempts are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import (
    SECONDS_PER_DAY,
    Item,
    dumps,
    known_fields,
    number,
    said_in,
    said_of,
)
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.permission.domain.call_memory import MOST_QUIET_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEM_VERSION = 1


def customer_key(e164: str) -> Item:
    """The key of a customer."""
    return {"pk": {"S": keys.customer(e164)}, "sk": {"S": keys.CUSTOMER}}


def customer_item(customer: Customer, now_s: int) -> Item:
    """The item of a customer, under the version it carries.

    Nobody's number is kept for longer than the caps need it; while it is held it stays.
    """
    said = said_of(customer)
    said.pop("version", None)
    del said["number"]
    item: Item = customer_key(customer.number) | {
        "version": {"N": str(ITEM_VERSION)},
        "revision": {"N": str(customer.version)},
        "said": {"S": dumps(said)},
    }
    if customer.held_by is None:
        expires_at_s = now_s + MOST_QUIET_DAYS * SECONDS_PER_DAY
        item["expires_at"] = {"N": str(expires_at_s)}
    return item


def customer_of(item: Mapping[str, Any] | None, e164: str) -> Customer:
    """Read a customer back; no item is somebody who was never rung. Raises UnreadableItemError."""
    if not item:
        return Customer(number=e164)
    said = known_fields(Customer, said_in(item, ITEM_VERSION))
    rung = tuple((name, at_ms) for name, at_ms in said.pop("rung", ()))
    talks = tuple((holder, until_ms) for holder, until_ms in said.pop("talks", ()))
    return Customer(
        number=e164, rung=rung, talks=talks, version=number(item, "revision") or 0, **said
    )
