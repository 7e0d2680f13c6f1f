"""Several processes of pytest beside each other, shown as one run.

What a process prints goes to a file of its own; shown are how far all of them are, each failure
when it happens, and at the end what pytest says about failures and skipped tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.take_files import TAKE_FILES, TELL_TO, TURN_FILE
from tools.test_seconds import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", TAKE_FILES]
# Each process would tell another story of what failed last. What libraries log is kept for the
# tests that ask for it (`logged`), not for each phase of each of sixteen thousand; nor is a
# percentage worked out after each, which nobody sees.
TOGETHER = [
    *("-p", "no:cacheprovider"),
    *("-p", "no:logging"),
    *("-o", "console_output_style=classic"),
]
PROGRESS_SECONDS, PROGRESS_SECONDS_OF_A_LOG = 0.5, 15.0
NO_TESTS = 5  # pytest's own word, also of a process that came too late for a file
BROKEN = 3
STORIES = (
    "= ERRORS =",
    "= FAILURES =",
    "= warnings summary =",
    "= short test summary info =",
)


@dataclass
class Told:
    """What the processes have told so far.

    Attributes:
        files: How many there are; 0: not known yet.
        took: The file that each process has begun last, by process id.
        ends: How many tests ended how, in pytest's words.
        seconds: What each file took, by path.
    """

    files: int = 0
    begun: int = 0
    took: dict[int, str] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def hear(self, said: Mapping[str, Any]) -> str | None:
        """Take in one line of a process. Returns what is to be shown at once."""
        self.files = said.get("files", self.files)
        if "took" in said:
            self.begun += 1
            self.took[said["pid"]] = said["took"]
        if "ran" in said:
            self.seconds[said["ran"]] += said["seconds"]
        self.ends.update(said.get("ends", {}))
        if "failed" not in said:
            return None
        self.failed.append(said["failed"])
        return f"FAILED {said['failed']}"

    def progress(self, seconds: float) -> str:
        """How far it is, in one line."""
        tests = sum(self.ends.values())
        wrong = f", {len(self.failed)} FAILED" if self.failed else ""
        return f"{tests:>6,} tests, file {self.begun} of {self.files}, {seconds:.0f} s{wrong}"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended.

    Attributes:
        status: As pytest's exit status: 0, all passed.
        seconds: What each file took, by path.
    """

    status: int
    seconds: Mapping[str, float]


def run_beside(processes: int, arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run tests in so many processes and show it on standard output.

    Args:
        processes: From 1.
        arguments: For pytest: what to run, and options.
        environment: Of the processes.
    """
    began = time.monotonic()
    with ExitStack() as undo:
        # What a test has started may still write there.
        kept = tempfile.TemporaryDirectory(prefix="tests-", ignore_cleanup_errors=True)
        folder = Path(undo.enter_context(kept))
        turns = folder / "turns"
        turns.touch()
        reads, writes = os.pipe()
        reader = undo.enter_context(os.fdopen(reads, "rb", buffering=0))
        theirs = {**environment, TURN_FILE: str(turns), TELL_TO: str(writes)}
        outputs = [folder / f"{number}.txt" for number in range(processes)]
        running = [
            _start(
                [*PYTEST, *TOGETHER, f"--basetemp={output.with_suffix('')}", *arguments],
                theirs,
                output,
                writes,
            )
            for output in outputs
        ]
        os.close(writes)
        try:
            told = _show(reader.fileno(), began)
            statuses = [process.wait() for process in running]
        except BaseException:
            for process in running:
                process.terminate()  # what they have started sees that and ends
            for process in running:
                process.wait()
            raise
        stories = [output.read_text(encoding="utf-8", errors="replace") for output in outputs]
    return _ended(told, statuses, [process.pid for process in running], stories, began)


def _start(
    command: Sequence[str], environment: Mapping[str, str], output: Path, tell_to: int
) -> subprocess.Popen[bytes]:
    with output.open("wb") as file:
        return subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            pass_fds=[tell_to],
        )


def _show(reads: int, began: float) -> Told:
    """Hear what the processes tell until the last one has ended."""
    told = Told()
    live = sys.stdout.isatty()
    every = PROGRESS_SECONDS if live else PROGRESS_SECONDS_OF_A_LOG
    shown = began
    for line in _lines(reads):
        news = told.hear(json.loads(line))
        now = time.monotonic()
        if news is not None:
            print(f"\r{news:<78}" if live else news, flush=True)
        if now - shown >= every:
            shown = now
            print(
                f"\r{told.progress(now - began):<78}" if live else told.progress(now - began),
                end="" if live else "\n",
                flush=True,
            )
    if live:
        print("\r" + " " * 78, end="\r")
    return told


def _lines(reads: int) -> Iterator[bytes]:
    rest = b""
    while piece := os.read(reads, 1 << 16):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


def _ended(
    told: Told, statuses: Sequence[int], pids: Sequence[int], stories: Sequence[str], began: float
) -> Ran:
    for status, pid, story in zip(statuses, pids, stories, strict=True):
        if status in {0, NO_TESTS}:
            print(_from(story, STORIES[-2:]), end="")
            continue
        print(_from(story, STORIES) or story, end="")
        if status != 1:
            print(
                f"A process ended with {status} while it ran {told.took.get(pid, 'nothing yet')}."
            )
    ends = ", ".join(f"{count:,} {how}" for how, count in sorted(told.ends.items())) or "no tests"
    print(f"{ends} in {time.monotonic() - began:.0f} s")
    return Ran(_status(told, statuses), told.seconds)


def _from(story: str, headings: Sequence[str]) -> str:
    """A process's output from the first of some headings on."""
    starts = [at for heading in headings if (at := story.find(heading)) >= 0]
    return story[story.rfind("\n", 0, min(starts)) + 1 :] if starts else ""


def _status(told: Told, statuses: Sequence[int]) -> int:
    if any(status < 0 for status in statuses):
        return BROKEN
    worst = max((status for status in statuses if status != NO_TESTS), default=NO_TESTS)
    return 1 if told.failed and not worst else worst
