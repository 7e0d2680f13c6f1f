"""What handlers ask for that run in this process, each invocation by itself.

A handler's processor time is that of its own thread, so that of the simulators beside it is not in
it; nor is what counting takes.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.aws.connection import AwsConnection
from contact_center.twilio.api import TwilioApi
from tests.benchmarks.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest


@dataclass
class Step:
    """What one kind of invocation asked for, added up.

    Attributes:
        counting_ms: Processor time that was ours, and not the handler's.
        of_twilio: Requests to its API.
    """

    invocations: int = 0
    cpu_ms: float = 0.0
    counting_ms: float = 0.0
    of_twilio: int = 0
    meter: Meter = field(default_factory=Meter)

    @property
    def requests(self) -> int:
        """To AWS."""
        return self.meter.requests.total()


class Steps:
    """The steps of one stretch of time, by function and what it was invoked for."""

    def __init__(self) -> None:
        self.found: dict[str, Step] = {}

    def step(self, name: str) -> Step:
        """One of them, which begins with nothing."""
        return self.found.setdefault(name, Step())

    def total(self, figure: Callable[[Step], float], of: str = "") -> float:
        """A figure of the steps of one function, or of all, added up."""
        return sum(figure(step) for name, step in self.found.items() if name.startswith(of))

    @property
    def requests(self) -> Counter[str]:
        """To AWS, by service and operation."""
        return sum((step.meter.requests for step in self.found.values()), Counter())


class Counting:
    """Whatever a handler asks for is its step's, in the stretch that goes on; None: in none."""

    def __init__(self) -> None:
        self.stretch: Steps | None = None
        self._whose = threading.local()

    @property
    def _step(self) -> Step | None:
        step: Step | None = getattr(self._whose, "step", None)
        return step

    @contextmanager
    def invoked(self, name: str) -> Iterator[None]:
        """A handler runs on this thread."""
        if self.stretch is None:
            yield
            return
        step = self._whose.step = self.stretch.step(name)
        step.invocations += 1
        counted, began = step.counting_ms, _cpu_ms()
        try:
            yield
        finally:
            step.cpu_ms += _cpu_ms() - began - (step.counting_ms - counted)
            self._whose.step = None

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Count each request of a lean connection, and each to Twilio's API, until it is undone."""
        call, asked = AwsConnection.call, TwilioApi.asked

        def called(connection: AwsConnection, target: str, body: bytes, kind: str) -> Any:
            step = self._step
            if step is None:
                return call(connection, target, body, kind)
            with _counting(step):
                body = step.meter.asks(target, body)
            answer = call(connection, target, body, kind)
            with _counting(step):
                step.meter.answered(target, answer)
            return answer

        def of_twilio(api: TwilioApi, *ask: Any, **more: Any) -> Any:
            if (step := self._step) is not None:
                step.of_twilio += 1
            return asked(api, *ask, **more)

        patch.setattr(AwsConnection, "call", called)
        patch.setattr(TwilioApi, "asked", of_twilio)


@contextmanager
def _counting(step: Step) -> Iterator[None]:
    began = _cpu_ms()
    try:
        yield
    finally:
        step.counting_ms += _cpu_ms() - began


def _cpu_ms() -> float:
    return time.thread_time() * 1_000
