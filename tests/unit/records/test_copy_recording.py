"""A recording is copied whole, under a word of ours, or not at all."""

from __future__ import annotations

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.recordings import media_of, recording_key
from contact_center.records.services.copy_recording import Copied, copy_recording
from contact_center.records.services.recording_ports import (
    RecordingRefusedError,
    RecordingUnavailableError,
)
from tests.fakes.recordings import WAV, FakeShelf, FakeSource

CALL = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"


def test_it_is_kept_as_it_came_under_the_call_it_is_of() -> None:
    shelf = FakeShelf()

    assert copy_recording(CALL, FakeSource(), shelf) == Copied(len(WAV), "audio/wav")
    assert shelf.kept == {f"recordings/{CALL}": (WAV, "audio/wav")}
    assert copy_recording(CALL, FakeSource(), shelf) == Copied(len(WAV), "audio/wav")
    assert len(shelf.kept) == 1


@pytest.mark.parametrize(
    ("call_id", "key"),
    [
        (CALL, f"recordings/{CALL}"),
        ("../../reports/x", "recordings/"),
        ("a" * 65, "recordings/"),
        ("", "recordings/"),
    ],
)
def test_whatever_a_call_is_called_its_key_is_one_of_recordings(call_id: str, key: str) -> None:
    made = recording_key(call_id)
    assert made.startswith(key)
    assert made.count("/") == 1
    assert len(made) <= 80
    assert ".." not in made


@pytest.mark.parametrize(
    ("first", "media"),
    [
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00AVI ", None),
        (b"ID3\x04" + bytes(8), "audio/mpeg"),
        (b"\xff\xfb\x90" + bytes(9), "audio/mpeg"),
        (b"\xff\xd8\xff\xe0" + bytes(8), None),  # a picture
        (b"OggS" + bytes(8), "audio/ogg"),
        (b"fLaC" + bytes(8), "audio/flac"),
        (b"<html><body>", None),
        (b"", None),
        (b"RIFF", None),
    ],
)
def test_what_it_is_is_read_from_its_first_bytes(first: bytes, media: str | None) -> None:
    assert media_of(first) == media


def test_there_may_be_none() -> None:
    assert copy_recording(CALL, FakeSource(body=None), FakeShelf()) is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (FakeSource(away="timeout"), "timeout"),
        (FakeSource(declared="text/html"), "not_audio"),
        (FakeSource(declared=""), "not_audio"),
        (FakeSource(body=b"<html>Try again later</html>"), "not_audio"),
        (FakeSource(body=b"RIFF"), "not_audio"),
        (FakeSource(body=b""), "not_audio"),
        (FakeSource(says=len(WAV) + 1), "broken_off"),
        (FakeSource(says=len(WAV) - 1), "broken_off"),
    ],
)
def test_what_comes_as_something_else_or_in_half_is_tried_again(
    source: FakeSource, reason: str
) -> None:
    shelf = FakeShelf()
    with pytest.raises(RecordingUnavailableError) as error:
        copy_recording(CALL, source, shelf)
    assert error.value.reason == reason
    assert shelf.kept == {}


@pytest.mark.parametrize("declared", ["audio/x-wav", "application/octet-stream", "AUDIO/wav; a=b"])
def test_a_server_may_call_it_what_it_likes_among_files(declared: str) -> None:
    shelf = FakeShelf()
    copy_recording(CALL, FakeSource(declared=declared), shelf)
    assert shelf.kept[f"recordings/{CALL}"][1] == "audio/wav"


@pytest.mark.parametrize("source", [FakeSource(), FakeSource(chunked=True)], ids=["says", "does"])
def test_what_is_too_large_is_not_kept(source: FakeSource) -> None:
    shelf = FakeShelf()
    with pytest.raises(RecordingRefusedError, match="too_large"):
        copy_recording(CALL, source, shelf, largest=len(WAV) - 1)
    assert shelf.kept == {}
    copy_recording(CALL, source, shelf, largest=len(WAV))
    assert len(shelf.kept) == 1


def test_a_shelf_that_does_not_answer_is_no_fault_of_the_source() -> None:
    with pytest.raises(StoreUnavailableError):
        copy_recording(CALL, FakeSource(), FakeShelf(away=True))
