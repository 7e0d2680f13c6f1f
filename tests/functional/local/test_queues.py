"""The queue mapping: batches in, partial failures back, poison to the dead-letter queue."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.handler_pool import Outcome
from local.cloud.pollers import failures
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from local.cloud.system import LocalSystem

LONGEST_RECEIVE_SECONDS = 20
BATCH = [{"MessageId": "a"}, {"MessageId": "b"}]


def send(system: LocalSystem, name: str) -> None:
    url = queue_url(system, "switchboard-jobs")
    attributes = {"version": {"DataType": "String", "StringValue": "1"}}
    system.client("sqs").send_message(QueueUrl=url, MessageBody=name, MessageAttributes=attributes)


def queue_url(system: LocalSystem, name: str) -> str:
    return str(system.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


def seen(system: LocalSystem, name: str) -> dict[str, Any]:
    """What the collector noted of a job; waits until it has."""
    deadline = time.monotonic() + LIVENESS_SECONDS
    while time.monotonic() < deadline:
        found = system.client("dynamodb").get_item(
            TableName="switchboard-Seen", Key={"pk": {"S": name}}, ConsistentRead=True
        )
        if "Item" in found:
            return dict(found["Item"])
        time.sleep(0.02)  # the queue is another process: nothing here can be awaited
    pytest.fail(f"{name} never arrived")


@pytest.mark.emulator
def test_a_message_arrives_as_lambda_would_show_it(small_system: LocalSystem) -> None:
    send(small_system, '{"job": "Zoë"}')
    record = json.loads(seen(small_system, '{"job": "Zoë"}')["record_json"]["S"])
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == "arn:aws:sqs:us-east-1:111111111111:switchboard-jobs"
    assert record["messageAttributes"]["version"]["stringValue"] == "1"
    assert record["messageAttributes"]["version"]["dataType"] == "String"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert int(record["attributes"]["SentTimestamp"]) > 1_700_000_000_000


@pytest.mark.emulator
def test_what_succeeded_is_gone_and_what_failed_comes_again_until_it_is_dead(
    small_system: LocalSystem,
) -> None:
    small_system.warm("Collector", 1)  # else a slow start is received again, and is dead in the end
    dead = queue_url(small_system, "switchboard-DeadJobs")
    for name in ("well-1", "poison-1", "well-2"):
        send(small_system, name)
    buried: list[Any] = []
    deadline = time.monotonic() + LIVENESS_SECONDS
    while not buried and time.monotonic() < deadline:
        received = small_system.client("sqs").receive_message(
            QueueUrl=dead, WaitTimeSeconds=LONGEST_RECEIVE_SECONDS
        )
        buried = received.get("Messages", [])
    assert [message["Body"] for message in buried] == ["poison-1"]
    assert seen(small_system, "poison-1")["seen_count"] == {"N": "2"}
    for name in ("well-1", "well-2"):
        assert seen(small_system, name)["seen_count"] == {"N": "1"}


def outcome(answer: object, *, failed: bool = False) -> Outcome:
    return Outcome(json.dumps(answer).encode(), failed=failed, request_id="")


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}]
)
def test_an_answer_that_names_nothing_succeeds_for_all(answer: object) -> None:
    assert failures(BATCH, outcome(answer), reports_failures=True) == set()


def test_only_what_is_named_stays() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "b"}]}
    assert failures(BATCH, outcome(answer), reports_failures=True) == {"b"}


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": "stranger"}]},
        {"batchItemFailures": [{"other": "b"}]},
        {"batchItemFailures": "b"},
        "no mapping",
    ],
)
def test_an_answer_in_the_wrong_shape_fails_the_whole_batch(answer: object) -> None:
    assert failures(BATCH, outcome(answer), reports_failures=True) == {"a", "b"}


@pytest.mark.parametrize("reports", [True, False])
def test_an_error_fails_the_whole_batch(*, reports: bool) -> None:
    error = outcome({"errorType": "X"}, failed=True)
    assert failures(BATCH, error, reports_failures=reports) == {"a", "b"}


def test_without_partial_failures_any_answer_succeeds() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "b"}]}
    assert failures(BATCH, outcome(answer), reports_failures=False) == set()
