"""A webhook of a few lines over real HTTP, for tests of the simulator itself."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
Answer = tuple[int, object]


class WebhookStub:
    """Keeps every body it gets and answers with `answer(message)`: a status and a JSON value."""

    def __init__(self, answer: Callable[[Json], Answer]) -> None:
        self.bodies: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.raw: list[bytes] = []
        self.answer = answer
        self._lock = threading.Lock()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status, document = stub.take(raw, dict(self.headers.items()))
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/vapi/webhook"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def take(self, raw: bytes, headers: dict[str, str]) -> Answer:
        body = json.loads(raw)
        with self._lock:
            self.raw.append(raw)
            self.bodies.append(body)
            self.headers.append({name.lower(): value for name, value in headers.items()})
        return self.answer(body)

    def messages(self, kind: str | None = None) -> list[Json]:
        """Messages in today's envelope, all or of one type."""
        told = [body["message"] for body in self.bodies if "message" in body]
        return [message for message in told if kind in (None, message["type"])]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def post(url: str, body: object, **headers: str) -> tuple[int, Any]:
    """POST JSON and read JSON back, whatever the status."""
    return request("POST", url, body, **headers)


def request(method: str, url: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """One HTTP request; the answer's status and JSON (or text)."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(  # noqa: S310 - loopback
        url, data, {"User-Agent": "test", **headers}, method=method
    )
    try:
        with urllib.request.urlopen(asked, timeout=LIVENESS_SECONDS) as response:  # noqa: S310
            return response.status, _read(response.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, _read(refused.read())


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"null")
    except ValueError:
        return raw.decode()
