"""The one switch that stops every dial: an item that every claim looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.dialing.adapters.attempt_items import SWITCH_KEY, switch_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.dialing.domain.dial_circumstances import DialingSwitch

SET = "SET #stopped = :stopped, #changed_at_ms = :at ADD #revision :one"
IS_OTHERWISE = "attribute_not_exists(#stopped) OR #stopped <> :stopped"


class DynamoDBSwitch:
    """SwitchBoard on the dialing table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep the client and the name of the dialing table."""
        self._client = client
        self._table = table

    def read(self) -> DialingSwitch:
        """The switch, consistently. Raises StoreUnavailableError."""
        try:
            answer = self._client.get_item(
                TableName=self._table, Key=SWITCH_KEY, ConsistentRead=True
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return switch_of(answer.get("Item"))

    def set(self, *, stopped: bool, at_ms: int) -> DialingSwitch:
        """Stop or resume. Setting what is set changes nothing. Raises StoreUnavailableError."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=SWITCH_KEY,
                UpdateExpression=SET,
                ConditionExpression=IS_OTHERWISE,
                ExpressionAttributeNames={
                    "#stopped": "stopped",
                    "#changed_at_ms": "changed_at_ms",
                    "#revision": "revision",
                },
                ExpressionAttributeValues={
                    ":stopped": {"BOOL": stopped},
                    ":at": {"N": str(at_ms)},
                    ":one": {"N": "1"},
                },
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self.read()
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return switch_of(answer["Attributes"])
