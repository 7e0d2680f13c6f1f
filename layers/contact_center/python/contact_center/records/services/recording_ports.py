"""What copying and playing recordings asks of the world outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording that is being read.

    Attributes:
        declared: The kind of file its server says it is.
        size: Bytes of it as its server says; None: it does not say.
        read: At most so many bytes, b"" at its end. Raises RecordingUnavailableError.
    """

    declared: str
    size: int | None
    read: Callable[[int], bytes]


class RecordingSource(Protocol):
    """Whoever recorded calls."""

    def opened(self, call_id: str) -> AbstractContextManager[OpenRecording | None]:
        """The recording of a call that is over; None: there is none, or none any more.

        Raises RecordingUnavailableError.
        """
        ...


class RecordingShelf(Protocol):
    """Where copies are kept, each under a key of its call."""

    def put(self, key: str, media: str, read: Callable[[int], bytes]) -> None:
        """Keep what is read, whole or not at all; what was there is replaced.

        Never more than two parts of 8 MiB are in memory.

        Raises:
            StoreUnavailableError: Nobody knows whether it is kept.
            Whatever `read` raises: then it is not.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlayLink:
    """Under which somebody may listen, and until when, ms since 1970."""

    url: str
    expires_at_ms: int


class RecordingLinks(Protocol):
    """Links to copies, for those who may listen."""

    def link(self, key: str) -> PlayLink | None:
        """To GET one for 15 minutes; None: it is not there. Raises StoreUnavailableError."""
        ...


class RecordingUnavailableError(Exception):
    """It cannot be had now; to be tried again. `reason` is a word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RecordingRefusedError(Exception):
    """It can be had, and is nothing that is kept. `reason`: too_large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
