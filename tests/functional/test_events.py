"""Every file of events/ goes through its function by `make invoke`, as Lambda would hand it over.

They are what `sam local invoke -e` takes too, so they must be what API Gateway and SQS send. A
file that this table does not name fails, and so does a name without a file.
"""

from __future__ import annotations

import base64
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from local.__main__ import main
from local.cloud.run_record import write_record
from local.cloud.system import LocalSystem
from local.invoke import EVENT_SETTINGS
from local.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
POISON = "059f36b4-87a3-44ab-83d2-661975820001"

POISONED_JOB = "059f36b4-87a3-44ab-83d2-661975830002"
POISONED_LIST = "059f36b4-87a3-44ab-83d2-661975840003"
POISONED_EFFECT = "059f36b4-87a3-44ab-83d2-661975870002"
POISONED_HINT = "059f36b4-87a3-44ab-83d2-661975860002"

type Outcome = int | list[str] | dict[str, int]

# file, function, and what comes of it: an HTTP status, the messages to be sent again, or figures
EXPECTED: list[tuple[str, str, Outcome]] = [
    ("vapi-assistant-request-inbound", "VapiWebhook", 200),
    ("vapi-transcript-final", "VapiWebhook", 200),
    ("vapi-transcript-tutorial", "VapiWebhook", 200),
    ("vapi-transcript-malformed", "VapiWebhook", 400),
    ("vapi-tool-calls-route", "VapiWebhook", 200),
    ("vapi-tool-calls-stop-calling", "VapiWebhook", 200),
    ("vapi-campaign-predial", "VapiWebhook", 200),
    ("vapi-end-of-call-report-hangup", "VapiWebhook", 200),
    ("vapi-status-update-unsigned", "VapiWebhook", 401),
    ("twilio-voice-unsigned", "TwilioWebhook", 403),
    ("twilio-fallback-voice", "TwilioFallback", 200),
    ("sqs-status-update-started", "CallRouter", []),
    ("sqs-transcript-final", "CallRouter", []),
    ("sqs-transcript-opt-out", "CallRouter", []),
    ("sqs-end-of-call-report-hangup", "CallRouter", []),
    ("sqs-batch-poison", "CallRouter", [POISON]),
    ("monitor-health-open", "OperatorApi", 200),
    ("operator-calls-list", "OperatorApi", 200),
    ("operator-calls-anonymous", "OperatorApi", 401),
    ("operator-call-unknown", "OperatorApi", 404),
    ("operator-trigger-anonymous", "OperatorApi", 401),
    ("operator-trigger-by-viewer", "OperatorApi", 403),
    ("operator-contactability", "OperatorApi", 200),
    ("operator-metrics", "OperatorApi", 200),
    ("operator-queue", "OperatorApi", 200),
    ("operator-openapi-anonymous", "OperatorApi", 200),
    ("sqs-dial-job-unknown", "Dialer", []),
    ("sqs-dial-job-poison", "Dialer", [POISONED_JOB]),
    ("scheduler-tick-reconciler", "Reconciler", {"seen": 0, "failed": 0, "lines_freed": 0}),
    ("scheduler-tick-planner", "CampaignPlanner", {"looked": 0, "failed": 0, "planned": 0}),
    ("scheduler-tick-importer", "Importer", {"sent": 0}),
    ("sqs-list-job-unknown", "Importer", []),
    ("sqs-list-uploaded", "Importer", []),
    ("sqs-list-job-poison", "Importer", [POISONED_LIST]),
    ("sqs-reception-job-tick", "Receptionist", []),
    ("sqs-reception-job-poison", "Receptionist", [POISONED_HINT]),
    ("scheduler-tick-effects", "CrmUpdater", {"looked": 0}),
    ("sqs-effect-job-line", "CrmUpdater", []),
    ("sqs-effect-job-poison", "CrmUpdater", [POISONED_EFFECT]),
]


def read(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a system is up, with the secrets that the files use."""
    made = tmp_path_factory.mktemp("events")
    settings = read_settings(None, EVENT_SETTINGS)
    with LocalSystem(settings, folder=made, processes_per_function=1) as running:
        write_record(made, running.record)
        yield made


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Any]:
    """What came of each file: all those of a function go through one process."""
    told: dict[str, Any] = {}
    for function in dict.fromkeys(function for _, function, _ in EXPECTED):
        names = [name for name, taker, _ in EXPECTED if taker == function]
        files = [str(ROOT / "events" / f"{name}.json") for name in names]
        printed = io.StringIO()
        with redirect_stdout(printed):
            assert main(["invoke", function, *files, "--folder", str(folder)]) == 0
        told |= zip(names, map(json.loads, printed.getvalue().splitlines()), strict=True)
    return told


def test_every_file_is_used() -> None:
    files = {path.stem for path in (ROOT / "events").glob("*")}

    assert files == {name for name, _, _ in EXPECTED}


@pytest.mark.emulator
@pytest.mark.parametrize(("name", "expected"), [(name, came) for name, _, came in EXPECTED])
def test_a_function_takes_the_event(answers: dict[str, Any], name: str, expected: Outcome) -> None:
    answer = answers[name]
    if isinstance(expected, int):
        assert answer["statusCode"] == expected, answer["body"]
        read_back = ET.fromstring if answer["body"].startswith("<?xml") else json.loads
        read_back(answer["body"])
    elif isinstance(expected, dict):
        assert answer == expected
    else:
        failures = answer.get("batchItemFailures", [])
        assert [failure["itemIdentifier"] for failure in failures] == expected


@pytest.mark.parametrize("name", [name for name, _, status in EXPECTED if isinstance(status, int)])
def test_a_request_is_shaped_as_api_gateway_sends_it(name: str) -> None:
    event = read(name)
    context = event["requestContext"]

    assert event["version"] == "2.0"
    assert event["routeKey"] == context["routeKey"]
    assert event["rawPath"] == context["http"]["path"]
    assert all(header == header.lower() for header in event["headers"])
    if "body" in event:
        body = event["body"].encode()
        sent = base64.b64decode(body) if event["isBase64Encoded"] else body
        assert event["headers"]["content-length"] == str(len(sent))


@pytest.mark.parametrize("name", [name for name, function, _ in EXPECTED if "sqs" in name])
def test_a_batch_is_shaped_as_sqs_sends_it(name: str) -> None:
    records = read(name)["Records"]

    assert len({record["messageId"] for record in records}) == len(records)
    for record in records:
        assert record["eventSource"] == "aws:sqs"
        if not {"job", "list"} & set(name.split("-")):  # a job says all of it in its body
            assert {"version", "source", "received_at_ms"} <= set(record["messageAttributes"])
