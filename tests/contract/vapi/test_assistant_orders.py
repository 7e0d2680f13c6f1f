"""What comes of asking Vapi for a stream, each row held to a real socket."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import pytest

from contact_center.conversations.domain.facts import ResumeOffered
from contact_center.conversations.services.answer_caller import Answer
from contact_center.dialing.services.voice_ports import (
    NotSent,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.vapi.calls.assistant_orders import VapiAssistants, order_body
from contact_center.visits.domain.visit_parts import AsksAbout
from contact_center.visits.services.visit_ports import AssistantRequest, Joined, Unheard
from tests.fakes.raw_server import RawServer, answer

LEG = "CA" + "1" * 32
STREAM = "wss://phone-call-websocket.vapi.ai/019a/transport"
SQUAD = {"squad": {"name": "all"}}
REQUEST = AssistantRequest(
    name=f"v-{LEG}.1",
    visit_id=f"v-{LEG}",
    caller="+12125550199",
    called="+14155550100",
    after="/twilio/voice/assistant",
)


class Key:
    """A key that may have been rotated."""

    def __init__(self, *, rotated: bool = False, away: bool = False) -> None:
        self.rotated, self.away = rotated, away

    def current(self) -> str:
        if self.away:
            raise VoiceUnavailableError
        return "key"

    def has_changed(self, used: str) -> bool:
        assert used == "key"
        return self.rotated


def assistants(
    url: str,
    key: Any = None,
    seconds: float = 6.0,
    told: list[str] | None = None,
    offered: ResumeOffered | None = None,
) -> VapiAssistants:
    def who(asked: AssistantRequest) -> Answer:
        assert asked == REQUEST
        return Answer(dict(SQUAD), ([] if told is None else told).append, offered)

    return VapiAssistants(url, key or Key(), "number-1", who, "1.0", order_seconds=seconds)


def placed(stream: str = STREAM, inside: str = "", **more: object) -> bytes:
    twiml = f'<Response><Connect><Stream url="{stream}">{inside}</Stream></Connect></Response>'
    said = {"id": "call-1", "phoneCallProviderDetails": {"twiml": twiml}, **more}
    return answer("201 Created", json.dumps(said).encode())


def refused(status: str, **said: object) -> bytes:
    return answer(status, json.dumps(said).encode())


OVER = {"message": "Over Concurrency Limit."}
ROWS = [
    (placed(stream="wss://evil.example/x"), Unknown("no_stream")),
    (placed(stream="ws://phone.vapi.ai/x"), Unknown("no_stream")),
    (placed(inside="<Dial/>"), Unknown("no_stream")),
    (refused("201 Created", id="call-1"), Unknown("no_stream")),
    (refused("201 Created", id="call-1", phoneCallProviderDetails=[]), Unknown("no_stream")),
    (refused("201 Created"), Unknown("no_id")),
    (answer("201 Created", b"{", says_length=90), Unknown("no_id")),
    (refused("400 Bad Request", **OVER), NotSent("capacity")),
    (refused("400 Bad Request", message="no"), Refused("rejected")),
    (refused("401 Unauthorized"), Refused("credentials", configuration=True)),
    (refused("429 Too Many Requests"), NotSent("rate")),
    (refused("500 Oops"), Unknown("server_error")),
    (refused("302 Found"), Unknown("redirect")),
    (b"", Unknown("connection")),
    (b"who is there?\r\n\r\n", Unknown("connection")),
    (answer("201 Created", b"x" * 1_000_001), Unknown("no_id")),
]


@pytest.mark.parametrize(("said", "outcome"), ROWS, ids=lambda row: str(row)[:60])
def test_what_an_answer_means(said: bytes, outcome: object) -> None:
    with RawServer(said) as server:
        assert assistants(server.url).order(REQUEST) == outcome
        assert len(server.requests) == 1


OFFERED = ResumeOffered(call_id="", at_ms=7, key="resume", earlier="call-0", department="billing")


@pytest.mark.parametrize(
    "said", [b"", answer("500 Oops", b""), placed(stream="wss://evil.example/x")]
)
def test_of_an_order_in_doubt_it_is_told_what_its_assistant_asks_first(said: bytes) -> None:
    with RawServer(said) as server:
        outcome = assistants(server.url, offered=OFFERED).order(REQUEST)
    assert isinstance(outcome, Unheard)
    assert outcome.asks == AsksAbout(7, "call-0", "billing")


def test_an_order_that_is_answered_tells_the_call_itself_what_is_asked() -> None:
    told: list[str] = []
    with RawServer(placed()) as server:
        joined = assistants(server.url, told=told, offered=OFFERED).order(REQUEST)
    assert isinstance(joined, Joined)
    assert told == ["call-1"]


def test_a_stream_of_vapi_s_is_passed_on_with_where_the_caller_goes_on() -> None:
    with RawServer(placed()) as server:
        joined = assistants(server.url).order(REQUEST)
        [request] = server.requests
    assert isinstance(joined, Joined)
    assert (joined.call_id, joined.join.url) == ("call-1", STREAM)
    assert joined.join.after == "/twilio/voice/assistant"
    assert "wss" not in repr(joined)
    head, _, body = request.decode().partition("\r\n\r\n")
    assert head.startswith("POST /call HTTP/1.1")
    assert "User-Agent: switchboard/1.0" in head
    assert json.loads(body) == {
        "squad": {"name": "all"},
        "name": f"v-{LEG}.1",
        "phoneNumberId": "number-1",
        "phoneCallProviderBypassEnabled": True,
        "customer": {"number": "+12125550199"},
        "metadata": {"visitId": f"v-{LEG}", "visitPost": f"v-{LEG}.1"},
    }


def test_nobody_there_is_not_sent() -> None:
    with RawServer(b"") as server:
        url = server.url
    assert assistants(url).order(REQUEST) == NotSent("connection")


def test_a_key_that_was_rotated_meanwhile_is_no_refusal() -> None:
    with RawServer(refused("401 Unauthorized")) as server:
        outcome = assistants(server.url, Key(rotated=True)).order(REQUEST)
    assert outcome == NotSent("credentials")


def test_without_a_key_nothing_is_sent() -> None:
    with RawServer(placed()) as server:
        assert assistants(server.url, Key(away=True)).order(REQUEST) == NotSent("credentials")
        assert server.requests == []


def test_whoever_withholds_a_number_is_nobody_s_customer() -> None:
    hidden = AssistantRequest(
        name=REQUEST.name,
        visit_id=REQUEST.visit_id,
        caller=None,
        called=REQUEST.called,
        after=REQUEST.after,
    )
    body = json.loads(order_body(hidden, "number-1", SQUAD))
    assert body["customer"] == {"number": "+14155550100"}
    assert body["metadata"]["callerNumber"] == "withheld"


def test_who_is_silent_is_not_waited_for_longer_than_agreed() -> None:
    import threading  # noqa: PLC0415

    silent = threading.Event()
    with RawServer(placed(), hold=silent) as server:
        began = time.monotonic()
        outcome = assistants(server.url, seconds=0.3).order(REQUEST)
        lasted = time.monotonic() - began
        silent.set()
    assert isinstance(outcome, Unknown)
    assert 0.25 <= lasted < 10


def test_who_drips_is_cut_off_as_well() -> None:
    import socket  # noqa: PLC0415
    import threading  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def drip() -> None:
            taken, _ = listening.accept()
            with taken:
                taken.recv(65_536)
                taken.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 9000\r\n\r\n")
                while not stop.wait(0.05):
                    try:
                        taken.sendall(b"x")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip)
        dripping.start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        outcome = assistants(url, seconds=0.5).order(REQUEST)
        lasted = time.monotonic() - began
        stop.set()
        dripping.join()
    assert isinstance(outcome, Unknown)
    assert lasted < 10


def test_nothing_is_ordered_once_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def slowly(_: http.client.HTTPConnection) -> None:
        """A name that is found when the caller has been told something else."""
        time.sleep(0.3)

    monkeypatch.setattr(http.client.HTTPConnection, "connect", slowly)
    monkeypatch.setattr(
        http.client.HTTPConnection, "request", lambda *_, **__: sent.append("a call")
    )
    outcome = assistants("http://127.0.0.1:9", seconds=0.05).order(REQUEST)
    assert outcome == NotSent("connection")
    assert sent == []


def test_whoever_answers_is_told_the_id_of_the_call_that_was_placed_and_of_no_other() -> None:
    told: list[str] = []
    with RawServer(placed()) as server:
        assistants(server.url, told=told).order(REQUEST)
    assert told == ["call-1"]
    with RawServer(refused("400 Bad Request", message="no")) as server:
        assistants(server.url, told=told).order(REQUEST)
    assert told == ["call-1"]
