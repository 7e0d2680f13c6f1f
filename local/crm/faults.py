"""What goes wrong on request, each time with the next request that it fits."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class Mishap(StrEnum):
    """How an answer goes wrong."""

    LOST = "lost"  # the connection ends before the answer
    HALF = "half"  # it ends in the middle of the answer
    SLOW = "slow"  # nothing comes until `let_go`
    DRIP = "drip"  # a byte comes, and another a while later, for 20 s or until `let_go`
    HTML = "html"  # a page of somebody between, with 200
    ERROR_INSIDE = "error_inside"  # 200, and in it that it failed
    UNAVAILABLE = "unavailable"  # 503
    REDIRECT = "redirect"  # 302 to another place
    STATUS = "status"  # any status


OBEYED = frozenset({Mishap.LOST, Mishap.HALF, Mishap.SLOW, Mishap.DRIP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mishap.

    Attributes:
        mishap: Which.
        method, path: Of the request that it happens to; path: any part of it; empty: any.
        obeyed: Whether the request is carried out all the same; None: as such mishaps mostly go.
        status, headers: Of the answer, for STATUS.
    """

    mishap: Mishap
    method: str = ""
    path: str = ""
    obeyed: bool | None = None
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()

    def fits(self, method: str, path: str) -> bool:
        """Whether it happens to this request."""
        return self.method in {"", method} and self.path in path

    @property
    def is_obeyed(self) -> bool:
        """Whether the request is carried out."""
        return self.mishap in OBEYED if self.obeyed is None else self.obeyed


class Faults:
    """Those that were asked for and have not happened yet."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()
        self.gone_on = threading.Event()

    def add(self, *faults: Fault) -> None:
        """Ask for some."""
        with self._lock:
            self._waiting.extend(faults)

    def take(self, method: str, path: str) -> Fault | None:
        """The first one that fits a request; it does not happen again."""
        with self._lock:
            fault = next((one for one in self._waiting if one.fits(method, path)), None)
            if fault is not None:
                self._waiting.remove(fault)
            return fault

    def let_go(self) -> None:
        """Whoever is slow goes on."""
        self.gone_on.set()
