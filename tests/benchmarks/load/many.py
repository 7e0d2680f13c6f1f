"""Keeps so many calls going for so long, and watches."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.cloud.system import LocalSystem
from local.demo.callers_demo import PERSON_NUMBER
from local.demo.demo import DEPARTMENTS as DEPARTMENTS_FILE
from local.demo.demo import read_departments
from local.demo.demo_records import asked, disagreements
from local.demo.figures import Outcome, outcomes
from local.settings import read_settings
from local.vapi.simulator import VapiSimulator
from local.vapi.webhooks.credentials import credential_from_settings
from tests.benchmarks.load.kept import words_kept, words_told
from tests.benchmarks.load.processes import Used, used
from tests.benchmarks.load.talk import callers
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.settings import LocalSettings
    from local.vapi.calls.call import Call
    from local.vapi.log import Entry

USUAL_CALL_SECONDS = 180.0
LONGEST_CALL_SECONDS = 900.0
STUCK_SECONDS = 120.0  # a queue that grew no shorter for so long does not get empty
EMPTY_LOOK_SECONDS = 0.5
LOOKED_AT_SECONDS = 5.0
NEXT_SECONDS = 0.05
FACTS = "CallEvents"


@dataclass(slots=True)
class Run:
    """What was seen.

    Attributes:
        calls: How many were to be on at once.
        began_ms, ended_ms: On the log's clock: from when so many were on, until nobody was rung
            up any more.
        entries: The simulator's log.
        results: What became of each call.
        differ: Where our records say otherwise.
        left: Messages in the queue of facts when all was over, and in its dead queue.
        empty_seconds: How long the queue needed to be empty after the last call.
        readings: What the processes used, by the seconds since so many were on.
        held: Messages in the queue of facts, waiting or at work, by the same seconds.
        routers: That may work at once.
        told, kept: Final words of all calls: sent by the simulator, and in our records.
    """

    calls: int
    began_ms: float = 0.0
    ended_ms: float = 0.0
    entries: list[Entry] = field(default_factory=list)
    results: list[Outcome] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)
    left: tuple[int, int] = (0, 0)
    empty_seconds: float = 0.0
    readings: dict[float, list[Used]] = field(default_factory=dict)
    held: dict[float, int] = field(default_factory=dict)
    routers: int = 1
    told: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


def run_many(calls: int, seconds: float, folder: Path, routers: int) -> Run:
    """Start a system of its own, keep `calls` calls on for `seconds`, let them end, look.

    `routers` work at once: RouterConcurrency, and as many processes of each function.

    Raises BenchmarkError when there is no simulator to call with.
    """
    departments = read_departments(DEPARTMENTS_FILE)

    def start(url: str, settings: LocalSettings) -> VapiSimulator:
        return VapiSimulator(
            server_url=f"{url}/vapi/webhook",
            credential=credential_from_settings(settings.values, settings.vapi_secret),
            lines=calls + 10,
            departments=departments,
        ).start()

    told = {"PORT": "0", "PERSON_NUMBER": PERSON_NUMBER, "ROUTER_CONCURRENCY": str(routers)}
    system = LocalSystem(
        read_settings(None, told),
        start_vapi=start,
        folder=folder,
        processes_per_function=routers,
    )
    with system:
        vapi = system.vapi
        if not isinstance(vapi, VapiSimulator):
            raise BenchmarkError("the load needs the simulator of Vapi")
        run = Run(calls, routers=routers)
        _Crowd(vapi, run, seconds, lambda: system.messages(FACTS)[0]).call()
        run.empty_seconds = until_empty(lambda: sum(system.messages(FACTS)))
        run.entries = vapi.log.entries()
        run.results = outcomes(run.entries, departments)
        run.left = (sum(system.messages(FACTS)), sum(system.messages(f"{FACTS}Dead")))
        token = system.settings.operator_token
        run.differ = disagreements(system.url, token, run.results)
        run.told = words_told(run.entries)
        run.kept = words_kept(
            list(run.told), lambda call: asked(f"{system.url}/api/calls/{call}", token)
        )
    return run


class _Crowd:
    """So many callers, each followed by another as long as there is time."""

    def __init__(
        self, vapi: VapiSimulator, run: Run, seconds: float, held: Callable[[], int]
    ) -> None:
        self._vapi, self._run, self._seconds, self._held = vapi, run, seconds, held
        self._callers = callers()
        self._on: set[Call] = set()

    def call(self) -> None:
        """Return when the last call is over."""
        run, log = self._run, self._vapi.log
        apart = USUAL_CALL_SECONDS / run.calls  # or else all would speak at once
        progress = Progress("calls on", run.calls)
        for number in range(run.calls):
            self._ring()
            self._ring_for_those_who_ended()
            progress.at(number)
            time.sleep(apart)
        run.began_ms, began = (time.monotonic() - log.opened) * 1000, time.monotonic()
        watching = threading.Event()
        watch = threading.Thread(target=self._watch, args=(watching, began), daemon=True)
        watch.start()
        progress = Progress("seconds", round(self._seconds))
        while (now := time.monotonic() - began) < self._seconds:
            progress.at(round(now))
            self._ring_for_those_who_ended()
            time.sleep(NEXT_SECONDS)
        run.ended_ms = (time.monotonic() - log.opened) * 1000
        watching.set()
        watch.join()
        for call in self._on:
            call.wait(LONGEST_CALL_SECONDS)

    def _ring(self) -> None:
        self._on.add(self._vapi.place_inbound(next(self._callers)))

    def _ring_for_those_who_ended(self) -> None:
        for call in [call for call in self._on if call.wait(0)]:
            self._on.discard(call)
            self._ring()

    def _watch(self, stop: threading.Event, began: float) -> None:
        over = False
        while True:
            at = time.monotonic() - began
            self._run.readings[at], self._run.held[at] = used(), self._held()
            if over:
                return
            over = stop.wait(LOOKED_AT_SECONDS)


def until_empty(
    left: Callable[[], int],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> float:
    """Wait until nothing is left of the facts, or nothing of them is done any more; seconds.

    Args:
        left: So many are waiting or at work.
        clock: Seconds of any beginning.
        sleep: Waits so many seconds.
    """
    began = moved = clock()
    all_of = least = left()
    progress = Progress("facts that waited are read", all_of)
    while least and clock() - moved < STUCK_SECONDS:
        sleep(EMPTY_LOOK_SECONDS)
        now = left()
        if now < least:
            least, moved = now, clock()
            progress.at(all_of - now)
    return clock() - began
