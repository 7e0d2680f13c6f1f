"""The simulated HubSpot refuses what the real one does, lags, limits, and writes it down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.crm.http import Request
from local.crm.hubspot.definitions import Rule
from local.crm.hubspot.limits import DAY_MS
from local.crm.simulator import HubSpotSimulator
from local.settings import SIMULATED_HUBSPOT_TOKEN
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

type Json = Any

CONTACTS = "/crm/objects/2026-09/contacts"
CALLS = "/crm/objects/2026-09/calls"
CALL = {"hs_timestamp": "2026-11-18T17:30:00Z"}


class Account:
    """A simulator asked without a network."""

    def __init__(self) -> None:
        self.clock = FakeClock(0)
        self.hubspot = HubSpotSimulator(now_ms=self.clock.now_ms)
        self.headers = {"authorization": f"Bearer {SIMULATED_HUBSPOT_TOKEN}"}

    def ask(self, method: str, path: str, body: Json = None, **query: str) -> tuple[int, Json]:
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", **self.headers}
        answer = self.hubspot.rest.answer(Request(method, path, query, headers, sent))
        self.told = dict(answer.headers)
        return answer.status, json.loads(answer.body) if answer.body else None

    def add(self, path: str = CONTACTS, **properties: str) -> str:
        status, told = self.ask("POST", path, {"properties": properties})
        assert status == 201, told
        return str(told["id"])

    def search(self, name: str, operator: str, value: str, **more: Json) -> list[str]:
        groups = [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}]
        status, told = self.ask("POST", f"{CONTACTS}/search", {"filterGroups": groups, **more})
        assert status == 200, told
        return [one["id"] for one in told["results"]]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    yield made
    assert made.hubspot.log.entries("mistake") == []
    made.hubspot._server.server_close()


@pytest.mark.parametrize("given", ["", "Bearer another", f"Basic {SIMULATED_HUBSPOT_TOKEN}"])
def test_a_stranger_is_told_nothing(account: Account, given: str) -> None:
    account.headers = {"authorization": given}
    status, told = account.ask("GET", f"{CONTACTS}/1")
    assert (status, told["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/crm/v3/objects/contacts/1", 404),
        ("GET", "/crm/objects/2025-09/contacts/1", 404),
        ("GET", "/crm/objects/2026-09/unicorns/1", 400),
        ("PUT", f"{CONTACTS}/1", 405),
        ("GET", f"{CONTACTS}/1", 404),
        ("GET", f"{CONTACTS}/1/2/3", 404),
    ],
)
def test_a_path_that_is_none(account: Account, method: str, path: str, status: int) -> None:
    assert account.ask(method, path)[0] == status


@pytest.mark.parametrize(
    ("path", "properties", "code"),
    [
        (CONTACTS, {"nobody_made": "x"}, "PROPERTY_DOESNT_EXIST"),
        (CONTACTS, {"email": "no address"}, "INVALID_EMAIL"),
        (CONTACTS, {"hs_searchable_calculated_phone_number": "1"}, "READ_ONLY_VALUE"),
        (CONTACTS, {"phone": 4155550123}, "INVALID_STRING"),
        (CALLS, {}, "MISSING_REQUIRED_PROPERTY"),
        (CALLS, {"hs_timestamp": "yesterday"}, "INVALID_DATE"),
        (CALLS, {**CALL, "hs_call_direction": "SIDEWAYS"}, "INVALID_OPTION"),
        (CALLS, {**CALL, "hs_call_duration": "a while"}, "INVALID_NUMBER"),
        (CALLS, {**CALL, "hs_call_body": "x" * 65_537}, "VALUE_TOO_LONG"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_code(
    account: Account, path: str, properties: Json, code: str
) -> None:
    status, told = account.ask("POST", path, {"properties": properties})
    assert (status, told["category"]) == (400, "VALIDATION_ERROR")
    assert told["errors"][0]["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"properties": []},
        {"properties": {}, "nobody_knows": 1},
        {"properties": {}, "associations": [{"to": {"id": "1"}}]},
    ],
)
def test_a_body_that_is_none(account: Account, body: Json) -> None:
    assert account.ask("POST", CONTACTS, body)[0] == 400


def test_what_is_no_json_is_said_to_be_none(account: Account) -> None:
    account.headers |= {"content-type": "text/plain"}
    assert account.ask("POST", CONTACTS, {})[0] == 415
    request = Request(
        "POST", CONTACTS, {}, {**account.headers, "content-type": "application/json"}, b"{"
    )
    assert account.hubspot.rest.answer(request).status == 400


def test_an_address_that_is_taken_names_who_has_it(account: Account) -> None:
    first = account.add(email="Ada@example.com")
    status, told = account.ask("POST", CONTACTS, {"properties": {"email": "ada@EXAMPLE.com"}})
    assert (status, told["message"]) == (409, f"Contact already exists. Existing ID: {first}")
    second = account.add()
    assert (
        account.ask("PATCH", f"{CONTACTS}/{second}", {"properties": {"email": "ada@example.com"}})[
            0
        ]
        == 409
    )
    assert (
        account.ask("PATCH", f"{CONTACTS}/{first}", {"properties": {"email": "ada@example.com"}})[0]
        == 200
    )


def test_a_property_of_an_owner_that_is_taken_may_be_told_as_400(account: Account) -> None:
    account.add(switchboard_customer="+1")
    again = {"properties": {"switchboard_customer": "+1"}}
    assert account.ask("POST", CONTACTS, again)[0] == 409
    account.hubspot.portal.records.taken_as_400 = True
    status, told = account.ask("POST", CONTACTS, again)
    assert (status, "CONFLICTING_UNIQUE_VALUE" in told["message"]) == (400, True)


def test_a_record_is_read_by_a_unique_property_alone(account: Account) -> None:
    made = account.add(switchboard_customer="+1", phone="+14155550123")
    status, told = account.ask("GET", f"{CONTACTS}/%2B1", idProperty="switchboard_customer")
    assert (status, told["id"]) == (200, made)
    assert account.ask("GET", f"{CONTACTS}/+14155550123", idProperty="phone")[0] == 400
    status, told = account.ask("GET", f"{CONTACTS}/{made}", properties="phone,firstname")
    assert told["properties"]["phone"] == "+14155550123"
    assert told["properties"]["firstname"] is None


def test_a_value_may_be_taken_away(account: Account) -> None:
    made = account.add(firstname="Ada")
    account.ask("PATCH", f"{CONTACTS}/{made}", {"properties": {"firstname": ""}})
    _, told = account.ask("GET", f"{CONTACTS}/{made}", properties="firstname")
    assert told["properties"]["firstname"] is None


def test_the_search_sees_what_was_there_ten_seconds_ago(account: Account) -> None:
    made = account.add(phone="(415) 555-0123", firstname="Ada")
    account.clock.advance(9_999)
    assert account.search("firstname", "EQ", "ada") == []
    account.clock.advance(1)
    assert account.search("firstname", "EQ", "ada") == [made]

    account.ask("PATCH", f"{CONTACTS}/{made}", {"properties": {"firstname": "Augusta"}})
    assert account.search("firstname", "EQ", "ada") == [made]
    account.clock.advance(10_000)
    assert account.search("firstname", "EQ", "ada") == []

    account.ask("POST", f"{CONTACTS}/gdpr-delete", {"objectId": made})
    assert account.ask("GET", f"{CONTACTS}/{made}")[0] == 404
    account.clock.advance(10_000)
    assert account.search("phone", "HAS_PROPERTY", "") == []


@pytest.mark.parametrize(
    ("name", "operator", "value", "found"),
    [
        ("hs_searchable_calculated_phone_number", "EQ", "4155550123", True),
        ("hs_searchable_calculated_phone_number", "EQ", "5550123", False),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", "*5550123", True),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", "5550123", False),
        ("phone", "EQ", "+14155550123", False),
        ("phone", "NEQ", "x", True),
        ("mobilephone", "HAS_PROPERTY", "", False),
        ("mobilephone", "NOT_HAS_PROPERTY", "", True),
    ],
)
def test_filters(account: Account, name: str, operator: str, value: str, *, found: bool) -> None:
    account.add(phone="(415) 555-0123")
    account.clock.advance(10_000)
    assert bool(account.search(name, operator, value)) is found


def test_pages_of_a_search(account: Account) -> None:
    made = [account.add(firstname="Ada") for _ in range(5)]
    account.clock.advance(10_000)
    assert account.search("firstname", "EQ", "Ada", limit=2) == made[:2]
    assert account.search("firstname", "EQ", "Ada", limit=2, after="4") == made[4:]


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [{"propertyName": "phone", "operator": "EQ"}]}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "phone", "operator": "EQ"}] * 7}]},
        {"filterGroups": [{"filters": [{"propertyName": "nobody_made", "operator": "EQ"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "phone", "operator": "LIKE"}]}]},
        {"filterGroups": [{}]},
        {"limit": 201},
        {"nobody_knows": 1},
    ],
)
def test_a_search_that_is_none(account: Account, body: Json) -> None:
    assert account.ask("POST", f"{CONTACTS}/search", body)[0] == 400


def test_ten_seconds_slide(account: Account) -> None:
    account.hubspot.limits.in_ten_seconds = 3
    for _ in range(3):
        assert account.ask("GET", f"{CONTACTS}/1")[0] == 404
        account.clock.advance(3_000)
    status, told = account.ask("GET", f"{CONTACTS}/1")
    assert (status, told["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert account.told["X-HubSpot-RateLimit-Remaining"] == "0"
    account.clock.advance(1_000)  # the first was ten seconds ago
    assert account.ask("GET", f"{CONTACTS}/1")[0] == 404
    assert account.ask("GET", f"{CONTACTS}/1")[0] == 429


def test_a_day_begins_anew_at_midnight(account: Account) -> None:
    account.hubspot.limits.in_a_day = 1
    account.ask("GET", f"{CONTACTS}/1")
    assert account.ask("GET", f"{CONTACTS}/1")[1]["policyName"] == "DAILY"
    account.clock.advance(DAY_MS)
    assert account.ask("GET", f"{CONTACTS}/1")[0] == 404


def test_the_search_is_counted_apart_and_told_nothing(account: Account) -> None:
    account.hubspot.limits.in_ten_seconds = 0
    for _ in range(5):
        assert account.ask("POST", f"{CONTACTS}/search", {})[0] == 200
        assert account.told == {}
    status, told = account.ask("POST", f"{CONTACTS}/search", {})
    assert (status, told["policyName"], account.told) == (429, "SECONDLY", {})


def test_rules_hold_from_the_version_on_that_enforces_them(account: Account) -> None:
    account.hubspot.portal.definitions.rules.append(
        Rule("contacts", "phone", r"\+\d+", required=True)
    )
    for properties in ({"phone": "415"}, {}):
        _, told = account.ask("POST", CONTACTS, {"properties": properties})
        assert told["errors"][0]["code"] == "FAILED_PROPERTY_VALIDATION_RULE"
    assert (
        account.ask("POST", CONTACTS.replace("-09", "-03"), {"properties": {"phone": "415"}})[0]
        == 201
    )


def test_an_upsert_wants_a_unique_property_and_an_account_that_has_it(account: Account) -> None:
    one = {"id": "e-1", "idProperty": "switchboard_effect", "properties": CALL}
    path = f"{CALLS}/batch/upsert"
    first, again = (account.ask("POST", path, {"inputs": [one]}) for _ in range(2))
    assert [told["results"][0]["new"] for _, told in (first, again)] == [True, False]
    for by in ("hs_call_title", "nobody_made", ""):
        assert account.ask("POST", path, {"inputs": [{**one, "idProperty": by}]})[0] == 400
    assert account.ask("POST", path, {"inputs": [one] * 101})[0] == 400
    account.hubspot.portal.no_upsert = frozenset({"calls"})
    assert "non-unique" in account.ask("POST", path, {"inputs": [one]})[1]["message"]


def test_a_batch_is_read_as_far_as_it_is_there(account: Account) -> None:
    made = account.add(firstname="Ada")
    inputs = [{"id": made}, {"id": "1"}]
    status, told = account.ask(
        "POST", f"{CONTACTS}/batch/read", {"inputs": inputs, "properties": []}
    )
    assert (status, [one["id"] for one in told["results"]]) == (207, [made])
    assert told["errors"][0]["context"]["ids"] == ["1"]


def test_a_tie_is_seen_from_both_ends_and_goes_with_a_contact(account: Account) -> None:
    contact, call = account.add(), account.add(CALLS, **CALL)
    tie = f"{CALLS}/{call}/associations/default/contacts/{contact}"
    assert [account.ask("PUT", tie)[0] for _ in range(2)] == [200, 200]
    _, told = account.ask("GET", f"{CALLS}/{call}", associations="contacts")
    assert told["associations"]["contacts"]["results"] == [
        {"id": contact, "type": "call_to_contact"}
    ]
    _, told = account.ask("GET", f"{CONTACTS}/{contact}", associations="calls")
    assert told["associations"]["calls"]["results"][0]["id"] == call
    assert account.ask("PUT", tie[:-1] + "0000")[0] == 404
    account.ask("POST", f"{CONTACTS}/gdpr-delete", {"objectId": contact})
    _, told = account.ask("GET", f"{CALLS}/{call}", associations="contacts")
    assert "associations" not in told


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 201),
        ({"name": "switchboard_customer"}, 409),
        ({"name": "Not Lower"}, 400),
        ({"groupName": "nobody_made"}, 400),
        ({"type": "poem"}, 400),
        ({"nobody_knows": 1}, 400),
        ({"label": None}, 400),
    ],
)
def test_a_new_property(account: Account, changed: Json, status: int) -> None:
    new = {"name": "mood", "label": "Mood", "type": "string", "fieldType": "text"}
    body = {**new, "groupName": "information", **changed}
    assert account.ask("POST", "/crm/properties/2026-09/contacts", body)[0] == status


def test_a_judge_reads_how_often_it_was_asked(account: Account) -> None:
    for _ in range(4):
        account.ask("GET", f"{CONTACTS}/1")
        account.clock.advance(2_500)
    account.ask("GET", f"{CONTACTS}/1")
    assert account.hubspot.log.most_in(10_000) == 4
    assert account.hubspot.log.most_in(10_001) == 5
    entry = account.hubspot.log.entries("request")[0]
    assert (entry["at_ms"], entry["method"], entry["status"]) == (0, "GET", 404)
