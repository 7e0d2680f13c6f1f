"""`make up`: one ready line, a clean stop, and nothing left running whatever happens."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.cloud.emulator import ROOT
from tests.functional.local.local_http import call
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.long,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]
ENVIRONMENT = {
    "PATH": os.defpath,
    "PORT": "0",
    "VAPI_BASE_URL": "http://127.0.0.1:9",
    "VAPI_SECRET": "made up",
    "OPERATOR_TOKEN": "made up too",
}
UP = (sys.executable, "-m", "local", "up")


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 (our own command)
        [*UP, "--folder", str(folder), "--env-file", str(folder / ".env")],
        cwd=ROOT,
        env={**ENVIRONMENT, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ready(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    return dict(json.loads(process.stdout.readline()))


def children_of(pid: int) -> set[int]:
    """Every child, whichever thread started it: emulator, handlers and watchdog."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for listed in lists for child in listed.read_text().split()}


def all_gone(pids: set[int]) -> bool:
    deadline = time.monotonic() + LIVENESS_SECONDS
    while time.monotonic() < deadline:
        if not any(_alive(pid) for pid in pids):
            return True
        time.sleep(0.02)  # nobody tells a stranger when a process ends
    return False


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
        return state.rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_prints_one_ready_line_and_stops_cleanly(tmp_path: Path, number: int) -> None:
    with running(tmp_path) as process:
        said = ready(process)
        url = str(said["url"])
        assert said == {
            "ready": True,
            "url": url,
            "console": f"{url}/console",
            "pid": process.pid,
        }
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert call(url, "GET", "/nowhere").json == {"message": "Not Found"}
        call(url, "GET", "/health")  # starts a handler
        run_file = tmp_path / "run.env"
        assert stat.S_IMODE(run_file.stat().st_mode) == 0o600
        assert "OPERATOR_TOKEN=made up too" in run_file.read_text()
        assert f"API={url}\n" in run_file.read_text()
        children = children_of(process.pid)
        assert len(children) >= 3
        process.send_signal(number)
        rest, _ = process.communicate(timeout=LIVENESS_SECONDS)
        assert (process.returncode, rest) == (0, "")
        assert all_gone(children)
        assert not run_file.exists()


def test_a_killed_parent_takes_every_child_with_it(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        url = str(ready(process)["url"])
        call(url, "GET", "/health")
        children = children_of(process.pid)
        assert len(children) >= 3
        process.kill()
        process.wait()
        assert all_gone(children)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"VAPI_SECRET": ""}, "VAPI_SECRET is missing"),
        ({"PORT": "many"}, "PORT"),
        ({"VAPI_API_KEY": "k", "VAPI_BASE_URL": ""}, "PUBLIC_BASE_URL is missing"),
        ({"VAPI_WEBHOOK_AUTH": "handshake"}, "VAPI_WEBHOOK_AUTH"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    with running(tmp_path, **environment) as process:
        output, errors = process.communicate(timeout=LIVENESS_SECONDS)
    assert (process.returncode, output) == (2, "")
    assert said in errors
    assert len(errors.splitlines()) == 1


def test_without_a_vapi_of_ones_own_the_simulator_is_there_and_switchboard_is_well(
    tmp_path: Path,
) -> None:
    with running(tmp_path, VAPI_BASE_URL="", VAPI_SECRET="") as process:
        url = str(ready(process)["url"])
        health = call(url, "GET", "/health")
        assert (health.status, health.json["status"]) == (200, "ok")
        assert call(url, "POST", "/vapi/webhook", "{}").status == 401
        process.terminate()
        process.communicate(timeout=LIVENESS_SECONDS)
        assert process.returncode == 0


def test_what_is_set_is_shown_and_what_is_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LINES=40\nVAPI_KEY=k\nPREFIX_CALLS_PER_SECOND=2\n")
    with running(tmp_path, CALL_LINES="7") as process:
        ready(process)
        process.terminate()
        _, errors = process.communicate(timeout=LIVENESS_SECONDS)
    assert "LINES in .env is not read: this setting is called CALL_LINES today." in errors
    assert "VAPI_KEY in .env is read by nothing. The nearest name that is read: VAPI_API_KEY." in (
        errors
    )
    shown = {line.split()[0]: line.split()[1:] for line in errors.splitlines() if line.strip()}
    assert shown["CALL_LINES"] == ["environment", "7"]
    assert shown["PREFIX_CALLS_PER_SECOND"] == [".env", "2"]
    assert shown["ACCOUNT_CALLS_PER_SECOND"] == ["default", "1"]
    assert shown["OPERATOR_TOKEN"] == ["environment", "set"]
    assert "made up" not in errors
    assert "Nothing can be dialled: VAPI_PHONE_NUMBER_ID is not set." in errors
