"""The worker on lists as cold starts, and the operators' API beside it, on one account."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.functional.conversations.routing_rig import Context
from tests.functional.dialing.dialing_rig import OPEN_HOURS, now_ms
from tests.twilio_scene import until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    import pytest

    from tests.emulator import Account

type Json = dict[str, Any]


@dataclass
class ListRig:
    """One account and the functions that handle its lists."""

    account: Account
    monkeypatch: pytest.MonkeyPatch
    settings: Mapping[str, str] = field(default_factory=dict)
    started: list[ModuleType] = field(default_factory=list)

    def start(self) -> ModuleType:
        """Import the worker as a cold start does."""
        for name, value in list_environment(self.account).items():
            self.monkeypatch.setenv(name, value)
        for name, value in self.settings.items():
            self.monkeypatch.setenv(name, value)
        sys.modules.pop("importer.app", None)
        app = importlib.import_module("importer.app")
        sys.modules.pop("importer.app", None)
        self.started.append(app)
        return app

    def messages(self) -> list[Json]:
        """Records of what stands in the queue now, taken out of it as Lambda takes it."""
        client, url = self.account.client("sqs"), self.account.list_jobs_queue
        received = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in received:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [{"messageId": one["MessageId"], "body": one["Body"]} for one in received]

    def work(self, app: ModuleType, remaining_ms: int = 900_000) -> int:
        """Let the worker take what is in the queue until nothing is; how many messages."""
        taken = 0
        while batch := self.messages():
            for record in batch:
                assert handle(app, record, remaining_ms) == []
            taken += len(batch)
        return taken

    def work_uploaded(self, app: ModuleType) -> int:
        """The same, once the bucket has told of an upload: it does so when it likes."""
        until(lambda: self.waits() > 0)
        return self.work(app)

    def waits(self) -> int:
        """How many messages stand in the queue."""
        asked = self.account.client("sqs").get_queue_attributes(
            QueueUrl=self.account.list_jobs_queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(asked["Attributes"]["ApproximateNumberOfMessages"])

    def close(self) -> None:
        for app in self.started:
            app.PARTS.lists.jobs._client.close()
            app.PARTS.lists.open_lists._client.close()


def list_environment(account: Account) -> dict[str, str]:
    """What whatever handles lists finds in its environment."""
    return dict(account.environment) | {
        "CALLS_TABLE": account.calls_table,
        "DIALING_TABLE": account.dialing_table,
        "CONTACTS_TABLE": account.contacts_table,
        "LIST_JOBS_QUEUE_URL": account.list_jobs_queue,
        "REPORTS_BUCKET": account.reports_bucket,
        "LOCAL_NOW": OPEN_HOURS,
        "LOCAL_STARTED_AT_MS": str(now_ms()),
        "LOCAL_TEST_NUMBERS": "true",
    }


def handle(app: ModuleType, record: Json, remaining_ms: int = 900_000) -> list[str]:
    """Let the worker take one message; the ids of those that come back."""
    answer = app.lambda_handler({"Records": [record]}, Context(remaining_ms))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def tick(app: ModuleType) -> Json:
    """Let the worker look at what was left."""
    done: Json = app.lambda_handler({}, Context(900_000))
    return done


def job_record(kind: str, campaign_id: str, job_id: str) -> Json:
    said = {"version": 1, "kind": kind, "campaignId": campaign_id, "jobId": job_id}
    return {"messageId": "message-1", "body": json.dumps(said)}
