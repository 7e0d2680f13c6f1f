"""Who was forgotten and is not to be called, on the contacts table: read beside a permission.

Whether somebody may be called is judged on both, so a number that is forgotten stays uncalled
though nothing is stored under it any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import text
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.kernel.ports import SecretUnavailableError, StoreUnavailableError
from contact_center.permission.domain.forgotten import BY_FORGETTING, forgotten_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.permission.domain.permission import Permission
    from contact_center.permission.services.permission_ports import ForgetKey

SUPPRESSED = "suppressed_at"


def forgotten_key(mark: str) -> Item:
    """The key of a person who was forgotten."""
    return {"pk": {"S": keys.forgotten(mark)}, "sk": {"S": keys.FORGOTTEN}}


def with_forgotten(permission: Permission, item: Mapping[str, Any] | None) -> Permission:
    """What a person permits, when he may have been forgotten; what he said since comes first."""
    said = text(item or {}, SUPPRESSED)
    if said is None or permission.suppressed_at is not None:
        return permission
    at = datetime.fromisoformat(said)
    return replace(permission, suppressed_at=at, suppression_source=BY_FORGETTING)


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
