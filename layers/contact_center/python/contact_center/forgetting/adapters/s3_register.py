"""Register on the private bucket: who was forgotten lately, the number sealed.

A restore of the contacts table forgets who was forgotten; this does not. The bucket's own rule
deletes each after REGISTERED_DAYS (template.yaml), and nobody can unseal the number any more.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_s3 import S3Client

    from contact_center.forgetting.domain.forgetting import Forgetting

PREFIX = "forgotten/"


class S3Register:
    """Register. The client is made when it is first needed."""

    def __init__(self, new_client: Callable[[], S3Client], bucket: str) -> None:
        """Keep how to make boto3's low-level client, and the bucket."""
        self._new_client = new_client
        self._bucket = bucket

    def put(self, forgetting: Forgetting) -> None:
        """Note one; see Register."""
        said = {
            "sealed": forgetting.sealed,
            "asked_ms": forgetting.asked_ms,
            "civil_ms": forgetting.civil_ms,
        }
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(forgetting.forget_id),
                Body=json.dumps(said).encode(),
                ContentType="application/json",
            )
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    def names(self) -> Sequence[str]:
        """Everybody's; see Register."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=PREFIX
        )
        try:
            found = [one["Key"] for page in pages for one in page.get("Contents", ())]
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
        return [key.removeprefix(PREFIX).removesuffix(".json") for key in found]

    def get(self, forget_id: str) -> tuple[str, int, int] | None:
        """The sealed number of one; see Register."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=_key(forget_id))
            said = json.loads(found["Body"].read())
        except self._client.exceptions.NoSuchKey:
            return None
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None
        return said["sealed"], said["asked_ms"], said["civil_ms"]

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()


def _key(forget_id: str) -> str:
    return f"{PREFIX}{forget_id}.json"
