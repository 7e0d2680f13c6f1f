"""What a call may be attached to: another call, a conference, a verb that listens."""

from __future__ import annotations

from typing import Protocol


class Joint(Protocol):
    """What joins a call to another one."""

    def end(self) -> None:
        """They no longer hear each other."""
        ...


class Seat(Protocol):
    """A call's place in a conference."""

    @property
    def hears_somebody(self) -> bool:
        """Whether somebody else is there to be heard."""
        ...


class Listener(Protocol):
    """Listens for a while.

    Attributes:
        asks: Whether it wants an answer: a person waits for that before pressing a key.
    """

    asks: bool

    def key(self, key: str) -> None:
        """A key was pressed."""
        ...

    def speech(self, words: str, lasts_ms: int) -> None:
        """Somebody begins to say something."""
        ...
