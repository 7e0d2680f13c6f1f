"""Starts the receiver before the simulator, and reads what it wrote down."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.cloud.emulator import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from local.vapi.simulator import VapiSimulator

ACCEPTED = range(200, 300)
LOST_ANSWER = 0
STOP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Dial:
    """One POST /call as the receiver saw it.

    Attributes:
        at_ms: When its first byte arrived, ms since 1970.
        name: `attempt.k`, as the dialer named it.
        campaign: Its id; empty for a call of none.
        rang: Whether it was obeyed; one whose answer was lost was.
    """

    at_ms: float
    name: str
    number: str
    campaign: str
    rang: bool

    @property
    def attempt(self) -> str:
        """The attempt, without the count of its POSTs."""
        return self.name.rpartition(".")[0]


class ReceivedVapi:
    """The simulator behind its receiver; what the system talks to."""

    def __init__(self, simulator: VapiSimulator, path: Path) -> None:
        """Start the receiver; it ends with this process, however that ends."""
        self.simulator = simulator
        port = urlsplit(simulator.url).port
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", "local.demo.ring_receiver", str(port), str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        listening = self._process.stdout.readline() if self._process.stdout else ""
        self.url = f"http://127.0.0.1:{int(listening)}"
        simulator.account.base_url = self.url  # control URLs lie where VAPI_BASE_URL points

    @property
    def phone_number_id(self) -> str:
        """The id of the account's number."""
        return self.simulator.phone_number_id

    def stop(self) -> None:
        """Stop both."""
        self.simulator.stop()
        self._process.kill()
        self._process.wait(STOP_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def read_dials(path: Path) -> list[Dial]:
    """Everything the receiver wrote down so far, in the order of arrival."""
    with path.open(encoding="utf-8") as lines:
        return sorted(_dials(lines), key=lambda dial: dial.at_ms)


def _dials(lines: Iterable[str]) -> Iterable[Dial]:
    for line in lines:
        if line.endswith("\n"):
            ring = json.loads(line)
            yield Dial(
                at_ms=ring["at_ns"] / 1e6,
                name=ring["name"] or "",
                number=ring["number"] or "",
                campaign=ring["campaign"] or "",
                rang=ring["status"] in ACCEPTED or ring["status"] == LOST_ANSWER,
            )
