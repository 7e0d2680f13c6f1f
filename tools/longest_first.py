"""A plugin of pytest: files of tests that take longest come first, so that none is left to the end.

How long each takes is in tests/seconds.json, and, from the last whole run on this machine, in
.cache: tests that are new count as short ones until then.
"""

from __future__ import annotations

import gc
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
LONG_FILES = "tools.longest_first"
SHIPPED = ROOT / "tests" / "seconds.json"
MEASURED = ROOT / ".cache" / "test-seconds.json"
WORTH_KEEPING_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long tests take.

    Attributes:
        quiet_minutes: The whole run, on two quiet processors.
        last_seconds: The last whole run on this machine, 0 if there was none.
        files: Those that take a while, by path under the repository.
    """

    quiet_minutes: float
    last_seconds: float
    files: Mapping[str, float]


def read_seconds() -> Seconds:
    """What is known: of this machine, else what the repository says."""
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    try:
        measured = json.loads(MEASURED.read_text(encoding="utf-8"))
        last, files = float(measured["all"]), dict(measured["files"])
    except (OSError, ValueError, KeyError, TypeError):
        last, files = 0.0, shipped["files"]
    return Seconds(shipped["quiet_minutes"], last, files)


@dataclass
class Measure:
    """Sums up what each file takes, where the tests are handed out."""

    whole: bool
    began: float = field(default_factory=time.monotonic)
    files: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over."""
        self.files[report.nodeid.partition("::")[0]] += report.duration

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Keep it when all tests ran and passed."""
        if not self.whole or exitstatus != 0:
            return
        kept = {
            name: round(seconds, 1)
            for name, seconds in sorted(self.files.items(), key=lambda item: -item[1])
            if seconds >= WORTH_KEEPING_SECONDS
        }
        MEASURED.parent.mkdir(exist_ok=True)
        all_seconds = round(time.monotonic() - self.began)
        MEASURED.write_text(json.dumps({"all": all_seconds, "files": kept}, indent=1) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Measure where the tests are handed out: not in the processes that take them."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Measure(_is_whole(config)), "measure")


def _is_whole(config: pytest.Config) -> bool:
    """Whether a run has all tests that `make test` has, and no others."""
    chosen = config.getoption("keyword") or "not long" not in config.getoption("markexpr")
    return config.args_source.name == "TESTPATHS" and not chosen


@pytest.hookimpl(trylast=True)  # after the order within each file was drawn
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the order within a file stays."""
    known = read_seconds().files
    items.sort(key=lambda item: -known.get(item.nodeid.partition("::")[0], 0.0))


# Ten thousand tests are made at the beginning and kept to the end: looking again and again
# whether one of them is dead is an eighth of the time that takes.
gc.disable()


# The simulation makes small things by the million; looked through this seldom, they take a twelfth
# less of its time, and some megabytes.
NEW_THINGS, YOUNG_LOOKS, OLD_LOOKS = 50_000, 20, 50


def pytest_collection_finish() -> None:
    """What is there now stays."""
    gc.freeze()
    gc.set_threshold(NEW_THINGS, YOUNG_LOOKS, OLD_LOOKS)
    gc.enable()
