"""The simulators' HTTP server on loopback, which can also answer badly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

from local.crm.faults import Mishap
from local.loopback import LoopbackHandler, LoopbackServer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

BODY_LIMIT_BYTES = 4_000_000
DRIP_SECONDS, DRIPS = 0.02, 1_000
PAGE = b"<!DOCTYPE html><html><body><h1>Be right back</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: header names in lower case, the last value of each query field."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and how it goes wrong on its way."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    mishap: Mishap | None = None


def json_answer(status: int, said: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:  # noqa: ANN401 - JSON
    """An answer in JSON."""
    return Answer(status, json.dumps(said).encode(), headers)


class HttpServer(LoopbackServer):
    """Answers every request with one function.

    Args:
        port: Where to listen; 0 chooses a free one.
        answer: From a request to its answer.
        gone_on: While it is not set, whoever is slow waits.
    """

    def __init__(
        self, port: int, answer: Callable[[Request], Answer], gone_on: threading.Event
    ) -> None:
        super().__init__(port, _Handler)
        self.answer = answer
        self.gone_on = gone_on

    def stop(self) -> None:
        """Answer no more."""
        self.gone_on.set()
        super().stop()

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some faults are for."""


class _Handler(LoopbackHandler):
    def _answer(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > BODY_LIMIT_BYTES:
            self._send(Answer(413))
            return
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query={name: values[-1] for name, values in parse_qs(parts.query).items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )
        self._send(cast("HttpServer", self.server).answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base looks for these

    def _send(self, answer: Answer) -> None:
        if answer.mishap is Mishap.LOST:
            self.close_connection = True
            return
        drips = DRIPS if answer.mishap is Mishap.DRIP else 0
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(drips + len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self._write(answer, drips)

    def _write(self, answer: Answer, drips: int) -> None:
        gone_on = cast("HttpServer", self.server).gone_on
        if answer.mishap is Mishap.SLOW:
            gone_on.wait()
        for _ in range(
            drips
        ):  # spaces before JSON are JSON: no read takes long, and the whole does
            self.wfile.write(b" ")
            self.wfile.flush()
            gone_on.wait(DRIP_SECONDS)
        half = answer.mishap is Mishap.HALF
        self.wfile.write(answer.body[: len(answer.body) // 2] if half else answer.body)
        self.wfile.flush()
        self.close_connection = self.close_connection or half
