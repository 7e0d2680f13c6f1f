"""CPU per webhook: our door, which writes durably first, beside the tutorial's server."""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.cold_start import check_answer
from tests.benchmarks.payloads import gateway_event
from tests.benchmarks.processes import BenchmarkError, LambdaProcess
from tests.benchmarks.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.benchmarks.artefact import Artefact, Subject
    from tests.benchmarks.payloads import Webhook
    from tests.benchmarks.processes import MeasuredProcess, TutorialServer

IN_LAMBDA = "our door, awslambdaric process"
IN_PROCESS = "our door, handler alone"
EMPTY = "empty handler, awslambdaric"  # what the runtime itself costs
EXPRESS = "tutorial's Express server"

_WARM_UP = 300  # V8 needs about as many before it compiles what is hot


@dataclass(frozen=True, slots=True)
class Servers:
    """What is compared: our ingress, whose queue is emptied between series, an empty handler,
    and the tutorial's server, or None when that is left out. What they print goes to `log`."""

    door: Subject
    empty: Subject
    artefact: Artefact
    express: TutorialServer | None
    log: Path


def cpu_per_webhook(
    servers: Servers, bodies: Sequence[Webhook], rounds: int, count: int
) -> dict[str, float]:
    """Median CPU milliseconds a webhook, by server.

    Args:
        servers: What is compared.
        bodies: What is sent, in a circle.
        rounds: Series of each server; they are interleaved.
        count: Webhooks in a series.

    Returns:
        Milliseconds by name.
    """
    door, express = servers.door, servers.express
    events = [gateway_event(body) for body in bodies]
    series: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(
                LambdaProcess(each.command, each.environment, each.folder, servers.log)
            )
            for name, each in ((IN_LAMBDA, door), (EMPTY, servers.empty))
        }
        for process in started.values():
            process.wait_until_ready()
            _series(partial(_give, process), events, _WARM_UP)
        if express is not None:
            _series(express.post, bodies, _WARM_UP)
        progress = Progress("series of webhooks", rounds)
        for number in range(rounds):
            progress.at(number)
            servers.artefact.forget_messages()
            for name, process in started.items():
                send = partial(_give, process)
                series[name].append(
                    _cpu_each(process, partial(_series, send, events, count), count)
                )
            series[IN_PROCESS].append(alone(door, events, count))
            if express is not None:
                send_all = partial(_series, express.post, bodies, count)
                series[EXPRESS].append(_cpu_each(express, send_all, count))
    return {name: statistics.median(values) * 1_000 for name, values in series.items()}


def _cpu_each(process: MeasuredProcess, work: Callable[[], None], count: int) -> float:
    began = process.cpu_seconds
    work()
    return (process.cpu_seconds - began) / count


def _series[T](send: Callable[[T], None], what: Sequence[T], count: int) -> None:
    for each in itertools.islice(itertools.cycle(what), count):
        send(each)


def _give(process: LambdaProcess, event: bytes) -> None:
    check_answer("our door", process.give(event))
    process.wait_until_ready()


def alone(door: Subject, events: Sequence[bytes], count: int) -> float:
    """CPU seconds an event of a handler by itself, in a process of its own that was warmed up."""
    lines = b"\n".join(itertools.islice(itertools.cycle(events), 2 * count))
    ran = subprocess.run(
        [sys.executable, "-S", str(Path(__file__).with_name("in_process.py")), door.handler],
        env=dict(door.environment),
        cwd=door.folder,
        input=lines,
        capture_output=True,
        check=False,
    )
    if ran.returncode != 0:
        raise BenchmarkError(f"the handler failed: {ran.stderr.decode()[-1_000:]}")
    return float(json.loads(ran.stdout))
