"""A canary in every field that operators send: no log, metric, error or name of a key has it after.

Fields are those of the API's document, which is made of the models: a new one is tried by itself.
"""

from __future__ import annotations

import json
import logging
import random
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aws_lambda_powertools
import pytest

from contact_center.aws.dynamodb import keys
from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns
from tests.fakes.raw_server import RawServer, answer
from tests.functional.campaigns.campaign_rig import CampaignRig, start_campaign_api
from tests.functional.dialing.dialing_rig import DialingRig, dial, now_ms, tick
from tests.functional.figures.test_figures_api import queues_of
from tests.functional.lists.list_rig import ListRig
from tests.functional.operator_api.openapi_document import Json, operations, resolved
from tests.functional.operator_api.operator_rig import OPERATOR
from tests.fuzz.api_scene import made
from tests.fuzz.good_values import good

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NAME, DIGITS = "Zebulon", "2125550987"
NUMBER = f"+1{DIGITS}"
CANARY = f"{NAME} of {NUMBER}"
WRONG: Mapping[str, object] = {
    "a text": CANARY,
    "a telephone number": NUMBER,
    "a number": int(DIGITS),
    "far too long": CANARY * 300,
    "nested": {"x": [CANARY]},
    "several": [CANARY, [CANARY]],
}
# A number is the name of what is kept about its owner, and of nothing else.
HIS = {keys.person(NUMBER), keys.customer(NUMBER), NUMBER}
SEEDS = 40  # bodies among which one has each field, however rarely it goes with the others
TOOL = 3  # a number that no debugger, coverage or profiler takes
OF_THE_INTERPRETER = "builtins"  # says what it could not read, to whoever asked; none gets out

type Place = tuple[str | int, ...]


@contextmanager
def errors_that_tell() -> Iterator[set[str]]:
    """Errors of ours, and of libraries, that had the canary in their words: kind and place."""
    found: set[str] = set()

    def look(code: Any, _offset: int, error: BaseException) -> None:
        if type(error).__module__ != OF_THE_INTERPRETER and tells(str(error)):
            found.add(f"{type(error).__name__} in {code.co_qualname}")

    watch = sys.monitoring
    watch.use_tool_id(TOOL, "canaries")
    watch.register_callback(TOOL, watch.events.RAISE, look)
    watch.set_events(TOOL, watch.events.RAISE)
    try:
        yield found
    finally:
        watch.set_events(TOOL, watch.events.NO_EVENTS)
        watch.register_callback(TOOL, watch.events.RAISE, None)
        watch.free_tool_id(TOOL)


def tells(said: str) -> bool:
    return NAME in said or DIGITS in said


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every field and element of a body, by the steps that lead there."""
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*at, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, step))


def fields(schema: Json) -> set[str]:
    """The names of all fields that a schema knows."""
    schema = resolved(schema)
    known = schema.get("properties", {})
    parts = [*schema.get("anyOf", ()), *known.values()]
    parts += [schema["items"]] if "items" in schema else []
    return set(known).union(*map(fields, parts))


def planted(body: Any, place: Place, what: object) -> Any:
    """A body with something else at a place."""
    copy = json.loads(json.dumps(body))
    holder = copy
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = what
    return copy


def bodies(schema: Json) -> dict[Place, Any]:
    """Each place of a body, with a body that has it."""
    found: dict[Place, Any] = {}
    for seed in range(SEEDS):
        body = good(schema, random.Random(seed))  # noqa: S311 - no secret
        for place in places(body):
            found.setdefault(place, body)
    assert {place[-1] for place in found if isinstance(place[-1], str)} == fields(schema)
    return found


def asked() -> Iterator[tuple[str, str, Any, dict[str, str]]]:
    """Requests with one canary each: method, path, body and query."""
    for method, path, operation in operations():
        content = operation.get("requestBody", {}).get("content", {})
        for place, body in bodies(content["application/json"]["schema"]).items() if content else ():
            for what in WRONG.values():
                yield method, path, planted(body, place, what), {}
        for parameter in map(resolved, operation.get("parameters", ())):
            if parameter["in"] == "query":
                yield method, path, None, {parameter["name"]: CANARY}


def of_scene(path: str, ids: Mapping[str, tuple[str, ...]]) -> str:
    """A path, with what stands behind it in this account."""
    steps = path.split("/")
    for at, step in enumerate(steps):
        if step.startswith("{"):
            steps[at] = ids[steps[at - 1]][0]
    return "/".join(steps)


def addresses(path: str, ids: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """A path with the canary in place of one of its names, and behind it."""
    steps, known = path.split("/"), of_scene(path, ids).split("/")
    for at, step in enumerate(steps):
        if step.startswith("{"):
            for what in (CANARY, NUMBER, f"{known[at]}{CANARY}"):
                yield "/".join((*known[:at], quote(what), *known[at + 1 :]))


def names_of_keys(account: Account) -> set[str]:
    """All that is the name of something in a store: of items, in their indexes, and of files."""
    client, found = account.client("dynamodb"), set()
    for table in (account.calls_table, account.dialing_table, account.contacts_table):
        told = client.describe_table(TableName=table)["Table"]
        names = [one["AttributeName"] for one in told["AttributeDefinitions"]]
        for item in client.scan(TableName=table)["Items"]:
            found |= {str(*item[name].values()) for name in names if name in item}
    files = account.client("s3").list_objects_v2(Bucket=account.reports_bucket)
    return found | {one["Key"] for one in files.get("Contents", ())}


@pytest.fixture
def said(
    capsys: pytest.CaptureFixture[str],
    logged: list[logging.LogRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], str]:
    """All that may come into a log: what is written, and what libraries log, the API's own too."""
    monkeypatch.setattr(logging.getLogger(aws_lambda_powertools.__name__), "propagate", True)
    shown = logging.Formatter().format
    return lambda: "\n".join((*capsys.readouterr(), *map(shown, logged)))


def nothing_told(account: Account, errors: set[str], logged: str) -> None:
    assert [line for line in logged.splitlines() if tells(line)] == []
    assert errors == set()
    assert {one for one in names_of_keys(account) if tells(one)} <= HIS


def test_what_operators_send_is_in_no_log_metric_error_or_name_of_a_key(
    account: Account, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    scene = made(account, monkeypatch)
    api = CampaignRig(scene.app, account)
    tried = 0
    with errors_that_tell() as errors:
        for method, path, body, query in asked():
            status, told = api.ask(method.upper(), of_scene(path, scene._ids), body, **query)
            tried += 1
            assert status < 500, (method, path, body, query)
            assert status < 400 or not tells(json.dumps(told)), (method, path, told)
    assert tried > 400
    nothing_told(account, errors, said())


def test_nor_is_what_stands_in_the_address_of_a_request_or_in_its_headers(
    account: Account, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    scene = made(account, monkeypatch)
    api = CampaignRig(scene.app, account)
    tried = 0
    with errors_that_tell() as errors:
        for method, path, _ in operations():
            for address in addresses(path, scene._ids):
                for token in (OPERATOR, None):
                    status, told = api.ask(method.upper(), address, {}, token=token)
                    tried += 1
                    assert status < 500, (method, address)
                    assert not tells(json.dumps(told)), (method, address, told)
        for token, key in ((CANARY, None), (OPERATOR, CANARY), (f"{OPERATOR}{CANARY}", None)):
            status, told = api.ask("POST", "/trigger/outbound", WISH, token=token, key=key)
            assert not tells(json.dumps(told)), told
    assert tried > 120
    nothing_told(account, errors, said())


def test_nor_is_what_an_error_says_that_nobody_expected(
    account: Account, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    api = start_campaign_api(account, monkeypatch, **queues_of(account))

    def broken(*_: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(DynamoDBCampaigns, "page", broken)

    status, told = api.ask("GET", "/api/campaigns")

    logged = said()
    assert (status, tells(json.dumps(told))) == (500, False)
    assert '"message":"request failed","error":"KeyError"' in logged
    assert not tells(logged)


GOOD = {
    "phone": NUMBER,
    "id": CANARY,
    "name": CANARY,
    "timezone": "America/New_York",
    "state": "NY",
    "zip": "10001",
    "consent_kind": "express_written",
    "consent_at": "2026-06-01T10:00:00Z",
    "consent_source": CANARY,
    "Note": CANARY,
}
WISH = {
    "customer": {"phone": "+12125550124", "id": CANARY},
    "idempotencyKey": CANARY,
    "consent": {"kind": "express_written", "at": "2026-06-01T10:00:00Z", "source": CANARY},
}


def a_list() -> str:
    """A row that is right, and others with the canary where it is not."""
    decides = [name for name, value in GOOD.items() if value != CANARY]
    wrong = [GOOD | {"phone": "+13125550101"} | {name: CANARY} for name in decides]
    return "\n".join([",".join(row) for row in (GOOD, *(one.values() for one in (GOOD, *wrong)))])


def test_nor_is_it_after_a_list_was_imported_planned_and_dialled(
    account: Account, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    account.secret("vapi-api-key", '{"key": "private"}')
    api = start_campaign_api(account, monkeypatch, **queues_of(account))
    lists = ListRig(account, monkeypatch)
    later = {"LOCAL_STARTED_AT_MS": str(now_ms() - 60_000)}  # what was wished for is due by then
    placed = answer("201 Created", b'{"id": "call-1", "name": "%s"}' % CANARY.encode())
    refused = answer("400 Bad Request", b'{"message": ["name: %s"]}' % CANARY.encode())
    with RawServer(placed, refused) as vapi, errors_that_tell() as errors:
        dialing = DialingRig(account, vapi.url, "phone-1", monkeypatch, later)
        campaign = api.create(name=CANARY)
        api.add(campaign, a_list())
        lists.work(lists.start())
        assert api.ask("POST", f"/api/campaigns/{campaign}/start")[0] == 200
        assert api.ask("POST", "/trigger/outbound", WISH)[0] == 202
        assert tick(dialing.start("campaign_planner"))["planned"] == 1
        dialer = dialing.start("dialer")
        for job in dialing.jobs():
            dial(dialer, {"messageId": "m", "body": json.dumps(job)})
        assert len(vapi.requests) == 2
    nothing_told(account, errors, said())
