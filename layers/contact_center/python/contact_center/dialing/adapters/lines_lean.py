"""A visit's line, and the customer in it, without boto3: for Twilio's door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.lean import get_lean, transact_lean
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.adapters.held_lines import HeldLines

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.dialing.domain.dial_circumstances import Customer


class LeanLines(HeldLines):
    """VisitLines and CustomerBook on the dialing table."""

    def __init__(self, connection: AwsConnection, table: str, account: str) -> None:
        """Keep the connection to DynamoDB, the table's name and whose lines they are."""
        super().__init__(lambda writes: transact_lean(connection, writes), table, account)
        self._connection = connection

    def customer(self, number: str) -> Customer:
        """A customer's item, consistently. Raises StoreUnavailableError, StoreRefusedError."""
        return customer_of(get_lean(self._connection, self._table, customer_key(number)), number)
