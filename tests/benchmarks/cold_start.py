"""How long a function takes from nothing to its first durable answer, and what its imports cost."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.processes import BenchmarkError, LambdaProcess
from tests.benchmarks.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.benchmarks.artefact import Subject

_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*([\w.]+)")
_FAILED_FROM = 400


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Medians of one function: milliseconds, and the most memory that its process held, MB."""

    subject: Subject
    cpu_ms: float
    wall_ms: float
    peak_mb: float = 0.0


def cold_starts(subjects: Sequence[Subject], rounds: int, log: Path) -> list[ColdStart]:
    """Start every function `rounds` times, in turn, after one start that is not counted."""
    found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    progress = Progress("cold starts", (rounds + 1) * len(subjects))
    for number in range(rounds + 1):
        for place, subject in enumerate(subjects):
            progress.at(number * len(subjects) + place)
            measured = _start_once(subject, log)
            if number > 0:  # the first one may compile
                found[subject.name].append(measured)
    return [
        ColdStart(
            subject,
            *(statistics.median(values) for values in zip(*found[subject.name], strict=True)),
        )
        for subject in subjects
    ]


def import_costs(subject: Subject, rounds: int) -> dict[str, float]:
    """Milliseconds of importing a handler, ours by module, others by package, dearest first."""
    module = subject.handler.rpartition(".")[0]
    command = [sys.executable, "-S", "-X", "importtime", "-c", f"import {module}"]
    series: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        ran = subprocess.run(
            command,
            env=dict(subject.environment),
            cwd=subject.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != 0:
            raise BenchmarkError(f"{module} does not import: {ran.stderr[-1_000:]}")
        for package, cost in _by_package(ran.stderr).items() if number > 0 else ():
            series[package].append(cost)  # the first one may compile
    medians = {package: statistics.median(costs) for package, costs in series.items()}
    return dict(sorted(medians.items(), key=lambda item: -item[1]))


def check_answer(name: str, answer: bytes) -> None:
    """A cold start counts only if the function did its work."""
    said = json.loads(answer)
    status = said.get("statusCode", 200) if isinstance(said, dict) else 200
    names = ("batchItemFailures", "failed")
    failed = any(said.get(name) for name in names) if isinstance(said, dict) else False
    if status >= _FAILED_FROM or failed:
        raise BenchmarkError(f"{name} answered {answer[:500]!r}")


def _start_once(subject: Subject, log: Path) -> tuple[float, float, float]:
    try:
        return _measured_start(subject, log)
    except BenchmarkError as error:
        raise BenchmarkError(f"{subject.name}: {error}") from error


def _measured_start(subject: Subject, log: Path) -> tuple[float, float, float]:
    began = time.perf_counter()
    with LambdaProcess(subject.command, subject.environment, subject.folder, log) as process:
        process.wait_until_ready()
        answer = process.give(subject.event)
        wall = time.perf_counter() - began
        cpu, peak_mb = process.cpu_seconds, process.peak_mb
    check_answer(subject.name, answer)
    return cpu * 1_000, wall * 1_000, peak_mb


def _by_package(report: str) -> dict[str, float]:
    """Self times of `-X importtime`, in ms: ours by module, others by top-level package."""
    costs: dict[str, float] = defaultdict(float)
    for microseconds, module in _IMPORT.findall(report):
        package, _, rest = module.partition(".")
        ours = package == "contact_center"
        costs[rest or package if ours else package] += int(microseconds) / 1_000
    return dict(costs)
