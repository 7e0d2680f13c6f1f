"""A file that is read over many invocations, and may be replaced between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.lists.services.import_ports import FileStore


REPLACED = "was replaced while it was being read; import the new one on its own"


class PinnedFile:
    """Readable: a store whose file is read as the version that was begun with, or not at all."""

    def __init__(self, files: FileStore, version: str) -> None:
        """Keep the store, and the version; empty: whatever there is."""
        self._files = files
        self._version = version

    def read(self, key: str, offset: int, length: int) -> bytes:
        """At most so many bytes from there; empty at the end. Raises FileChangedError."""
        return self._files.read(key, offset, length, self._version)


class HeldFile:
    """Readable: a file that came with a request, under whatever key."""

    def __init__(self, body: bytes) -> None:
        """Keep it."""
        self._body = body

    def read(self, key: str, offset: int, length: int) -> bytes:
        """At most so many bytes from there; empty at the end."""
        del key
        return self._body[offset : offset + length]
