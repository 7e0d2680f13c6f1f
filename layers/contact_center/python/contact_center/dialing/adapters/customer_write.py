"""A customer's item as a part of a transaction: written on the revision that was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.dialing.adapters.customer_items import customer_item

if TYPE_CHECKING:
    from contact_center.dialing.services.ledger_ports import CustomerChange

CUSTOMER = "customer"


def customer_write(table: str, change: CustomerChange, now_s: int) -> Write:
    """The put of a customer whose stored revision is still the one that was read.

    Args:
        table: The dialing table.
        change: As read, and as it shall be.
        now_s: For when DynamoDB may delete it, seconds since 1970.
    """
    after = replace(change.after, version=change.before.version + 1)
    item = customer_item(after, now_s)
    return Write(CUSTOMER, {"Put": put_revised(table, item, change.before.version)})
