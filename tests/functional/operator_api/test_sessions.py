"""Logging in to the page: a cookie for a token, and what a browser must show with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.functional.lists.list_rig import list_environment
from tests.functional.operator_api.openapi_document import held
from tests.functional.operator_api.operator_rig import OPERATOR, VIEWER, start_operator_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account
    from tests.functional.operator_api.operator_rig import OperatorRig

pytestmark = pytest.mark.emulator

PAGE = {
    "sec-fetch-site": "same-origin",
    "x-console": "1",
    "content-type": "application/json",
}
STOP = ("POST", "/api/dialing/stop")


@dataclass
class Browser:
    """What a browser does with the answers: it keeps the cookie."""

    rig: OperatorRig
    cookies: list[str] = field(default_factory=list)
    answer: Any = None

    def ask(
        self, method: str, path: str, body: object = None, address: str = "203.0.113.7", **sent: str
    ) -> tuple[int, Any]:
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {name.replace("_", "-"): said for name, said in sent.items()},
            "requestContext": {
                "http": {"method": method, "path": path, "sourceIp": address},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if self.cookies:
            event["cookies"] = self.cookies
        if body is not None:
            event["body"] = json.dumps(body)
        self.answer = self.rig.app.lambda_handler(event, None)
        told = json.loads(self.answer["body"])
        held(method, path, self.answer["statusCode"], told)
        return self.answer["statusCode"], told

    def log_in(self, token: str = OPERATOR, **sent: str) -> tuple[int, Any]:
        told = self.ask("POST", "/console/login", {"token": token}, **PAGE | sent)
        if told[0] == 200:
            [set_cookie] = self.answer["cookies"]
            self.cookies = [set_cookie.partition(";")[0]]
        return told


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch, **list_environment(account))
    yield made
    made.app.PARTS.sessions().tries._connection.close()
    made.close()


@pytest.fixture
def browser(rig: OperatorRig) -> Browser:
    return Browser(rig)


def test_a_token_becomes_a_cookie_that_only_this_host_and_no_script_gets(browser: Browser) -> None:
    status, told = browser.log_in()
    assert (status, told["name"], told["role"]) == (200, "operator", "operator")
    [set_cookie] = browser.answer["cookies"]
    value, *words = set_cookie.split("; ")
    assert value.startswith("__Host-session=v1.")
    assert {word.lower() for word in words} == {
        *("path=/", "secure", "httponly", "samesite=strict", "max-age=43200"),
    }
    assert OPERATOR not in json.dumps(browser.answer)
    assert browser.ask("GET", "/console/session") == (200, told)
    assert browser.ask("GET", "/api/calls")[0] == 200
    assert browser.ask(*STOP, {}, **PAGE)[0] == 200


def test_a_viewers_cookie_is_a_viewers(browser: Browser) -> None:
    browser.log_in(VIEWER)
    assert browser.ask("GET", "/api/calls")[0] == 200
    assert browser.ask(*STOP, {}, **PAGE)[0] == 403


@pytest.mark.parametrize(
    "sent",
    [
        {},
        PAGE | {"sec-fetch-site": "same-site"},  # another port of the same host
        PAGE | {"sec-fetch-site": "cross-site"},
        {name: said for name, said in PAGE.items() if name != "sec-fetch-site"},
        {name: said for name, said in PAGE.items() if name != "x-console"},
        PAGE | {"x-console": "0"},
        PAGE | {"content-type": "text/plain"},
        PAGE | {"content-type": "application/x-www-form-urlencoded"},
        {name: said for name, said in PAGE.items() if name != "content-type"},
    ],
)
def test_a_change_that_the_page_itself_cannot_have_asked_for_is_refused(
    browser: Browser, sent: dict[str, str]
) -> None:
    browser.log_in()
    assert browser.ask(*STOP, {}, **sent)[0] == 403
    assert browser.ask("POST", "/console/logout", {}, **sent)[0] == 403
    assert browser.rig.app.PARTS.dialing().switch.switch.read().stopped is False
    assert browser.ask("GET", "/api/calls", **sent)[0] == 200


def test_a_list_of_contacts_may_be_csv_which_no_form_can_send(browser: Browser) -> None:
    browser.log_in()
    path = "/api/campaigns/nobody/contacts"
    assert browser.ask("POST", path, "phone", **PAGE | {"content-type": "text/csv"})[0] == 404
    path = "/api/national-list"
    assert browser.ask("POST", path, "212", **PAGE | {"content-type": "text/plain"})[0] == 403


def test_a_bearer_token_needs_none_of_it_and_goes_before_a_cookie(browser: Browser) -> None:
    browser.log_in()
    bearer = {"authorization": f"Bearer {OPERATOR}"}
    assert browser.ask(*STOP, **bearer)[0] == 200
    assert browser.ask("GET", "/console/session", **bearer)[1]["endsAt"] is None
    for wrong in ("Bearer nobody", "Basic x", ""):
        assert browser.ask("GET", "/api/calls", authorization=wrong)[0] == 401


def test_a_cookie_that_is_not_ours_to_the_letter_lets_nobody_in(browser: Browser) -> None:
    browser.log_in()
    [good] = browser.cookies
    for cookies in (
        [good[:-1] + ("A" if good[-1] != "A" else "B")],
        ["__Host-session="],
        ["__Host-session=v1.W10.x"],
        [good.replace("__Host-", "")],
        [good, good],
        ["other=1"],
    ):
        browser.cookies = cookies
        assert browser.ask("GET", "/api/calls")[0] == 401, cookies
    browser.cookies = ["other=1", good]
    assert browser.ask("GET", "/api/calls")[0] == 200


def test_turning_the_token_ends_the_session(browser: Browser) -> None:
    browser.log_in()
    browser.rig.account.client("secretsmanager").put_secret_value(
        SecretId="tokens", SecretString=json.dumps({"operator": "new-" + OPERATOR})
    )
    assert browser.ask("GET", "/api/calls")[0] == 200  # as a bearer token: known for minutes
    browser.rig.app.PARTS.tokens._fetched_at_ms -= 300_000
    assert browser.ask("GET", "/api/calls")[0] == 401


def test_logging_out_takes_the_cookie_away(browser: Browser) -> None:
    browser.log_in()
    assert browser.ask("POST", "/console/logout", {}, **PAGE) == (200, {"loggedIn": False})
    [set_cookie] = browser.answer["cookies"]
    assert set_cookie.startswith("__Host-session=;")
    assert "Max-Age=0" in set_cookie
    browser.cookies = []
    assert browser.ask("POST", "/console/logout")[0] == 200


def test_ten_wrong_tokens_a_minute_from_an_address_and_one_answer_for_each(
    browser: Browser,
) -> None:
    wrong = ["", "wrong", OPERATOR[:-1], "x" * 512, "caf\u00e9", OPERATOR + "x", " "]
    answers = [browser.log_in(token) for token in wrong]
    assert {status for status, _ in answers} == {400, 401}  # an empty one is a mistake of the page
    assert len({json.dumps(told) for status, told in answers if status == 401}) == 1
    for _ in range(4):
        assert browser.log_in("wrong")[0] == 401
    assert browser.log_in("wrong")[0] == 429
    assert browser.log_in()[0] == 429
    assert browser.log_in(address="203.0.113.8")[0] == 200
    assert browser.ask("GET", "/api/calls", authorization="Bearer " + OPERATOR)[0] == 200


def test_nobody_is_logged_in_by_another_page(browser: Browser) -> None:
    for site in ("same-site", "cross-site", "none"):
        assert browser.log_in(**{"sec-fetch-site": site})[0] == 403
    assert browser.ask("POST", "/console/login", {"token": OPERATOR})[0] == 200  # no browser


def test_who_came_and_went_is_written_down(browser: Browser) -> None:
    browser.log_in(VIEWER)
    browser.ask("POST", "/console/logout", {}, **PAGE)
    browser.cookies = []
    browser.log_in()
    told = browser.ask("GET", "/api/audit")[1]["entries"]
    assert [(one["who"], one["action"], one["on"]) for one in told] == [
        ("operator", "logIn", "session"),
        ("viewer", "logOut", "session"),
        ("viewer", "logIn", "session"),
    ]
