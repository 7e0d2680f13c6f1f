"""The commands by which the documents let a reader ask and tell work as they stand.

But for those of a campaign, which tests/functional/campaigns/test_run_a_campaign.py runs.
"""

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
PAGES = ("by-hand.md", "figures.md", "records.md")
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
    {},
    {"round": 1},
    {"by": "day", "group": "department"},
    {"happened": []},
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    told = {"PORT": "0", "OPERATOR_TOKEN": TOKEN, "LOCAL_NOW": "2026-11-22T17:00:00+00:00"}
    folder = tmp_path_factory.mktemp("commands")
    settings = read_settings(None, told)
    with LocalSystem(settings, folder=folder, processes_per_function=1) as running:
        yield running


def commands(*pages: str) -> list[str]:
    texts = [(ROOT / "docs" / page).read_text(encoding="utf-8") for page in pages]
    blocks = [block for text in texts for block in BLOCK.findall(text)]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("curl ")]


def run(command: str, around: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own documents' words
        ["/bin/sh", "-c", f"{command} --fail-with-body"],
        env={"PATH": "/usr/bin:/bin", **around},
        capture_output=True,
        text=True,
        timeout=LIVENESS_SECONDS,
        check=False,
    )


def test_the_commands_of_the_operators_do_what_is_said(system: LocalSystem) -> None:
    asked = commands(*PAGES)
    assert len(asked) == len(EXPECTED)
    around = {"API": system.url, "OPERATOR_TOKEN": TOKEN}
    for command, expected in zip(asked, EXPECTED, strict=True):
        ran = run(command, around)
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        told = json.loads(ran.stdout)
        assert told | expected == told, command
        around["ATTEMPT"] = told.get("attemptId", "")  # as the page says
        around["FORGET_ID"] = told.get("forgetId", "")


def test_a_country_without_rows_is_refused_as_its_page_says(system: LocalSystem) -> None:
    [command] = commands("how-to/rules-of-your-country.md")
    ran = run(command, {"API": system.url, "OPERATOR_TOKEN": TOKEN})
    assert ran.returncode != 0
    told = json.loads(ran.stdout)
    assert (told["status"], told["field"]) == (400, "phone"), told
    page = (ROOT / "docs" / "how-to" / "rules-of-your-country.md").read_text(encoding="utf-8")
    assert told["detail"] in page
