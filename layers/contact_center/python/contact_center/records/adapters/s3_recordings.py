"""Copies of recordings on S3: written piece by piece, played by links that expire."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.services.recording_ports import PlayLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from contact_center.kernel.ports import Clock

PART_BYTES = 8 * 1024 * 1024  # S3 wants 5 MiB at least; 10,000 parts at most
LINK_SECONDS = 900
NOT_FOUND = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Recordings:
    """RecordingShelf on a private bucket. The client is made with the first copy."""

    def __init__(self, new_client: Callable[[], S3Client], bucket: str) -> None:
        """Keep how to make boto3's low-level client, and the bucket."""
        self._new_client = new_client
        self._bucket = bucket

    def put(self, key: str, media: str, read: Callable[[int], bytes]) -> None:
        """Keep what is read; see RecordingShelf.

        What is no longer than a part is one request. The parts of a copy that failed are deleted
        at once, or by the bucket's own rule within a day.
        """
        first = _part(read)
        if len(first) < PART_BYTES:
            self._asked(self._client.put_object, Key=key, Body=first, ContentType=media)
            return
        upload = self._asked(self._client.create_multipart_upload, Key=key, ContentType=media)
        named = {"Key": key, "UploadId": upload["UploadId"]}
        try:
            parts = self._parts(first, read, named)
            self._asked(
                self._client.complete_multipart_upload, MultipartUpload={"Parts": parts}, **named
            )
        except Exception:
            with suppress(StoreUnavailableError):
                self._asked(self._client.abort_multipart_upload, **named)
            raise

    def _parts(
        self, part: bytearray, read: Callable[[int], bytes], named: dict[str, str]
    ) -> list[dict[str, Any]]:
        done: list[dict[str, Any]] = []
        while part:
            number = len(done) + 1
            told = self._asked(self._client.upload_part, PartNumber=number, Body=part, **named)
            done.append({"PartNumber": number, "ETag": told["ETag"]})
            part.clear()  # before the next is read: one of them is in memory
            part = _part(read)
        return done

    def _asked(self, ask: Callable[..., Any], **said: Any) -> Any:  # noqa: ANN401 - boto3's
        try:
            return ask(Bucket=self._bucket, **said)
        except (BotoCoreError, ClientError):
            raise StoreUnavailableError from None

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()


class S3RecordingLinks:
    """RecordingLinks on the same bucket. The client is made with the first link."""

    def __init__(self, new_client: Callable[[], S3Client], bucket: str, clock: Clock) -> None:
        """Keep how to make boto3's low-level client for links, the bucket, and the clock."""
        self._new_client = new_client
        self._bucket = bucket
        self._clock = clock

    def link(self, key: str) -> PlayLink | None:
        """To GET a copy; see RecordingLinks. It carries the rights of whoever makes it."""
        expires_at_ms = self._clock.now_ms() + LINK_SECONDS * 1000
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_FOUND:
                return None
            raise StoreUnavailableError from None
        except BotoCoreError:
            raise StoreUnavailableError from None
        url = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=LINK_SECONDS
        )
        return PlayLink(url, expires_at_ms)

    @cached_property
    def _client(self) -> S3Client:
        return self._new_client()


def _part(read: Callable[[int], bytes]) -> bytearray:
    """The next part, whole unless it is the last."""
    part = bytearray()
    while len(part) < PART_BYTES:
        piece = read(min(PART_BYTES - len(part), 256 * 1024))
        if not piece:
            break
        part += piece
    return part
