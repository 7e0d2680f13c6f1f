"""A plugin of pytest: several processes take files of tests from one list, a file at a time.

Each collects what it takes and nothing else, so that ten thousand tests are collected once and not
once a process; what lives for a session (an emulator) lives on from file to file. The longest file
comes first: none is left to the end. `tools/run_tests.py` starts the processes and shows what they
tell, a JSON object a line.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.test_seconds import read_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TAKE_FILES = "tools.take_files"
TURN_FILE = "TESTS_TURN_FILE"  # how many files were taken; whoever adds one takes the next
TELL_TO = "TESTS_TELL_TO"  # a file descriptor
# The simulation makes small things by the million; looked through this seldom, they take a twelfth
# less of its time, and some megabytes.
NEW_THINGS, YOUNG_LOOKS, OLD_LOOKS = 50_000, 20, 50
TOLD_EVERY_SECONDS = 0.5  # each line wakes who reads it


def pytest_configure(config: pytest.Config) -> None:
    """Take files, if there is a list to take them from."""
    gc.set_threshold(NEW_THINGS, YOUNG_LOOKS, OLD_LOOKS)
    # Chance is a parameter of ours, so it is enough that a file's order begins with the seed.
    config.option.randomly_reset_seed = False
    turns = os.environ.get(TURN_FILE)
    if turns is not None:
        taking = TakesFiles(config, Path(turns), int(os.environ[TELL_TO]))
        config.pluginmanager.register(taking, "takes files")


class LateModule(pytest.Module):
    """A file of tests that is not read before it is taken."""

    taken = False

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Its tests, once it was taken."""
        return super().collect() if self.taken else ()


class TakesFiles:
    """One of the processes."""

    def __init__(self, config: pytest.Config, turns: Path, tell_to: int) -> None:
        self._config = config
        self._turns = turns
        self._tell_to = tell_to
        self._files: list[LateModule] = []
        self._seconds = 0.0
        self._ends: Counter[str] = Counter()
        self._file = ""
        self._told = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module | None:
        """Know a file, and leave it unread, unless single tests of it were asked for."""
        if self._tests_are_named():
            return None
        module: LateModule = LateModule.from_parent(parent, path=module_path)
        self._files.append(module)
        return module

    def pytest_sessionstart(self) -> None:
        """What is loaded by now stays: no look for what can go needs to go through it again."""
        gc.freeze()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run file after file. What the last test of one leaves standing, the next one may use."""
        if self._tests_are_named():
            return None if self._next_turn() == 0 else True  # by one process, as ever
        collected = 0
        held: pytest.Item | None = None
        for item in self._items(session):
            collected += 1
            if held is not None:
                _run(held, item)
            held = item
        if held is not None:
            _run(held, None)
        session.testscollected = collected
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over."""
        word, *_ = self._config.hook.pytest_report_teststatus(report=report, config=self._config)
        self._seconds += report.duration
        if word:
            self._ends[word] += 1
        if report.failed:
            self._tell(failed=report.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """One test begins, perhaps the first one of a file."""
        file = nodeid.partition("::")[0]
        if file != self._file or time.monotonic() - self._told > TOLD_EVERY_SECONDS:
            self._tell_ends()
            self._file = file

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file was read, or could not be."""
        if report.failed:
            self._tell(failed=report.nodeid, ends={"error": 1})

    def pytest_sessionfinish(self) -> None:
        """The last one is over."""
        self._tell_ends()

    def _tell_ends(self) -> None:
        """How the tests of a file ended that have run since the last time."""
        if self._ends:
            self._tell(ran=self._file, seconds=round(self._seconds, 4), ends=self._ends)
        self._seconds, self._ends, self._told = 0.0, Counter(), time.monotonic()

    def _is_asked_for(self, file: Path) -> bool:
        """Whether it was, for on the way to a folder pytest looks at the files beside it, too."""
        asked = (self._config.invocation_params.dir / one for one in self._config.args)
        return any(file.is_relative_to(one) for one in asked)

    def _tests_are_named(self) -> bool:
        return any("::" in argument for argument in self._config.args)

    def _items(self, session: pytest.Session) -> Iterator[pytest.Item]:
        files = longest_first(file for file in self._files if self._is_asked_for(file.path))
        self._tell(files=len(files))
        while (turn := self._next_turn()) < len(files):
            self._tell(took=files[turn].nodeid)
            files[turn].taken = True
            session.items = list(session.genitems(files[turn]))
            session.config.hook.pytest_collection_modifyitems(
                session=session, config=session.config, items=session.items
            )
            yield from session.items

    def _next_turn(self) -> int:
        with self._turns.open("r+", encoding="ascii") as turns:
            fcntl.flock(turns, fcntl.LOCK_EX)
            turn = int(turns.read() or 0)
            turns.seek(0)
            turns.write(str(turn + 1))
            return turn

    def _tell(self, **said: object) -> None:
        os.write(self._tell_to, json.dumps({"pid": os.getpid(), **said}).encode() + b"\n")


def _run(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    session = item.session
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def longest_first(files: Iterable[LateModule]) -> list[LateModule]:
    """Those known to take longest first, the others by their names: the same in each process."""
    known = read_seconds().files
    return sorted(files, key=lambda file: (-known.get(file.nodeid, 0.0), file.nodeid))
