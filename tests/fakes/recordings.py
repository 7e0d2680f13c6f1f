"""Where recordings come from and go to, in memory (contract/records/test_recordings.py)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.services.recording_ports import (
    OpenRecording,
    RecordingUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(2_000)


@dataclass
class FakeSource:
    """RecordingSource.

    Attributes:
        body: Of every recording; None: there is none.
        away: Why none can be had, "" while they can.
        says: How long the server says it is; None: as long as it is.
    """

    body: bytes | None = WAV
    declared: str = "audio/wav"
    away: str = ""
    says: int | None = None
    chunked: bool = False
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def opened(self, call_id: str) -> Iterator[OpenRecording | None]:
        self.asked.append(call_id)
        if self.away:
            raise RecordingUnavailableError(self.away)
        if self.body is None:
            yield None
            return
        size = None if self.chunked else len(self.body) if self.says is None else self.says
        rest = bytearray(self.body)

        def read(most: int) -> bytes:
            piece = bytes(rest[: min(most, 700)])
            del rest[: len(piece)]
            return piece

        yield OpenRecording(self.declared, size, read)


@dataclass
class FakeShelf:
    """RecordingShelf: bytes and kind of file by key."""

    kept: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    away: bool = False

    def put(self, key: str, media: str, read: Callable[[int], bytes]) -> None:
        body = bytearray()
        while piece := read(512):
            body += piece
        if self.away:
            raise StoreUnavailableError
        self.kept[key] = (bytes(body), media)
