"""Runs one function in a bounded number of real Lambda runtime processes.

As on Lambda a process takes one event at a time and keeps its globals between events; a process
that times out or dies is not used again; a module that fails to load fails the event that needed
it. Unlike Lambda, events beyond the bound wait instead of being throttled, an idle process is not
frozen, and memory is not limited.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.cloud.handler_process import FunctionSettings, HandlerProcess, LogFile

if TYPE_CHECKING:
    from local.cloud.children import Children

INIT_SECONDS = 10.0  # what Lambda allows a module to load, before the function's own timeout
EXITED = "Runtime.ExitError"
TIMED_OUT = "Sandbox.Timedout"
CRASHED = "Runtime exited without providing a reason"
STOPPING = "The system is stopping"
REPLACED = "The code has changed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event: the handler's answer, or the error as Lambda words it."""

    payload: bytes
    failed: bool
    request_id: str


@dataclass(slots=True)
class Invocation:
    """One event on its way through a process."""

    payload: bytes
    request_id: str
    trace_id: str
    function_arn: str
    outcome: asyncio.Future[Outcome]
    deadline_ms: int = 0
    started_at: float = 0.0

    def settle(self, payload: bytes, *, failed: bool) -> None:
        """Tell whoever waits, unless they have gone."""
        if not self.outcome.done():
            self.outcome.set_result(Outcome(payload, failed, self.request_id))


@dataclass(slots=True)
class Figures:
    """What a pool has done since it was started."""

    invocations: int = 0
    cold_starts: int = 0
    errors: int = 0
    timeouts: int = 0
    init_ms: list[float] = field(default_factory=list)


class HandlerPool:
    """Takes events for one function; lives inside an event loop."""

    def __init__(
        self, settings: FunctionSettings, children: Children, log: LogFile, size: int
    ) -> None:
        self.settings = settings
        self.figures = Figures()
        self._children = children
        self._log = log
        self._size = size
        self._waiting: deque[Invocation] = deque()
        self._idle: list[Worker] = []  # the last one used is used next, as Lambda does
        self._workers: set[Worker] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def invoke(self, payload: bytes, trace_id: str = "") -> Outcome:
        """Run one event to its end. An abandoned wait does not stop the handler, as on AWS."""
        invocation = Invocation(
            payload,
            str(uuid.uuid4()),
            trace_id or new_trace_id(),
            self.settings.arn,
            asyncio.get_running_loop().create_future(),
        )
        self.figures.invocations += 1
        if self._stopped:
            invocation.settle(error_payload(EXITED, STOPPING), failed=True)
        elif self._idle:
            self._idle.pop().assign(invocation)
        else:
            self._waiting.append(invocation)
            self._start_if_short()
        return await asyncio.shield(invocation.outcome)

    def recycle(self) -> None:
        """Replace every process: the idle ones now, the busy ones after their event."""
        for worker in list(self._workers):
            worker.retire()

    def kill_holding(self, text: bytes) -> bool:
        """SIGKILL the process that works on an event with these bytes in it; False if none does."""
        for worker in self._workers:
            if worker.holds(text) and worker.process.pid is not None:
                os.kill(worker.process.pid, signal.SIGKILL)  # as in a crash: nobody is told
                return True
        return False

    async def stop(self) -> None:
        """Kill every process; events under way end as failed."""
        self._stopped = True
        for worker in list(self._workers):
            worker.end(STOPPING)
        while self._waiting:
            self._waiting.popleft().settle(error_payload(EXITED, STOPPING), failed=True)
        if self._closing:
            await asyncio.wait(self._closing)
        self._log.close()

    def offer(self, worker: Worker) -> None:
        """A process is ready: give it the event that has waited longest, or let it wait."""
        if self._waiting:
            worker.assign(self._waiting.popleft())
        else:
            self._idle.append(worker)

    def fail_oldest(self, payload: bytes) -> None:
        """A process could not load its module: the event that waited longest fails."""
        if self._waiting:
            self.figures.errors += 1
            self._waiting.popleft().settle(payload, failed=True)

    def note(self, text: str) -> None:
        """Write one of the platform's own lines into the function's log."""
        self._log.write(text.encode() + b"\n")

    def worker_ended(self, worker: Worker) -> None:
        """Forget a process, release what it held, and start another if events wait."""
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        task = asyncio.get_running_loop().create_task(worker.process.stop())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        self._start_if_short()

    def _start_if_short(self) -> None:
        # A process that has just answered is about to ask for more: it counts as free.
        free = sum(worker.free for worker in self._workers)
        while free < len(self._waiting) and len(self._workers) < self._size and not self._stopped:
            worker = Worker(self, self._children, self._log)
            self._workers.add(worker)
            self.figures.cold_starts += 1
            worker.begin()
            free += 1


class Worker:
    """One process of a pool and the event it is working on."""

    def __init__(self, pool: HandlerPool, children: Children, log: LogFile) -> None:
        self.process = HandlerProcess(pool.settings, children, self, log)
        self._pool = pool
        self._current: Invocation | None = None
        self._ask: asyncio.Future[Invocation] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._starting: asyncio.Task[None] | None = None
        self._begun_at = time.monotonic()
        self._ready = False
        self._retired = False
        self._ended = False

    @property
    def free(self) -> bool:
        """Whether it can take another event once it asks."""
        return self._current is None and not self._retired and not self._ended

    def holds(self, text: bytes) -> bool:
        """Whether it works on an event with these bytes in it."""
        return self._current is not None and text in self._current.payload

    def begin(self) -> None:
        """Start the process; the limit on loading a module runs from here."""
        loop = asyncio.get_running_loop()
        limit = INIT_SECONDS + self._pool.settings.timeout_seconds
        self._timer = loop.call_later(limit, self._init_timed_out)
        self._starting = loop.create_task(self.process.start(self._gone))

    async def next_task(self) -> Invocation:
        """The process is ready: wait for an event."""
        if not self._ready:
            self._ready = True
            self._stop_timer()
            self._pool.figures.init_ms.append((time.monotonic() - self._begun_at) * 1000)
        self._ask = asyncio.get_running_loop().create_future()
        if self._retired:
            self.end(REPLACED)
        else:
            self._pool.offer(self)
        return await self._ask

    def assign(self, invocation: Invocation) -> None:
        """Hand it an event and start the event's clock. Only for a process that asked."""
        limit = self._pool.settings.timeout_seconds
        self._current = invocation
        invocation.deadline_ms = int((time.time() + limit) * 1000)
        invocation.started_at = time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(limit, self._timed_out, invocation)
        if self._ask is not None and not self._ask.done():
            self._ask.set_result(invocation)

    def answered(self, request_id: str, payload: bytes, *, failed: bool) -> bool:
        """The process has an answer or an error for its event."""
        invocation = self._current
        if invocation is None or invocation.request_id != request_id:
            return False
        self._release(invocation)
        self._pool.figures.errors += failed
        invocation.settle(payload, failed=failed)
        return True

    def init_failed(self, payload: bytes) -> None:
        """The module failed to load; the process is about to exit."""
        self._ready = True
        self._pool.fail_oldest(payload)

    def retire(self) -> None:
        """End it as soon as it has no event."""
        self._retired = True
        if self._current is None:
            self.end(REPLACED)

    def end(self, message: str, kind: str = EXITED) -> None:
        """Kill it; its event, if it has one, fails with this error. Idempotent."""
        if self._ended:
            return
        self._ended = True
        self._stop_timer()
        invocation = self._current
        if invocation is not None:
            self._release(invocation)
            self._pool.figures.errors += 1
            invocation.settle(error_payload(kind, message, invocation.request_id), failed=True)
        self.process.kill()
        self._pool.worker_ended(self)

    def _gone(self) -> None:
        """Its output ended without our doing: it crashed or exited."""
        if not self._ended:
            if not self._ready:
                self._pool.fail_oldest(error_payload(EXITED, CRASHED))
            self.end(CRASHED)

    def _init_timed_out(self) -> None:
        self._pool.figures.timeouts += 1
        self._pool.fail_oldest(error_payload(TIMED_OUT, "Init timed out"))
        self.end("Init timed out", TIMED_OUT)

    def _timed_out(self, invocation: Invocation) -> None:
        self._pool.figures.timeouts += 1
        seconds = self._pool.settings.timeout_seconds
        message = f"{invocation.request_id} Task timed out after {seconds:.2f} seconds"
        self._pool.note(message)
        self.end(message, TIMED_OUT)

    def _release(self, invocation: Invocation) -> None:
        self._current = None
        self._stop_timer()
        took_ms = (time.monotonic() - invocation.started_at) * 1000
        self._pool.note(f"REPORT RequestId: {invocation.request_id}\tDuration: {took_ms:.2f} ms")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def error_payload(kind: str, message: str, request_id: str = "") -> bytes:
    """An error as Lambda words it."""
    return json.dumps(
        {"errorType": kind, "errorMessage": message, "requestId": request_id}
    ).encode()


def new_trace_id() -> str:
    """An X-Ray header that asks for no sampling."""
    digits = uuid.uuid4().hex
    return f"Root=1-{int(time.time()):08x}-{digits[:24]};Parent={digits[:16]};Sampled=0"
