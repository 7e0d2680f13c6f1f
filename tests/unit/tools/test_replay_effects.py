"""The command that has effects told again: what it asks for, and what it says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tools.replay_effects import main

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "made-up"


class Api(HTTPServer):
    """Answers what it was told to, and notes what it was asked."""

    answers: list[tuple[int, dict[str, Any]]]
    asked: list[tuple[str, str, str]]


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, body, self.headers["Authorization"]))
        status, told = self.server.answers.pop(0)
        answer = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    server = Api(("127.0.0.1", 0), Handler)
    server.answers, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("API", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OPERATOR_TOKEN", TOKEN)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_asks_until_there_are_no_more(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = [
        (200, {"replayed": 500, "more": True}),
        (200, {"replayed": 3, "more": False}),
    ]

    assert main(["--cause", "no_permission"]) == 0
    asked = ("/api/effects/replay", '{"cause": "no_permission"}', f"Bearer {TOKEN}")
    assert api.asked == [asked, asked]
    assert capsys.readouterr().out == "503 tried again\n"


def test_it_asks_for_one_by_its_id(api: Api) -> None:
    api.answers = [(200, {"replayed": 1, "more": False})]

    assert main(["--id", "a/b"]) == 0
    assert api.asked == [("/api/effects/a%2Fb/replay", "", f"Bearer {TOKEN}")]


def test_it_does_not_ask_for_ever(api: Api) -> None:
    api.answers = [(200, {"replayed": 0, "more": True})]

    assert main(["--cause", "gone"]) == 0
    assert len(api.asked) == 1


def test_a_refusal_is_told_with_its_words(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = [(404, {"detail": "No effect of that id was given up."})]

    assert main(["--id", "x"]) == 1
    assert capsys.readouterr().err == "refused: 404 No effect of that id was given up.\n"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "file:///etc"])
def test_who_is_not_there_is_not_reached(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", address)

    assert main(["--cause", "gone"]) == 1
    assert f"not reached: {address}" in (said := capsys.readouterr().err)
    assert "make up" in said
