"""The router's handler on the emulator, with a server that plays Vapi's control URLs."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import CallEnded
from contact_center.visits.adapters.sqs_reception_jobs import read_job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    import pytest

    from contact_center.conversations.services.ports.calls import CallHistory
    from contact_center.visits.services.reception_jobs import ReceptionJob
    from tests.emulator import Account
    from tests.fakes.control_server import ControlServer

CALL_ID = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
AT_MS = 1_787_266_800_000

type Json = dict[str, Any]


@dataclass
class Context:
    """Lambda's context, with plenty of time unless told otherwise."""

    remaining_ms: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass
class Rig:
    """One router and what surrounds it."""

    app: ModuleType
    account: Account
    vapi: ControlServer
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    def record(self, body: Json | str, **attributes: str) -> Json:
        """A message as Lambda hands it over."""
        now_ms = time.time_ns() // 1_000_000
        told = {"version": "1", "source": "vapi", "received_at_ms": str(now_ms)} | attributes
        return {
            "messageId": f"message-{next(self._ids)}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "messageAttributes": {
                name: {"stringValue": value, "dataType": "String"} for name, value in told.items()
            },
        }

    def handle(self, *records: Json, remaining_ms: int = 30_000) -> list[str]:
        """Let the handler take a batch; the ids of the messages that come back."""
        answer = self.app.lambda_handler({"Records": list(records)}, Context(remaining_ms))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def deliver(self, *bodies: Json | str, **attributes: str) -> list[str]:
        return self.handle(*(self.record(body, **attributes) for body in bodies))

    def deliver_until_taken(self, *bodies: Json) -> None:
        """As the queue does: what fails comes back."""
        waiting = [self.record(body) for body in bodies]
        while waiting:
            failed = self.handle(*waiting)
            waiting = [record for record in waiting if record["messageId"] in failed]

    def history(self, call_id: str = CALL_ID) -> CallHistory:
        history: CallHistory = self.app.PARTS.router.record.store.read(call_id)
        return history

    def message(self, kind: str, after_ms: int = 0, call_id: str = CALL_ID, **said: Any) -> Json:
        """A webhook of today's shape whose control URL leads to the played Vapi."""
        call = {
            "id": call_id,
            "type": "inboundPhoneCall",
            "createdAt": "2026-08-20T23:00:00.000Z",
            "customer": {"number": "+14155550123"},
            "monitor": {"controlUrl": self.vapi.control_url(call_id)},
        }
        return {"message": {"type": kind, "timestamp": AT_MS + after_ms, "call": call} | said}

    def says(self, text: str, after_ms: int = 0, call_id: str = CALL_ID) -> Json:
        return self.message(
            "transcript",
            after_ms,
            call_id,
            role="user",
            transcriptType="final",
            transcript=text,
        )

    def objects(self) -> Mapping[str, bytes]:
        """What is in the bucket of reports."""
        s3, bucket = self.account.client("s3"), self.account.reports_bucket
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
            for one in listed
        }

    def close(self) -> None:
        self.app.PARTS.router.record.store._client.close()
        self.app.PARTS.router.visits._visits._connection.close()
        s3_client = vars(self.app.PARTS.router.archive).get("_client")
        if s3_client is not None:
            s3_client.close()
        hints = vars(self.app.PARTS.router.line_freed.args[0]).get("reception_jobs")
        if hints is not None:
            hints._queue._connection.close()
        effect_hints = vars(self.app.PARTS.router.effects_written.args[0]).get("effect_hints")
        if effect_hints is not None:
            effect_hints._queue._connection.close()
        sqs_client = self.app.PARTS.router.reminders._client
        if sqs_client is not None:
            sqs_client.close()

    def hints(self) -> list[ReceptionJob]:
        """What the receptionist was told to look at, in order."""
        queue_url = self.account.reception_jobs_queue
        received = self.account.client("sqs").receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        return [read_job({"body": one["Body"]}) for one in received.get("Messages", [])]

    def reminders(self, wait_seconds: int = 10) -> list[Json]:
        """What is in the router's queue, as Lambda hands it over: with the first that is there.

        Where nothing may come `wait_seconds` is how long that is looked at.
        """
        received = self.account.client("sqs").receive_message(
            QueueUrl=self.account.call_events_queue,
            MessageAttributeNames=["All"],
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait_seconds,
        )
        return [
            {
                "messageId": one["MessageId"],
                "body": one["Body"],
                "messageAttributes": {
                    name: {"stringValue": value["StringValue"], "dataType": "String"}
                    for name, value in one["MessageAttributes"].items()
                },
            }
            for one in received.get("Messages", [])
        ]


def start_router(
    account: Account, vapi: ControlServer, monkeypatch: pytest.MonkeyPatch, **environment: str
) -> Rig:
    """Import the function as a cold start does."""
    names = dict(account.environment) | {
        "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
        "CALLS_TABLE": account.calls_table,
        "DIALING_TABLE": account.dialing_table,
        "CONTACTS_TABLE": account.contacts_table,
        "REPORTS_BUCKET": account.reports_bucket,
        "VAPI_BASE_URL": vapi.url,
        "PERSON_NUMBER": "+14155550177",
    }
    for name, value in (names | environment).items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("call_router.app", None)
    app = importlib.import_module("call_router.app")
    sys.modules.pop("call_router.app", None)
    return Rig(app, account, vapi)


def kinds(rig: Rig, call_id: str = CALL_ID) -> list[str]:
    """Kinds of the facts that are known of a call, in order."""
    return sorted(type(fact).__name__ for fact in rig.history(call_id).facts)


def ended(rig: Rig) -> CallEnded | None:
    """Its report; None: nobody has told of one."""
    found = [fact for fact in rig.history().facts if isinstance(fact, CallEnded)]
    return found[0] if found else None
