"""All of it on one machine: a call is over, and its customer's story is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.cloud.system import LocalSystem
from local.settings import read_settings
from tests.twilio_scene import until

pytestmark = pytest.mark.emulator

REPORT = Path(__file__).resolve().parents[3] / "events" / "sqs-end-of-call-report-hangup.json"
CUSTOMER = "CUSTOMER#+14155550134"


@pytest.mark.parametrize("hints", ["true", "false"])
def test_a_call_that_is_over_is_told_at_a_hint_or_by_the_tick(tmp_path: Path, hints: str) -> None:
    settings = read_settings(None, {"PORT": "0", "EFFECT_HINTS": hints})
    with LocalSystem(settings, folder=tmp_path, processes_per_function=1) as system:
        names = system.template.evaluator(system._names.attribute)  # type: ignore[union-attr]
        table, queue_url = names.text({"Ref": "Calls"}), names.text({"Ref": "CallEvents"})

        def stored() -> list[str]:
            items: list[dict[str, Any]] = system.client("dynamodb").query(
                TableName=table,
                ConsistentRead=True,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": CUSTOMER}},
            )["Items"]
            return [item["sk"]["S"].partition("#")[0] for item in items]

        [message] = json.loads(REPORT.read_text(encoding="utf-8"))["Records"]
        system.client("sqs").send_message(
            QueueUrl=queue_url,
            MessageBody=message["body"],
            MessageAttributes={
                name: {"DataType": "String", "StringValue": said["stringValue"]}
                for name, said in message["messageAttributes"].items()
            },
        )
        until(lambda: "EFFECT" in stored())
        if hints == "false":
            assert not system.invoke("CrmUpdater", b"{}").failed
        until(lambda: stored() == ["EFFECT", "EFFECTS", "STORY"])
        assert system.figures()["CrmUpdater"].errors == 0
        assert system.messages("EffectsDead") == (0, 0)
