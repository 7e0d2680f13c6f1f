"""However long a recording is, copying it takes the same memory: from a socket to a socket."""

from __future__ import annotations

import gc
import re
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

import pytest

from contact_center.aws.boto3_clients import Boto3Clients
from contact_center.records.adapters.s3_recordings import PART_BYTES, S3Recordings
from contact_center.records.services.copy_recording import Copied, copy_recording
from contact_center.vapi.calls.recordings import VapiRecordings
from tests.fakes.recordings import WAV

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024


class Ends(ThreadingHTTPServer):
    """Vapi's end and S3's in one, of which neither keeps a byte; `size` is of the recording."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.size = 0
        self.received = 0
        self.largest_part = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Ends

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Content-Length", str(self.server.size))
        self.end_headers()
        self.wfile.write(WAV)
        rest, piece = self.server.size - len(WAV), bytes(64 * 1024)
        while rest > 0:
            self.wfile.write(piece[:rest])
            rest -= len(piece)

    def do_PUT(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.received += length
        self.server.largest_part = max(self.server.largest_part, length)
        while length > 0:
            length -= len(self.rfile.read(min(length, 64 * 1024)))
        self._tell(b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        begun = re.search(r"\?uploads", self.path)
        kind = "InitiateMultipartUploadResult" if begun else "CompleteMultipartUploadResult"
        self._tell(f"<{kind}><UploadId>1</UploadId></{kind}>".encode())

    def _tell(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Key:
    """An ApiKey."""

    def current(self) -> str:
        return "key"

    def has_changed(self, used: str) -> bool:
        return used != "key"


@pytest.fixture
def ends() -> Iterator[Ends]:
    with Ends() as made:
        yield made


def peak_of_copy(ends: Ends, size: int) -> int:
    """Most bytes of Python's that were held at once."""
    ends.size, ends.received = size, 0
    client = Boto3Clients(
        region="us-east-1",
        access_key="a",
        secret_key="b",
        session_token=None,
        endpoint_url=ends.url,
    ).s3()
    source, shelf = VapiRecordings(ends.url, Key(), (), "test"), S3Recordings(lambda: client, "b")
    gc.collect()
    tracemalloc.start()
    try:
        assert copy_recording("call-1", source, shelf) == Copied(size, "audio/wav")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        client.close()


def test_the_peak_is_that_of_two_parts_whatever_the_length(ends: Ends) -> None:
    peak_of_copy(ends, MIB)  # what is imported with the first is no part of it
    small, large = peak_of_copy(ends, 9 * MIB), peak_of_copy(ends, 25 * MIB)

    assert ends.received == 25 * MIB
    assert ends.largest_part == PART_BYTES
    assert abs(large - small) < MIB
    assert large < 3 * PART_BYTES
