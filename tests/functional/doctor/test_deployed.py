"""A deployed stack, as CloudFormation tells of it: the emulator's stands for AWS's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from local.cloud.emulator import credentials
from tools.doctor import __main__ as command
from tools.doctor.checks import Doctor
from tools.doctor.examination import examined
from tools.doctor.lines import Finding, State
from tools.places import NotReachedError, Place, deployed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.emulator import Account

type Json = Any

pytestmark = pytest.mark.emulator
STACK = "switchboard-dev"
LOGS = "/aws/lambda/door"
TOLD = {"CALLS_TABLE": {"Ref": "Calls"}, "VAPI_WEBHOOK_AUTH": "hmac", "VAPI_SECRET_NAME": "key"}


def function(**told: Json) -> Json:
    properties = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": "arn:aws:iam::111111111111:role/nobody",
        "Code": {"ZipFile": "def handler(event, context): pass"},
        "Environment": {"Variables": told},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def template(days: int) -> Json:
    """What of the real template the doctor looks at, a thing of each kind."""
    alarm = {
        "AlarmDescription": "Runbook: docs/operations.md#webhook-fails",
        "Namespace": "n",
        "MetricName": "m",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    table = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    log = {"LogGroupName": LOGS, "RetentionInDays": days}
    return {
        "Parameters": {
            name: {"Type": "String"}
            for name in ("AlarmTopicArn", "LogRetentionDays", "RetentionDays", "RecordingDays")
        },
        "Resources": {
            "VapiWebhook": function(**TOLD, PUBLIC_BASE_URL="http://127.0.0.1:8"),
            "Provisioner": function(**TOLD, PUBLIC_BASE_URL="http://127.0.0.1:9"),
            "Calls": {"Type": "AWS::DynamoDB::Table", "Properties": table},
            "CallEventsDead": {"Type": "AWS::SQS::Queue"},
            "Reports": {"Type": "AWS::S3::Bucket"},
            "VapiWebhookLogs": {"Type": "AWS::Logs::LogGroup", "Properties": log},
            "WebhookFails": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        },
    }


@pytest.fixture
def deploy(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Place]:
    told = account.environment
    for name in ("AWS_ENDPOINT_URL", *credentials()):
        monkeypatch.setenv(name, str(told.get(name, credentials().get(name, ""))))

    def make(topic: str = "", days: int = 30) -> Place:
        parameters = {
            "AlarmTopicArn": topic,
            "LogRetentionDays": "30",
            "RetentionDays": "90",
            "RecordingDays": "30",
        }
        account.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(template(days)),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
        )
        return deployed("dev")

    return make


def line(place: Place, check: str) -> Finding:
    doctor = Doctor(place, SystemClock(), SystemSleeper())
    asked = [one for one in doctor.questions() if one.check == check]
    [found] = examined(asked, doctor.secrets, lambda _: None)
    return found.finding


def keeps(account: Account, place: Place, **days: int) -> None:
    """The bucket's rules and the table's, of which the emulator's CloudFormation knows nothing."""
    tables, table = account.client("dynamodb"), place.resources["Calls"].id
    tables.update_time_to_live(
        TableName=table,
        TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
    )
    tables.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    rules = [
        {
            "ID": prefix,
            "Status": "Enabled",
            "Filter": {"Prefix": f"{prefix}/"},
            "Expiration": {"Days": kept},
        }
        for prefix, kept in days.items()
    ]
    account.client("s3").put_bucket_lifecycle_configuration(
        Bucket=place.resources["Reports"].id, LifecycleConfiguration={"Rules": rules}
    )


def test_a_stack_is_what_its_functions_are_told(deploy: Callable[..., Place]) -> None:
    place = deploy()
    assert (place.name, place.env) == ("the stack switchboard-dev", " ENV=dev")
    assert place.values["PUBLIC_BASE_URL"] == "http://127.0.0.1:9"  # the provisioner's word
    assert place.values["RETENTION_DAYS"] == "90"
    assert place.values["CALLS_TABLE"] == place.resources["Calls"].id
    assert not place.clock_is_ours


def test_a_stack_that_is_well(deploy: Callable[..., Place], account: Account) -> None:
    topics = account.client("sns")
    topic = topics.create_topic(Name="alarms")["TopicArn"]
    queue = account.client("sqs").create_queue(QueueName="hears")["QueueUrl"]
    arn = account.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
    place = deploy(topic)
    keeps(account, place, reports=90, recordings=30)

    for check in ("subscriptions", "alarms", "dead-letters", "retention"):
        assert line(place, check).state is State.OK, (check, line(place, check))
    assert line(place, "alarms").said == "none of 1 rings"
    assert line(place, "retention").said == "tables, 3 logs and folders: as set"


def test_a_stack_that_is_not(deploy: Callable[..., Place], account: Account) -> None:
    place = deploy(days=7)
    alarm = place.resources["WebhookFails"].id
    account.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="a test"
    )
    account.client("sqs").send_message(
        QueueUrl=place.resources["CallEventsDead"].id, MessageBody="{}"
    )

    assert "nobody hears" in line(place, "subscriptions").said
    assert line(place, "alarms").shown == ("WebhookFails: docs/operations.md#webhook-fails",)
    assert line(place, "dead-letters").said == "1 messages were given up"
    log = "VapiWebhookLogs: kept for 7 days, 30 are set"
    assert line(place, "retention").shown == (
        "Calls: nothing is deleted by itself (time to live is off)",
        "Calls: no copy of the last days (point-in-time recovery is off)",
        log,
        "reports/: kept for ever, 90 are set",
        "recordings/: kept for ever, 30 are set",
    )
    keeps(account, place, reports=90, recordings=31)
    assert line(place, "retention").shown == (log, "recordings/: kept for 31 days, 30 are set")
    assert "not reached" in line(place, "public-address").said


def test_the_header_that_came_is_in_the_log_group(
    deploy: Callable[..., Place], account: Account
) -> None:
    place = deploy()
    logs, now_ms = account.client("logs"), SystemClock().now_ms()
    logs.create_log_stream(logGroupName=LOGS, logStreamName="s")

    def write(at_ms: int, *lines: Json) -> None:
        logs.put_log_events(
            logGroupName=LOGS,
            logStreamName="s",
            logEvents=[{"timestamp": at_ms, "message": json.dumps(one)} for one in lines],
        )

    refused = {"message": "webhook refused", "reason": "no_signature", "by": "sender"}
    write(now_ms - 2 * 86_400_000, {**refused, "came": "authorization"})  # the day before yesterday
    write(now_ms - 1_000, {"webhook_accepted": 3, "type": "transcript"})
    write(now_ms - 900, {"webhook_accepted": 1, "type": "switchboard.probe"})
    assert line(place, "auth-header").said == "x-signature, on 3 webhooks of the last day"

    write(now_ms, {**refused, "came": "x-vapi-secret"}, {**refused, "came": "x-vapi-secret"})
    found = line(place, "auth-header")
    assert (found.state, found.said) == (
        State.WRONG,
        "x-vapi-secret came where x-signature is expected, 2 times",
    )
    assert "make provision ENV=dev" in found.then


def test_a_stack_that_is_not_there(
    deploy: Callable[..., Place], capsys: pytest.CaptureFixture[str]
) -> None:
    del deploy
    with pytest.raises(NotReachedError, match="the stack switchboard-dev cannot be read"):
        deployed("dev")
    assert command.main(["--env", "dev"]) == 2
    assert "nothing was asked: the stack" in capsys.readouterr().err
