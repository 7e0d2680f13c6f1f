"""`make demo` on the real system: it passes, and what is planted in a run shows in its figures."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import pytest

from local import demo
from local.demo import CALLERS
from local.emulator import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.emulator

SPEED = 2.0
STEP = '[[steps]]\nsay = "{words}"\n'
BILL = "I was charged twice on my last invoice and I want a refund."
PERSON = "I want to talk to a real person please."


def run_demo(folder: Path, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Exit status, standard output and its last line as JSON."""
    command = [sys.executable, "-m", "local", "demo", "--folder", str(folder), *arguments]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    printed = done.stdout.splitlines() or [json.dumps({"nothing printed": done.stderr})]
    return done.returncode, done.stdout, json.loads(printed[-1])


def write_caller(folder: Path, name: str, words: str, destination: str, extra: str = "") -> None:
    number = f"+1415555{1000 + len(list(folder.iterdir()))}"
    text = f'name = "{name}"\nnumber = "{number}"\n{extra}\n'
    text += f'[expects]\ndestination = "{destination}"\n' + STEP.format(words=words)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def test_every_shipped_caller_is_served_as_its_script_expects(tmp_path: Path) -> None:
    status, output, last = run_demo(tmp_path, "--speed", str(SPEED))
    assert last["unexpected"] == [], output
    assert status == 0, output
    assert last["passed"] is True
    assert last["calls"] >= len(list(CALLERS.glob("*.toml"))) >= 10
    assert last["intent_accuracy"] > 0.9
    assert last["transfer_success"] > 0.95
    assert last["speed_to_answer_ms_mean"] < 3000
    assert last["records_agree"] is True
    for heading in ("intent accuracy", "transfer success", "speed to answer", "routing decision"):
        assert heading in output


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, dict[str, Any]]:
    """One call of three goes well, one goes to the wrong department, one reaches nobody."""
    callers = tmp_path_factory.mktemp("callers")
    write_caller(callers, "served", BILL, "billing")
    write_caller(callers, "misrouted", BILL, "sales")
    write_caller(callers, "lost", PERSON, "person", "person_answers = false")
    folder = tmp_path_factory.mktemp("run")
    return run_demo(folder, "--speed", "3", "--callers", str(callers))


def test_a_planted_misroute_and_a_planted_failed_transfer_show_in_the_figures(
    planted: tuple[int, str, dict[str, Any]],
) -> None:
    _, _, last = planted
    assert last["calls"] == 3
    assert last["intent_accuracy"] == pytest.approx(1 / 3, abs=1e-3)
    assert last["transfer_success"] == pytest.approx(2 / 3, abs=1e-3)
    assert last["unexpected"] == ["lost", "misrouted"]


def test_a_run_that_misses_a_target_says_why_and_fails(
    planted: tuple[int, str, dict[str, Any]],
) -> None:
    status, output, last = planted
    assert status == 1
    assert last["passed"] is False
    assert "went to billing, expected sales" in output
    assert "call.forwarding.no-answer" in output
    assert output.count("FAIL") == 2


def test_a_caller_that_cannot_be_played_is_told_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.toml").write_text('name = "Odd"\nnumber = "12"\n', encoding="utf-8")
    args = Namespace(callers=tmp_path, folder=tmp_path / "run", built=False, verbose=False)
    assert demo.run(args) == 2
    printed = capsys.readouterr()
    assert "odd.toml: number: must be a number such as +14155550123" in printed.err
    assert printed.out == ""
    assert not args.folder.exists()
