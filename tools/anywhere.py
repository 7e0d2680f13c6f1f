"""The tests as they might run elsewhere: in another order, zone, at another time, as another user.

One run of pytest for each; what each leaves out is said before it starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tools.shifted_clock import BEGIN_AT, SHIFTED_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("order", "zone", "date", "user")
SEEDS = (1, 2)
ZONES = ("Asia/Kolkata", "America/St_Johns")
CLOCKS_CHANGE_IN = ZoneInfo("America/New_York")
NO_ACCEPTANCE = "--ignore=tests/acceptance"
NOBODY = 65534
NOT_COPIED = (".git", ".aws-sam", ".cache", ".local", ".*_cache", "__pycache__", ".hypothesis")
LINKED = (".venv", ".venvs")
USAGE = 2
NOT_KEPT = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """One run.

    Attributes:
        name: What is different.
        arguments: For pytest, beside the usual ones.
        environment: Names beside those of this process.
        left_out: What it does not show, in words.
        as_nobody: Whether it runs as a user without any right, on a copy of the tree.
    """

    name: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    left_out: str = "tests/acceptance"
    as_nobody: bool = False


def elsewhere(parts: Sequence[str], now: datetime) -> list[Elsewhere]:
    """The runs of some of PARTS, in that order."""
    found: list[Elsewhere] = []
    if "order" in parts:
        found += [
            Elsewhere(
                name=f"in the order of seed {seed}",
                arguments=["-p", "randomly", f"--randomly-seed={seed}", NO_ACCEPTANCE],
            )
            for seed in SEEDS
        ]
    if "zone" in parts:
        found += [
            Elsewhere(name=f"TZ={zone}", arguments=[NO_ACCEPTANCE], environment={"TZ": zone})
            for zone in ZONES
        ]
    if "date" in parts:
        found += [_at(name, at) for name, at in dates(now).items()]
    if "user" in parts:
        found.append(Elsewhere(name="as nobody", left_out="nothing", as_nobody=True))
    return found


def _at(name: str, at: datetime) -> Elsewhere:
    return Elsewhere(
        name=f"{name}, {at:%Y-%m-%dT%H:%M:%S.%f}Z",
        arguments=["-p", SHIFTED_CLOCK, NO_ACCEPTANCE],
        environment={BEGIN_AT: at.isoformat()},
        left_out="tests/acceptance, and tests beside processes with clocks of their own",
    )


def dates(now: datetime) -> dict[str, datetime]:
    """Instants at which clocks and calendars are at their worst, all ahead of now.

    What the emulator has kept by its own clock would have expired at one that lies behind.
    """
    days = (
        now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=n)
        for n in range(1, 9 * 366)
    )
    found: dict[str, datetime] = {}
    for day in days:
        for name in _names(day):
            found.setdefault(name, day)
    newest = found["31 December"].replace(hour=23, minute=59, second=30)
    return {
        **{name: day for name, day in found.items() if name != "31 December"},
        "half a minute before the year ends": newest,
        "as the year ends": newest + timedelta(seconds=29, milliseconds=995),
    }


def _names(day: datetime) -> Iterator[str]:
    yesterday = day - timedelta(days=1)
    before, after = (
        (yesterday + timedelta(hours=hours)).astimezone(CLOCKS_CHANGE_IN).utcoffset()
        for hours in (-12, 11)
    )
    if before != after and before is not None and after is not None:
        yield (
            "the day after clocks go forward" if after > before else "the day after clocks go back"
        )
    if (day.month, day.day) == (2, 29):
        yield "29 February"
    if (day.month, day.day) == (12, 31):
        yield "31 December"


def run_anywhere(
    parts: Sequence[str],
    others: Sequence[str],
    command: Sequence[str],
    say: Callable[[str], None] = print,
) -> int:
    """Run the tests under each of some PARTS.

    Args:
        parts: Which.
        others: Arguments for pytest that go to every run.
        command: Pytest.
        say: Told what begins and how it ended, a line at a time.

    Returns:
        0 when all were green, 1 when one was not, 2 when one could not be run.
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        say(f"--anywhere knows {', '.join(PARTS)}, not {', '.join(unknown)}")
        return USAGE
    runs = elsewhere(parts, datetime.now(UTC))
    say(f"Runs of the tests to come, each about as long as `make test`: {len(runs)}.")
    ends: dict[str, int] = {}
    for run in runs:
        say(f"\n== {run.name} (left out: {run.left_out})")
        ends[run.name] = _run(run, [*command, *run.arguments, *others], say)
    say("")
    for name, status in ends.items():
        say(f"{_word(status):<8} {name}")
    return max(ends.values(), default=0)


def _word(status: int) -> str:
    return {0: "green", USAGE: "NOT RUN"}.get(status, "RED")


def kept_compiled(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which Python keeps what it compiled, whatever images of containers set.

    Each of some hundred processes of one run would else compile all of it anew.
    """
    return {name: said for name, said in environment.items() if name != NOT_KEPT}


def _run(run: Elsewhere, command: Sequence[str], say: Callable[[str], None]) -> int:
    environment = {**kept_compiled(os.environ), **run.environment}
    if not run.as_nobody:
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603 - our own
        return min(done.returncode, 1)
    if os.getuid() != 0:
        say("Nothing to do: you are no root, and so is every other run.")
        return 0
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
        return _run_as_nobody(folder, command, environment, say)


def _run_as_nobody(
    folder: Path, command: Sequence[str], environment: Mapping[str, str], say: Callable[[str], None]
) -> int:
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    python = [str(ROOT / ".venv" / "bin" / "python"), "-c", ""]
    folder.chmod(0o755)
    try:
        subprocess.run(python, cwd="/", check=True, capture_output=True, **nobody)  # type: ignore[call-overload]  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        say(f"Nobody but root may read Python, in {sys.base_prefix}: install it where all may.")
        return USAGE
    tree = folder / ROOT.name
    _copy_tree(tree)
    theirs = {**environment, "HOME": str(tree), "TMPDIR": str(tree)}
    done = subprocess.run(command, cwd=tree, env=theirs, check=False, **nobody)  # type: ignore[call-overload]  # noqa: S603
    return min(int(done.returncode), 1)


def _copy_tree(tree: Path) -> None:
    """The repository as it stands, nobody's own; its environments stay where they are."""
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED, *LINKED), symlinks=True)
    for name in LINKED:
        (tree / name).symlink_to((ROOT / name).resolve())
    for path in (tree, *tree.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
