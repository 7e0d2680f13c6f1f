"""What a request to Twilio's API comes to, by its own client against real sockets on loopback."""

from __future__ import annotations

import base64
import json
import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from contact_center.aws.stored_key import StoredKey
from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    PostOutcome,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.kernel.ports import SecretUnavailableError
from contact_center.records.services.price_ports import LegPrice
from contact_center.twilio import http_client
from contact_center.twilio.api import TwilioApi
from contact_center.twilio.twiml import TooLongError, TwimlWriter
from contact_center.visits.domain.instructions import GoTo, Speak
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import (
    Done,
    FoundLeg,
    Gone,
    LegLookUp,
    LegOutcome,
    LegRequest,
)
from tests.contract.twilio.twilio_signing import BASE_URL
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import RawServer, answer
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.emulator import Account

ACCOUNT = "AC" + "a" * 32
LEG = "CA" + "2" * 32
OTHER_LEG = "CA" + "3" * 32
PERSON, OURS = "+13105550142", "+14155550123"
CREATED_MS = 1_795_023_000_000
CREATED = "Wed, 18 Nov 2026 17:30:00 +0000"
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
REQUEST = LegRequest(
    to=PERSON,
    caller_id=OURS,
    answered="/twilio/transfer/visit-1/brief",
    events="/twilio/transfer/visit-1/status",
    ring_seconds=20,
)


class StillToken:
    """A token that stands, and one that follows it."""

    def __init__(self, after: str | None = None) -> None:
        self.after = after or "token"

    def current(self) -> str:
        return "token"

    def has_changed(self, used: str) -> bool:
        return self.after != used


class NoToken(StillToken):
    def current(self) -> str:
        raise SecretUnavailableError


def api(url: str, token: Any = None) -> TwilioApi:
    return TwilioApi(ACCOUNT, token or StillToken(), TwimlWriter(BASE_URL), BASE_URL, url)


def call(leg: str = LEG, status: str = "queued", created: str | None = CREATED) -> dict[str, Any]:
    return {"sid": leg, "account_sid": ACCOUNT, "status": status, "date_created": created}


def told(status: str, body: object, *headers: str) -> bytes:
    return answer(status, json.dumps(body).encode(), *headers)


def error(status: str, code: int, **more: object) -> bytes:
    said = {"code": code, "message": f"The number {PERSON} is …", "status": int(status[:3])}
    return told(status, said | more)


def problem(status: str, code: int) -> bytes:
    """The shape of newer services, for which the client raises another error."""
    said = {"type": f"https://t.example/{code}", "title": "No", "status": int(status[:3])}
    return told(status, said | {"code": code, "detail": PERSON, "errors": []})


PLACED = told("201 Created", call(created=None))
UPDATED = told("200 OK", call(status="in-progress"))


def rung(server: RawServer, request: LegRequest = REQUEST, token: Any = None) -> PostOutcome:
    return api(server.url, token).ring(request)


def form_of(request: bytes) -> list[tuple[str, str]]:
    return parse_qsl(request.partition(b"\r\n\r\n")[2].decode(), keep_blank_values=True)


# -- what is sent ------------------------------------------------------------------------------


def test_a_leg_is_rung_with_one_request_that_says_all() -> None:
    with RawServer(PLACED) as server:
        assert rung(server) == Placed(LEG)
    (request,) = server.requests
    head = request.partition(b"\r\n\r\n")[0].decode()
    assert head.startswith(f"POST {CALLS}.json HTTP/1.1\r\n")
    proof = base64.b64encode(f"{ACCOUNT}:token".encode()).decode()
    assert f"Authorization: Basic {proof}" in head
    assert "Connection: close" in head
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert form_of(request) == [
        ("To", PERSON),
        ("From", OURS),
        ("Method", "POST"),
        ("StatusCallback", f"{BASE_URL}{REQUEST.events}#rc=3&rp=5xx,ct,rt"),
        ("StatusCallbackEvent", "initiated"),
        ("StatusCallbackEvent", "ringing"),
        ("StatusCallbackEvent", "answered"),
        ("StatusCallbackEvent", "completed"),
        ("StatusCallbackMethod", "POST"),
        ("Timeout", "20"),
        ("Url", f"{BASE_URL}{REQUEST.answered}"),
    ]


def test_a_leg_may_show_the_caller_s_number_with_his_token() -> None:
    request = LegRequest(
        to=PERSON,
        caller_id="+12125550199",
        answered="/a",
        events="/b",
        ring_seconds=20,
        call_token="%7Btoken%7D",
    )
    with RawServer(PLACED) as server:
        rung(server, request)
    assert ("CallToken", "%7Btoken%7D") in form_of(server.requests[0])
    assert not any(private in repr(request) for private in ("+1212", "+1310", "token%7D"))


STEERING: list[tuple[Callable[[TwilioApi], LegOutcome], list[tuple[str, str]]]] = [
    (
        lambda twilio: twilio.redirect(LEG, [Speak("Moment."), GoTo("/twilio/voice")]),
        [
            (
                "Twiml",
                (
                    '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Moment.</Say><Redirect'
                    f' method="POST">{BASE_URL}/twilio/voice</Redirect></Response>'
                ),
            )
        ],
    ),
    (lambda twilio: twilio.hang_up(LEG), [("Status", "completed")]),
    (lambda twilio: twilio.cancel(LEG), [("Status", "canceled")]),
]


@pytest.mark.parametrize(("steer", "form"), STEERING)
def test_a_leg_is_steered_with_one_request(
    steer: Callable[[TwilioApi], LegOutcome], form: list[tuple[str, str]]
) -> None:
    with RawServer(UPDATED) as server:
        assert steer(api(server.url)) == Done()
    (request,) = server.requests
    assert request.startswith(f"POST {CALLS}/{LEG}.json HTTP/1.1\r\n".encode())
    assert form_of(request) == form


def test_a_document_that_is_too_long_is_not_sent() -> None:
    with RawServer(UPDATED) as server:
        with pytest.raises(TooLongError):
            api(server.url).redirect(LEG, [Speak("x" * 4_000)])
        assert server.connections == 0


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a proxy nor a region nor somebody's password of the process is taken."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    nowhere = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "b" * 32)
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(PLACED) as server:
        assert rung(server) == Placed(LEG)
    assert server.requests[0].startswith(f"POST {CALLS}.json".encode())
    assert base64.b64encode(f"{ACCOUNT}:token".encode()) in server.requests[0]


# -- ringing: each row of the table in rest_outcomes.py ----------------------------------------


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (PLACED, Placed(LEG)),
        (told("200 OK", call()), Placed(LEG)),
        # accepted, and nobody can say as what: the phone may ring
        (answer("201 Created", b'{"sid": "CA22', says_length=900), Unknown("connection")),
        (answer("201 Created", b'{"sid": "CA22'), Unknown("no_id")),
        (told("201 Created", {"status": "queued"}), Unknown("no_id")),
        (told("201 Created", {"sid": 7}), Unknown("no_id")),
        (told("201 Created", {"sid": "CA1"}), Unknown("no_id")),
        (told("201 Created", [LEG]), Unknown("no_id")),
        (answer("201 Created", b"\xff\xfe"), Unknown("no_id")),
        (answer("201 Created", b"[" * 100_000), Unknown("no_id")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Unknown("no_id")),
        (
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{",
            Unknown("connection"),
        ),
        (
            answer("201 Created", b"not gzip", "Content-Encoding: gzip"),
            Unknown("connection"),
        ),
        (answer("201 Created", b"x" * 4_100_000), Unknown("no_id")),
        (answer("500 Oops", b""), Unknown("server_error")),
        (error("500 Oops", 20500), Unknown("server_error")),
        (answer("502 Bad Gateway", b"<html>"), Unknown("server_error")),
        (error("503 Busy", 20503), Unknown("server_error")),
        (problem("503 Busy", 20503), Unknown("server_error")),
        (answer("408 Timeout", b""), Unknown("server_error")),
        (b"", Unknown("connection")),
        (b"this is not HTTP\r\n\r\n", Unknown("connection")),
        (b"HTTP/1.1 2", Unknown("connection")),
        (error("429 Too Many Requests", 20429), NotSent("rate")),
        (answer("429 Too Many Requests", b""), NotSent("rate")),
        (problem("429 Too Many Requests", 20429), NotSent("rate")),
        (error("400 Bad Request", 10004), NotSent("capacity")),
        (error("400 Bad Request", 21211), Refused("bad_number", code=21211)),
        (error("400 Bad Request", 21217), Refused("bad_number", code=21217)),
        (error("400 Bad Request", 13224), Refused("bad_number", code=13224)),
        (error("400 Bad Request", 21216), Refused("blocked", code=21216)),
        (
            error("400 Bad Request", 21210),
            Refused("caller_id", configuration=True, code=21210),
        ),
        (
            error("400 Bad Request", 21212),
            Refused("caller_id", configuration=True, code=21212),
        ),
        (
            error("400 Bad Request", 21215),
            Refused("forbidden", configuration=True, code=21215),
        ),
        (
            error("400 Bad Request", 21205),
            Refused("configuration", configuration=True, code=21205),
        ),
        (error("403 Forbidden", 10001), Refused("forbidden", configuration=True, code=10001)),
        (error("403 Forbidden", 21219), Refused("billing", configuration=True, code=21219)),
        (
            error("401 Unauthorized", 20003),
            Refused("credentials", configuration=True, code=20003),
        ),
        (
            answer("401 Unauthorized", b""),
            Refused("credentials", configuration=True, code=401),
        ),
        (problem("400 Bad Request", 21211), Refused("bad_number", code=21211)),
        (problem("400 Bad Request", 20001), Refused("rejected", code=20001)),
        (error("400 Bad Request", 99999), Refused("rejected", code=99999)),
        (answer("400 Bad Request", b"<html>"), Refused("rejected", code=400)),
        (told("400 Bad Request", {"code": "21211"}), Refused("rejected")),
        (told("400 Bad Request", []), Refused("rejected", code=400)),
        (error("404 Not Found", 20404), Refused("configuration", configuration=True)),
        (answer("404 Not Found", b""), Refused("configuration", configuration=True)),
    ],
)
def test_each_answer_has_one_meaning_and_costs_one_request(
    given: bytes, outcome: PostOutcome
) -> None:
    with RawServer(given) as server:
        assert rung(server) == outcome
        assert len(server.requests) == server.connections == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Go", "308 Go"])
def test_a_redirect_is_doubt_and_is_not_followed(status: str) -> None:
    with RawServer(PLACED) as elsewhere:
        redirect = answer(status, b"", f"Location: {elsewhere.url}{CALLS}.json")
        with RawServer(redirect) as server:
            assert rung(server) == Unknown("redirect")
            assert api(server.url).hang_up(LEG) == Unknown("redirect")
            with pytest.raises(VoiceUnavailableError):
                api(server.url).find_leg(LEG)
        assert elsewhere.connections == 0


def test_a_token_that_was_changed_meanwhile_says_nothing_about_the_account() -> None:
    newer = StillToken(after="newer")
    with RawServer(error("401 Unauthorized", 20003)) as server:
        assert rung(server, token=newer) == NotSent("credentials")
    with RawServer(error("400 Bad Request", 21211)) as server:
        assert rung(server, token=newer) == Refused("bad_number", code=21211)


@pytest.mark.parametrize(
    "secret", ['{"current": "token", "previous": "old", "sharedKeys": {}}', "token", " token\n"]
)
def test_the_token_is_that_of_the_secret_the_door_checks_with(
    account: Account, secret: str
) -> None:
    account.secret("twilio-keys", secret)
    stored = StoredKey(
        lambda: account.client("secretsmanager"), "twilio-keys", "current", FakeClock(CREATED_MS)
    )
    with RawServer(PLACED) as server:
        assert rung(server, token=stored) == Placed(LEG)
    proof = base64.b64encode(f"{ACCOUNT}:token".encode())
    assert b"Authorization: Basic " + proof in server.requests[0]


def test_without_a_token_nothing_is_sent() -> None:
    with RawServer(PLACED) as server:
        assert rung(server, token=NoToken()) == NotSent("credentials")
        assert server.connections == 0


# -- not sent, or sent and nobody knows --------------------------------------------------------


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_where_nobody_listens_nothing_is_sent(refusing: str) -> None:
    assert api(refusing).ring(REQUEST) == NotSent("connection")
    assert api(refusing).redirect(LEG, [GoTo("/a")]) == NotSent("connection")


@pytest.mark.parametrize("host", ["no-such-name.invalid", "127.0.0.1.invalid"])
def test_a_name_that_does_not_exist_is_not_sent_to(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert api(f"https://{host}").ring(REQUEST) == NotSent("connection")


def test_a_certificate_nobody_knows_is_not_sent_to(tmp_path: Path) -> None:
    with RawServer(PLACED).behind_a_certificate_nobody_knows(tmp_path) as server:
        assert rung(server) == NotSent("connection")
        assert server.requests == []


def test_a_peer_that_speaks_no_tls_is_not_sent_to() -> None:
    with RawServer(PLACED) as server:
        assert api(server.url.replace("http:", "https:")).ring(REQUEST) == NotSent("connection")


def test_nobody_who_takes_the_connection_up_in_time_is_not_sent_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_client, "CONNECT_SECONDS", 0.2)
    with socket.socket() as full:  # its queue is full, so a connection is never taken up
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)  # noqa: FBT003 - the socket's own name
            each.connect_ex(full.getsockname())
        try:
            outcome = api(f"http://127.0.0.1:{full.getsockname()[1]}").ring(REQUEST)
        finally:
            for each in waiting:
                each.close()
    assert outcome == NotSent("connection")


def test_no_answer_in_time_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "READ_SECONDS", 0.2)
    with RawServer(PLACED, hold=threading.Event()) as server:
        assert rung(server) == Unknown("timeout")
        assert api(server.url).hang_up(LEG) == Unknown("timeout")
        assert len(server.requests) == server.connections == 2


def test_an_answer_that_stops_half_way_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "READ_SECONDS", 0.2)
    enough = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def half() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
                enough.wait(LIVENESS_SECONDS)

        threading.Thread(target=half, daemon=True).start()
        outcome = api(f"http://127.0.0.1:{server.getsockname()[1]}").ring(REQUEST)
        enough.set()
    assert outcome == Unknown("timeout")


# -- steering: a leg that is gone is no failure -----------------------------------------------


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (UPDATED, Done()),
        (answer("200 OK", b"not JSON"), Done()),
        (told("200 OK", []), Done()),
        (error("400 Bad Request", 21220), Gone()),
        (problem("400 Bad Request", 21220), Gone()),
        (error("404 Not Found", 20404), Gone()),
        (answer("404 Not Found", b""), Gone()),
        (error("429 Too Many Requests", 20429), NotSent("rate")),
        (error("400 Bad Request", 21218), Refused("rejected", code=21218)),
        (
            error("401 Unauthorized", 20003),
            Refused("credentials", configuration=True, code=20003),
        ),
        (answer("500 Oops", b""), Unknown("server_error")),
        (b"", Unknown("connection")),
    ],
)
@pytest.mark.parametrize("steer", [steer for steer, _ in STEERING])
def test_each_answer_to_steering_has_one_meaning(
    given: bytes, outcome: LegOutcome, steer: Callable[[TwilioApi], LegOutcome]
) -> None:
    with RawServer(given) as server:
        assert steer(api(server.url)) == outcome
        assert len(server.requests) == server.connections == 1


# -- finding again ----------------------------------------------------------------------------


def test_one_leg() -> None:
    with RawServer(told("200 OK", call(status="no-answer"))) as server:
        found = api(server.url).find_leg(LEG)
    assert found == FoundLeg(leg=LEG, status=LegStatus.NO_ANSWER, created_at_ms=CREATED_MS)
    assert server.requests[0].startswith(f"GET {CALLS}/{LEG}.json HTTP/1.1\r\n".encode())


def test_a_leg_that_is_none() -> None:
    with RawServer(error("404 Not Found", 20404)) as server:
        assert api(server.url).find_leg(LEG) is None


@pytest.mark.parametrize(
    "given",
    [
        answer("500 Oops", b""),
        b"",
        answer("200 OK", b"not JSON"),
        told("200 OK", []),
        told("200 OK", call(OTHER_LEG)),
        told("200 OK", call(status="dreaming")),
        told("200 OK", call("CA1")),
        error("401 Unauthorized", 20003),
        error("429 Too Many Requests", 20429),
    ],
)
def test_an_answer_that_is_no_leg_is_no_news(given: bytes) -> None:
    with RawServer(given) as server, pytest.raises(VoiceUnavailableError):
        api(server.url).find_leg(LEG)


def page(*calls: dict[str, Any], following: str | None = None) -> bytes:
    return told("200 OK", {"calls": calls, "page": 0, "page_size": 100, "next_page_uri": following})


def look_up(*pages: bytes) -> tuple[LegLookUp, RawServer]:
    with RawServer(*pages) as server:
        return api(server.url).find_legs(PERSON, OURS, CREATED_MS), server


NEXT = f"{CALLS}.json?To=%2B13105550142&Page=1&PageToken=PT1"
FOUND = FoundLeg(leg=LEG, status=LegStatus.RINGING, created_at_ms=CREATED_MS)
OLD = "Wed, 18 Nov 2026 17:28:59 +0000"


def test_legs_are_looked_up_by_their_numbers_over_all_pages() -> None:
    first, second = page(call(status="ringing"), following=NEXT), page(call(OTHER_LEG, "busy"))
    found, server = look_up(first, second)
    assert found.complete
    assert [leg.leg for leg in found.legs] == [LEG, OTHER_LEG]
    assert found.legs[0] == FOUND
    asked = [request.split(b" ")[1].decode() for request in server.requests]
    assert asked == [f"{CALLS}.json?To=%2B13105550142&From=%2B14155550123&PageSize=100", NEXT]


def test_a_search_ends_where_older_legs_begin() -> None:
    found, server = look_up(
        page(call(status="ringing"), call(OTHER_LEG, created=OLD), following=NEXT)
    )
    assert found == LegLookUp(complete=True, legs=(FOUND,))
    assert len(server.requests) == 1


def test_the_provider_s_clock_may_be_a_little_behind() -> None:
    found, _ = look_up(page(call(status="ringing", created="Wed, 18 Nov 2026 17:29:01 +0000")))
    assert [leg.leg for leg in found.legs] == [LEG]


def test_none_is_found_when_there_is_none() -> None:
    assert look_up(page())[0] == LegLookUp(complete=True, legs=())


@pytest.mark.parametrize(
    "second",
    [
        answer("500 Oops", b""),
        answer("429 Too Many", b""),
        answer("200 OK", b"not JSON"),
        told("200 OK", {"legs": [], "others": []}),
        told("200 OK", []),
        page(call(created=None)),
        page(call(created="yesterday")),
        page(call(status="dreaming")),
        error("401 Unauthorized", 20003),
        b"",
    ],
)
def test_a_search_that_breaks_off_says_so_with_what_it_found(second: bytes) -> None:
    found, _ = look_up(page(call(status="ringing"), following=NEXT), second)
    assert found == LegLookUp(complete=False, legs=(FOUND,))


def test_a_list_without_end_is_given_up() -> None:
    found, server = look_up(page(call(status="ringing"), following=NEXT))
    assert not found.complete
    assert len(server.requests) == 20


def test_no_page_leads_anywhere_else() -> None:
    """Requests carry the account's token."""
    with RawServer(page()) as elsewhere:
        leads_away = {"key": "calls", "next_page_url": f"{elsewhere.url}{NEXT}"}
        found, server = look_up(told("200 OK", {"calls": [], "meta": leads_away}))
        assert elsewhere.connections == 0
    assert not found.complete
    assert len(server.requests) == 1


def test_what_goes_wrong_holds_no_number() -> None:
    outcomes = []
    for given in (error("400 Bad Request", 21211), problem("400 Bad Request", 21211)):
        with RawServer(given) as server:
            outcomes.append(repr(rung(server)))
    assert not any(PERSON in each for each in outcomes)


# -- what a leg cost ---------------------------------------------------------------------------


def price_told(**said: object) -> LegPrice | None:
    body = {"sid": LEG, "status": "completed", "price_unit": "USD"} | said
    with RawServer(told("200 OK", body)) as server:
        return api(server.url).price_of(LEG)


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ({"price": "-0.00850"}, LegPrice(8_500, "USD")),
        ({"price": "-0.01"}, LegPrice(10_000, "USD")),
        ({"price": "0.0085"}, LegPrice(8_500, "USD")),
        ({"price": "-0"}, LegPrice(0, "USD")),
        ({"price": "-0.0000004"}, LegPrice(0, "USD")),
        ({"price": "-1.5", "price_unit": "EUR"}, LegPrice(1_500_000, "EUR")),
        ({"price": None}, LegPrice(None, "USD")),
        ({"price": None, "price_unit": None}, LegPrice(None, "USD")),
    ],
)
def test_what_a_leg_cost_is_told_in_whole_millionths(
    said: dict[str, object], price: LegPrice
) -> None:
    assert price_told(**said) == price


@pytest.mark.parametrize(
    "said",
    [
        {"price": "free"},
        {"price": "nan"},
        {"price": "-1e9"},
        {"price": "-10001"},
        {"price": 0.0085},
        {"price": "-0.01", "price_unit": "dollars"},
        {"price": "-0.01", "price_unit": 7},
    ],
)
def test_of_a_price_that_is_none_nobody_knows(said: dict[str, object]) -> None:
    with pytest.raises(VoiceUnavailableError):
        price_told(**said)


def test_a_leg_that_the_provider_does_not_know_has_no_price() -> None:
    with RawServer(error("404 Not Found", 20404)) as server:
        assert api(server.url).price_of(LEG) is None


# -- who is in a room --------------------------------------------------------------------------

ROOM_ID = "CF" + "4" * 32
CONFERENCES = f"/2010-04-01/Accounts/{ACCOUNT}/Conferences"


def rooms(*statuses: str) -> bytes:
    found = [{"sid": ROOM_ID, "friendly_name": "r", "status": status} for status in statuses]
    return told("200 OK", {"conferences": found, "next_page_uri": None})


def parties(**statuses: str) -> bytes:
    found = [{"call_sid": leg, "status": status} for leg, status in statuses.items()]
    return told("200 OK", {"participants": found, "next_page_uri": None})


def in_room(*pages: bytes) -> tuple[frozenset[str], list[str]]:
    with RawServer(*pages) as server:
        there = api(server.url).in_room("r")
        return there, [request.split(b" ")[1].decode() for request in server.requests]


def test_who_is_in_a_room_is_asked_by_its_name_and_then_by_its_id() -> None:
    there, asked = in_room(rooms("init"), parties(**{LEG: "connected", OTHER_LEG: "ringing"}))
    assert there == {LEG}
    assert asked == [
        f"{CONFERENCES}.json?FriendlyName=r&PageSize=100",
        f"{CONFERENCES}/{ROOM_ID}/Participants.json?PageSize=100",
    ]


@pytest.mark.parametrize("found", [rooms(), rooms("completed")])
def test_a_room_that_is_over_has_nobody_in_it(found: bytes) -> None:
    assert in_room(found)[0] == frozenset()


@pytest.mark.parametrize(
    "pages",
    [
        (b"",),
        (answer("500 Oops", b""),),
        (rooms("init"), answer("200 OK", b"not JSON")),
        (rooms("init"), error("404 Not Found", 20404)),  # over in between: looked at again
        (error("401 Unauthorized", 20003),),
        (error("429 Too Many Requests", 20429),),
    ],
)
def test_of_a_room_of_which_nothing_is_told_nothing_is_known(pages: tuple[bytes, ...]) -> None:
    with pytest.raises(VoiceUnavailableError):
        in_room(*pages)
