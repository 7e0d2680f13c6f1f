"""What a request to Vapi's API comes to, against real sockets on loopback."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from contact_center.aws.stored_key import ASK_AGAIN_MS, KEEP_MS
from contact_center.dialing.domain.call_scripts import Script
from contact_center.dialing.domain.voicemail import HANG_UP, LEAVE_MESSAGE
from contact_center.dialing.services.voice_ports import (
    CallRequest,
    FoundCall,
    LookUp,
    NotSent,
    Placed,
    PostOutcome,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.vapi.calls import api as vapi_api
from contact_center.vapi.calls import call_search
from contact_center.vapi.calls.api import VapiApi
from contact_center.vapi.calls.call_request import CallingAccount, call_body
from contact_center.vapi.calls.found_calls import iso
from contact_center.vapi.calls.key import VapiKey
from local.vapi.rules import problems
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_voice import FakeVoice
from tests.fakes.raw_server import RawServer, answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.emulator import Account

NOW_MS = 1_787_266_800_000
NUMBER = "+14155550123"
NAME = "0123456789abcdef0123456789abcdef.1"
PHONE = "9d4b9f5f-5b0e-4f6d-9e43-0f3c2c1f7a11"
ASSISTANT = "5d4b9f5f-5b0e-4f6d-9e43-0f3c2c1f7a12"
MESSAGE = "This is Acme. Please call us back at +1 800 555 0100."
REQUEST = CallRequest(
    name=NAME,
    number=NUMBER,
    script=Script(assistant="sales", saved_id=ASSISTANT, voicemail_message=MESSAGE),
    phone_number_id=None,
    campaign_id="spring",
    variables={"customerName": "Ünï"},
)
ACCOUNT = CallingAccount(phone_number_id=PHONE)
PLACED = answer("201 Created", json.dumps({"id": "call-1", "status": "queued"}).encode())


class StillKey:
    """A key that stands, and one that follows it."""

    def __init__(self, key: str = "private", after: str | None = None) -> None:
        self.key, self.after = key, after or key

    def current(self) -> str:
        return self.key

    def has_changed(self, used: str) -> bool:
        return self.after != used


def api(url: str, key: Any = None, account: CallingAccount = ACCOUNT) -> VapiApi:
    return VapiApi(url, key or StillKey(), account, FakeClock(NOW_MS), "1.2.3")


def posted(server: RawServer, request: CallRequest = REQUEST, **options: Any) -> PostOutcome:
    connection = api(server.url, **options).open()
    try:
        return connection.place(request, NOW_MS)
    finally:
        connection.close()


SENT = "Date: Thu, 20 Aug 2026 23:00:00 GMT"


def refusal(status: str, message: object, **more: object) -> bytes:
    return answer(status, json.dumps({"message": message, **more}).encode())


# -- placing: each row of the table in vapi_call_outcome.py ----------------------------------


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (PLACED, Placed("call-1")),
        (answer("200 OK", b'{"id": "call-2"}'), Placed("call-2")),
        # accepted, and nobody can say as what: the phone may ring
        (answer("201 Created", b'{"id": "call-1", "sta', says_length=900), Unknown("no_id")),
        (answer("201 Created", b'{"id": "call-1", "sta'), Unknown("no_id")),
        (answer("201 Created", b'{"status": "queued"}'), Unknown("no_id")),
        (answer("201 Created", b'{"id": 7}'), Unknown("no_id")),
        (answer("201 Created", b'{"id": ""}'), Unknown("no_id")),
        (answer("201 Created", b'["call-1"]'), Unknown("no_id")),
        (answer("201 Created", b"\xff\xfe"), Unknown("no_id")),
        (answer("201 Created", b"[" * 100_000), Unknown("no_id")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Unknown("no_id")),
        (
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{",
            Unknown("connection"),
        ),
        (answer("201 Created", b"x" * 1_100_000), Unknown("no_id")),
        (answer("500 Oops", b""), Unknown("server_error")),
        (answer("502 Bad Gateway", b"<html>"), Unknown("server_error")),
        (answer("503 Busy", b"", "Retry-After: 1"), Unknown("server_error")),
        (answer("522 Origin", b""), Unknown("server_error")),
        (answer("408 Timeout", b""), Unknown("server_error")),
        (b"", Unknown("connection")),
        (b"this is not HTTP\r\n\r\n", Unknown("connection")),
        (b"HTTP/1.1 2", Unknown("connection")),
        (refusal("429 Too Many Requests", "Rate limit exceeded"), NotSent("rate")),
        (answer("429 Too Many", b"", "Retry-After: 7"), NotSent("rate", 7_000)),
        (answer("429 Too Many", b"", "Retry-After: 99999999999"), NotSent("rate", 900_000)),
        (
            answer("429 Too Many", b"", "Retry-After: Thu, 20 Aug 2026 23:00:30 GMT", SENT),
            NotSent("rate", 30_000),
        ),
        (
            answer("429 Too Many", b"", "Retry-After: Thu, 20 Aug 2026 22:00:00 GMT", SENT),
            NotSent("rate", 0),
        ),
        (answer("429 Too Many", b"", "Retry-After: soon"), NotSent("rate")),
        (
            answer("429 Too Many", b"", f"Retry-After: Thu, 20 Aug {'9' * 20} 23:00:30 GMT", SENT),
            NotSent("rate"),
        ),
        (  # by no clock at all
            answer("429 Too Many", b"", "Retry-After: Thu, 20 Aug 2026 23:00:30 GMT"),
            NotSent("rate"),
        ),
        (
            refusal(
                "400 Bad Request",
                "Try later.",
                subscriptionLimits={"concurrencyBlocked": True, "concurrencyLimit": 10},
            ),
            NotSent("capacity"),
        ),
        (refusal("400 Bad Request", "Over Concurrency Limit."), NotSent("capacity")),
        (
            refusal(
                "400 Bad Request",
                "customer.number must be a valid phone number in the E.164 format. Hot tip, …",
                subscriptionLimits={"concurrencyBlocked": False},
            ),
            Refused("bad_number"),
        ),
        (
            refusal("400 Bad Request", ["customer.number must be a valid phone number"]),
            Refused("bad_number"),
        ),
        (
            refusal(
                "400 Bad Request",
                "Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.",
            ),
            Refused("configuration", configuration=True),
        ),
        (
            refusal("400 Bad Request", "Couldn't Get Assistant. `assistantId` x Does Not Exist."),
            Refused("configuration", configuration=True),
        ),
        (
            refusal("400 Bad Request", ["property speed should not exist"]),
            Refused("configuration", configuration=True),
        ),
        (
            refusal("400 Bad Request", "Number Has Hit The Daily Outbound Call Limit."),
            Refused("daily_limit", configuration=True),
        ),
        (refusal("400 Bad Request", "No."), Refused("rejected")),
        (refusal("400 Bad Request", {"deep": [1]}), Refused("rejected")),
        (answer("400 Bad Request", b"<html>"), Refused("rejected")),
        (answer("400 Bad Request", b"[]"), Refused("rejected")),
        (refusal("401 Unauthorized", "Invalid Key."), Refused("credentials", configuration=True)),
        (answer("402 Pay", b""), Refused("billing", configuration=True)),
        (answer("403 No", b"error code: 1010"), Refused("forbidden", configuration=True)),
        (answer("404 Not Found", b""), Refused("configuration", configuration=True)),
        (answer("409 Conflict", b""), Refused("configuration", configuration=True)),
        (answer("413 Too Large", b""), Refused("rejected")),
        (answer("422 Unprocessable", b""), Refused("rejected")),
        (answer("499 Odd", b""), Refused("rejected")),
    ],
)
def test_each_answer_has_one_meaning_and_costs_one_request(
    given: bytes, outcome: PostOutcome
) -> None:
    with RawServer(given) as server:
        assert posted(server) == outcome
        assert len(server.requests) == server.connections == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Go", "308 Go"])
def test_a_redirect_is_doubt_and_is_not_followed(status: str) -> None:
    with RawServer(PLACED) as elsewhere:
        redirect = answer(status, b"", f"Location: {elsewhere.url}/call")
        with RawServer(redirect) as server:
            assert posted(server) == Unknown("redirect")
            assert len(server.requests) == 1
        assert elsewhere.requests == []


def test_no_answer_in_time_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vapi_api, "READ_SECONDS", 0.05)
    with RawServer(PLACED, hold=threading.Event()) as server:
        assert posted(server) == Unknown("timeout")
        assert len(server.requests) == 1


def test_a_key_that_was_rotated_meanwhile_says_nothing_about_the_account() -> None:
    with RawServer(refusal("401 Unauthorized", "Invalid Key.")) as server:
        assert posted(server, key=StillKey("old", after="new")) == NotSent("credentials")


# -- opening: nothing was sent ---------------------------------------------------------------


def test_a_refused_connection_was_not_sent() -> None:
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound_but_deaf.getsockname()[1]}"
        with pytest.raises(VoiceUnavailableError):
            api(url).open()


def test_a_name_that_does_not_exist_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    with pytest.raises(VoiceUnavailableError):
        api("https://nowhere.vapi.ai").open()


def test_a_failed_tls_handshake_was_not_sent() -> None:
    with RawServer(PLACED) as server, pytest.raises(VoiceUnavailableError):
        api(server.url.replace("http:", "https:")).open()


def test_a_certificate_nobody_vouches_for_was_not_sent(tmp_path: Path) -> None:
    unknown = RawServer(PLACED).behind_a_certificate_nobody_knows(tmp_path)
    with unknown as server:
        with pytest.raises(VoiceUnavailableError):
            api(server.url).open()
        assert server.requests == []


def test_without_a_key_nothing_is_opened() -> None:
    class NoKey(StillKey):
        def current(self) -> str:
            raise VoiceUnavailableError

    with RawServer(PLACED) as server:
        with pytest.raises(VoiceUnavailableError):
            api(server.url, NoKey()).open()
        assert server.connections == 0


def test_an_open_connection_has_said_nothing() -> None:
    with RawServer(PLACED) as server:
        api(server.url).open().close()
        assert server.requests == []


# -- what a request says ---------------------------------------------------------------------


def test_a_post_says_who_we_are_and_what_is_wanted() -> None:
    with RawServer(PLACED) as server:
        posted(server)
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /call HTTP/1.1"
    assert {
        "Authorization: Bearer private",
        "User-Agent: switchboard/1.2.3",
        "Content-Type: application/json",
    } <= set(lines)
    assert json.loads(body) == {
        "assistantId": ASSISTANT,
        "phoneNumberId": PHONE,
        "name": NAME,
        "customer": {"number": NUMBER},
        "assistantOverrides": {
            "variableValues": {"customerName": "Ünï"},
            "metadata": {"attemptId": NAME, "campaignId": "spring"},
            "voicemailDetection": {"provider": "vapi"},
        },
    }


def test_an_assistant_is_sent_along_whole_as_its_script_says() -> None:
    script = Script(assistant="sales", body={"name": "sales", "firstMessage": "Hello."})
    request = replace(REQUEST, script=script, phone_number_id="another", campaign_id=None)
    with RawServer(PLACED) as server:
        posted(server, request)
        body = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
    assert (body["assistant"]["firstMessage"], "assistantId" in body) == ("Hello.", False)
    assert body["phoneNumberId"] == "another"
    assert body["assistantOverrides"]["metadata"] == {"attemptId": NAME}


# What an answering machine hears, of an assistant saved at Vapi and of one sent along.
SAVED = REQUEST.script
WHOLE = Script(
    assistant="sales",
    body={
        "name": "sales",
        "voicemailDetection": {"provider": "twilio"},
        "voicemailMessage": "What an owner left in the assistant by mistake.",
    },
    voicemail_message=MESSAGE,
)
UNDETECTED = Script(assistant="sales", body={"name": "sales"}, voicemail_message=MESSAGE)


@pytest.mark.parametrize(
    ("script", "provider"), [(SAVED, "vapi"), (WHOLE, "twilio"), (UNDETECTED, "vapi")]
)
@pytest.mark.parametrize(("voicemail", "message"), [(HANG_UP, None), (LEAVE_MESSAGE, MESSAGE)])
def test_a_machine_is_hung_up_on_or_left_a_message_and_vapi_takes_both(
    script: Script, provider: str, voicemail: str, message: str | None, shared: Path
) -> None:
    body = json.loads(call_body(replace(REQUEST, script=script, voicemail=voicemail), ACCOUNT))
    spoken = body["assistant" if script.saved_id is None else "assistantOverrides"]
    assert spoken["voicemailDetection"]["provider"] == provider
    assert spoken.get("voicemailMessage") == message
    assert list(Draft202012Validator(published(shared)).iter_errors(body)) == []


def test_what_is_late_by_a_millisecond_writes_no_byte() -> None:
    with RawServer(PLACED) as server:
        connection = api(server.url).open()
        assert connection.place(REQUEST, NOW_MS - 1) == NotSent("late")
        posted(server)  # the next connection is the only one on which anything came
        assert len(server.requests) == 1


def test_a_base_url_with_a_path_keeps_it() -> None:
    with RawServer(PLACED) as server:
        api(f"{server.url}/v1").open().place(REQUEST, NOW_MS)
        assert server.requests[0].startswith(b"POST /v1/call HTTP/1.1\r\n")


def test_the_body_is_one_that_vapi_takes(shared: Path) -> None:
    schema = published(shared)
    body = json.loads(call_body(REQUEST, ACCOUNT))
    assert body.keys() <= schema["properties"].keys()  # Vapi refuses others
    assert list(Draft202012Validator(schema).iter_errors(body)) == []


@pytest.mark.parametrize("script", [SAVED, WHOLE, UNDETECTED])
def test_the_body_keeps_the_conditions_of_its_schema(script: Script) -> None:
    body = json.loads(call_body(replace(REQUEST, script=script), ACCOUNT))
    assert problems("CreateCallDTO", body) == []


def published(shared: Path) -> Any:
    file = shared / "contracts" / "vapi" / "schemas" / "CreateCallDTO.schema.json"
    return json.loads(file.read_text(encoding="utf-8"))


# -- finding calls again ---------------------------------------------------------------------


def call(number: int, created_ms: int | None = None, **more: object) -> dict[str, object]:
    at_ms = NOW_MS + number * 1_000 if created_ms is None else created_ms
    return {
        "id": f"call-{number}",
        "name": f"other.{number}",
        "status": "in-progress",
        "createdAt": iso(at_ms),
        **more,
    }


def page(*calls: dict[str, object]) -> bytes:
    return answer("200 OK", json.dumps(calls).encode())


def found_in(*pages: bytes, name: str = NAME) -> tuple[bool, Sequence[FoundCall], list[str]]:
    with RawServer(*pages) as server:
        look_up = api(server.url).find_calls(name, NOW_MS)
        lines = [request.split(b" ")[1].decode() for request in server.requests]
    return look_up.complete, look_up.calls, lines


@pytest.fixture
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_search, "PAGE", 3)
    monkeypatch.setattr(call_search, "SMALLER_PAGE", 2)


def test_a_call_is_erased_with_the_body_that_is_required() -> None:
    with RawServer(answer("200 OK", b"{}")) as server:
        assert api(server.url).delete_call("call-1")
    [sent] = server.requests
    assert sent.startswith(b"DELETE /call/call-1 HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in sent
    assert sent.endswith(b"\r\n\r\n{}")


def test_a_call_is_found_by_its_name_with_its_times() -> None:
    wanted = call(
        1,
        name=NAME,
        status="ended",
        startedAt=iso(NOW_MS + 5_000),
        endedAt=iso(NOW_MS + 9_000),
        endedReason="customer-busy",
    )
    complete, calls, lines = found_in(page(call(2), wanted))
    assert complete
    assert calls == (
        FoundCall(
            call_id="call-1",
            name=NAME,
            ended=True,
            rang_at_ms=NOW_MS + 5_000,
            ended_at_ms=NOW_MS + 9_000,
            ended_reason="customer-busy",
        ),
    )
    assert lines == ["/call?createdAtGe=2026-08-20T22%3A59%3A00.000Z&limit=1000"]


def test_a_call_that_lost_its_name_is_found_by_its_metadata() -> None:
    overrides = {"metadata": {"attemptId": NAME}}
    _, calls, _ = found_in(page(call(1, name=None, assistantOverrides=overrides)))
    assert [one.call_id for one in calls] == ["call-1"]


def test_none_in_a_short_page_is_a_complete_none() -> None:
    assert found_in(page(call(1)))[:2] == (True, ())
    assert found_in(page())[:2] == (True, ())


@pytest.mark.usefixtures("pages_of_three")
def test_pages_are_read_to_the_end() -> None:
    complete, calls, lines = found_in(
        page(call(9), call(8), call(7)), page(call(7), call(6), call(5)), page(call(5, name=NAME))
    )
    assert complete
    assert [one.call_id for one in calls] == ["call-5"]
    assert [line.partition("createdAtLe=")[2] for line in lines] == [
        "",
        "2026-08-20T23%3A00%3A07.001Z",
        "2026-08-20T23%3A00%3A05.001Z",
    ]


@pytest.mark.usefixtures("pages_of_three")
@pytest.mark.parametrize(
    "second",
    [
        answer("500 Oops", b""),
        answer("429 Too Many", b""),
        answer("200 OK", b"{}"),
        answer("200 OK", b'[{"id": "call-1"', says_length=400),
        answer("200 OK", b'[{"status": "ended"}]'),
        answer("200 OK", b"[7]"),
        b"",
        page(call(9), call(8), call(7)),  # the same once more: it cannot be continued
        page(call(4), call(5), call(6)),  # in another order: nobody knows what is left out
        page(call(6), call(5), call(4, createdAt="yesterday")),
    ],
)
def test_a_page_that_fails_leaves_the_search_incomplete_with_what_was_found(
    second: bytes,
) -> None:
    complete, calls, _ = found_in(page(call(9, name=NAME), call(8), call(7)), second)
    assert not complete
    assert [one.call_id for one in calls] == ["call-9"]


@pytest.mark.usefixtures("pages_of_three")
def test_calls_of_one_instant_that_fill_a_page_leave_the_search_incomplete() -> None:
    together = page(*[call(n, NOW_MS) for n in range(3)])
    assert found_in(together)[:2] == (False, ())


@pytest.mark.usefixtures("pages_of_three")
def test_a_page_too_large_is_asked_for_in_smaller_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vapi_api, "PAGE_LIMIT_BYTES", 400)
    large = page(call(3, name=NAME, transcript="x" * 500))
    complete, calls, lines = found_in(large, page(call(2, name=NAME)))
    assert complete
    assert [one.call_id for one in calls] == ["call-2"]
    assert [line.rpartition("limit=")[2] for line in lines] == ["3", "2"]
    assert found_in(large)[0] is False


def test_a_search_without_an_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_search, "PAGE", 1)
    endless = [page(call(number)) for number in range(999, 900, -1)]
    complete, _, lines = found_in(*endless)
    assert not complete
    assert len(lines) == vapi_api.MOST_PAGES


def test_a_provider_that_is_not_there_leaves_the_search_incomplete() -> None:
    look_up = api("http://127.0.0.1:9").find_calls(NAME, NOW_MS)
    assert (look_up.complete, look_up.calls) == (False, ())


def test_one_call_is_asked_for_by_its_id() -> None:
    with RawServer(page(), answer("200 OK", json.dumps(call(1)).encode())) as server:
        with pytest.raises(VoiceUnavailableError):
            api(server.url).get_call("call-1")
        told = api(server.url).get_call("call-1")
        with pytest.raises(VoiceUnavailableError):
            api(server.url).get_call("../call/call-2")
        lines = [request.split(b" ")[1] for request in server.requests]
    assert told == FoundCall(
        call_id="call-1", name="other.1", ended=False, rang_at_ms=NOW_MS + 1_000
    )
    assert lines == [b"/call/call-1", b"/call/call-1", b"/call/..%2Fcall%2Fcall-2"]


@pytest.mark.parametrize("status", ["500 Oops", "401 No", "302 Found", "204 Nothing"])
def test_a_call_nobody_can_tell_about_is_not_a_call_that_does_not_exist(status: str) -> None:
    with RawServer(answer(status, b"")) as server, pytest.raises(VoiceUnavailableError):
        api(server.url).get_call("call-1")


def test_a_call_that_does_not_exist_is_none() -> None:
    with RawServer(answer("404 Not Found", b"{}")) as server:
        assert api(server.url).get_call("call-1") is None


# -- the key ---------------------------------------------------------------------------------


def key_of(account: Account, clock: FakeClock) -> VapiKey:
    return VapiKey(lambda: account.client("secretsmanager"), "api-key", clock)


def test_a_rotated_key_is_known_in_time(account: Account) -> None:
    account.secret("api-key", '{"key": " first "}')
    clock = FakeClock(NOW_MS)
    key = key_of(account, clock)
    assert key.current() == "first"
    account.client("secretsmanager").put_secret_value(
        SecretId="api-key", SecretString='{"key": "second"}'
    )
    clock.at_ms += ASK_AGAIN_MS
    assert key.current() == "first"
    assert key.has_changed("first")
    assert key.current() == "second"
    assert not key.has_changed("second")


def test_a_refused_key_is_not_asked_for_again_and_again(account: Account) -> None:
    account.secret("api-key", '{"key": "first"}')
    clock = FakeClock(NOW_MS)
    key = key_of(account, clock)
    key.current()
    account.client("secretsmanager").delete_secret(
        SecretId="api-key", ForceDeleteWithoutRecovery=True
    )
    clock.at_ms += ASK_AGAIN_MS - 1
    assert not key.has_changed("first")
    clock.at_ms += KEEP_MS
    assert not key.has_changed("first")
    with pytest.raises(VoiceUnavailableError):
        key.current()


@pytest.mark.parametrize(
    "secret", ["private", "{}", '{"key": 7}', '{"key": ""}', '{"key": "a\\r\\nb"}', '["key"]']
)
def test_a_secret_that_is_no_key_opens_nothing(account: Account, secret: str) -> None:
    account.secret("api-key", secret)
    with pytest.raises(VoiceUnavailableError):
        key_of(account, FakeClock(NOW_MS)).current()


# -- the fake --------------------------------------------------------------------------------


def test_the_fake_is_out_of_reach_as_vapi_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for voice in (api(f"http://127.0.0.1:{port}"), FakeVoice(reachable=False)):
        with pytest.raises(VoiceUnavailableError):
            voice.open()
        with pytest.raises(VoiceUnavailableError):
            voice.get_call("call-1")
        assert voice.find_calls(NAME, NOW_MS) == LookUp(complete=False, calls=())


def test_the_fake_finds_nothing_and_places_a_call_as_vapi_does() -> None:
    with RawServer(answer("200 OK", b"[]"), answer("404 Not Found", b"{}"), PLACED) as server:
        for voice in (api(server.url), FakeVoice()):
            found = voice.find_calls(NAME, NOW_MS)
            assert (found.complete, list(found.calls)) == (True, [])
            assert voice.get_call("call-1") is None
            connection = voice.open()
            assert connection.place(REQUEST, NOW_MS) == Placed("call-1")
            connection.close()
