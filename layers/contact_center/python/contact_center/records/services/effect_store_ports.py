"""Where effects, their lines and what is known of receivers are kept."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.domain.effect_steps import EffectRun
    from contact_center.records.domain.effects import Effect
    from contact_center.records.domain.receiver_health import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEffect:
    """An effect as it is kept.

    Attributes:
        closed: It is done or dead: its line has only not been told yet.
        look_first: It may have happened when it was last tried, or was replayed.
    """

    effect: Effect
    closed: bool = False
    look_first: bool = False


@dataclass(frozen=True, slots=True)
class DueLines:
    """A page of lines, the longest overdue first; `cursor` is None on the last."""

    names: Sequence[LineName]
    cursor: str | None


class Closed(IntEnum):
    """What closing the first effect of a line has come to."""

    LOST = 0  # somebody else was faster, and nothing was written
    LAST = 1  # the line is empty
    MORE = 2  # others wait, also those that were appended since the line was read


class EffectLines(Protocol):
    """Lines and effects. Each method may raise StoreUnavailableError, StoreRefusedError."""

    def read(self, name: LineName) -> EffectLine | None:
        """A line, consistently; None: there never was one. Raises one of UNREADABLE."""
        ...

    def effect(self, line: EffectLine) -> KeptEffect | None:
        """The first effect of a line, numbered, consistently. Raises one of UNREADABLE."""
        ...

    def change(self, line: EffectLine, run: EffectRun) -> EffectLine | None:
        """Write how far the first effect has come; None: somebody else was faster."""
        ...

    def close(
        self, line: EffectLine, run: EffectRun, kept: KeptEffect | None, at_ms: int
    ) -> Closed:
        """Take the first effect off its line, done or dead, all at once; the next is due.

        Without an effect the line alone is written.
        """
        ...

    def due(self, receiver: str, at_ms: int, limit: int, cursor: str | None = None) -> DueLines:
        """Lines of a receiver that somebody has to look at; may lag. Raises BadCursorError."""
        ...


@dataclass(frozen=True, slots=True)
class KnownHealth:
    """What is known of a receiver, and the revision that a change is conditioned on."""

    health: Health
    revision: int = 0


class ReceiverNotes(Protocol):
    """What all workers know of receivers. Each method may raise StoreUnavailableError."""

    def read(self, receiver: str) -> KnownHealth:
        """What is known now, consistently."""
        ...

    def change(self, receiver: str, known: KnownHealth, health: Health) -> bool:
        """Write what is known now; False: somebody else was faster."""
        ...


class RequestBook(Protocol):
    """When the next request of each kind may leave, one number for all workers."""

    def reserve(
        self, receiver: str, kind: str, now_ms: int, apart_ms: int, within_ms: int
    ) -> int | None:
        """An instant that is nobody else's; None: there is none so soon.

        Raises StoreUnavailableError.
        """
        ...

    def hold(self, receiver: str, kind: str, until_ms: int) -> None:
        """No instant before this one is given any more. Raises StoreUnavailableError."""
        ...

    def held_until_ms(self, receiver: str, kind: str) -> int:
        """Up to when none is to be used, also of those given before; 0: there is no such time.

        Raises StoreUnavailableError.
        """
        ...


class Lanes(Protocol):
    """Several at once."""

    def each[T](self, items: Iterable[T], work: Callable[[T], None]) -> None:
        """Do the work of each item, some at the same time; return when all are done.

        `work` raises nothing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line that is not empty, as operators look at it."""

    line: EffectLine
    effect: Effect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEffect:
    """An effect that was given up."""

    effect: Effect
    cause: str
    died_at_ms: int


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page of open lines; `cursor` is None on the last."""

    lines: Sequence[OpenLine]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class DeadPage:
    """A page of dead effects; `cursor` is None on the last. `unreadable`: how many more."""

    effects: Sequence[DeadEffect]
    cursor: str | None
    unreadable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectOfCall:
    """An effect, and what came of it: `stage` is open, done or dead; `closed_at_ms` when it was."""

    effect: Effect
    stage: str
    closed_at_ms: int | None


class EffectBook(Protocol):
    """Effects as operators look at them. Each method may raise StoreUnavailableError."""

    def of_call(self, customer: str, call_id: str) -> Sequence[EffectOfCall]:
        """What a call of a customer's has caused, as it was caused; of the key of an effect."""
        ...

    def open_lines(self, receiver: str, limit: int, cursor: str | None) -> OpenPage:
        """Lines of a receiver with something open, the next due first. Raises BadCursorError."""
        ...

    def dead(self, cause: str | None, limit: int, cursor: str | None) -> DeadPage:
        """What was given up, the oldest first; of one cause, or of any. Raises BadCursorError."""
        ...

    def dead_one(self, effect_id: str) -> DeadEffect | None:
        """One that was given up; None: there is no such. Raises one of UNREADABLE."""
        ...

    def replay(self, dead: DeadEffect, at_ms: int) -> bool:
        """Put it at the end of its line, all at once; False: somebody else did."""
        ...
