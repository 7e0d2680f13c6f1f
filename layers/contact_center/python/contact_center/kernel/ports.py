"""What every room needs of the world, as Protocols, and the errors all of them may meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Clock(Protocol):
    """The machine clock (DESIGN §10): always real outside tests."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...


class PassingError(Exception):
    """The world's fault and not the item's: tried again later, and never counted against it."""


class QueueUnavailableError(PassingError):
    """The queue did not say that it has the message."""


class StoreUnavailableError(PassingError):
    """The table or bucket did not answer, or said no."""


class StoreRefusedError(Exception):
    """The table does not take this request, however often it is made: too large an item, say.

    The item's own fault and not the world's: it counts against it, and the others go on. Nothing
    was written.
    """


class CheckUnavailableError(Exception):
    """Nobody can be let in: the secrets to check against cannot be had."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """An HTTP request as it came: header names in lower case, the body untouched."""

    method: str
    path: str
    host: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response with a JSON body."""

    status: int
    body: str
    content_type: str = "application/json"
    retry_after_seconds: int | None = None


class BadCursorError(Exception):
    """The cursor is not one that a page of this list gave out."""


class Metrics(Protocol):
    """Counters with few, low-cardinality dimensions; never a person's data."""

    def count(self, name: str, **dimensions: str) -> None:
        """Add one to a counter."""
        ...


class ContentionError(PassingError):
    """Certainly not written: another transaction was under way (TransactionConflict).

    It says nothing about any condition: read again and try again.
    """


class Sleeper(Protocol):
    """Waiting for an instant of the machine clock."""

    def until(self, at_ms: int) -> None:
        """Return at that instant or as little later as the machine can; at once if past."""
        ...


class CivilTime(Protocol):
    """The civil clock (DESIGN §10): what calling windows, caps and due times go by.

    Deployed it is the machine clock; locally it starts at LOCAL_NOW and runs x LOCAL_SPEED.
    """

    def at(self, machine_ms: int) -> datetime:
        """The civil instant, aware, UTC, at a machine instant."""
        ...

    def machine_ms(self, at: datetime) -> int:
        """The machine instant at a civil one."""
        ...


class Ids(Protocol):
    """Names nobody else has."""

    def new(self) -> str:
        """A fresh token, at most 64 characters."""
        ...


class SecretUnavailableError(Exception):
    """The secret could not be fetched, or there is none of that name."""


class SecretNotReadError(SecretUnavailableError):
    """It was not told, so nobody knows whether there is a usable one; the message is AWS's word."""
