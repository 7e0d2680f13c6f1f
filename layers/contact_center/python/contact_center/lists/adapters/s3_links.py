"""FileLinks on S3: presigned URLs. Making one asks nobody, so it costs nothing and cannot fail.

A link carries the rights of the function that made it, for one key, until it expires. How much
a PUT may bring, S3 can only be told by the exact number of bytes (a bound needs a form's POST);
without it the worker refuses what is too large before it reads any of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from contact_center.lists.services.list_ports import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from contact_center.kernel.ports import Clock

UPLOAD_SECONDS = 3_600  # to begin in; a PUT that has begun may take longer
DOWNLOAD_SECONDS = 900


class S3Links:
    """FileLinks on a private bucket. The client is made with the first link."""

    def __init__(self, new_client: Callable[[], S3Client], bucket: str, clock: Clock) -> None:
        """Keep how to make boto3's low-level client for links, the bucket, and the clock."""
        self._new_client = new_client
        self._bucket = bucket
        self._clock = clock

    def upload(self, key: str, size: int | None) -> Link:
        """To PUT a file, of exactly `size` bytes when that is given."""
        length = {} if size is None else {"ContentLength": size}
        return self._link("put_object", UPLOAD_SECONDS, {"Key": key} | length)

    def download(self, key: str, name: str) -> Link:
        """To GET a file; a browser saves it under `name`, which is a word of ours."""
        shown = {"ResponseContentDisposition": f'attachment; filename="{name}"'}
        return self._link("get_object", DOWNLOAD_SECONDS, {"Key": key} | shown)

    def _link(self, operation: str, seconds: int, said: dict[str, Any]) -> Link:
        expires_at_ms = self._clock.now_ms() + seconds * 1000
        url = self._client.generate_presigned_url(
            operation, Params={"Bucket": self._bucket} | said, ExpiresIn=seconds
        )
        return Link(url, expires_at_ms)

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()
