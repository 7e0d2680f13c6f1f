"""docs/how-to/run-a-campaign.md: its commands as they stand, against the local system."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from local.cloud.emulator import ROOT
from local.cloud.system import LocalSystem
from local.settings import read_settings
from tests.functional.test_docs import SHELL_BLOCK
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(
        not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash"
    ),
]

SECTION = re.compile(r"^(.*?)^## What a list may look like$", re.MULTILINE | re.DOTALL)
TOKEN = "op-" + "a" * 40
NOON = "2026-07-08T17:00:00Z"


def get(url: str, path: str) -> dict[str, Any]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=LIVENESS_SECONDS)
    try:
        connection.request("GET", path, headers={"authorization": f"Bearer {TOKEN}"})
        told: dict[str, Any] = json.loads(connection.getresponse().read())
        return told
    finally:
        connection.close()


@pytest.mark.long
def test_the_commands_of_the_page_run_a_campaign(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "run-a-campaign.md").read_text(encoding="utf-8")
    found = SECTION.search(page)
    assert found
    script = "\n".join(SHELL_BLOCK.findall(found[1]))
    (tmp_path / ".curlrc").write_text("fail-with-body\n")  # an answer that is an error ends it
    told = {
        "PORT": "0",
        "OPERATOR_TOKEN": TOKEN,
        "VAPI_SECRET": "made up",
        "LOCAL_NOW": NOON,
        "TEST_CALL_NUMBERS": "+12125550199",  # as the page says
    }
    with LocalSystem(read_settings(None, told), folder=tmp_path / "local") as system:
        ran = subprocess.run(  # noqa: S603 (our own page's commands)
            ["bash", "-euo", "pipefail", "-c", f'{script}\nprintf "\n%s" "$CAMPAIGN"'],  # noqa: S607
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "API": system.url,
                "OPERATOR_TOKEN": TOKEN,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=LIVENESS_SECONDS,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        campaign = ran.stdout.rpartition("\n")[2]
        # The bucket tells of the upload, and the worker takes it: nobody asked for that.
        path = f"/api/campaigns/{campaign}/contacts"
        deadline = time.monotonic() + LIVENESS_SECONDS
        while len(get(system.url, path)["contacts"]) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert {one["phone"] for one in get(system.url, path)["contacts"]} == {
            "+1212•••0123",
            "+1212•••0124",
        }
