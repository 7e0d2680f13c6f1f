"""The bucket of call reports, and of bodies too large for the queue."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client


class S3Reports:
    """ReportArchive on S3. The client is made when it is first needed: few messages do."""

    def __init__(self, new_client: Callable[[], S3Client], bucket: str) -> None:
        """Keep how to make boto3's low-level client, and the name of the bucket."""
        self._new_client = new_client
        self._bucket = bucket

    def put(self, key: str, body: bytes) -> None:
        """Store bytes under a key; the same key again is overwritten.

        Raises StoreUnavailableError.
        """
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType="application/json"
            )
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    def get(self, key: str) -> bytes:
        """Read them back. Raises KeyError when absent, StoreUnavailableError."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            raise KeyError("no such object in the bucket of reports") from None
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
        return found["Body"].read()

    def delete(self, key: str) -> None:
        """Delete what is under a key, if anything is. Raises StoreUnavailableError."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()
