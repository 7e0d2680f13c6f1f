"""Copies of recordings on S3: whole or not at all, in parts of a bounded size, played by links."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from contact_center.aws.boto3_clients import Boto3Clients
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.adapters.s3_recordings import (
    PART_BYTES,
    S3RecordingLinks,
    S3Recordings,
)
from contact_center.records.services.recording_ports import RecordingUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.recordings import WAV, FakeShelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

KEY = "recordings/call-1"
NOW_MS = 1_787_266_800_000


@pytest.fixture
def shelf(account: Account) -> S3Recordings:
    return S3Recordings(lambda: account.client("s3"), account.reports_bucket)


def stored(account: Account) -> dict[str, Any]:
    return dict(account.client("s3").get_object(Bucket=account.reports_bucket, Key=KEY))


@pytest.mark.parametrize("size", [12, PART_BYTES - 1, PART_BYTES, 2 * PART_BYTES + 5])
def test_what_is_put_is_there_whole(account: Account, shelf: S3Recordings, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    shelf.put(KEY, "audio/wav", io.BytesIO(body).read)

    found = stored(account)
    assert found["Body"].read() == body
    assert found["ContentType"] == "audio/wav"


def test_it_is_replaced_by_the_same(account: Account, shelf: S3Recordings) -> None:
    fake = FakeShelf()
    for either in (shelf, fake):
        for body in (b"before", WAV):
            either.put(KEY, "audio/wav", io.BytesIO(body).read)

    found = stored(account)
    assert fake.kept == {KEY: (found["Body"].read(), found["ContentType"])}
    assert fake.kept[KEY][0] == WAV


@pytest.mark.parametrize("after", [0, PART_BYTES + 7])
def test_what_breaks_off_leaves_nothing(account: Account, shelf: S3Recordings, after: int) -> None:
    rest = io.BytesIO(bytes(after))

    def read(most: int) -> bytes:
        piece = rest.read(most)
        if not piece:
            raise RecordingUnavailableError("broken_off")
        return piece

    with pytest.raises(RecordingUnavailableError):
        shelf.put(KEY, "audio/wav", read)
    s3 = account.client("s3")
    assert "Contents" not in s3.list_objects_v2(Bucket=account.reports_bucket)
    assert not s3.list_multipart_uploads(Bucket=account.reports_bucket).get("Uploads")


def test_a_bucket_that_is_not_there_is_unavailable(account: Account) -> None:
    shelf = S3Recordings(lambda: account.client("s3"), "no-such-bucket")
    with pytest.raises(StoreUnavailableError):
        shelf.put(KEY, "audio/wav", io.BytesIO(WAV).read)
    with pytest.raises(StoreUnavailableError):
        shelf.put(KEY, "audio/wav", io.BytesIO(bytes(PART_BYTES)).read)


def links_client(account: Account) -> Callable[[], Any]:
    """What the function makes links with: every region takes their signature."""
    environment = account.environment
    return Boto3Clients(
        region=environment["AWS_REGION"],
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret_key=environment["AWS_SECRET_ACCESS_KEY"],
        session_token=environment["AWS_SESSION_TOKEN"],
        endpoint_url=account.endpoint_url,
    ).s3_links


def test_a_link_plays_one_recording_for_a_quarter_of_an_hour(
    account: Account, shelf: S3Recordings
) -> None:
    links = S3RecordingLinks(links_client(account), account.reports_bucket, FakeClock(NOW_MS))
    assert links.link(KEY) is None
    shelf.put(KEY, "audio/wav", io.BytesIO(WAV).read)

    link = links.link(KEY)

    assert link is not None
    assert link.expires_at_ms == NOW_MS + 900_000
    query = parse_qs(urlsplit(link.url).query)
    assert query["X-Amz-Expires"] == ["900"]
    heard = requests.get(link.url, timeout=10)
    assert (heard.status_code, heard.content) == (200, WAV)
    assert heard.headers["content-type"] == "audio/wav"
