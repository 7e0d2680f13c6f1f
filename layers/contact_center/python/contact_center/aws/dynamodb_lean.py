"""DynamoDB for the door, without boto3."""

from __future__ import annotations

import json
from typing import Any

from contact_center.aws.connection import AwsConnection, AwsUnavailableError
from contact_center.kernel.ports import StoreUnavailableError


def call_dynamodb(
    connection: AwsConnection, operation: str, request: dict[str, Any]
) -> dict[str, Any]:
    """One request. Raises StoreUnavailableError without an answer, AwsRefusedError with a no."""
    try:
        return connection.call(
            f"DynamoDB_20120810.{operation}",
            json.dumps(request).encode(),
            "application/x-amz-json-1.0",
        )
    except AwsUnavailableError:
        raise StoreUnavailableError from None
