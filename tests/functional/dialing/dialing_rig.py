"""The functions that dial, on the emulator, with a Vapi of the test's own."""

from __future__ import annotations

import importlib
import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from contact_center.dialing.adapters.attempt_items import attempt_key
from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.permission import Permission
from tests.functional.conversations.routing_rig import Context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    import pytest

    from contact_center.dialing.services.place_call import PlaceParts
    from tests.emulator import Account

NUMBER = "+12125550123"
# A Wednesday, 13:00 in New York: the civil clock, so that the tests run at night too.
OPEN_HOURS = "2026-07-08T17:00:00+00:00"
NIGHT = "2026-07-08T07:00:00+00:00"
MS_PER_HOUR = 3_600_000

type Json = dict[str, Any]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def consent() -> Consent:
    at = datetime.fromisoformat(OPEN_HOURS) - timedelta(days=30)
    return Consent(kind="express_written", at=at, source="web form 2026-06")


@dataclass
class DialingRig:
    """One account, one Vapi, and the functions between them as cold starts."""

    account: Account
    vapi_url: str
    phone_number_id: str
    monkeypatch: pytest.MonkeyPatch
    settings: Mapping[str, str] = field(default_factory=dict)
    started: list[ModuleType] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """What the functions find in their environment."""
        account = self.account
        names = dict(account.environment) | {
            "DIALING_TABLE": account.dialing_table,
            "CONTACTS_TABLE": account.contacts_table,
            "CALLS_TABLE": account.calls_table,
            "DIAL_JOBS_QUEUE_URL": account.dial_jobs_queue,
            "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
            "VAPI_BASE_URL": self.vapi_url,
            "VAPI_API_KEY_NAME": "vapi-api-key",
            "VAPI_PHONE_NUMBER_ID": self.phone_number_id,
            "ACCOUNT_CALLS_PER_SECOND": "30",  # a slot is near
            "LOCAL_NOW": OPEN_HOURS,
            "LOCAL_STARTED_AT_MS": str(now_ms()),
            "LOCAL_TEST_NUMBERS": "true",
        }
        return names | dict(self.settings)

    def start(self, function: str) -> ModuleType:
        """Import a function as a cold start does."""
        for name, value in self.environment().items():
            self.monkeypatch.setenv(name, value)
        sys.modules.pop(f"{function}.app", None)
        app = importlib.import_module(f"{function}.app")
        sys.modules.pop(f"{function}.app", None)
        if function == "dialer":
            unhurried(app)
        self.started.append(app)
        return app

    def permit(self, number: str = NUMBER, **said: Any) -> None:
        permission = replace(Permission(consents=(consent(),), version=1), **said)
        self.account.client("dynamodb").put_item(
            TableName=self.account.contacts_table, Item=permission_item(number, permission)
        )

    def enqueue(self, number: str = NUMBER, **said: Any) -> str:
        """Put an attempt whose person has agreed to be called; returns its id."""
        self.permit(number)
        at_ms = now_ms()
        request = DialRequest(
            attempt_id=attempt_id("trigger", number, at_ms),
            number=number,
            prefix=number[:5],
            purpose="marketing",
            assistant="sales",
            created_at_ms=at_ms,
            expires_at_ms=at_ms + MS_PER_HOUR,
        )
        attempt = DialAttempt(request=replace(request, **said), due_at_ms=at_ms + 60_000)
        assert self.ledger.enqueue(attempt)
        return attempt.attempt_id

    @property
    def place(self) -> PlaceParts:
        parts: PlaceParts = next(
            app.PARTS.place for app in self.started if hasattr(app.PARTS, "place")
        )
        return parts

    @property
    def ledger(self) -> Any:
        for app in self.started:
            for name in ("place", "reconcile"):
                if hasattr(app.PARTS, name):
                    return getattr(app.PARTS, name).ledger.ledger
        raise AssertionError("no function that dials was started")

    def attempt(self, attempt: str) -> DialAttempt:
        stored: DialAttempt | None = self.ledger.read(attempt)
        assert stored is not None
        return stored

    def make_due(self, attempt: str, **changed: int) -> None:
        """As if the time had come: the item's due time and others, in the item itself."""
        client, table = self.account.client("dynamodb"), self.account.dialing_table
        key = attempt_key(attempt)
        item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
        said = json.loads(item["said"]["S"]) | {"due_at_ms": 1} | changed
        item |= {"said": {"S": json.dumps(said)}, "due_at_ms": {"N": "1"}}
        client.put_item(TableName=table, Item=item)

    def leases(self) -> list[str]:
        client = self.account.client("dynamodb")
        found = client.scan(TableName=self.account.dialing_table)["Items"]
        return [item["holder"]["S"] for item in found if item["sk"]["S"].startswith("LEASE#")]

    def jobs(self, wait_seconds: int = 0) -> list[Json]:
        """What stands in the queue now, or comes into it so soon, taken out of it."""
        received = self.account.client("sqs").receive_message(
            QueueUrl=self.account.dial_jobs_queue,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait_seconds,
        )
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]

    def close(self) -> None:
        for app in self.started:
            for name in ("place", "reconcile", "plan"):
                parts = getattr(app.PARTS, name, None)
                if parts is not None:
                    ledger = parts.ledger if name == "plan" else parts.ledger.ledger
                    ledger._client.close()
                    parts.jobs._client.close()
            if hasattr(app.PARTS, "reconcile"):
                app.PARTS.people.book._connection.close()
                app.PARTS.calls.queue._connection.close()
                if app.PARTS.reception is not None:
                    app.PARTS.reception._queue._connection.close()


def unhurried(app: ModuleType) -> None:
    """Let a dial leave late: on a machine that is busy a slot is missed by milliseconds.

    That a missed slot is given up is tested with the service, on a clock that stands still.
    """
    place = app.PARTS.place
    timings = replace(place.ledger.timings, lateness_ms=60_000)
    app.PARTS = replace(  # type: ignore[attr-defined]
        app.PARTS, place=replace(place, ledger=replace(place.ledger, timings=timings))
    )


def job(attempt: str, slot_at_ms: int | None = None, *, sent_at_ms: int = 0) -> Json:
    newest = {"slotAtMs": slot_at_ms, "sentAtMs": sent_at_ms}
    said = {"version": 1, "attemptId": attempt} | newest
    return {"messageId": "message-1", "body": json.dumps(said)}


def dial(app: ModuleType, record: Json, remaining_ms: int = 30_000) -> list[str]:
    """Let the dialer take a job; the ids of the messages that come back."""
    answer = app.lambda_handler({"Records": [record]}, Context(remaining_ms))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def tick(app: ModuleType, remaining_ms: int = 60_000) -> Json:
    """Let the reconciler run once."""
    done: Json = app.lambda_handler({}, Context(remaining_ms))
    return done


def utc_now() -> datetime:
    return datetime.fromtimestamp(now_ms() / 1000, UTC)


@contextmanager
def without_vapi(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    """The functions, where nothing answers at Vapi's address."""
    account.secret("vapi-api-key", '{"key": "private"}')
    made = DialingRig(account, "http://127.0.0.1:9", "phone-1", monkeypatch)
    yield made
    made.close()
