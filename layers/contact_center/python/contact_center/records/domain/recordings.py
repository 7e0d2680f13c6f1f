"""A call's recording: where it is kept, what it may be, and what has become of it.

none ── recorded by the provider ──► not yet ── copied ──► kept ── its days are over ──► gone
                                        └── until its link is gone ──► lost: somebody is to know
"""

from __future__ import annotations

from enum import StrEnum

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.path_ids import file_name

PREFIX = "recordings/"
LARGEST_BYTES = 256 * 1024 * 1024  # more than two hours of one channel of 16 bits at 16 kHz
FIRST_BYTES = 12  # in which each kind can be told from the others
DAY_MS = 86_400_000

# What a server may call one. What it is, is read from its first bytes all the same, and what it is
# kept under is a word of ours: nobody's browser is told to take it for a page.
_DECLARED = ("audio/", "application/octet-stream", "binary/octet-stream")


class RecordingState(StrEnum):
    """What is to be had of a call's recording."""

    NONE = "none"  # was not recorded, or is not over
    NOT_YET = "not_yet"  # has not been copied yet
    KEPT = "kept"  # can be heard
    GONE = "gone"  # was kept as long as it may be
    LOST = "lost"  # could not be copied before its link was gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What became of a recording.

    Attributes:
        size: Bytes of it, 0 where there are none.
        media: What kind of file it is, as HTTP says it; "" where there is none.
        reason: Why it was lost, a word of ours; "" where it was not.
        at_ms: Since when, ms since 1970.
    """

    state: RecordingState
    size: int = 0
    media: str = ""
    reason: str = ""
    at_ms: int = 0


def recording_key(call_id: str) -> str:
    """Where a call's recording is kept: known of every call, so that a person's are found."""
    return PREFIX + file_name(call_id)


def may_be_audio(declared: str) -> bool:
    """Whether a file of that declared type may be a recording."""
    return declared.strip().lower().startswith(_DECLARED)


def media_of(first: bytes) -> str | None:
    """What kind of recording begins with these bytes, at least FIRST_BYTES; None: it is none."""
    if first[:4] == b"RIFF" and first[8:12] == b"WAVE":
        return "audio/wav"
    if first[:4] == b"OggS":
        return "audio/ogg"
    if first[:4] == b"fLaC":
        return "audio/flac"
    if first[:3] == b"ID3" or (first[:1] == b"\xff" and first[1:2] in _MPEG_FRAMES):
        return "audio/mpeg"
    return None


_MPEG_FRAMES = frozenset(bytes([byte]) for byte in (0xF2, 0xF3, 0xFA, 0xFB))  # layer III
