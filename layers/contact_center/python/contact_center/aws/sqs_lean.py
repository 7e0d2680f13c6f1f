"""The call-events queue without boto3, for the door."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from contact_center.aws.connection import AwsRefusedError, AwsUnavailableError
from contact_center.aws.large_json import quoted
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.connection import AwsConnection


class LeanSqsQueue:
    """FactQueue over SQS's JSON protocol."""

    def __init__(self, connection: AwsConnection, queue_url: str) -> None:
        """Keep the connection to SQS and the queue's URL."""
        self._connection = connection
        self._prefix = f'{{"QueueUrl":{encode_basestring(queue_url)},"MessageBody":'.encode()

    def send(self, body: str, attributes: Mapping[str, str], delay_seconds: int = 0) -> None:
        """Append one JSON text, to be taken after so many seconds, 900 at most.

        Raises QueueUnavailableError when it may not be durable.
        """
        listed = ",".join(
            [
                f'{encode_basestring(name)}:{{"DataType":"String",'
                f'"StringValue":{encode_basestring(value)}}}'
                for name, value in attributes.items()
            ]
        )
        later = f',"DelaySeconds":{delay_seconds}' if delay_seconds else ""
        said = f'{later},"MessageAttributes":{{{listed}}}}}'.encode()
        request = b"".join([self._prefix, quoted(carried(body)), said])
        try:
            answer = self._connection.call(
                "AmazonSQS.SendMessage", request, "application/x-amz-json-1.0"
            )
        except (AwsUnavailableError, AwsRefusedError):
            raise QueueUnavailableError from None
        if not answer.get("MessageId"):
            raise QueueUnavailableError


def carried(json_text: str) -> str:
    """A JSON text as SQS takes it: it refuses U+FFFE and U+FFFF, which JSON allows in strings.

    Nothing else that SQS refuses can stand in valid JSON, and these two only inside strings,
    where their escapes mean the same.
    """
    if json_text.isascii():
        return json_text
    return json_text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
