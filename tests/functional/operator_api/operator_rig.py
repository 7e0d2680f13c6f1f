"""The operators' API through its handler, with what dialing needs of its environment."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contact_center.people.services.leave_next import NextLeft
from tests.functional.dialing.dialing_rig import OPEN_HOURS, now_ms
from tests.functional.operator_api.openapi_document import held

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

    from tests.emulator import Account

AUDIT_KEY = "audit-" + "k" * 30
FORGET_KEY = "forget-" + "k" * 30
OPERATOR, VIEWER = "op-" + "a" * 40, "view-" + "b" * 40


@dataclass
class OperatorRig:
    """One cold start of the API."""

    app: ModuleType
    account: Account

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str | None = OPERATOR,
        **query: str,
    ) -> tuple[int, Any]:
        """Status and parsed body; `body` is sent as JSON, or as it is when it is text."""
        text = body if isinstance(body, str) else json.dumps(body)
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": urlencode(query),
            "queryStringParameters": query,
            "headers": {} if token is None else {"authorization": f"Bearer {token}"},
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        if body is not None:
            event["body"] = text
        answer = self.app.lambda_handler(event, None)
        told = json.loads(answer["body"])
        held(method, path, answer["statusCode"], told)
        return answer["statusCode"], told

    def trigger(self, token: str | None = OPERATOR, **body: object) -> tuple[int, Any]:
        return self.ask("POST", "/trigger/outbound", body, token)

    @property
    def ledger(self) -> Any:
        return self.app.PARTS.dialing().trigger.ledger.ledger

    def jobs(self) -> list[str]:
        """Attempts whose jobs stand in the queue, taken out of it."""
        received = self.account.client("sqs").receive_message(
            QueueUrl=self.account.dial_jobs_queue, MaxNumberOfMessages=10
        )
        return [json.loads(one["Body"])["attemptId"] for one in received.get("Messages", [])]

    def close(self) -> None:
        self.app.PARTS.trail().book._connection.close()
        self.app.PARTS.desk.calls._connection.close()
        self.ledger._client.close()
        self.app.PARTS.dialing().trigger.jobs._client.close()
        desk = self.app.PARTS.people()
        desk.people.book._connection.close()
        if isinstance(desk.callers, NextLeft):
            desk.callers._jobs._queue._connection.close()  # type: ignore[attr-defined]
        hints = self.app.PARTS.effects().parts.hints
        if hints is not None:
            hints._queue._connection.close()


def start_operator_api(
    account: Account, monkeypatch: pytest.MonkeyPatch, **environment: str
) -> OperatorRig:
    """Import the function as a cold start does."""
    account.secret("audit-key", json.dumps({"key": AUDIT_KEY}))
    account.secret("forget-key", json.dumps({"key": FORGET_KEY}))
    account.secret("tokens", json.dumps({"operator": OPERATOR, "viewer": VIEWER}))
    names = dict(account.environment) | {
        "CALLS_TABLE": account.calls_table,
        "DIALING_TABLE": account.dialing_table,
        "CONTACTS_TABLE": account.contacts_table,
        "DIAL_JOBS_QUEUE_URL": account.dial_jobs_queue,
        "OPERATOR_TOKENS_NAME": "tokens",
        "AUDIT_KEY_NAME": "audit-key",
        "FORGET_KEY_NAME": "forget-key",
        "LOCAL_NOW": OPEN_HOURS,
        "LOCAL_STARTED_AT_MS": str(now_ms()),
        "LOCAL_TEST_NUMBERS": "true",
    }
    for name, value in (names | environment).items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("operator_api.app", None)
    app = importlib.import_module("operator_api.app")
    sys.modules.pop("operator_api.app", None)
    return OperatorRig(app, account)
