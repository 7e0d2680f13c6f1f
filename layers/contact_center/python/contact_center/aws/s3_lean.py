"""The bucket of reports without boto3: the door only ever puts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from contact_center.aws.connection import AwsUnavailableError
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection


class LeanS3Archive:
    """LargeBodies over S3's REST API, path style."""

    def __init__(self, connection: AwsConnection, bucket: str) -> None:
        """Keep the connection to S3 and the bucket's name."""
        self._connection = connection
        self._bucket = bucket

    def put(self, key: str, body: bytes) -> None:
        """Store bytes under a key. Raises StoreUnavailableError."""
        path = f"/{self._bucket}/{quote(key, safe='/~')}"
        try:
            status, _ = self._connection.send(
                "PUT", path, {"content-type": "application/json"}, body
            )
        except AwsUnavailableError:
            raise StoreUnavailableError from None
        if status != 200:  # noqa: PLR2004 - PutObject's one success
            raise StoreUnavailableError


def report_key(call_id: str, body: bytes) -> str:
    """The key of a body that is too large for the queue: the same body, the same key."""
    return f"reports/raw/{quote(call_id, safe='')}/{hashlib.sha256(body).hexdigest()[:32]}.json"
