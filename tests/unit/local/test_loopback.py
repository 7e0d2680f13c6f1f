"""A server on loopback that sleeps until somebody comes."""

from __future__ import annotations

import socket
import urllib.request
from http.server import BaseHTTPRequestHandler

import pytest

from local.loopback import LoopbackServer
from tests.liveness import LIVENESS_SECONDS


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
        pass


def said(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=LIVENESS_SECONDS) as answer:  # noqa: S310 - loopback
        return bytes(answer.read())


def test_it_answers_until_it_is_stopped_and_then_nobody_listens() -> None:
    server = LoopbackServer(0, Hello)
    server.start()
    assert [said(server.url) for _ in range(3)] == [b"hello"] * 3

    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.server_address[1]))


def test_one_that_nobody_came_to_ends_too() -> None:
    server = LoopbackServer(0, Hello)
    server.start()
    server.stop()

    LoopbackServer(0, Hello).stop()  # nor need it have been started


def test_who_holds_a_connection_keeps_nobody_from_stopping_it() -> None:
    server = LoopbackServer(0, Hello)
    server.start()
    with socket.create_connection(("127.0.0.1", server.server_address[1])):
        server.stop()


def test_it_looks_at_nothing_while_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[None] = []
    monkeypatch.setattr(LoopbackServer, "service_actions", lambda _: looks.append(None))
    server = LoopbackServer(0, Hello)
    server.start()
    said(server.url)
    server.stop()

    assert looks == []  # what the base calls each time that it has looked
