"""Whether somebody has forbidden us to call him, for who answers callers: without boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.lean import ask_lean
from contact_center.kernel.ports import SecretUnavailableError, StoreUnavailableError
from contact_center.permission.adapters.forgotten_items import (
    SUPPRESSED,
    forgotten_key,
    with_forgotten,
)
from contact_center.permission.adapters.permission_items import permission_key, permission_of
from contact_center.permission.domain.asked_calls import forbids_what_he_asks
from contact_center.permission.domain.forgotten import forgotten_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.permission.services.permission_ports import ForgetKey

# Two words of his own: whether he is on our list, and what he has agreed to and taken back.
_READ = {"#suppressed_at": SUPPRESSED, "#said": "said"}


class LeanRefusals:
    """Who has forbidden us to call, on the contacts table."""

    def __init__(
        self,
        connection: AwsConnection,
        table: str,
        key: ForgetKey,
        now: Callable[[], datetime],
    ) -> None:
        """Keep the connection to DynamoDB, the contacts table, key of marks, and the civil time."""
        self._connection = connection
        self._table = table
        self._key = key
        self._now = now

    def forbids(self, number: str) -> bool:
        """Whether nobody may call a number, E.164, though its owner asks for it; consistently.

        Raises StoreUnavailableError, StoreRefusedError: nobody knows.
        """
        permission = permission_of(self._item(permission_key(number)))
        if not forbids_what_he_asks(permission, self._now()):
            permission = with_forgotten(permission, self._item(self._mark_of(number)))
        return forbids_what_he_asks(permission, self._now())

    def _mark_of(self, number: str) -> Item:
        try:
            return forgotten_key(forgotten_mark(self._key.current(), number))
        except SecretUnavailableError:
            raise StoreUnavailableError from None

    def _item(self, key: Item) -> Mapping[str, Any] | None:
        request = {
            "TableName": self._table,
            "Key": key,
            "ConsistentRead": True,
            "ProjectionExpression": ", ".join(_READ),
            "ExpressionAttributeNames": _READ,
        }
        item: Mapping[str, Any] | None = ask_lean(self._connection, "GetItem", request).get("Item")
        return item
