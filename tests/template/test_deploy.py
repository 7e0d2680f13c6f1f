"""`sam deploy` of the built artefact into the emulator: everything is really created.

The emulator's known gap is the routes of an HTTP API: test_api.py asserts them on the
translated template instead. It also leaves out a table's TTL and how a made-up secret is to
be spelled; test_resources.py holds the template to those.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from local.children import Children
from local.emulator import credentials
from tests import sam
from tests.deployed_stack import Deployed, deployed, made_up
from tests.strict_emulator import StrictEmulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Client = Callable[[str], Any]

pytestmark = pytest.mark.sam


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictEmulator]:
    children = Children()
    try:
        with (
            StrictEmulator(children, tmp_path_factory.mktemp("deployed")) as running,
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("AWS_CA_BUNDLE", running.trust["AWS_CA_BUNDLE"])
            yield running
    finally:
        children.close()


@pytest.fixture(scope="module")
def client(artefact: Path, emulator: StrictEmulator) -> Client:
    """boto3 clients of an emulator into which the artefact was deployed, as is."""
    sam.run_sam(
        "deploy",
        *("--template-file", str(artefact / "template.yaml")),
        *("--config-file", str(sam.ROOT / "samconfig.toml"), "--config-env", "dev"),
        AWS_ENDPOINT_URL=emulator.endpoint_url,
        **credentials(),
        **emulator.trust,
    )
    return emulator.client


def stem(name: str) -> str:
    """A logical name without the digest that a new version or layer brings."""
    return re.sub(r"[0-9a-f]{10}$", "", name)


def test_every_resource_is_created(client: Client, translated: dict[str, Any]) -> None:
    assert {stem(name) for name in deployed(client)} == {
        stem(name) for name in translated["Resources"]
    }


def test_the_known_gap_is_the_routes_and_nothing_else(client: Client) -> None:
    [api] = client("apigatewayv2").get_apis()["Items"]

    assert client("apigatewayv2").get_stages(ApiId=api["ApiId"])["Items"]
    assert client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"] == []


def test_functions_run_behind_an_alias_with_their_own_role_and_layers(
    client: Client, written: dict[str, Any]
) -> None:
    resources = written["Resources"]
    for logical, physical in deployed(client, "AWS::Lambda::Function").items():
        said = resources[logical]["Properties"]
        function = client("lambda").get_function(FunctionName=physical)["Configuration"]
        assert function["Handler"] == said["Handler"]
        assert function["Timeout"] == said["Timeout"]
        assert len(function["Layers"]) == len(said["Layers"])
        assert f"{logical}Role" in function["Role"]
        alias = client("lambda").get_alias(FunctionName=physical, Name="live")
        assert alias["FunctionVersion"] != "$LATEST"


def test_the_queue_feeds_the_router_and_poison_goes_to_the_dead_queue(client: Client) -> None:
    def attributes(logical: str) -> dict[str, str]:
        url = deployed(client)[logical]
        answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found: dict[str, str] = answer["Attributes"]
        return found

    [mapping] = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    events, dead = attributes("CallEvents"), attributes("CallEventsDead")

    assert mapping["EventSourceArn"] == events["QueueArn"]
    assert mapping["FunctionArn"].endswith(":live")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert events["VisibilityTimeout"] == "180"
    assert json.loads(events["RedrivePolicy"])["deadLetterTargetArn"] == dead["QueueArn"]
    assert dead["MessageRetentionPeriod"] == str(14 * 24 * 3600)


def test_the_table_has_its_indexes(client: Client) -> None:
    table = client("dynamodb").describe_table(TableName=deployed(client)["Calls"])["Table"]

    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        "by-customer",
        "by-day",
        "active",
    }


@pytest.mark.parametrize(
    ("logical", "key"), [("VapiWebhookSecret", "current"), ("OperatorTokens", "operator")]
)
def test_a_secret_is_made_up_at_the_first_deploy(client: Client, logical: str, key: str) -> None:
    secret = made_up(client, logical)

    assert list(secret) == [key]
    assert len(secret[key]) == 48


def test_logs_are_kept_as_long_as_the_environment_says(client: Client) -> None:
    groups = client("logs").describe_log_groups()["logGroups"]

    assert len(groups) == len(deployed(client, "AWS::Logs::LogGroup"))
    assert {group["retentionInDays"] for group in groups} == {7}


def test_alarms_watch(client: Client) -> None:
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert {alarm["AlarmName"] for alarm in alarms} == set(
        deployed(client, "AWS::CloudWatch::Alarm").values()
    )


def event(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((sam.ROOT / "events" / f"{name}.json").read_text())
    return read


def with_header(request: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    request["headers"][name] = value
    return request


def test_a_call_passes_through_with_the_rights_of_the_roles_alone(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    system = Deployed(emulator, artefact)
    queue = deployed(client)["CallEvents"]
    [mapping] = client("lambda").list_event_source_mappings()["EventSourceMappings"]
    client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    webhooks = [
        with_header(event(name), "x-vapi-secret", made_up(client, "VapiWebhookSecret")["current"])
        for name in (
            "vapi-assistant-request-inbound",
            "vapi-transcript-final",
            "vapi-tool-calls-route",
            "vapi-end-of-call-report-hangup",
        )
    ]

    answers = system.handle(
        "VapiWebhook",
        *webhooks,
        **system.rights_of("VapiWebhook"),
        VAPI_WEBHOOK_AUTH="secret",  # the files are signed with no clock
    )
    assert [answer["statusCode"] for answer in answers] == [200] * 4
    assert json.loads(answers[2]["body"])["results"][0]["toolCallId"] == "call_Qx7RouteBilling01"
    # the caller is answered even when a table cannot be read or written: then a counter says so
    assert not re.search("read_failed|unstored|answer_failed|unavailable", system.logged)

    messages = client("sqs").receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )["Messages"]
    assert len(messages) == 4
    batch = event("sqs-transcript-final")
    [record] = batch["Records"]
    batch["Records"] = [
        {**record, "messageId": message["MessageId"], "body": message["Body"]}
        for message in messages
    ]
    [routed] = system.handle("CallRouter", batch, **system.rights_of("CallRouter"))
    assert routed == {"batchItemFailures": []}

    one_call = event("operator-call-unknown")
    call_id = json.loads(event("vapi-transcript-final")["body"])["message"]["call"]["id"]
    one_call["rawPath"] = one_call["requestContext"]["http"]["path"] = f"/api/calls/{call_id}"
    one_call["pathParameters"] = {"id": call_id}
    bearer = f"Bearer {made_up(client, 'OperatorTokens')['operator']}"
    requests = [event("operator-calls-list"), one_call, event("monitor-health-open")]
    listed, shown, alive = system.handle(
        "OperatorApi",
        *(with_header(request, "authorization", bearer) for request in requests),
        **system.rights_of("OperatorApi"),
    )
    assert (listed["statusCode"], shown["statusCode"], alive["statusCode"]) == (200, 200, 200)
    assert json.loads(alive["body"])["activeCalls"] == 0  # the report has ended the only call


def test_without_those_rights_nothing_passes(
    client: Client, emulator: StrictEmulator, artefact: Path
) -> None:
    client("iam").create_user(UserName="nobody")
    key = client("iam").create_access_key(UserName="nobody")["AccessKey"]

    [refused] = Deployed(emulator, artefact).handle(
        "VapiWebhook",
        event("vapi-transcript-final"),
        AWS_ACCESS_KEY_ID=key["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"],
        VAPI_WEBHOOK_AUTH="secret",
    )

    assert refused["statusCode"] in {401, 503}  # so the emulator does enforce them
