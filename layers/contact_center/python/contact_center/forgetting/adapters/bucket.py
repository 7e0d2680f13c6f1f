"""The private bucket, as far as erasing needs it: keys, bytes, deletes."""

from __future__ import annotations

from functools import cached_property
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_s3 import S3Client

AT_ONCE = 1_000  # S3's limit


class Bucket:
    """The bucket. The client is made when it is first needed."""

    def __init__(self, new_client: Callable[[], S3Client], name: str) -> None:
        """Keep how to make boto3's low-level client, and the bucket's name."""
        self._new_client = new_client
        self._name = name

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys that begin so. Raises StoreUnavailableError."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=prefix
        )
        try:
            return [one["Key"] for page in pages for one in page.get("Contents", ())]
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    def delete(self, keys: Sequence[str]) -> int:
        """Delete objects, those that are not there among them; how many it was told.

        Raises StoreUnavailableError: some may be gone.
        """
        for part in batched(keys, AT_ONCE, strict=False):
            try:
                answer = self._client.delete_objects(
                    Bucket=self._name,
                    Delete={"Objects": [{"Key": key} for key in part], "Quiet": True},
                )
            except (BotoCoreError, ClientError):
                raise StoreUnavailableError from None
            if answer.get("Errors"):
                raise StoreUnavailableError
        return len(keys)

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()
