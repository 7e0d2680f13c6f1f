"""DynamoDB's operations as boto3's client has them, over a connection that needs no boto3.

Making boto3's client is most of a cold start, and a caller waits for the router's and for the
receptionist's (docs/decisions/0106-the-router-without-boto3.md). Whatever adapters ask of a client
is here under the same names; requests, answers and errors are the same, so no adapter can tell
which of the two it was given, and the contract tests hold both to the same sentences.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError

from contact_center.aws.connection import AwsRefusedError, AwsUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.aws.connection import AwsConnection

READ_SECONDS = 3.0  # as of boto3's clients here
LONGEST_PAUSE_SECONDS = 1.0  # botocore's, before a second try

# As in botocore's standard mode: asked once more after a pause (reliability section 1, rule 5).
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


class ConditionalCheckFailedException(ClientError):  # noqa: N818 - boto3's name
    """A condition did not hold; `response["Item"]` is what stands there, if it was asked for."""


class LeanDynamoDB:
    """The part of boto3's low-level client that adapters use.

    Every operation takes the members of its request by name and returns its answer as JSON has it.

    Raises:
        ClientError: DynamoDB said no; the code is in `response["Error"]["Code"]`.
        HTTPClientError: Nobody knows what became of it.
    """

    class exceptions:  # noqa: N801 - boto3's name
        """The errors that are caught by their class."""

        ConditionalCheckFailedException = ConditionalCheckFailedException

    def __init__(
        self,
        connection: AwsConnection,
        *,
        new_token: Callable[[], str],
        chance: Callable[[], float],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Nothing is opened before the first request.

        Args:
            connection: To DynamoDB; one that sends again what was not answered.
            new_token: Something new each time, of at most 36 characters. It tells a transaction
                that is sent again from another one.
            chance: From 0 to 1, each time anew. Whoever was throttled together does not meet again.
            sleep: Waits for so many seconds before what was throttled is asked again.
        """
        self._connection = connection
        self._new_token = new_token
        self._chance = chance
        self._sleep = sleep

    def get_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as the API has it
        """GetItem."""
        return self._ask("GetItem", request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """BatchGetItem."""
        return self._ask("BatchGetItem", request)

    def query(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Query, one page."""
        return self._ask("Query", request)

    def put_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """PutItem."""
        return self._ask("PutItem", request)

    def update_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """UpdateItem."""
        return self._ask("UpdateItem", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """DeleteItem."""
        return self._ask("DeleteItem", request)

    def batch_write_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """BatchWriteItem."""
        return self._ask("BatchWriteItem", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """TransactWriteItems; sent again it is the same transaction, for ten minutes."""
        return self._ask("TransactWriteItems", {"ClientRequestToken": self._new_token(), **request})

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._connection.close()

    def _ask(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(request).encode()
        try:
            return self._call(operation, body)
        except ClientError as error:
            if error.response["Error"]["Code"] not in THROTTLED:
                raise
        self._sleep(self._chance() * LONGEST_PAUSE_SECONDS)
        return self._call(operation, body)

    def _call(self, operation: str, body: bytes) -> dict[str, Any]:
        try:
            return self._connection.call(
                f"DynamoDB_20120810.{operation}", body, "application/x-amz-json-1.0"
            )
        except AwsUnavailableError:
            raise HTTPClientError(error="no answer") from None
        except AwsRefusedError as refused:
            raise _error_of(refused, operation) from None


def _error_of(refused: AwsRefusedError, operation: str) -> ClientError:
    """What boto3 makes of a no, but for the words, which may be somebody's."""
    said = {name: value for name, value in refused.answer.items() if name[:1].isupper()}
    said.pop("Message", None)
    response: Any = {
        **said,
        "Error": {"Code": refused.code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": refused.status},
    }
    failed = refused.code == ConditionalCheckFailedException.__name__
    return (ConditionalCheckFailedException if failed else ClientError)(response, operation)
