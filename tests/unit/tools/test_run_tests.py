"""`make test`: loops that end for sure, nothing long left to the end, and tests run elsewhere."""

from __future__ import annotations

import contextlib
import getpass
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.liveness import LIVENESS_SECONDS
from tools import anywhere, run_tests, shifted_clock, take_files, test_seconds
from tools.anywhere import dates, elsewhere, run_anywhere
from tools.beside_each_other import Ran, run_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parents[3]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:randomly"]
# Their three lines need no plugin, and loading all of them is half of such a run.
PLAIN = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def looping(pids: Iterable[int]) -> list[int]:
    """Those of some processes that loop."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            found += [pid] if run_tests.BUSY.encode() in words else []
    return found


def soon(look: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + LIVENESS_SECONDS
    while not look() and time.monotonic() < deadline:
        time.sleep(0.02)  # nobody tells a stranger what a process does
    return look()


@linux
def test_the_loops_run_as_long_as_the_tests_and_no_longer() -> None:
    with run_tests.busy_loops(2) as pids:
        assert soon(lambda: len(looping(pids)) == 2)
    assert looping(pids) == []


LETS_LOOP = """
import time
from tools.run_tests import busy_loops
with busy_loops(2) as pids:
    print(*pids, flush=True)
    time.sleep(3600)
"""


@linux
def test_the_loops_end_with_whoever_started_them_even_when_that_is_killed() -> None:
    started = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", LETS_LOOP], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with started:
        assert started.stdout is not None
        pids = [int(word) for word in started.stdout.readline().split()]
        assert soon(lambda: len(looping(pids)) == 2)
        started.send_signal(signal.SIGKILL)
    assert soon(lambda: looping(pids) == [])


def test_it_says_how_long_it_takes_before_it_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said_before: list[str] = []

    def run_beside(*_: object) -> Ran:
        said_before.append(capsys.readouterr().out)
        return Ran(3, {})

    monkeypatch.setattr(run_tests, "run_beside", run_beside)
    assert run_tests.main([]) == 3
    assert "minutes on two quiet processors" in said_before[0]
    assert run_tests.main(["tests/unit", "-k", "slots"]) == 3
    assert "tests/unit -k slots" in said_before[1]


def test_what_is_never_deployed_has_a_command_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run_beside(_: int, arguments: list[str], __: object) -> Ran:
        asked.append([one for one in arguments if "randomly" not in one])
        return Ran(1, {})

    monkeypatch.setattr(run_tests, "run_beside", run_beside)
    for arguments in ([], ["--local"], ["tests/unit"]):
        run_tests.main(arguments)
    everywhere, here, named = asked
    assert everywhere == [f"--ignore={one}" for one in here]  # together they are all there are
    assert here == list(run_tests.ONLY_HERE)
    assert named == ["tests/unit"]
    assert [one for one in here if not (run_tests.ROOT / one).exists()] == []


def test_what_was_measured_here_comes_before_what_the_repository_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_seconds, "MEASURED", tmp_path / "none.json")
    shipped = test_seconds.read_seconds()
    assert (shipped.last_seconds, len(shipped.files) > 10) == (0.0, True)
    measured = tmp_path / "measured.json"
    measured.write_text(json.dumps({"all": 170, "files": {"tests/a.py": 9.5}}))
    monkeypatch.setattr(test_seconds, "MEASURED", measured)
    here = test_seconds.read_seconds()
    assert (here.last_seconds, here.files) == (170.0, {"tests/a.py": 9.5})


def test_every_long_file_is_still_there() -> None:
    files = json.loads((ROOT / "tests" / "seconds.json").read_text())["files"]
    assert [name for name in files if not (ROOT / name).exists()] == []


class File:
    """A file of tests, as far as its place in the order goes."""

    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid


def test_the_longest_file_comes_first_and_the_others_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = tmp_path / "measured.json"
    measured.write_text(json.dumps({"all": 1, "files": {"a.py": 2, "b.py": 9}}))
    monkeypatch.setattr(test_seconds, "MEASURED", measured)
    files = [File(name) for name in ("new.py", "c.py", "a.py", "b.py")]
    ordered = take_files.longest_first(files)  # type: ignore[arg-type]
    assert [file.nodeid for file in ordered] == ["b.py", "a.py", "c.py", "new.py"]


PASSES = """
from pathlib import Path
RAN = Path(__file__).with_name("ran")
def test_one():
    with RAN.open("a") as ran: ran.write("one ")
def test_two():
    with RAN.open("a") as ran: ran.write("two ")
"""
FAILS = """
import pytest
def test_divides():
    1 / 0
def test_needs_a_moon():
    pytest.skip("no moon tonight")
"""
CANNOT_BE_READ = "import no_such_thing_anywhere\n"
DIES = "import os\ndef test_dies():\n    os.kill(os.getpid(), 9)\n"


def files_in(folder: Path, **files: str) -> list[str]:
    for name, words in files.items():
        (folder / f"test_{name}.py").write_text(words)
    return [str(folder), "-c", os.devnull, "--rootdir", str(folder)]


def test_processes_share_files_and_tell_one_story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = files_in(tmp_path, a=PASSES, b=FAILS, c=CANNOT_BE_READ)

    ran = run_beside(2, files, PLAIN)

    shown = capsys.readouterr().out
    assert ran.status == 1
    assert sorted((tmp_path / "ran").read_text().split()) == ["one", "two"]  # by one process
    assert "FAILED test_b.py::test_divides" in shown
    assert "FAILED test_c.py" in shown
    assert "ZeroDivisionError" in shown
    assert "no_such_thing_anywhere" in shown
    assert "1 error, 1 failed, 2 passed, 1 skipped in" in shown
    assert set(ran.seconds) == {"test_a.py", "test_b.py"}


def test_a_process_that_dies_is_not_green(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = run_beside(2, files_in(tmp_path, a=PASSES, dies=DIES), PLAIN)

    assert ran.status == 3
    assert "ended with -9 while it ran test_dies.py" in capsys.readouterr().out


def test_single_tests_are_run_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, *options = files_in(tmp_path, a=PASSES, b=FAILS)

    ran = run_beside(2, [f"{folder}/test_a.py::test_two", *options], PLAIN)

    assert ran.status == 0
    assert (tmp_path / "ran").read_text() == "two "
    assert "1 passed in" in capsys.readouterr().out


USES_A_FOLDER = """
from pathlib import Path
def test_uses_a_folder(tmp_path):
    (tmp_path / "something").touch()
    Path(__file__).with_name(f"folder-of-{Path(__file__).stem}").write_text(str(tmp_path))
"""


def test_what_a_process_writes_is_cleaned_up_by_no_other(tmp_path: Path) -> None:
    files = files_in(tmp_path, a=USES_A_FOLDER, b=USES_A_FOLDER)

    assert run_beside(2, files, PLAIN).status == 0

    used = [Path((tmp_path / f"folder-of-test_{name}").read_text()) for name in "ab"]
    assert [folder for folder in used if folder.exists()] == []
    pytests_own = Path(tempfile.gettempdir(), f"pytest-of-{getpass.getuser()}")  # shared by all
    assert [folder for folder in used if folder.is_relative_to(pytests_own)] == []


def test_a_file_beside_a_folder_is_not_run_with_it(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    files_in(tmp_path, fails=FAILS)
    [folder, *_] = files_in(tmp_path / "inside", a=PASSES)

    ran = run_beside(1, [folder, "-c", os.devnull, "--rootdir", str(tmp_path)], PLAIN)

    assert (ran.status, list(ran.seconds)) == (0, ["inside/test_a.py"])


def test_no_test_at_all_is_not_green(tmp_path: Path) -> None:
    files = files_in(tmp_path, a=PASSES)
    assert run_beside(2, [*files, "-k", "three"], PLAIN).status == 5
    assert run_beside(1, files, PLAIN).status == 0
    assert run_beside(1, [*files, "--no-such-option"], PLAIN).status == 4


def test_the_worst_instants_of_the_calendar_lie_ahead() -> None:
    found = dates(NOW)
    assert {name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in found.items()} == {
        "the day after clocks go forward": "2027-03-15 12:00:00",
        "the day after clocks go back": "2027-11-08 12:00:00",
        "29 February": "2028-02-29 12:00:00",
        "half a minute before the year ends": "2026-12-31 23:59:30",
        "as the year ends": "2026-12-31 23:59:59",
    }
    assert all(at > NOW for at in dates(datetime(2096, 3, 1, tzinfo=UTC)).values())


def test_each_part_is_another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {part: [run.name for run in elsewhere([part], NOW)] for part in anywhere.PARTS}
    assert [len(runs) for runs in places.values()] == [2, 2, 5, 1]
    [kolkata, _] = elsewhere(["zone"], NOW)
    assert kolkata.environment == {"TZ": "Asia/Kolkata"}
    together = [run.name for run in elsewhere(anywhere.PARTS, NOW)]
    assert len(together) == 6
    for name in itertools.chain(*places.values()):
        assert any(name in run for run in together)
    monkeypatch.setattr(anywhere, "elsewhere", lambda *_: [])
    said: list[str] = []
    assert run_anywhere(["moon"], [], [], said.append) == 2
    assert said == ["--anywhere knows order, zone, date, user, not moon"]


PLANTED = """
import os, time
from datetime import UTC, date, datetime
ran = []
def test_order_1(): assert not ran.append(1)
def test_order_2(): assert ran == [1]
def test_kolkata(): assert time.localtime(0).tm_hour != 5
def test_st_johns(): assert time.localtime(0).tm_hour != 20
def test_forward(): assert (date.today().month, date.today().day) != (3, 15)
def test_back(): assert (date.today().month, date.today().day) != (11, 8)
def test_leap(): assert datetime.now(UTC).day != 29 or datetime.now(UTC).month != 2
def test_newest(): assert time.gmtime()[1:5] != (12, 31, 23, 59) or time.gmtime()[5] == 59
def test_ends(): assert time.gmtime(time.time() + 1)[1:5] != (1, 1, 0, 0)
def test_holds(): pass
"""


@pytest.mark.long
def test_what_fails_in_one_place_alone_is_found_by_runs_that_differ_in_all(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED)
    assert run_anywhere(["order", "zone", "date"], [str(tmp_path)], PYTEST, print) == 1

    found = set(re.findall(r"FAILED \S+::(test_\w+)", capfd.readouterr().out))
    planted = set(re.findall(r"def (test_\w+)", PLANTED))
    assert planted - found == {"test_order_1", "test_holds"}


@pytest.mark.long
def test_a_place_where_the_tests_fail_is_named(tmp_path: Path) -> None:
    """Two real runs: a test that fails in one zone alone."""
    (tmp_path / "test_zone.py").write_text(
        "import time\ndef test_it():\n    assert time.timezone != -19800\n"
    )
    said: list[str] = []
    assert run_anywhere(["zone"], [str(tmp_path)], PYTEST, said.append) == 1
    assert said[-2:] == ["RED      TZ=Asia/Kolkata", "green    TZ=America/St_Johns"]


SHIFTED = """
import time
from datetime import UTC, date, datetime, timedelta
class Mine(datetime): pass
def test_the_clock():
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    second = timedelta(seconds=100)
    for now in (
        datetime.now(UTC), datetime.now().astimezone(), datetime.fromtimestamp(time.time(), UTC),
        datetime.fromtimestamp(time.time_ns() / 1e9, UTC), Mine.now(UTC),
    ):
        assert leap <= now + timedelta(milliseconds=1) <= leap + second
    assert date.today() == datetime.today().date() == leap.astimezone().date()
    assert type(Mine.now(UTC)) is Mine and type(datetime.now()) is datetime
    assert time.strftime("%Y-%m-%d", time.gmtime()) == "2028-02-29"
    assert time.localtime().tm_year == 2028 and time.strftime("%Y") == "2028"
    assert "2028" in time.ctime() and "2028" in time.asctime()
    assert time.gmtime(0).tm_year == 1970 and time.strftime("%Y", time.gmtime(0)) == "1970"
test_it_again = test_the_clock
"""


@pytest.mark.long
def test_a_shifted_clock_is_everywhere_in_the_process(tmp_path: Path) -> None:
    (tmp_path / "test_clock.py").write_text(SHIFTED)
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    ran = subprocess.run(  # noqa: S603 - our own words
        [*PYTEST, "-p", shifted_clock.SHIFTED_CLOCK, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, shifted_clock.BEGIN_AT: leap.isoformat(), "TZ": "Asia/Kolkata"},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIVENESS_SECONDS,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout


def test_nothing_is_shifted_without_being_told() -> None:
    assert shifted_clock.BEGINS is None or os.environ[shifted_clock.BEGIN_AT]
    assert date.today() - datetime.now(UTC).date() <= timedelta(days=1)  # noqa: DTZ011
