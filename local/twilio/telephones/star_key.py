"""The star key during a Dial with hangupOnStar: the call leaves whoever it was dialled to."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.twilio.telephones.legs import Leg

STAR = "*"


class StarKey:
    """Listens for the star key while two or more talk."""

    asks = False

    def __init__(self, leg: Leg) -> None:
        self.pressed = False
        self._leg = leg

    def key(self, key: str) -> None:
        """A key was pressed."""
        if key == STAR:
            self.pressed = True
            self._leg.watch.stir()

    def speech(self, words: str, lasts_ms: int) -> None:
        """What is said is for the others."""


@contextmanager
def star_key(leg: Leg, *, leaves: bool) -> Iterator[StarKey]:
    """Listen on a call while it is dialled to somebody; where it does not leave by star: never."""
    star = StarKey(leg)
    if leaves:
        leg.listener = star
    try:
        yield star
    finally:
        if leg.listener is star:
            leg.listener = None
