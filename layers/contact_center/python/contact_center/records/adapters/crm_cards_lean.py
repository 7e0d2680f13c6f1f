"""What a CRM says of customers, as items of the calls table; for the door without boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number, text
from contact_center.aws.dynamodb.lean import get_lean
from contact_center.records.domain.crm_cards import ITEMS_APART, CrmCard

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

_WORDS = ("name", "tier", "language")


class LeanCrmCards:
    """CardReads on the calls table."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the table's name."""
        self._connection = connection
        self._table = table

    def get(self, customer: str) -> CrmCard | None:
        """A customer's card, in one read; see CardReads."""
        item = get_lean(self._connection, self._table, card_key(customer))
        return None if item is None else card_of(item)


def card_key(customer: str) -> Item:
    """The key of a customer's card."""
    return {"pk": {"S": keys.customers(customer)}, "sk": {"S": keys.WHO}}


def card_item(customer: str, card: CrmCard, expires_at_s: int) -> Item:
    """The item of a card."""
    words = {name: getattr(card, name) for name in _WORDS}
    return {
        **card_key(customer),
        **{name: {"S": said} for name, said in words.items() if said},
        **({} if card.open_items is None else {"open_items": {"N": str(card.open_items)}}),
        **({"open_names": {"S": ITEMS_APART.join(card.open_names)}} if card.open_names else {}),
        "several": {"BOOL": card.several},
        "read_at_ms": {"N": str(card.read_at_ms)},
        "expires_at": {"N": str(expires_at_s)},
    }


def card_of(item: Item) -> CrmCard:
    """The card of an item."""
    name, tier, language = (text(item, word) for word in _WORDS)
    open_names = text(item, "open_names")
    return CrmCard(
        read_at_ms=number(item, "read_at_ms") or 0,
        name=name,
        tier=tier,
        language=language,
        open_items=number(item, "open_items"),
        open_names=tuple(open_names.split(ITEMS_APART)) if open_names else (),
        several=item.get("several", {}).get("BOOL", False),
    )
