"""From the messages of a call to the figures and to whoever is told, through the handlers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.services import record_facts
from contact_center.figures.adapters.dynamodb_counts import DynamoDBRollUps
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import start_router
from tests.functional.conversations.test_follow_ups import WISH, leaves
from tests.functional.dialing.dialing_rig import DialingRig, tick
from tests.vapi_scene import Scene

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

DAY = "2026-08-20"


def test_a_call_that_is_over_is_counted_by_the_tick_and_what_waits_is_told(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(record_facts, "COUNTED_AFTER_MS", 0)
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    sns, sqs = account.client("sns"), account.client("sqs")
    topic = sns.create_topic(Name="notices")["TopicArn"]
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    scene = Scene()
    with ControlServer() as control, scene.webhook, scene.simulator() as vapi:
        router = start_router(account, control, monkeypatch)
        rig = DialingRig(
            account, vapi.url, vapi.phone_number_id, monkeypatch, {"NOTICE_TOPIC_ARN": topic}
        )
        reconciler = rig.start("reconciler")
        assert router.deliver(leaves(router, "takeMessage", WISH)) == []  # its clock says August
        assert router.deliver(router.message("status-update", status="in-progress")) == []
        tick(reconciler)
        roll_ups = DynamoDBRollUps(account.client("dynamodb"), account.calls_table)
        assert roll_ups.days(DAY, DAY) == []  # it is under way

        assert router.deliver(router.message("status-update", status="ended")) == []
        for _ in range(2):
            tick(reconciler)
        [counted] = roll_ups.days(DAY, DAY)
        assert (counted.counts["calls"], counted.counts["contacts"]) == (1, 1)
        assert '"call_over":1' in capsys.readouterr().out
        told = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2, MaxNumberOfMessages=10)[
            "Messages"
        ]
        # Of the first tick: the others count as well, and it is told once an hour.
        subjects = [json.loads(one["Body"])["Subject"] for one in told]
        assert subjects == ["What a customer left waits too long (once)"]
        router.close()
        rig.close()
