"""Parts of `make bench` as they are run, on little: that they end, and tell what they are for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from local.cloud.children import Children
from local.cloud.emulator import ROOT, Emulator
from tests.benchmarks import growth
from tests.benchmarks.artefact import Artefact
from tests.benchmarks.console import show as console
from tests.benchmarks.load import __main__ as load
from tests.benchmarks.load import many, talk
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.long]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("audit", "customer: a hundredth"),
        ("call --minutes 1", '"usd_per_1000"'),
        ("check", "our door's: size, form, keys"),
        ("claims --claims 5", "three reads and may_call"),
        ("cold --rounds 1", "OperatorApi"),
        ("cost --calls 2", "1,000 dials: "),
        ("dials --dials 1", "slot to receipt"),
        ("document --rounds 1 --webhooks 4", "wait document at Twilio's door"),
        ("effects", '"usd_per_1000"'),
        ("imports --rounds 1", "Imports of OperatorApi: "),
        ("lists --rows 500", "above splitting"),
        ("planner --contacts 100 --ticks 1", "items read"),
        ("queue --callers 3 --crowd 5", "0 lost, order kept: reached"),
        ("serving", "1000 wait"),
        ("transfer --transfers 2", '"until_together_usd_per_1000"'),
        ("waits --days 2", "waited within the first one"),
        ("webhooks --rounds 1 --webhooks 4", "our door, handler alone"),
    ],
    ids=lambda said: said.split()[0],
)
def test_a_part_ends_and_tells_what_it_is_for(words: str, told: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.benchmarks", "--part", *words.split()],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/contact_center/python:functions"},
        capture_output=True,
        text=True,
        timeout=LIVENESS_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert told in done.stdout


@pytest.fixture
def children() -> Iterator[Children]:
    started = Children()
    yield started
    started.close()


def test_how_work_grows_is_counted_and_drawn(
    children: Children,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn = tmp_path / "growth.svg"
    for name, less in {"CAMPAIGNS": (1, 2), "MINUTES": (1,), "DUE": 2, "LISTED": 20}.items():
        monkeypatch.setattr(growth, name, less)
    monkeypatch.setattr(growth, "ROOT", tmp_path)
    monkeypatch.setattr(growth, "PICTURE", drawn)
    with Emulator(children, tmp_path) as emulator:
        growth.show_growth(children, tmp_path, emulator, [20, 40])
    told = capsys.readouterr().out
    assert "2 due in one of so many campaigns" in told
    assert "growth.svg was written" in told
    assert drawn.read_text(encoding="utf-8").startswith("<svg")


def test_what_the_console_asks_of_aws_is_measured(
    children: Children,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, less in {"AIM_HOUR": {3: 0.01}, "WIDEST": 3, "STORED": 30}.items():
        monkeypatch.setattr(console, name, less)
    monkeypatch.setattr(console, "in_browser", lambda: None)  # `make browser-test` has a browser
    laid = tmp_path / "laid"
    laid.mkdir()
    with Emulator(children, tmp_path) as emulator:
        console.show_console(emulator, Artefact(laid, emulator), 1, tmp_path)
    told = capsys.readouterr().out
    assert "An operator's hour, modelled on prices as of" in told
    assert "30 calls stored, each page's own question" in told
    assert "Cold start of operator_api" in told


def test_a_load_is_carried_and_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(talk, "PAIRS", 1)
    monkeypatch.setattr(talk, "THINKS_MS", 200)
    monkeypatch.setattr(many, "USUAL_CALL_SECONDS", 0.5)
    assert load.main(["--calls", "2", "--seconds", "3", "--routers", "2"]) in {0, 1}
    found = re.search(r"calls +(\d+) +as scripted (\d+) of (\d+)", capsys.readouterr().out)
    assert found is not None
    assert int(found[1]) >= 2
    assert found[2] == found[3]
