"""What decides whether a person may be called, read without boto3: for Vapi's own campaigns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsRefusedError
from contact_center.aws.dynamodb.lean import call_dynamodb
from contact_center.dialing.adapters.attempt_items import SWITCH_KEY, switch_of
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.domain.dial_circumstances import Circumstances
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.adapters.permission_items import (
    COMPLETE_LISTS_KEY,
    complete_lists_of,
    permission_key,
    permission_of,
)

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection


class LeanPeople:
    """PersonReader on the dialing and the contacts table."""

    def __init__(self, connection: AwsConnection, dialing_table: str, contacts_table: str) -> None:
        """Keep the connection to DynamoDB and the tables' names."""
        self._connection = connection
        self._dialing = dialing_table
        self._contacts = contacts_table

    def read(self, number: str) -> Circumstances:
        """All of a person's items in one request, consistently; see PersonReader."""
        wanted = {
            self._dialing: [customer_key(number), SWITCH_KEY],
            self._contacts: [permission_key(number), COMPLETE_LISTS_KEY],
        }
        found = {item["pk"]["S"]: item for items in self._batch(wanted).values() for item in items}
        lists = complete_lists_of(found.get(COMPLETE_LISTS_KEY["pk"]["S"]))
        permission = permission_of(found.get(permission_key(number)["pk"]["S"]))
        return Circumstances(
            customer=customer_of(found.get(customer_key(number)["pk"]["S"]), number),
            permission=replace(permission, complete_lists=lists),
            campaign=None,
            switch=switch_of(found.get(SWITCH_KEY["pk"]["S"])),
        )

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
