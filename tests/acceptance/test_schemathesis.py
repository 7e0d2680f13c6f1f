"""`make schemathesis`, of less: as somebody without a token, an example of each operation."""

from __future__ import annotations

import subprocess

import pytest

from local.cloud.emulator import ROOT
from tests.liveness import LIVENESS_SECONDS

pytestmark = [pytest.mark.client, pytest.mark.emulator]


def test_the_api_is_asked_everything_and_nothing_is_found() -> None:
    done = subprocess.run(
        ["make", "schemathesis", "ROLE=nobody", "EXAMPLES=1"],  # noqa: S607 - whatever make there is
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIVENESS_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    assert "Schemathesis, seed 1, as nobody: found nothing." in done.stdout
