"""`make invoke`: one function on one event, against a system that is up or one for the moment."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from local.cloud.emulator import ROOT
from local.cloud.run_record import RECORD_FILE, RunRecord, read_record, write_record
from local.invoke import EVENT_SETTINGS
from tests.functional.local import test_up
from tests.functional.local.local_http import call

if TYPE_CHECKING:
    from pathlib import Path

FINAL = "events/sqs-transcript-final.json"
NOWHERE = "http://127.0.0.1:9"  # nobody listens on the discard port
STOPPED = RunRecord(url=NOWHERE, endpoint_url=NOWHERE, settings={}, told={})


def invoke(folder: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "local", "invoke", *words, "--folder", str(folder)],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody", FINAL], "There is no function nobody. Those there are: call_router, "),
        (["", FINAL], "FUNCTION is missing. Those there are: call_router, "),
        (["call_router"], "EVENT is missing: a file such as events/"),
        (["call_router", "events/x.json"], "events/x.json cannot be read: No such file"),
        (["call_router", "events"], "events cannot be read: Is a directory"),
        (["CallRouter", "Makefile"], "Makefile is not JSON: "),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path, words: list[str], said: str) -> None:
    ran = invoke(tmp_path, *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(said)
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.long
@pytest.mark.emulator
def test_without_a_system_one_is_there_for_the_moment(tmp_path: Path) -> None:
    write_record(tmp_path, STOPPED)  # of one that was killed
    ran = invoke(tmp_path, "call_router", FINAL)
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"batchItemFailures": []})
    assert "one is started for the moment" in ran.stderr
    assert "REPORT RequestId: " in ran.stderr
    assert (tmp_path / "logs" / "invoke-CallRouter.log").exists()


@pytest.mark.long
@pytest.mark.emulator
def test_what_is_invoked_works_on_the_system_that_is_up(tmp_path: Path) -> None:
    told = {"VAPI_BASE_URL": "", **EVENT_SETTINGS}
    with test_up.running(tmp_path, **told) as process:
        url = str(test_up.ready(process)["url"])
        record = (tmp_path / RECORD_FILE).read_text()
        secrets = [EVENT_SETTINGS["VAPI_SECRET"], EVENT_SETTINGS["OPERATOR_TOKEN"]]
        assert not [secret for secret in secrets if secret in record]
        event = json.loads((ROOT / FINAL).read_text())
        [name] = {json.loads(one["body"])["message"]["call"]["id"] for one in event["Records"]}
        ran = invoke(tmp_path, "CallRouter", "-", given=json.dumps(event))
        assert (ran.returncode, ran.stderr.splitlines()[0]) == (
            0,
            f"Against the system that is up at {url}.",
        )
        token = f"Bearer {EVENT_SETTINGS['OPERATOR_TOKEN']}"
        shown = call(url, "GET", f"/api/calls/{name}", headers={"authorization": token})
        assert (shown.status, shown.json["id"]) == (200, name)

        failed = invoke(tmp_path, "dialer", "-", given="7")
        assert failed.returncode == 1
        assert set(json.loads(failed.stdout)) >= {"errorType", "errorMessage"}
        process.terminate()
        process.wait()
    assert not (tmp_path / RECORD_FILE).exists()


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"url": 1}', json.dumps(asdict(STOPPED))])
def test_a_record_that_leads_nowhere_is_none(tmp_path: Path, written: str) -> None:
    assert read_record(tmp_path) is None
    (tmp_path / RECORD_FILE).write_text(written)
    assert read_record(tmp_path) is None


def test_a_record_is_its_owners_alone(tmp_path: Path) -> None:
    write_record(tmp_path, STOPPED)
    assert (tmp_path / RECORD_FILE).stat().st_mode & 0o777 == 0o600
