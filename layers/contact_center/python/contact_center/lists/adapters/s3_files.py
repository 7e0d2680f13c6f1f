"""FileStore on S3: lists that come in, reports and exports that go out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services.import_ports import FileChangedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mypy_boto3_s3 import S3Client

PART_BYTES = 8 << 20  # S3 wants 5 MiB at least in every part but the last
CONTENT_TYPE = "text/csv; charset=utf-8"
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
        """Write a file from parts as they come; it appears when complete.

        A small file is one request; a larger one an upload in parts, of which one is in
        memory. Raises StoreUnavailableError.
        """
        chunks = _chunks(parts)
        first = next(chunks, b"")
        try:
            if len(first) < PART_BYTES:
                self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=first, ContentType=CONTENT_TYPE
                )
            else:
                self._upload(key, first, chunks)
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

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

    def _upload(self, key: str, first: bytes, rest: Iterator[bytes]) -> None:
        opened = self._client.create_multipart_upload(
            Bucket=self._bucket, Key=key, ContentType=CONTENT_TYPE
        )
        upload: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": key,
            "UploadId": opened["UploadId"],
        }
        done: list[Any] = []
        try:
            for number, chunk in enumerate(_then(first, rest), start=1):
                sent = self._client.upload_part(**upload, PartNumber=number, Body=chunk)
                done.append({"PartNumber": number, "ETag": sent["ETag"]})
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})
        except BaseException:
            self._client.abort_multipart_upload(**upload)
            raise


def _then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of PART_BYTES, the last one shorter."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
    if held:
        yield bytes(held)
