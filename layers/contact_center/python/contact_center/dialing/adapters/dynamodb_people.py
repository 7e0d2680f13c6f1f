"""What many people permit and what they have been through, for the planner's advice."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.permission.adapters.forgotten_items import with_forgotten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople
    from contact_center.permission.domain.permission import Permission


class DynamoDBPeople:
    """PeopleBook on the dialing and the contacts table."""

    def __init__(
        self,
        client: DynamoDBClient,
        dialing_table: str,
        permissions: DynamoDBPermissions,
        forgotten: DynamoDBForgottenPeople | None = None,
    ) -> None:
        """Keep boto3's low-level client, the name of the dialing table, and the permissions.

        `forgotten`: who is not to be called though nothing is stored of him; None: it is left to
        the claim.
        """
        self._client = client
        self._dialing = dialing_table
        self._permissions = permissions
        self._forgotten = forgotten

    def read_many(self, numbers: Sequence[str]) -> Mapping[str, tuple[Customer, Permission]]:
        """By E.164; every number asked for has an entry, but one that cannot be read.

        Raises StoreUnavailableError.
        """
        if not numbers:
            return {}
        try:
            return self._read(numbers)
        except UNREADABLE:
            return self._read_each(numbers)

    def _read_each(self, numbers: Sequence[str]) -> Mapping[str, tuple[Customer, Permission]]:
        """One by one, so that what is wrong with one person keeps none of the others out."""
        found: dict[str, tuple[Customer, Permission]] = {}
        for number in dict.fromkeys(numbers):
            with suppress(*UNREADABLE):
                found |= self._read([number])
        return found

    def _read(self, numbers: Sequence[str]) -> Mapping[str, tuple[Customer, Permission]]:
        permissions = self._permissions.read_many(numbers)
        lists = self._permissions.complete_lists()
        wanted = [customer_key(number) for number in dict.fromkeys(numbers)]
        items = batch_get(self._client, self._dialing, wanted)
        found = {item["pk"]["S"]: item for item in items}
        marks = {} if self._forgotten is None else self._forgotten.marks_of(numbers)
        return {
            number: (
                customer_of(found.get(keys.customer(number)), number),
                replace(
                    with_forgotten(permissions[number], marks.get(number)), complete_lists=lists
                ),
            )
            for number in numbers
        }
