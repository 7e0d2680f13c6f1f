"""FileStore on S3: lists that come in, reports and exports that go out."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services.import_ports import FileChangedError, UploadLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mypy_boto3_s3 import S3Client

CONTENT_TYPE = "text/csv; charset=utf-8"
UPLOAD_LOST = frozenset({"NoSuchUpload", "InvalidPart"})
NOT_FOUND = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Files:
    """FileStore on a private bucket. The client is made when it is first needed."""

    def __init__(self, new_client: Callable[[], S3Client], bucket: str) -> None:
        """Keep how to make boto3's low-level client, for most requests want none; the bucket."""
        self._new_client = new_client
        self._bucket = bucket

    def size(self, key: str) -> int | None:
        """Of a file in bytes; None when there is none. Raises StoreUnavailableError."""
        try:
            return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_FOUND:
                return None
            raise StoreUnavailableError from None
        except BotoCoreError:
            raise StoreUnavailableError from None

    def version(self, key: str) -> str:
        """A word for what a file holds now; empty when there is none.

        Raises StoreUnavailableError.
        """
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_FOUND:
                return ""
            raise StoreUnavailableError from None
        except BotoCoreError:
            raise StoreUnavailableError from None

    def read(self, key: str, offset: int, length: int, version: str = "") -> bytes:
        """At most so many bytes from there; empty at the end.

        Raises:
            FileChangedError: Its `version`, when one is given, is another by now.
            StoreUnavailableError.
        """
        wanted: dict[str, Any] = {"Range": f"bytes={offset}-{offset + length - 1}"}
        if version:
            wanted["IfMatch"] = version
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key, **wanted)
            return found["Body"].read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "InvalidRange":
                return b""  # at the end
            if code == "PreconditionFailed":
                raise FileChangedError from None
            raise StoreUnavailableError from None
        except BotoCoreError:
            raise StoreUnavailableError from None

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        """Write a file that fits into memory. Raises StoreUnavailableError."""
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=b"".join(parts), ContentType=CONTENT_TYPE
            )
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    def begin_upload(self, key: str) -> str:
        """Begin a multipart upload; what is never completed S3 removes after a day.

        Raises StoreUnavailableError.
        """
        try:
            return self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=CONTENT_TYPE
            )["UploadId"]
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    def add_part(self, key: str, upload: str, number: int, part: bytes) -> str:
        """Write a part; its ETag. Raises UploadLostError, StoreUnavailableError."""
        with _uploading():
            return self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload, PartNumber=number, Body=part
            )["ETag"]

    def complete_upload(self, key: str, upload: str, parts: Sequence[tuple[int, str]]) -> None:
        """Put the parts together. Raises UploadLostError, StoreUnavailableError."""
        done: list[Any] = [{"PartNumber": number, "ETag": tag} for number, tag in parts]
        with _uploading():
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": done}
            )

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys that begin so, in order. Raises StoreUnavailableError."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        try:
            return sorted(one["Key"] for page in pages for one in page.get("Contents", ()))
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()


@contextmanager
def _uploading() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in UPLOAD_LOST:
            raise UploadLostError from None
        raise StoreUnavailableError from None
    except BotoCoreError:
        raise StoreUnavailableError from None
