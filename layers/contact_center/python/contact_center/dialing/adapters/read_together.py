"""What a call depends on, read in one request: consistently, and not in one instant.

    attempt · customer · switch          of the dialing table
    permission · campaign · who was forgotten · which national lists are complete    of contacts

Items of a batch cost what they cost alone, in a transaction twice that. Whoever writes on what was
read says in his conditions that each is still as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.dialing.adapters.attempt_items import (
    SWITCH_KEY,
    attempt_key,
    campaign_key,
    gate_of,
    switch_of,
)
from contact_center.dialing.adapters.customer_items import customer_key, customer_of
from contact_center.dialing.domain.dial_circumstances import Circumstances
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.adapters.forgotten_items import with_forgotten
from contact_center.permission.adapters.permission_items import (
    COMPLETE_LISTS_KEY,
    complete_lists_of,
    permission_key,
    permission_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople


class ReadTogether:
    """Reads of the dialing and contacts tables, each of one request."""

    def __init__(
        self,
        client: DynamoDBClient,
        dialing_table: str,
        contacts_table: str,
        forgotten: DynamoDBForgottenPeople | None,
    ) -> None:
        """Keep the parts; `forgotten` None: whoever asks calls nobody."""
        self._client = client
        self._dialing = dialing_table
        self._contacts = contacts_table
        self._forgotten = forgotten

    def circumstances(
        self, number: str, campaign_id: str | None, attempt_id: str | None = None
    ) -> tuple[Item | None, Circumstances]:
        """Circumstances of a call, and the item of its attempt if one is asked for.

        Raises StoreUnavailableError.
        """
        in_dialing = [customer_key(number), SWITCH_KEY]
        in_contacts = [permission_key(number), COMPLETE_LISTS_KEY]
        if attempt_id is not None:
            in_dialing.append(attempt_key(attempt_id))
        if campaign_id is not None:
            in_contacts.append(campaign_key(campaign_id))
        mark = self._forgotten.key_of(number) if self._forgotten is not None else None
        if mark is not None:
            in_contacts.append(mark)
        found = self._read({self._dialing: in_dialing, self._contacts: in_contacts})
        permission = permission_of(found.get(keys.person(number)))
        if mark is not None:
            permission = with_forgotten(permission, found.get(mark["pk"]["S"]))
        lists = complete_lists_of(found.get(keys.campaign(keys.NATIONAL)))
        campaign = found.get(keys.campaign(campaign_id)) if campaign_id is not None else None
        around = Circumstances(
            customer=customer_of(found.get(keys.customer(number)), number),
            permission=replace(permission, complete_lists=lists),
            campaign=gate_of(campaign, campaign_id or ""),
            switch=switch_of(found.get(keys.SWITCH)),
        )
        return found.get(keys.attempt(attempt_id or "")), around

    def attempt_and_customer(self, attempt_id: str, number: str) -> tuple[Item | None, Item | None]:
        """The items of an attempt and of a customer. Raises StoreUnavailableError."""
        found = self._read({self._dialing: [attempt_key(attempt_id), customer_key(number)]})
        return found.get(keys.attempt(attempt_id)), found.get(keys.customer(number))

    def _read(self, wanted: dict[str, Sequence[Item]]) -> dict[str, Item]:
        """Items by partition."""
        asked: dict[str, Any] = {
            table: {"Keys": its, "ConsistentRead": True} for table, its in wanted.items()
        }
        try:
            answer = self._client.batch_get_item(RequestItems=asked)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        if answer.get("UnprocessedKeys"):
            raise StoreUnavailableError
        return {item["pk"]["S"]: item for items in answer["Responses"].values() for item in items}
