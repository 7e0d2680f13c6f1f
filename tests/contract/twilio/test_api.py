"""Ringing by Twilio's REST API: one request that says all, and each answer has one meaning."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

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
from contact_center.twilio import http_client
from contact_center.twilio.twiml import TooLongError
from contact_center.visits.domain.instructions import GoTo, Speak
from contact_center.visits.services.telephone_ports import (
    Done,
    Gone,
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

    from contact_center.twilio.api import TwilioApi
    from tests.emulator import Account
from contact_center.web import http_client as web_client
from tests.contract.twilio.rest_peer import (
    ACCOUNT,
    CALLS,
    CREATED_MS,
    LEG,
    OURS,
    PERSON,
    PLACED,
    REQUEST,
    UPDATED,
    NoToken,
    StillToken,
    api,
    call,
    error,
    form_of,
    problem,
    rung,
    told,
)

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
        ("FallbackUrl", f"{BASE_URL}/twilio/fallback"),
        ("FallbackMethod", "POST"),
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
    monkeypatch.setattr(web_client, "CONNECT_SECONDS", 0.2)
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
    monkeypatch.setattr(http_client, "SECONDS", 0.2)
    with RawServer(PLACED, hold=threading.Event()) as server:
        assert rung(server) == Unknown("timeout")
        assert api(server.url).hang_up(LEG) == Unknown("timeout")
        assert len(server.requests) == server.connections == 2


def test_an_answer_that_stops_half_way_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "SECONDS", 0.2)
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


def test_who_answers_a_byte_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "SECONDS", 0.5)
    enough = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n")
                while not enough.wait(0.05):
                    connection.sendall(b" ")

        threading.Thread(target=drip, daemon=True).start()
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
        # Of a leg that cannot be redirected it is asked whether it is over.
        asked = 2 if steer is STEERING[0][0] and outcome == Gone() else 1
        assert len(server.requests) == server.connections == asked
