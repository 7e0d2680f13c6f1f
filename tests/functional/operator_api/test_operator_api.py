"""The operators' side through its handler, on the emulator."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.facts import (
    CallSeen,
    Fact,
    StatusChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.services.ports.calls import CallGlance, ControlOutcome
from tests.contract.conversations.test_dynamodb_calls import store_of
from tests.functional.operator_api.openapi_document import held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from contact_center.aws.operator_tokens import OperatorTokens
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

OPERATOR, VIEWER = "op-" + "a" * 40, "view-" + "b" * 40
AT_MS = 1_787_266_800_000  # 2026-08-20T23:00:00Z
CONTROL_URL = "https://canary.vapi.ai/control"


@dataclass
class Api:
    app: ModuleType
    account: Account

    def get(
        self, path: str, token: str | None = None, method: str = "GET", **query: str
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers and parsed body of a request."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": "&".join(f"{name}={value}" for name, value in query.items()),
            "queryStringParameters": query,
            "headers": headers,
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        answer = self.app.lambda_handler(event, None)
        told = json.loads(answer["body"])
        held(method, path, answer["statusCode"], told)
        return answer["statusCode"], _headers(answer), told

    def write(self, call_id: str, *facts: Fact, decisions: tuple[Decision, ...] = ()) -> None:
        store = store_of(self.account)
        history = store.read(call_id)
        record = merge_all(call_id, [*history.facts, *facts])
        glance = CallGlance(intent="billing", destination="billing", mode="normal")
        store.commit(history, record, facts, decisions, glance)

    def requests_to_the_table(self) -> list[str]:
        """Watch what the function asks of DynamoDB from now on."""
        asked: list[str] = []
        connection = self.app.PARTS.desk.calls._connection
        call = connection.call

        def watched(target: str, *rest: Any) -> Any:
            asked.append(target.rpartition(".")[2])
            return call(target, *rest)

        connection.call = watched
        client = self.app.PARTS.follow_ups().follow_ups._client  # the same for all
        client.meta.events.register(
            "before-call.dynamodb", lambda model, **_: asked.append(model.name)
        )
        return asked


def _headers(answer: dict[str, Any]) -> dict[str, str]:
    several = {name.lower(): value for name, value in answer.get("multiValueHeaders", {}).items()}
    single = {name.lower(): value for name, value in answer.get("headers", {}).items()}
    return {name: values[0] for name, values in several.items()} | single


def start(account: Account, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Api:
    names = dict(account.environment) | {
        "CALLS_TABLE": account.calls_table,
        "DIALING_TABLE": account.dialing_table,
        "CONTACTS_TABLE": account.contacts_table,
        "OPERATOR_TOKENS_NAME": "tokens",
        "AUDIT_KEY_NAME": "audit-key",
        "SWITCHBOARD_VERSION": "1.2.3",
    }
    for name, value in (names | environment).items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("operator_api.app", None)
    app = importlib.import_module("operator_api.app")
    sys.modules.pop("operator_api.app", None)
    return Api(app, account)


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    account.secret("tokens", json.dumps({"operator": OPERATOR, "viewer": VIEWER}))
    account.secret("audit-key", json.dumps({"key": "k" * 32}))
    started = start(account, monkeypatch)
    yield started
    started.app.PARTS.trail().book._connection.close()
    started.app.PARTS.desk.calls._connection.close()
    started.app.PARTS.follow_ups().follow_ups._client.close()


def seen(call_id: str, at_ms: int = AT_MS) -> CallSeen:
    return CallSeen(
        call_id=call_id,
        at_ms=at_ms,
        key="seen",
        direction="inbound",
        customer_number="+14155550123",
        control_url=CONTROL_URL,
        created_at_ms=at_ms,
    )


def test_health_answers_anyone_and_asks_nobody(api: Api) -> None:
    asked = api.requests_to_the_table()
    status, _, body = api.get("/health")
    assert (status, body) == (200, {"status": "ok", "version": "1.2.3"})
    assert asked == []
    assert api.app.PARTS.tokens._fetched_at_ms is None


def test_h1_health_tells_only_those_with_a_token_how_many_calls_are_live(api: Api) -> None:
    now_ms = api.app.PARTS.desk.clock.now_ms()
    api.write("talking", seen("talking", now_ms))
    api.write("over", seen("over", now_ms))
    api.write("over", StatusChanged(call_id="over", at_ms=now_ms, key="end", status="ended"))
    api.write("lost-its-end", seen("lost-its-end", now_ms - 13 * 3_600_000))
    for token in (VIEWER, OPERATOR):
        assert api.get("/health", token)[2]["activeCalls"] == 1
    assert "activeCalls" not in api.get("/health", "a-wrong-one")[2]


def test_health_shows_calls_to_anyone_when_switched_on(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start(account, monkeypatch, HEALTH_SHOWS_CALLS="true")
    assert api.get("/health")[2] == {"status": "ok", "version": "1.2.3", "activeCalls": 0}
    api.app.PARTS.desk.calls._connection.close()


def test_health_stays_up_when_the_table_or_the_tokens_are_down(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start(account, monkeypatch, CALLS_TABLE="absent", HEALTH_SHOWS_CALLS="true")
    assert api.get("/health", VIEWER)[2] == {"status": "ok", "version": "1.2.3"}
    assert api.get("/api/calls", VIEWER)[0] == 503  # no secret of that name
    api.app.PARTS.desk.calls._connection.close()


@pytest.mark.parametrize("path", ["/api/calls", "/api/calls/some-call"])
@pytest.mark.parametrize(
    "token", [None, "", "wrong", VIEWER[:-1], VIEWER + "x", "caf\u00e9", "\udcff"]
)
def test_without_a_valid_token_nothing_is_shown(api: Api, path: str, token: str | None) -> None:
    status, headers, body = api.get(path, token)
    assert status == 401
    assert headers["content-type"] == "application/problem+json"
    assert headers["www-authenticate"] == "Bearer"
    assert body == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "A valid bearer token is required.",
    }


def name_of(tokens: OperatorTokens, authorization: str) -> str | None:
    who = tokens.who(authorization)
    assert who is None or who.name == who.role
    return None if who is None else who.name


def test_a_token_is_asked_for_once_and_a_new_one_is_found(api: Api) -> None:
    tokens = api.app.PARTS.tokens
    assert name_of(tokens, f"Bearer {OPERATOR}") == "operator"
    assert name_of(tokens, f"bearer {VIEWER}") == "viewer"
    assert name_of(tokens, f"Basic {VIEWER}") is None
    first_fetched_ms = tokens._fetched_at_ms
    assert name_of(tokens, "Bearer nobody") is None
    assert tokens._fetched_at_ms == first_fetched_ms  # a stranger does not make us ask again
    api.account.client("secretsmanager").put_secret_value(
        SecretId="tokens", SecretString=json.dumps({"operator": "new-" + OPERATOR})
    )
    tokens._fetched_at_ms -= 60_000
    assert name_of(tokens, f"Bearer new-{OPERATOR}") == "operator"
    assert name_of(tokens, f"Bearer {VIEWER}") is None


def test_a_token_stored_with_a_line_end_is_the_token(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.secret("tokens", json.dumps({"operator": f"{OPERATOR}\n", "viewer": f" {VIEWER} "}))
    tokens = start(account, monkeypatch).app.PARTS.tokens
    assert name_of(tokens, f"Bearer {OPERATOR}") == "operator"
    assert name_of(tokens, f"Bearer {VIEWER}") == "viewer"
    assert name_of(tokens, "Bearer ") is None


@pytest.mark.parametrize(
    "stored", ["{}", "[]", "no json", '{"operator": ""}', '{"operator": " \\n"}', '{"viewer": 7}']
)
def test_tokens_that_cannot_be_used_let_nobody_in(
    account: Account, monkeypatch: pytest.MonkeyPatch, stored: str
) -> None:
    account.secret("tokens", stored)
    api = start(account, monkeypatch)
    for token in ("", "7", VIEWER):
        assert api.get("/api/calls", token)[0] == 503
    api.app.PARTS.desk.calls._connection.close()


def test_the_calls_of_a_day_come_in_pages(api: Api) -> None:
    for number in range(3):
        api.write(f"call-{number}", seen(f"call-{number}", AT_MS + number))
    status, _, first = api.get("/api/calls", VIEWER, day="2026-08-20", limit="2")
    assert status == 200
    assert [call["id"] for call in first["calls"]] == ["call-2", "call-1"]
    _, _, last = api.get(
        "/api/calls", VIEWER, day="2026-08-20", limit="2", cursor=first["nextCursor"]
    )
    assert [call["id"] for call in last["calls"]] == ["call-0"]
    assert last["nextCursor"] is None
    assert last["calls"][0] == {
        "id": "call-0",
        "status": None,
        "startedAt": "2026-08-20T23:00:00.000Z",
        "firstSeenAt": "2026-08-20T23:00:00.000Z",
        "lastSeenAt": "2026-08-20T23:00:00.000Z",
        "endedAt": None,
        "direction": "inbound",
        "customerNumber": "+1415•••0123",
        "customerName": None,
        "calledNumber": None,
        "endedReason": None,
        "howEnded": None,
        "achieved": None,
        "achievedProved": False,
        "achievedDisputed": False,
        "answers": {},
        "summary": None,
        "success": None,
        "costUsd": None,
        "costMicros": 0,
        "costFinal": False,
        "costs": [],
        "campaignId": None,
        "attemptId": None,
        "correctedTo": None,
        "assistants": [],
        "intent": "billing",
        "destination": "billing",
        "mode": "normal",
        "clarifications": 0,
        "interruptions": 0,
        "decisions": 0,
    }


def test_without_a_day_it_is_today(api: Api) -> None:
    now_ms = api.app.PARTS.desk.clock.now_ms()
    api.write("now", seen("now", now_ms))
    _, _, body = api.get("/api/calls", VIEWER)
    assert [call["id"] for call in body["calls"]] == ["now"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", body["day"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "yesterday"),
        ("day", "2026-13-01"),
        ("day", "2026-8-1"),
        ("day", "2026-08-20\n"),
        ("limit", ""),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "1.5"),
        ("limit", "\u0661"),
        ("cursor", "bm9uc2Vuc2U"),
        ("cursor", "%%"),
    ],
)
def test_a_bad_parameter_is_named(api: Api, field: str, value: str) -> None:
    status, headers, body = api.get("/api/calls", VIEWER, **{field: value})
    assert status == 400
    assert headers["content-type"] == "application/problem+json"
    assert body["field"] == field
    assert body["detail"].startswith(field)


def test_a_call_is_shown_with_its_timeline_and_without_its_control_url(api: Api) -> None:
    said = UtteranceHeard(
        call_id="c1",
        at_ms=AT_MS + 1500,
        key="said",
        role="customer",
        text="my bill is wrong",
        final=True,
        intent="billing",
        confidence=0.9,
    )
    called = ToolCalled(
        call_id="c1",
        at_ms=AT_MS + 1000,
        key="tool:1",
        tool_call_id="1",
        name="routeToDepartment",
        arguments={"department": "billing"},
        department="billing",
    )
    decisions = tuple(
        Decision(
            call_id="c1",
            number=number,
            kind=ActionKind.ROUTE,
            department="billing",
            turn=0,
            reason="final",
            decided_at_ms=AT_MS + 2000 + number,
            desire=f"go-billing:{number}",
        )
        for number in (1, 2, 3)
    )
    api.write("c1", seen("c1"), said, called, decisions=decisions)
    store = store_of(api.account)
    store.begin_action(decisions[0], AT_MS + 2500)
    store.finish_action(decisions[0], ControlOutcome.SENT, AT_MS + 2600)
    store.begin_action(decisions[1], AT_MS + 2500)
    status, headers, body = api.get("/api/calls/c1", VIEWER)
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert [moment["what"] for moment in body["timeline"]] == [
        "ToolCalled",
        "UtteranceHeard",
        "Decision",
        "Decision",
        "Decision",
    ]
    assert body["timeline"][1] == {
        "at": "2026-08-20T23:00:01.500Z",
        "what": "UtteranceHeard",
        "role": "customer",
        "text": "my bill is wrong",
        "final": True,
        "intent": "billing",
        "confidence": 0.9,
        "wantsPerson": False,
        "perhapsPerson": False,
    }
    assert [moment.get("outcome") for moment in body["timeline"][2:]] == [
        "sent",
        "sending",
        "pending",
    ]
    assert body["decisions"] == 3
    assert "canary" not in json.dumps([body, api.get("/api/calls", VIEWER, day="2026-08-20")[2]])


@pytest.mark.parametrize("call_id", ["nobody", "x" * 5000, "..%2F", "caf\u00e9"])
def test_a_call_that_does_not_exist_is_a_404(api: Api, call_id: str) -> None:
    status, headers, body = api.get(f"/api/calls/{call_id}", VIEWER)
    assert (status, body["title"]) == (404, "Not Found")
    assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/health"), ("GET", "/api")])
def test_what_is_not_there_is_a_404(api: Api, method: str, path: str) -> None:
    status, _, body = api.get(path, VIEWER, method=method)
    assert (status, body["status"]) == (404, 404)


def test_a_failure_nobody_foresaw_tells_nothing(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    api.account.client("dynamodb").put_item(
        TableName=api.account.calls_table,
        Item={"pk": {"S": "CALL#c9"}, "sk": {"S": "FACT#canary"}, "version": {"N": "99"}},
    )
    status, _, body = api.get("/api/calls/c9", VIEWER)
    assert (status, body["title"]) == (500, "Internal Server Error")
    told = capsys.readouterr().out
    assert "UnreadableItemError" in told
    assert "canary" not in told + json.dumps(body)


ANSWERS_ONCE = """
import json, sys, operator_api.app
answer = operator_api.app.lambda_handler(json.loads(sys.argv[1]), None)
print(json.dumps([answer["statusCode"], [name for name in sys.modules
    if name in {"botocore.session", "pydantic", "contact_center.records.domain.redaction"}]]))
"""


@pytest.mark.usefixtures("api")
def test_a_list_of_calls_is_told_by_a_process_that_has_not_loaded_what_it_can_do_without() -> None:
    """Half of a cold start was botocore."""
    event = {
        "version": "2.0",
        "rawPath": "/api/calls",
        "rawQueryString": "",
        "headers": {"authorization": f"Bearer {VIEWER}"},
        "requestContext": {"http": {"method": "GET", "path": "/api/calls"}, "stage": "$default"},
    }
    told = subprocess.run(  # noqa: S603 (this Python, our own script)
        [sys.executable, "-c", ANSWERS_ONCE, json.dumps(event)],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout.splitlines()[-1]) == [200, []]
