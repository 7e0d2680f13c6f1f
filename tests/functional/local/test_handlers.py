"""Handlers run as on Lambda: one event at a time, globals kept, deadlines and crashes for real."""

from __future__ import annotations

import concurrent.futures
import json
import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from local.cloud.emulator import ROOT
from local.cloud.system import LocalSystem
from local.settings import read_settings
from local.settings_text import SettingsError
from tests.functional.local.local_http import call
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.long]
TEXT = {"Content-Type": "text/plain"}
SOURCE = ROOT / "tests" / "functional" / "local" / "small_system"


@pytest.fixture
def own_system(tmp_path: Path) -> Iterator[LocalSystem]:
    """A small system of the test's own, whose code it may change; one process a function."""
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    with LocalSystem(
        read_settings(None, {"PORT": "0"}),
        template_path=tmp_path / "template.yaml",
        folder=tmp_path / "local",
        processes_per_function=1,
    ) as running:
        yield running


def test_globals_persist_between_events_of_one_process(own_system: LocalSystem) -> None:
    seen = [call(own_system.url, "GET", "/echo/1").json for _ in range(3)]
    assert [answer["count"] for answer in seen] == [1, 2, 3]
    assert len({answer["pid"] for answer in seen}) == 1
    assert own_system.figures()["Echo"].cold_starts == 1


def test_a_handler_sees_lambdas_environment_and_nothing_of_the_shell(
    small_system: LocalSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVATE_OF_A_DEVELOPER", "x")
    seen = call(small_system.url, "GET", "/echo/1").json
    environment = seen["environment"]
    assert "PRIVATE_OF_A_DEVELOPER" not in environment
    assert (environment["GREETING"], environment["VOLUME"]) == ("hello", "11")
    assert environment["QUEUE_URL"].startswith(environment["AWS_ENDPOINT_URL"])
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == seen["function"] == "Echo"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == seen["memory_mb"] == "512"
    assert environment["_HANDLER"] == "echo.app.lambda_handler"
    assert environment["_X_AMZN_TRACE_ID"] == seen["event"]["headers"]["x-amzn-trace-id"]
    assert 0 < seen["remaining_ms"] <= 3000


def test_every_event_has_an_id_of_its_own_and_a_line_in_the_log(
    small_system: LocalSystem,
) -> None:
    ids = {call(small_system.url, "GET", "/echo/1").json["request_id"] for _ in range(2)}
    assert len(ids) == 2
    text = (small_system.log_folder / "Echo.log").read_text()
    assert "echoed" in text
    for request_id in ids:
        assert f"REPORT RequestId: {request_id}\t" in text


def test_a_handler_past_its_deadline_is_killed_and_the_next_event_finds_a_new_one(
    own_system: LocalSystem,
) -> None:
    before = int(call(own_system.url, "POST", "/moody", "well", TEXT).body)
    hung = call(own_system.url, "POST", "/moody", "hang", TEXT)
    after = int(call(own_system.url, "POST", "/moody", "well", TEXT).body)
    assert hung.status == 500
    assert before != after
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    figures = own_system.figures()["Moody"]
    assert (figures.timeouts, figures.cold_starts) == (1, 2)


def test_lambda_words_a_timeout_a_crash_and_an_exception(own_system: LocalSystem) -> None:
    def error(mood: str) -> dict[str, str]:
        outcome = own_system.invoke("Moody", json.dumps({"body": mood}).encode())
        assert outcome.failed
        return dict(json.loads(outcome.payload))

    assert error("raise")["errorType"] == "ValueError"
    assert error("crash")["errorType"] == "Runtime.ExitError"
    assert error("hang")["errorMessage"].endswith("Task timed out after 3.00 seconds")


def test_the_process_at_work_on_an_event_can_be_killed_and_no_other(
    own_system: LocalSystem,
) -> None:
    event = json.dumps({"body": "hang", "mark": "this one"}).encode()
    with concurrent.futures.ThreadPoolExecutor(1) as sender:
        under_way = sender.submit(own_system.invoke, "Moody", event)
        while not own_system.kill("Moody", "this one"):
            time.sleep(0.005)  # until the process has the event
        outcome = under_way.result(LIVENESS_SECONDS)
    assert json.loads(outcome.payload)["errorType"] == "Runtime.ExitError"
    assert not own_system.kill("Moody", "this one")
    assert call(own_system.url, "POST", "/moody", "well", TEXT).status == 200
    assert own_system.figures()["Moody"].cold_starts == 2


def test_processes_are_warm_before_the_first_real_event(own_system: LocalSystem) -> None:
    own_system.warm("Moody", 1)
    assert call(own_system.url, "POST", "/moody", "well", TEXT).status == 200
    assert own_system.figures()["Moody"].cold_starts == 1


def test_a_module_that_cannot_be_loaded_fails_its_event_at_once_and_says_so_once(
    own_system: LocalSystem, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        outcome = own_system.invoke("Broken", b"{}")
        assert outcome.failed
        assert json.loads(outcome.payload)["errorType"] == "Runtime.ImportModuleError"
    assert call(own_system.url, "POST", "/broken", "").status == 500
    [line] = capfd.readouterr().err.splitlines()
    assert "Broken failed: Runtime.ImportModuleError: Unable to import module" in line
    assert "small_layer.nowhere" in line


def test_what_a_failing_handler_says_stays_in_its_log(
    own_system: LocalSystem, capfd: pytest.CaptureFixture[str]
) -> None:
    call(own_system.url, "POST", "/moody", "raise", TEXT)
    [line] = capfd.readouterr().err.splitlines()
    assert line.startswith("Moody failed: ValueError (more in ")
    assert "something private" in (own_system.log_folder / "Moody.log").read_text()


def test_events_beyond_the_bound_wait_for_a_process(own_system: LocalSystem) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as senders:
        answers = list(
            senders.map(lambda _: call(own_system.url, "POST", "/moody", "wait", TEXT), range(4))
        )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1


def test_concurrent_events_run_side_by_side_up_to_the_bound(small_system: LocalSystem) -> None:
    with concurrent.futures.ThreadPoolExecutor(12) as senders:
        answers = list(
            senders.map(lambda _: call(small_system.url, "POST", "/moody", "wait", TEXT), range(12))
        )
    assert {answer.status for answer in answers} == {200}
    assert 2 <= len({answer.body for answer in answers}) <= 4


def test_a_change_of_the_code_is_picked_up_without_a_restart(
    own_system: LocalSystem, tmp_path: Path
) -> None:
    first = call(own_system.url, "GET", "/echo/1").json
    words = tmp_path / "layer" / "python" / "small_layer" / "words.py"
    words.write_text('ANSWER = "second, and longer"\n')

    seen = first
    while seen["answer"] == "first":  # the watch looks every 0.2 s; pytest's own limit ends this
        seen = call(own_system.url, "GET", "/echo/1").json
    assert seen["answer"] == "second, and longer"
    assert seen["count"] == 1
    assert seen["pid"] != first["pid"]


def test_a_stopped_system_has_no_process_left(tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    system = LocalSystem(
        read_settings(None, {"PORT": "0"}),
        template_path=tmp_path / "template.yaml",
        folder=tmp_path / "local",
    )
    with system:
        pid = call(system.url, "GET", "/echo/1").json["pid"]
        os.kill(pid, 0)
    system.stop()  # once more does no harm
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_stop_lets_a_request_under_way_finish(tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    with (
        concurrent.futures.ThreadPoolExecutor(1) as sender,
        LocalSystem(
            read_settings(None, {"PORT": "0"}),
            template_path=tmp_path / "template.yaml",
            folder=tmp_path / "local",
        ) as system,
    ):
        call(system.url, "POST", "/moody", "well", TEXT)
        answer = sender.submit(call, system.url, "POST", "/moody", "wait", TEXT)
        while system.figures()["Moody"].invocations < 2:
            time.sleep(0.005)  # until the handler has it
        system.stop()
        assert answer.result().status == 200


def test_a_system_that_cannot_start_leaves_nothing_behind(
    small_system: LocalSystem, tmp_path: Path
) -> None:
    taken = small_system.url.rpartition(":")[2]
    system = LocalSystem(
        read_settings(None, {"PORT": taken}),
        template_path=SOURCE / "template.yaml",
        folder=tmp_path,
    )
    with pytest.raises(SettingsError, match=f"port {taken} is taken"), system:
        pytest.fail("the port was taken")


WITH_INDEX = """\
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: needs, AttributeType: S}
      GlobalSecondaryIndexes:
        - IndexName: needs
          KeySchema: [{AttributeName: needs, KeyType: HASH}]
          Projection: {ProjectionType: ALL}
"""


def test_kept_state_is_there_after_a_restart_on_another_port(tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    item = {"pk": {"S": "kept"}, "needs": {"S": "PERSON"}}

    def system() -> LocalSystem:
        return LocalSystem(
            read_settings(None, {"PORT": "0", "PERSIST": "1"}),
            template_path=tmp_path / "template.yaml",
            folder=tmp_path / "local",
        )

    with system() as first:
        first.client("dynamodb").put_item(TableName="switchboard-Seen", Item=item)
    template = tmp_path / "template.yaml"  # of the next release: with an index more
    before = "      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]\n"
    assert before in template.read_text()
    template.write_text(template.read_text().replace(before, WITH_INDEX))
    with system() as second:
        table = second.client("dynamodb")
        key = {"pk": item["pk"]}
        assert table.get_item(TableName="switchboard-Seen", Key=key)["Item"] == item
        found = table.query(
            TableName="switchboard-Seen",
            IndexName="needs",
            KeyConditionExpression="needs = :person",
            ExpressionAttributeValues={":person": {"S": "PERSON"}},
        )
        assert found["Items"] == [item]
        echo = call(second.url, "GET", "/echo/1").json
        queue = echo["environment"]["QUEUE_URL"]
        second.client("sqs").send_message(QueueUrl=queue, MessageBody="after the restart")
        while "Item" not in table.get_item(
            TableName="switchboard-Seen", Key={"pk": {"S": "after the restart"}}
        ):
            time.sleep(0.02)  # the queue is another process: nothing here can be awaited
