"""Who was forgotten and is not to be called, on the contacts table: read beside a permission.

Whether somebody may be called is judged on both, so a number that is forgotten stays uncalled
though nothing is stored under it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.kernel.ports import SecretUnavailableError, StoreUnavailableError
from contact_center.permission.adapters.forgotten_items import SUPPRESSED, forgotten_key
from contact_center.permission.domain.forgotten import forgotten_mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.permission.services.permission_ports import ForgetKey


class DynamoDBForgottenPeople:
    """ForgottenPeople on the contacts table."""

    def __init__(self, client: DynamoDBClient, table: str, key: ForgetKey) -> None:
        """Keep boto3's low-level client, the contacts table and the key of marks."""
        self._client = client
        self._table = table
        self._key = key

    def key_of(self, number: str) -> Item:
        """Where it would stand that a number was forgotten.

        Raises StoreUnavailableError when the key of marks cannot be had: nobody is called then.
        """
        try:
            return forgotten_key(forgotten_mark(self._key.current(), number))
        except SecretUnavailableError:
            raise StoreUnavailableError from None

    def marks_of(self, numbers: Sequence[str]) -> Mapping[str, Item]:
        """What is stored of those who were forgotten, by number. Raises StoreUnavailableError."""
        marks = {number: self.key_of(number) for number in dict.fromkeys(numbers)}
        items = batch_get(self._client, self._table, list(marks.values()))
        found = {item["pk"]["S"]: item for item in items}
        return {
            number: found[key["pk"]["S"]]
            for number, key in marks.items()
            if key["pk"]["S"] in found
        }

    def lift(self, number: str) -> None:
        """Who was forgotten may be called again; see ForgottenPeople."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self.key_of(number),
                UpdateExpression="REMOVE #suppressed_at",
                ConditionExpression="attribute_exists(#suppressed_at)",
                ExpressionAttributeNames={"#suppressed_at": SUPPRESSED},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
