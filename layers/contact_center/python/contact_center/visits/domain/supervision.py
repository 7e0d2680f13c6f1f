"""A supervisor who joins the talk of a caller and a person: who, at whose wish, when and how.

What is known of it is part of the visit, and a merge like all of that: whoever listened, whispered
or spoke stands there as long as the visit does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_SUPERVISIONS = 20  # of a visit


class Mode(StrEnum):
    """What a supervisor does in the talk."""

    LISTEN = "listen"  # hears both, and is heard by nobody
    WHISPER = "whisper"  # the person hears him, and the caller does not
    BARGE = "barge"  # both hear him


class ModeSince(NamedTuple):
    """A way to join, and since when; ms since 1970."""

    at_ms: int
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """One supervisor in one talk. Times are ms since 1970.

    Attributes:
        person_id: Whose telephone it is, a key of people.toml.
        by: Who asked for it, as the API knows him.
        offer_id: The offer that the talk came of.
        asked_ms: When it was asked for.
        begun_ms: When somebody began to ring him: nobody else does.
        leg: His own, once it is known.
        wanted: In which ways he was to join, as asked by the API.
        entered: In which ways he did; empty: he never was in the room. The first is to listen.
        ended_ms: When he was out of it, or was not to be had.
        because: Why, in a word of ours or the provider's.
    """

    person_id: str
    by: str
    offer_id: str
    asked_ms: int
    begun_ms: int | None = None
    leg: str | None = None
    wanted: frozenset[ModeSince] = frozenset()
    entered: frozenset[ModeSince] = frozenset()
    ended_ms: int | None = None
    because: str | None = None

    @property
    def mode(self) -> Mode | None:
        """How he is in the room; None: he is not, and never was."""
        return max(self.entered).mode if self.entered else None

    @property
    def next_mode(self) -> Mode | None:
        """How he is to be in it, and is not; None: nothing is to be changed."""
        latest = max(self.wanted, default=None)
        if not self.entered or latest is None or latest < max(self.entered):
            return None
        return None if latest.mode is self.mode else latest.mode


def open_supervisions(supervised: Mapping[str, Supervision]) -> Mapping[str, Supervision]:
    """Those that are not over."""
    return {name: one for name, one in supervised.items() if one.ended_ms is None}


def next_supervision(supervised: Mapping[str, Supervision]) -> str:
    """The name of the next one, unlike any other of the visit."""
    return str(max(map(int, supervised), default=0) + 1)


def merged_supervision(one: Supervision, other: Supervision) -> Supervision:
    """What is known of a supervision when both are told."""
    first = min(one, other, key=_made)
    told = (one.because, other.because)
    return Supervision(
        person_id=first.person_id,
        by=first.by,
        offer_id=first.offer_id,
        asked_ms=first.asked_ms,
        begun_ms=_least(one.begun_ms, other.begun_ms),
        leg=max((leg for leg in (one.leg, other.leg) if leg is not None), default=None),
        wanted=one.wanted | other.wanted,
        entered=one.entered | other.entered,
        ended_ms=_least(one.ended_ms, other.ended_ms),
        because=min((why for why in told if why is not None), default=None),
    )


def _made(one: Supervision) -> tuple[int, str, str, str]:
    return one.asked_ms, one.person_id, one.by, one.offer_id


def _least(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)
