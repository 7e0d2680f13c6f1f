"""The tests as they might run elsewhere: in another order, zone, at another time, as another user.

A run differs in as much as it can at once (decision 0090): which of it a test does not stand is
told by a run that differs in that alone. What each leaves out is said before it starts.
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
# Histories have a clock and a chance of their own; a demo's processes have the machine's clock.
LEFT_OUT = ("tests/acceptance", "tests/simulation")
FEW_EXAMPLES = ["--hypothesis-profile", "elsewhere"]  # what is looked for is in each of them
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
        left_out: Folders of tests; with another date, tests beside processes that have clocks
            of their own are skipped as well.
        as_nobody: Whether it runs as a user without any right, on a copy of the tree.
    """

    name: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = LEFT_OUT
    as_nobody: bool = False


def elsewhere(parts: Sequence[str], now: datetime) -> list[Elsewhere]:
    """The runs of some of PARTS: as few as show each of their kinds once.

    Whoever is nobody has an order and a zone of his own as well, and the true date: tests that a
    shifted clock leaves out are held to another order and zone there.
    """
    orders = [
        Elsewhere(
            name=f"in the order of seed {seed}",
            arguments=["-p", "randomly", f"--randomly-seed={seed}"],
        )
        for seed in SEEDS
    ]
    zones = [Elsewhere(name=f"TZ={zone}", environment={"TZ": zone}) for zone in ZONES]
    days = [_at(name, at) for name, at in dates(now).items()]
    known = {"order": orders, "zone": zones, "date": days}
    kinds = [known[part] for part in known if part in parts]
    found = [
        _at_once([each[number % len(each)] for each in kinds])
        for number in range(max(map(len, kinds), default=0))
    ]
    if "user" in parts:
        nobody = Elsewhere(name="as nobody", left_out=(), as_nobody=True)
        found.append(_at_once([nobody, *(each[0] for each in kinds if each is not days)]))
    return found


def _at_once(differ: Sequence[Elsewhere]) -> Elsewhere:
    """One run that differs in all of that; the first one says what is left out."""
    return Elsewhere(
        name=", ".join(one.name for one in differ),
        arguments=[argument for one in differ for argument in one.arguments],
        environment={name: said for one in differ for name, said in one.environment.items()},
        left_out=differ[0].left_out,
        as_nobody=differ[0].as_nobody,
    )


def _at(name: str, at: datetime) -> Elsewhere:
    return Elsewhere(
        name=f"{name}, {at:%Y-%m-%dT%H:%M:%S.%f}Z",
        arguments=["-p", SHIFTED_CLOCK],
        environment={BEGIN_AT: at.isoformat()},
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
    say(f"Runs of the tests to come, each nearly as long as `make test`: {len(runs)}.")
    few = [] if others else FEW_EXAMPLES
    ends: dict[str, int] = {}
    for run in runs:
        say(f"\n== {run.name} (left out: {', '.join(run.left_out) or 'nothing'})")
        left_out = [f"--ignore={folder}" for folder in run.left_out]
        ends[run.name] = _run(run, [*command, *run.arguments, *left_out, *few, *others], say)
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
