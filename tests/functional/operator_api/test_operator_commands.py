"""The commands by which docs/by-hand.md lets a reader ask and tell work as they stand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.cloud.system import LocalSystem
from local.settings import read_settings
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine"),
]

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "made-up-for-commands"
SECTION = re.compile(r"^(.*?)^## Forget a person$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXPECTED = [
    {"suppressed": True},
    {"suppressed": False},
    {"revokedAt": None},
    {"phone": "+12125550123"},
    {"allowed": False, "reason": "consent_revoked"},
    {"effects": [], "nextCursor": None},
    {"effects": [], "nextCursor": None},
    {"replayed": 0, "more": False},
    {"followUps": []},
    {"unreadable": []},
    {"id": "ada", "state": "ready"},
    {"state": "away", "reason": "lunch"},
    {"state": "away", "number": "+14155550120"},
    {"callbacks": [], "complete": True},
    {"department": "support", "on": True},
    {"department": "support", "on": False},
    {"day": "2026-11-22"},
    {},
    {"status": "queued"},
    {"status": "queued", "number": "+1212•••0124"},
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    told = {"PORT": "0", "OPERATOR_TOKEN": TOKEN, "LOCAL_NOW": "2026-11-22T17:00:00+00:00"}
    folder = tmp_path_factory.mktemp("commands")
    settings = read_settings(None, told)
    with LocalSystem(settings, folder=folder, processes_per_function=1) as running:
        yield running


def commands() -> list[str]:
    text = (ROOT / "docs" / "by-hand.md").read_text(encoding="utf-8")
    section = SECTION.search(text)
    assert section is not None
    lines = "\n".join(BLOCK.findall(section[1])).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("curl ")]


def test_the_commands_of_the_operators_do_what_is_said(system: LocalSystem) -> None:
    asked = commands()
    assert len(asked) == len(EXPECTED)
    around = {"PATH": "/usr/bin:/bin", "API": system.url, "OPERATOR_TOKEN": TOKEN}
    for command, expected in zip(asked, EXPECTED, strict=True):
        ran = subprocess.run(  # noqa: S603 - our own documents' words
            ["/bin/sh", "-c", f"{command} --fail-with-body"],
            env=around,
            capture_output=True,
            text=True,
            timeout=LIVENESS_SECONDS,
            check=False,
        )
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        told = json.loads(ran.stdout)
        assert told | expected == told, command
        around["ATTEMPT"] = told.get("attemptId", "")  # as the page says
