"""Who may ask, for what, and how often; and that the fields are those of Twilio's OpenAPI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft202012Validator
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from local.twilio.rest.forms import OPERATIONS
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from tests.contract.twilio.operation_table import operation_table
from tests.twilio_scene import OURS, PERSON, Stage, person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
RIGHT = (ACCOUNT_SID, AUTH_TOKEN)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage([person()]) as made:
        yield made


def ask(stage: Stage, method: str, path: str, **more: Any) -> tuple[int, Any]:
    auth = more.pop("auth", RIGHT)
    with requests.request(method, stage.twilio.url + path, auth=auth, timeout=60, **more) as answer:
        return answer.status_code, answer.json() if answer.content else None


def test_the_table_of_operations_is_that_of_the_openapi(shared: Path) -> None:
    assert json.loads(OPERATIONS.read_text(encoding="utf-8")) == operation_table(shared)


@pytest.mark.parametrize(
    ("method", "path", "data", "status", "code"),
    [
        ("POST", "/Calls.json", {"To": PERSON, "From": OURS, "Uri": "x"}, 400, 20001),
        ("POST", "/Calls.json", [("To", PERSON), ("To", PERSON), ("From", OURS)], 400, 21211),
        ("GET", "/Calls.json?Colour=red", None, 400, 20001),
        ("GET", "/Calls.json?PageSize=1001", None, 400, 20007),
        ("GET", "/Calls", None, 404, 20404),
        ("GET", "/Calls/CA1.json", None, 404, 20404),
        ("GET", f"/Calls/CA{'0' * 32}.json", None, 404, 20404),
        ("PUT", "/Calls.json", None, 405, 20004),
        ("GET", "/Messages.json", None, 404, 20404),
    ],
)
def test_what_is_not_in_the_api_is_refused(  # noqa: PLR0913, PLR0917 - one row of the table
    stage: Stage, method: str, path: str, data: Any, status: int, code: int
) -> None:
    answered, body = ask(stage, method, ACCOUNT + path, data=data)
    assert (answered, body["code"], body["status"]) == (status, code, status)
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert body["message"]


@pytest.mark.parametrize("auth", [None, (ACCOUNT_SID, "wrong"), (f"AC{'9' * 32}", AUTH_TOKEN)])
def test_who_is_not_the_account_gets_nothing(stage: Stage, auth: Any) -> None:
    status, body = ask(stage, "GET", f"{ACCOUNT}/Calls.json", auth=auth)
    assert (status, body["code"]) == (401, 20003)


def test_another_accounts_calls_are_not_ours_to_see(stage: Stage) -> None:
    status, body = ask(stage, "GET", f"/2010-04-01/Accounts/AC{'9' * 32}/Calls.json")
    assert (status, body["code"]) == (401, 20003)


def test_json_is_no_form(stage: Stage) -> None:
    status, body = ask(stage, "POST", f"{ACCOUNT}/Calls.json", json={"To": PERSON})
    assert (status, body["code"]) == (400, 20001)


def test_too_many_requests_are_refused_and_not_obeyed(stage: Stage) -> None:
    stage.twilio.switches.refuse_every = 2
    stage.order()
    with pytest.raises(TwilioRestException) as problem:
        stage.order()
    assert (problem.value.code, problem.value.status) == (20429, 429)
    assert len(stage.client.calls.list()) == 1


def test_an_answer_can_be_lost_though_the_order_was_obeyed(stage: Stage) -> None:
    stage.twilio.switches.lose_answers = 1
    with pytest.raises(requests.exceptions.ConnectionError):
        stage.order()
    assert [call.to for call in stage.client.calls.list()] == [PERSON]


def schema(shared: Path, name: str) -> Any:
    """A resource's schema, in which what may be missing may be null and nothing else is known."""
    document = json.loads((shared / "contracts/twilio/api_v2010.json").read_text("utf-8"))
    schemas = document["components"]["schemas"]
    shown = schemas[name]

    def ready(node: Any) -> Any:
        if "$ref" in node:
            return ready(schemas[node["$ref"].rpartition("/")[2]])
        kept = {key: node[key] for key in ("enum", "pattern") if key in node}
        return kept | {"type": [node["type"], "null"] if node.get("nullable") else node["type"]}

    properties = {key: ready(node) for key, node in shown["properties"].items()}
    if "reason_conference_ended" in properties:  # null while it goes on
        properties["reason_conference_ended"] = {"type": ["string", "null"]}
    return {"properties": properties, "additionalProperties": False, "required": [*properties]}


def test_every_resource_is_shown_as_the_openapi_says(shared: Path, stage: Stage) -> None:
    stage.says("/voice", "<Enqueue waitUrl='/wait'>support</Enqueue>")
    stage.says("/wait", "<Pause length='20'/>")
    stage.comes_in()
    stage.client.conferences("room").participants.create(from_=OURS, to=PERSON)
    stage.twilio.advance(5)
    _, queues = ask(stage, "GET", f"{ACCOUNT}/Queues.json")
    _, conferences = ask(stage, "GET", f"{ACCOUNT}/Conferences.json")
    [queue], [conference] = queues["queues"], conferences["conferences"]
    members = ask(stage, "GET", f"{ACCOUNT}/Queues/{queue['sid']}/Members.json")[1]
    path = f"{ACCOUNT}/Conferences/{conference['sid']}/Participants.json"
    participants = ask(stage, "GET", path)[1]
    calls = ask(stage, "GET", f"{ACCOUNT}/Calls.json")[1]

    del queue["subresource_uris"]  # shown by the real one, and not in its document
    shown = {
        "call": calls["calls"],
        "queue": [queue],
        "queue.member": members["queue_members"],
        "conference": [conference],
        "conference.participant": participants["participants"],
    }
    assert len(calls["calls"]) == 2
    for name, resources in shown.items():
        judge = Draft202012Validator(schema(shared, f"api.v2010.account.{name}"))
        assert resources
        assert [e.message for one in resources for e in judge.iter_errors(one)] == []


def test_a_second_client_of_the_same_account_sees_the_same(stage: Stage) -> None:
    call = stage.order()
    other = Client(ACCOUNT_SID, AUTH_TOKEN)
    other.api.base_url = stage.twilio.url
    assert other.calls(call.sid).fetch().to == PERSON
    if other.http_client.session is not None:
        other.http_client.session.close()
