"""Parts of `make bench` as they are run, on little: that they end, and tell what they are for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from local.cloud.emulator import ROOT
from tests.liveness import LIVENESS_SECONDS

pytestmark = [pytest.mark.emulator, pytest.mark.long]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("audit", "customer: a hundredth"),
        ("cost --calls 2", "1,000 dials: "),
        ("effects", '"usd_per_1000"'),
        ("lists --rows 500", "above splitting"),
        ("planner --contacts 100 --ticks 1", "items read"),
        ("queue --callers 3 --crowd 5", "0 lost, order kept: reached"),
        ("transfer --transfers 2", '"until_together_usd_per_1000"'),
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
