"""Secrets Manager without boto3, for the door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contact_center.aws.connection import AwsRefusedError, AwsUnavailableError
from contact_center.kernel.ports import SecretUnavailableError

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection


class LeanSecrets:
    """Reads stored secrets."""

    def __init__(self, connection: AwsConnection) -> None:
        """Keep the connection to Secrets Manager."""
        self._connection = connection

    def get(self, name: str) -> str:
        """The text stored under a name or ARN. Raises SecretUnavailableError."""
        try:
            answer = self._connection.call(
                "secretsmanager.GetSecretValue",
                json.dumps({"SecretId": name}).encode(),
                "application/x-amz-json-1.1",
            )
        except (AwsUnavailableError, AwsRefusedError):
            raise SecretUnavailableError from None
        stored = answer.get("SecretString")
        if not isinstance(stored, str):
            raise SecretUnavailableError
        return stored
