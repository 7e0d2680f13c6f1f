"""When our server has nothing left to do: what a patient call waits for.

Whoever plays our server says how many messages it has (`Owed`). A message of ours was stored
before it was answered, and a command of ours reaches the simulator before the message that
called for it is done with. So of a call whose messages are all answered, whatever they lead to
has been seen once a look that began after that finds nothing.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_SECONDS = 0.02  # a look is a request, so twenty calls that wait share one, and ...
LONGEST_PAUSE_SECONDS = 0.1  # ... who has waited for long looks less often


@dataclass(frozen=True, slots=True)
class Owed:
    """Messages that our server has.

    Attributes:
        now: Those that wait for it, or that it works on.
        later: Those that it has put off itself, to look at something again.
    """

    now: int
    later: int


class Stillness:
    """Shared by all calls of an account: one of them looks, those that wait with it see it too.

    Args:
        look: What our server owes at this moment; nothing once it has been stopped.
    """

    def __init__(self, look: Callable[[], Owed]) -> None:
        self._look = look
        self._looking = threading.Lock()
        self._looked_at = float("-inf")  # when the last look ended
        self._still_at = float("-inf")  # when the last look began that found nothing for now ...
        self._silent_at = float("-inf")  # ... and nothing for later

    def wait(self, *, reminders: bool) -> None:
        """Return once our server was found to owe nothing since now, or no reminder either."""
        asked_at, pause_seconds = time.monotonic(), LOOK_SECONDS
        while not self._found_since(asked_at, reminders):
            time.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 1.5, LONGEST_PAUSE_SECONDS)

    def _found_since(self, asked_at: float, reminders: bool) -> bool:  # noqa: FBT001 - as asked
        with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._look_once()
            return (self._silent_at if reminders else self._still_at) >= asked_at

    def _look_once(self) -> None:
        began_at = time.monotonic()
        owed = self._look()
        self._looked_at = time.monotonic()
        if owed.now == 0:
            self._still_at = began_at
            if owed.later == 0:
                self._silent_at = began_at
