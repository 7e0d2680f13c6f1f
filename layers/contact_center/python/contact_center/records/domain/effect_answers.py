"""What delivering an effect may come to."""

from __future__ import annotations

from contact_center.kernel.data_classes import dataclass


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
