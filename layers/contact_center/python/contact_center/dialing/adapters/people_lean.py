"""What decides whether a person may be called, read without boto3: for Vapi's own campaigns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb.lean import call_dynamodb
from contact_center.dialing.adapters.attempt_items import SWITCH_KEY, switch_of
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.domain.dial_circumstances import Circumstances
from contact_center.kernel.ports import SecretUnavailableError, StoreUnavailableError
from contact_center.permission.adapters.forgotten_items import forgotten_key, with_forgotten
from contact_center.permission.adapters.permission_items import (
    COMPLETE_LISTS_KEY,
    complete_lists_of,
    permission_key,
    permission_of,
)
from contact_center.permission.domain.forgotten import forgotten_mark

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection
    from contact_center.permission.services.permission_ports import ForgetKey


class LeanPeople:
    """PersonReader on the dialing and the contacts table."""

    def __init__(
        self, connection: AwsConnection, dialing_table: str, contacts_table: str, key: ForgetKey
    ) -> None:
        """Keep the connection to DynamoDB, the tables' names and the key of who was forgotten."""
        self._connection = connection
        self._dialing = dialing_table
        self._contacts = contacts_table
        self._key = key

    def read(self, number: str) -> Circumstances:
        """All of a person's items in one request, consistently; see PersonReader.

        Among them is whether he was forgotten: of him nothing else is left to forbid the call, and
        a list that is imported again would permit it.
        """
        forgotten = self._forgotten_key(number)
        wanted = {
            self._dialing: [customer_key(number), SWITCH_KEY],
            self._contacts: [permission_key(number), COMPLETE_LISTS_KEY, forgotten],
        }
        found = {item["pk"]["S"]: item for items in self._batch(wanted).values() for item in items}
        lists = complete_lists_of(found.get(COMPLETE_LISTS_KEY["pk"]["S"]))
        permission = permission_of(found.get(permission_key(number)["pk"]["S"]))
        permission = with_forgotten(permission, found.get(forgotten["pk"]["S"]))
        return Circumstances(
            customer=customer_of(found.get(customer_key(number)["pk"]["S"]), number),
            permission=replace(permission, complete_lists=lists),
            campaign=None,
            switch=switch_of(found.get(SWITCH_KEY["pk"]["S"])),
        )

    def _forgotten_key(self, number: str) -> dict[str, Any]:
        """Without the key of marks nobody knows who was forgotten: the answer is no."""
        try:
            return forgotten_key(forgotten_mark(self._key.current(), number))
        except SecretUnavailableError:
            raise StoreUnavailableError from None

    def _batch(self, wanted: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
        request = {
            "RequestItems": {
                table: {"Keys": keys, "ConsistentRead": True} for table, keys in wanted.items()
            }
        }
        try:
            answer = call_dynamodb(self._connection, "BatchGetItem", request)
        except AwsRefusedError:
            raise StoreUnavailableError from None
        if answer.get("UnprocessedKeys"):  # half of what is known is not enough to say yes
            raise StoreUnavailableError
        found: dict[str, list[dict[str, Any]]] = answer.get("Responses", {})
        return found
