"""A recording is asked for by the id of its call, and fetched from nowhere that nobody trusts."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from contact_center.records.services.copy_recording import Copied, copy_recording
from contact_center.records.services.recording_ports import RecordingUnavailableError
from contact_center.vapi.calls.recordings import VapiRecordings
from contact_center.vapi.calls.settings import RECORDING_HOSTS
from contact_center.web.public_addresses import PublicAddresses
from tests.fakes.raw_server import RawServer, answer
from tests.fakes.recordings import WAV, FakeShelf
from tests.strict_emulator import write_certificate

if TYPE_CHECKING:
    from pathlib import Path

CALL = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
KEY = "private-key"
HOSTS = tuple(RECORDING_HOSTS.split(","))
AUDIO = answer("200 OK", WAV, "Content-Type: audio/wav")


class Key:
    """An ApiKey."""

    def current(self) -> str:
        return KEY

    def has_changed(self, used: str) -> bool:
        return used != KEY


def sent_to(link: str) -> bytes:
    return answer("302 Found", b"", f"Location: {link}")


def source(api: RawServer, **said: object) -> VapiRecordings:
    return VapiRecordings(api.url, Key(), HOSTS, "test", **said)  # type: ignore[arg-type]


def copied(api: RawServer, **said: object) -> Copied | None:
    return copy_recording(CALL, source(api, **said), FakeShelf())


def refusal(api: RawServer, **said: object) -> str:
    with pytest.raises(RecordingUnavailableError) as error:
        copied(api, **said)
    return error.value.reason


def test_it_is_asked_for_by_the_call_with_the_key() -> None:
    with RawServer(AUDIO) as api:
        assert copied(api) == Copied(len(WAV), "audio/wav")
    assert api.requests[0].startswith(f"GET /call/{CALL}/mono-recording HTTP/1.1".encode())
    assert f"Authorization: Bearer {KEY}".encode() in api.requests[0]
    assert b"User-Agent: switchboard/test" in api.requests[0]


def test_a_link_on_its_own_origin_is_followed_once_and_without_the_key() -> None:
    with RawServer(sent_to("/storage/1?signature=2"), AUDIO) as api:
        assert copied(api) == Copied(len(WAV), "audio/wav")
    assert [one.split(b"\r\n")[0] for one in api.requests] == [
        f"GET /call/{CALL}/mono-recording HTTP/1.1".encode(),
        b"GET /storage/1?signature=2 HTTP/1.1",
    ]
    assert KEY.encode() not in api.requests[1]
    with RawServer(sent_to("/a"), sent_to("/b"), AUDIO) as api:
        assert refusal(api) == "http_302"
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    "link",
    [
        "http://storage.vapi.ai/1.wav",
        "https://storage.vapi.ai:8443/1.wav",
        "https://user:pass@storage.vapi.ai/1.wav",
        "https://storage.vapi.ai.evil.example/1.wav",
        "https://evilvapi.ai/1.wav",
        "https://r2.cloudflarestorage.com.evil.example/1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/1.wav",
        "https://evil.example\\\\@storage.vapi.ai/1.wav",
        "https://storage.vapi.ai:port/1.wav",
        "file:///etc/passwd",
        "//127.0.0.1:9/1.wav",
        "",
    ],
)
def test_a_link_to_anywhere_else_is_not_followed(link: str) -> None:
    with RawServer(sent_to(link), AUDIO) as api:
        assert refusal(api, addresses=PublicAddresses(resolve=nobody)) == "untrusted_host"
    assert len(api.requests) == 1


def nobody(_host: str, _port: int) -> list[str]:
    raise AssertionError("asked for the addresses of a host that is not trusted")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_a_trusted_name_that_leads_inside_is_not_connected_to(address: str) -> None:
    with RawServer(sent_to("https://x.r2.cloudflarestorage.com/1.wav?X-Amz-Expires=1800")) as api:
        inside = PublicAddresses(resolve=lambda _host, _port: [address])
        assert refusal(api, addresses=inside) == "not_public"


def test_a_link_on_a_trusted_host_brings_the_recording_and_never_learns_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(AUDIO) as storage, RawServer(sent_to("https://localhost/1.wav?s=2")) as api:
        certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
        write_certificate(certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        storage.socket = context.wrap_socket(
            storage.socket, server_side=True, do_handshake_on_connect=False
        )
        connected = []

        def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
            connected.append(address)
            return socket.create_connection(("127.0.0.1", storage.server_address[1]))

        monkeypatch.setattr("contact_center.web.public_addresses.create_connection", connect)
        near = PublicAddresses(loopback_too=True, resolve=lambda _host, _port: ["127.0.0.1"])
        vapi = VapiRecordings(
            api.url, Key(), ("localhost",), "test", addresses=near, certificates=str(certificate)
        )
        assert copy_recording(CALL, vapi, FakeShelf()) == Copied(len(WAV), "audio/wav")
        unknown = VapiRecordings(api.url, Key(), ("localhost",), "test", addresses=near)
        with pytest.raises(RecordingUnavailableError, match="connection"):
            copy_recording(CALL, unknown, FakeShelf())  # nobody vouches for it
    assert connected == [("127.0.0.1", 443)] * 2
    (asked,) = storage.requests
    assert asked.startswith(b"GET /1.wav?s=2 HTTP/1.1")
    assert KEY.encode() not in asked


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (answer("403 Forbidden", b"<Error/>"), "http_403"),  # the link has expired
        (answer("401 Unauthorized"), "http_401"),
        (answer("429 Too Many Requests"), "http_429"),
        (answer("500 Internal Server Error"), "http_500"),
        (answer("200 OK", b"<html>", "Content-Type: text/html"), "not_audio"),
        (answer("200 OK", WAV, "Content-Type: audio/wav", says_length=9_000), "broken_off"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\n" + WAV, "no_length"),
        (b"no HTTP at all\r\n\r\n", "broken_off"),
        (b"", "broken_off"),
    ],
)
def test_whatever_else_comes_is_tried_again(said: bytes, expected: str) -> None:
    with RawServer(said) as api:
        assert refusal(api) == expected


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_one_that_is_not_there_is_not_there(status: str) -> None:
    with RawServer(answer(status)) as api:
        assert copied(api) is None


def test_who_does_not_answer_is_cut_off() -> None:
    with RawServer(AUDIO, hold=threading.Event()) as api:
        assert refusal(api, seconds=0.2) == "timeout"


def test_nobody_there_is_no_connection() -> None:
    with RawServer(AUDIO) as api:
        pass
    assert refusal(api) == "connection"


def test_a_call_may_be_called_anything() -> None:
    with RawServer(answer("404 Not Found")) as api:
        copy_recording("../account?x=1#", source(api), FakeShelf())
    assert api.requests[0].startswith(b"GET /call/..%2Faccount%3Fx%3D1%23/mono-recording ")
