"""The simulator's HTTP server: JSON in, JSON out, on loopback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

from local.loopback import LoopbackHandler, LoopbackServer
from local.vapi.rest.wire import BAD_REQUEST, Answer, Request, error

if TYPE_CHECKING:
    from collections.abc import Callable

TWILIO_ASKS = "/twilio/"


class HttpServer(LoopbackServer):
    """Answers every request with one function.

    Args:
        port: Where to listen; 0 chooses a free one.
        answer: From a request to its answer; called on the request's own thread.
    """

    def __init__(self, port: int, answer: Callable[[Request], Answer]) -> None:
        super().__init__(port, _Handler)
        self.answer = answer


class _Handler(LoopbackHandler):
    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = self._read(raw)
        except ValueError:
            self._send(error(BAD_REQUEST, "Unexpected token in JSON"))
            return
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        self._send(cast("HttpServer", self.server).answer(request))

    def _read(self, raw: bytes) -> object:
        """JSON, or where Twilio asks its form. Raises ValueError."""
        if self.path.startswith(TWILIO_ASKS):
            return dict(parse_qsl(raw.decode(), keep_blank_values=True))
        return json.loads(raw) if raw else None

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base looks for these

    def _send(self, answer: Answer) -> None:
        if answer.body is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media)
        if answer.location is not None:
            self.send_header("Location", answer.location)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
