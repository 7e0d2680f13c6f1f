"""Copy a call's recording from whoever made it to our own shelf, piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.recordings import (
    FIRST_BYTES,
    LARGEST_BYTES,
    may_be_audio,
    media_of,
    recording_key,
)
from contact_center.records.services.recording_ports import (
    RecordingRefusedError,
    RecordingUnavailableError,
)

if TYPE_CHECKING:
    from contact_center.records.services.recording_ports import (
        OpenRecording,
        RecordingShelf,
        RecordingSource,
    )


@dataclass(frozen=True, slots=True)
class Copied:
    """A recording that is kept: its bytes, and what kind of file it is."""

    size: int
    media: str


def copy_recording(
    call_id: str, source: RecordingSource, shelf: RecordingShelf, largest: int = LARGEST_BYTES
) -> Copied | None:
    """Copy one; a copy that is there already is replaced by the same.

    Args:
        call_id: Whose.
        source: Who recorded it.
        shelf: Where it is kept.
        largest: Most bytes that are taken.

    Returns:
        What is kept now; None: there is no recording, or none any more.

    Raises:
        RecordingUnavailableError: It did not come, not whole, or what came is no audio: a server
            that is out of order answers with a page. To be tried again.
        RecordingRefusedError: It is too large, and will be the next time.
        StoreUnavailableError: The shelf did not answer.
    """
    with source.opened(call_id) as found:
        if found is None:
            return None
        if not may_be_audio(found.declared):
            raise RecordingUnavailableError("not_audio")
        if found.size is not None and found.size > largest:
            raise RecordingRefusedError("too_large")
        pieces = _Pieces(found, largest)
        media = media_of(pieces.first)
        if media is None:
            raise RecordingUnavailableError("not_audio")
        shelf.put(recording_key(call_id), media, pieces.read)
        return Copied(pieces.size, media)


class _Pieces:
    """What is read of a recording, its first bytes looked at before."""

    def __init__(self, found: OpenRecording, largest: int) -> None:
        self._found = found
        self._largest = largest
        self.size = 0
        self.first = b""
        while len(self.first) < FIRST_BYTES:
            piece = found.read(FIRST_BYTES - len(self.first))
            if not piece:
                break
            self.first += piece
        self._ahead = self.first

    def read(self, most: int) -> bytes:
        """The next piece. Raises RecordingUnavailableError, RecordingRefusedError."""
        piece = self._ahead or self._found.read(most)
        self._ahead = b""
        self.size += len(piece)
        if self.size > self._largest:
            raise RecordingRefusedError("too_large")
        if not piece and self._found.size not in {None, self.size}:
            raise RecordingUnavailableError("broken_off")
        return piece
