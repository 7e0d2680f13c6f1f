"""What delivering effects asks of the world outside: one receiver, and what came of asking it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.records.domain.effects import Effect


@dataclass(frozen=True, slots=True)
class Delivered:
    """It has happened; `their_id` is what the receiver calls it, if it said so."""

    their_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused on the merits (validation, gone, no permission): asking again cannot help.

    `cause` is a short name for many alike (`validation`, `gone`, `no_permission`, `too_large`), by
    which they are counted and replayed; `detail` says more, without a secret or a person's data.
    `switched_off` says that the receiver wants nothing more at all (410).
    """

    cause: str
    detail: str = ""
    switched_off: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """It has certainly not happened; it may if asked again, after `wait_ms` when that is told."""

    cause: str
    wait_ms: int | None = None


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It was sent and the answer got lost: looked up before anything is written again."""

    cause: str


type Answer = Delivered | Refused | Later | InDoubt


class Receiver(Protocol):
    """One outside thing that effects are delivered to."""

    def deliver(self, effect: Effect) -> Answer:
        """Make it happen there, once; raises nothing that a receiver can cause."""

    def look_up(self, effect: Effect) -> Delivered | Later | None:
        """Say whether it has happened there: None when it certainly has not.

        Later when that cannot be told yet, because the receiver is away or its search lags.
        """
