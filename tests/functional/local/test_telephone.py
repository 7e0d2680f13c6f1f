"""The telephone's page and what it asks: for this machine's own browser, and its own calls."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import pytest

from local.cloud.emulator import ROOT
from local.cloud.gateway import Gateway
from local.cloud.http_server import Request, Response
from local.cloud.system import LocalSystem
from local.settings import read_settings
from local.telephone.exchange import basic
from local.telephone.offers import Offers
from local.telephone.page_files import CONSOLE, OWN
from local.telephone.server import OwnNumber, Simulator, Telephone
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from local.up import start_telephone, start_vapi
from local.vapi.simulator import VapiSimulator
from operator_api import page
from tests.twilio_scene import OURS, Media, Stage
from tests.vapi_scene import NUMBER, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.cloud.handler_pool import Outcome
    from tests.webhook_stub import Json

SPEED = 12.0
CONFIG = ROOT / "layers/contact_center/python/contact_center/config"
TOKEN = "an operator's"
MOMENT = {"key": "1", "at": "2026-11-29T12:00:00.000Z", "what": "AssistantStarted"}
OF_THE_PAGE = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}


class ApiServer:
    """The operators' API in a few lines, over real HTTP: it remembers who asked for what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.status = 200
        self.body: Json = {"call": {"moments": [MOMENT], "cursor": "7"}, "calls": []}
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                api.asked.append((self.path, self.headers["Authorization"]))
                body = json.dumps(api.body).encode()
                self.send_response(api.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with ApiServer() as running:
        yield running


@pytest.fixture
def telephone(api: ApiServer) -> Iterator[Telephone]:
    scene = Scene()
    offers = Offers(ROOT / "local/callers", CONFIG)
    with scene.webhook, VapiSimulator(server_url=scene.webhook.url, speed=SPEED) as vapi:
        made = Telephone(vapi.url, api.url, TOKEN, offers)
        yield made
        made.close()


@pytest.fixture
def media() -> Media:
    return Media()


@pytest.fixture
def at_twilio(api: ApiServer, media: Media) -> Iterator[tuple[Telephone, Stage]]:
    """Where there is a number of ours too, which puts callers through at once."""
    scene = Scene()
    offers = Offers(ROOT / "local/callers", CONFIG)
    with (
        scene.webhook,
        VapiSimulator(server_url=scene.webhook.url, speed=SPEED) as vapi,
        Stage(outside=media) as stage,
    ):
        stage.says("/voice", "<Connect><Stream url='wss://media.vapi.test/c/transport'/></Connect>")
        account = Simulator(stage.twilio.url, basic(ACCOUNT_SID, AUTH_TOKEN))
        made = Telephone(vapi.url, api.url, TOKEN, offers, OwnNumber(OURS, account))
        yield made, stage
        made.close()


def ask(
    telephone: Telephone,
    method: str,
    path: str,
    body: object = None,
    host: str = "127.0.0.1:3000",
    **headers: str,
) -> Response:
    sent = {"Host": host, **headers}
    raw = b"" if body is None else json.dumps(body).encode()
    request = Request(method, path, "HTTP/1.1", tuple(sent.items()), raw, "127.0.0.1")
    return asyncio.run(telephone.answer(request))


def told(answer: Response) -> Any:
    return json.loads(answer.body)


def ring(telephone: Telephone, **wish: Any) -> str:
    answer = ask(telephone, "POST", "/telephone/calls", wish, **OF_THE_PAGE)
    assert answer.status == 201, answer
    return str(told(answer)["id"])


def hang_up(telephone: Telephone, call: str) -> None:
    step = {"hang_up": "hangs up"}
    assert ask(telephone, "POST", f"/telephone/calls/{call}", step, **OF_THE_PAGE).status == 200
    after = 0
    while True:
        answer = told(ask(telephone, "GET", f"/telephone/calls/{call}?after={after}"))
        after = answer["after"]
        if any(event["event"] == "call-over" for event in answer["events"]):
            return


def headers_of(answer: Response) -> Mapping[str, str]:
    return {name.lower(): value for name, value in answer.headers}


def test_the_page_may_do_as_little_as_the_console(telephone: Telephone) -> None:
    answer = ask(telephone, "GET", "/telephone/")

    assert answer.status == 200
    assert headers_of(answer)["content-security-policy"] == page.POLICY
    assert headers_of(answer)["x-content-type-options"] == "nosniff"
    assert b"telephone.js" in answer.body
    assert b"<style" not in answer.body
    assert answer.body.count(b"<script") == answer.body.count(b'<script type="module" src=')


def test_its_address_without_the_last_stroke_leads_to_it(telephone: Telephone) -> None:
    answer = ask(telephone, "GET", "/telephone")

    assert (answer.status, headers_of(answer)["location"]) == (308, "/telephone/")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("telephone.js", OWN / "telephone.js"),
        ("telephone.css", OWN / "telephone.css"),
        ("console/kit.js", CONSOLE / "kit.js"),
        ("console/vendor/preact.mjs", CONSOLE / "vendor/preact.mjs"),
        ("console/style.css", CONSOLE / "style.css"),
    ],
)
def test_a_file_is_sent_as_it_stands(telephone: Telephone, name: str, path: Any) -> None:
    answer = ask(telephone, "GET", f"/telephone/{name}")

    assert answer.body == path.read_bytes()
    assert headers_of(answer)["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    [
        "../server.py",
        "../../../functions/operator_api/console/kit.js",
        "console/../../../tests/browser/budgets.js",
        "console/../app.py",
        "console/../console.html",
        "console/vendor/lock.toml",
        "console/console.html",
        "console/",
        "none.js",
        "console//etc/hostname",
    ],
)
def test_no_other_file_is_sent(telephone: Telephone, name: str) -> None:
    assert ask(telephone, "GET", f"/telephone/{name}").status == 404


@pytest.mark.parametrize("path", sorted(OWN.glob("*.js")), ids=lambda path: path.name)
def test_no_module_makes_markup_or_code_of_text(path: Any) -> None:
    text = path.read_text(encoding="utf-8")

    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in text, word
    assert "localStorage" not in text


def test_what_is_offered_comes_out_of_the_owner_s_files(telephone: Telephone) -> None:
    offered = told(ask(telephone, "GET", "/telephone/offers"))

    files = {path.name for path in (ROOT / "local/callers").glob("*.toml")}
    assert {one["file"] for one in offered["scripts"]} == files
    assert {one["department"] for one in offered["sentences"]} >= {"billing", "support", "sales"}


def test_a_call_is_made_acted_in_and_told_of_as_it_happens(telephone: Telephone) -> None:
    call = ring(telephone, number=NUMBER)
    first = told(ask(telephone, "GET", f"/telephone/calls/{call}"))
    hang_up(telephone, call)

    assert first["events"][0]["event"] == "call-placed"
    assert first["events"][0]["number"] == NUMBER


def test_without_a_number_of_ours_none_is_offered_and_none_rings(telephone: Telephone) -> None:
    offered = told(ask(telephone, "GET", "/telephone/offers"))
    answer = ask(
        telephone, "POST", "/telephone/calls", {"number": NUMBER, "own": True}, **OF_THE_PAGE
    )

    assert offered["own"] is None
    assert (answer.status, "TWILIO_PHONE_NUMBER" in told(answer)["detail"]) == (400, True)


def test_a_call_at_our_own_number_is_made_and_acted_in_where_it_is(
    at_twilio: tuple[Telephone, Stage], media: Media
) -> None:
    telephone, stage = at_twilio
    offered = told(ask(telephone, "GET", "/telephone/offers"))
    call = ring(telephone, number=NUMBER, own=True)
    stage.twilio.advance(1)
    path = f"/telephone/calls/{call}"
    ask(telephone, "POST", path, {"say": "Hello."}, **OF_THE_PAGE)
    happened = told(ask(telephone, "GET", path))
    began_ms = happened["beganMs"]

    assert offered["own"] == OURS
    assert [step.say for step in media.told] == ["Hello."]
    assert [event["event"] for event in happened["events"]].count("put-through") == 1
    assert 0 <= time.time() * 1000 - began_ms - happened["events"][-1]["at_ms"] < 600_000


def test_a_call_that_ours_is_put_through_to_is_told_of_and_no_other(
    at_twilio: tuple[Telephone, Stage], api: ApiServer
) -> None:
    telephone, stage = at_twilio
    call = ring(telephone, number=NUMBER, own=True)
    through = f"/telephone/calls/{Media.name}/thoughts"
    before = ask(telephone, "GET", through)
    stage.twilio.advance(1)
    ask(telephone, "GET", f"/telephone/calls/{call}")

    assert before.status == 404
    assert ask(telephone, "GET", through).status == 200
    assert api.asked == [(f"/api/live?call={Media.name}", f"Bearer {TOKEN}")]


def test_the_stay_that_a_call_at_our_own_number_began_is_asked_of_the_api(
    at_twilio: tuple[Telephone, Stage], api: ApiServer
) -> None:
    telephone, _ = at_twilio
    call = ring(telephone, number=NUMBER, own=True)
    api.body = {"visitId": f"v-{call}", "offers": []}

    assert told(ask(telephone, "GET", f"/telephone/calls/{call}/visit")) == api.body
    assert api.asked == [(f"/api/visits/v-{call}", f"Bearer {TOKEN}")]


def test_a_script_rings_with_its_own_number_unless_another_is_chosen(telephone: Telephone) -> None:
    own, other = (
        ring(telephone, script="01-billing.toml"),
        ring(telephone, script="01-billing.toml", number=NUMBER),
    )
    numbers = [
        told(ask(telephone, "GET", f"/telephone/calls/{call}"))["events"][0]["number"]
        for call in (own, other)
    ]
    for call in (own, other):
        hang_up(telephone, call)

    assert numbers == ["+14155550111", NUMBER]


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"script": "../01-billing.toml"}, "script"), ({"number": "12"}, "number"), ({}, "number")],
)
def test_a_wish_that_cannot_be_met_is_refused_with_its_field(
    telephone: Telephone, wish: Json, field: str
) -> None:
    answer = ask(telephone, "POST", "/telephone/calls", wish, **OF_THE_PAGE)

    assert answer.status == 400
    assert field in told(answer)["detail"]


def test_what_switchboard_made_of_it_is_asked_of_the_api_as_an_operator(
    telephone: Telephone, api: ApiServer
) -> None:
    call = ring(telephone, number=NUMBER)
    first = ask(telephone, "GET", f"/telephone/calls/{call}/thoughts")
    ask(telephone, "GET", f"/telephone/calls/{call}/thoughts?after=a%26b")
    hang_up(telephone, call)

    assert told(first) == {"call": {"moments": [MOMENT], "cursor": "7"}}  # no other call
    assert api.asked == [
        (f"/api/live?call={call}", f"Bearer {TOKEN}"),
        (f"/api/live?call={call}&after=a%26b", f"Bearer {TOKEN}"),
    ]


def test_a_refusal_of_the_api_is_passed_on(telephone: Telephone, api: ApiServer) -> None:
    call = ring(telephone, number=NUMBER)
    api.status, api.body = 503, {"detail": "Try again in a moment."}
    answer = ask(telephone, "GET", f"/telephone/calls/{call}/thoughts")
    hang_up(telephone, call)

    assert (answer.status, told(answer)) == (503, {"detail": "Try again in a moment."})


@pytest.mark.parametrize("tail", ["", "/thoughts"])
def test_a_call_that_was_not_made_here_is_nobody_s_business(
    telephone: Telephone, api: ApiServer, tail: str
) -> None:
    answer = ask(telephone, "GET", f"/telephone/calls/somebody-elses{tail}")

    assert answer.status == 404
    assert api.asked == []


@pytest.mark.parametrize(
    ("method", "path", "host", "headers"),
    [
        ("GET", "/telephone/offers", "127.0.0.1:3000", {"Sec-Fetch-Site": "cross-site"}),
        ("GET", "/telephone/offers", "127.0.0.1:3000", {"Sec-Fetch-Site": "same-site"}),
        ("GET", "/telephone/offers", "switchboard.example:3000", {}),
        ("GET", "/telephone/", "127.0.0.1.example", {}),
        ("POST", "/telephone/calls", "127.0.0.1:3000", {"Content-Type": "text/plain"}),
        ("POST", "/telephone/calls", "127.0.0.1:3000", OF_THE_PAGE | {"Sec-Fetch-Site": "none"}),
        ("POST", "/telephone/calls", "rebound.example", OF_THE_PAGE),
    ],
)
def test_no_other_website_may_use_it(
    telephone: Telephone, method: str, path: str, host: str, headers: dict[str, str]
) -> None:
    body = {"number": NUMBER} if method == "POST" else None

    assert ask(telephone, method, path, body, host, **headers).status == 403


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000", "[::1]:3000"])
def test_this_machine_s_names_are_its_own(telephone: Telephone, host: str) -> None:
    assert ask(telephone, "GET", "/telephone/offers", host=host).status == 200


@pytest.mark.parametrize("raw", [b"", b"[]", b"{"])
def test_a_body_that_is_no_object_is_refused(telephone: Telephone, raw: bytes) -> None:
    sent = (("Host", "localhost"), *OF_THE_PAGE.items())
    request = Request("POST", "/telephone/calls", "HTTP/1.1", sent, raw, "127.0.0.1")

    assert asyncio.run(telephone.answer(request)).status == 400


def test_without_a_simulator_there_is_no_answer_and_that_is_said(api: ApiServer) -> None:
    offers = Offers(ROOT / "local/callers", CONFIG)
    alone = Telephone("http://127.0.0.1:9", api.url, TOKEN, offers)
    answer = ask(alone, "POST", "/telephone/calls", {"number": NUMBER}, **OF_THE_PAGE)
    alone.close()

    assert answer.status == 502
    assert told(answer)["detail"]


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({}, True),
        ({"VAPI_API_KEY": ""}, True),
        ({"VAPI_BASE_URL": "http://127.0.0.1:9", "VAPI_SECRET": "real"}, False),
        (
            {"VAPI_API_KEY": "a real one", "VAPI_SECRET": "real too"}
            | {"PUBLIC_BASE_URL": "https://example.com", "VAPI_PHONE_NUMBER_ID": "one"},
            False,
        ),
    ],
    ids=str,
)
def test_it_is_offered_where_a_simulator_plays_vapi_and_nowhere_else(
    given: Mapping[str, str], *, offered: bool
) -> None:
    settings = read_settings(None, given)
    system = LocalSystem(settings, start_vapi=start_vapi, start_telephone=start_telephone)
    gateway = Gateway((), no_function)
    system._vapi_address()
    system._serve_telephone(gateway)
    request = Request("GET", "/telephone/", "HTTP/1.1", (("Host", "localhost"),), b"", "127.0.0.1")
    answer = asyncio.run(gateway.answer(request))
    told = system._told()
    system.stop()
    system._loop.close()

    assert settings.simulated is offered
    assert answer.status == (200 if offered else 404)
    assert told.get("LOCAL_TELEPHONE") == ("/telephone/" if offered else None)


async def no_function(function: str, event: bytes, trace_id: str) -> Outcome:
    raise AssertionError(function, event, trace_id)
