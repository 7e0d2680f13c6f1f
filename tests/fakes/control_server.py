"""A server that plays Vapi's control URLs on loopback and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ControlServer(ThreadingHTTPServer):
    """Obeys every command but `refused` types; `commands` holds each, by path, as they came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.commands: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.refused: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def control_url(self, call_id: str) -> str:
        return f"{self.url}/{call_id}/control"

    def asked_of(self, call_id: str) -> list[dict[str, Any]]:
        return self.commands[f"/{call_id}/control"]

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """A client may be killed in mid-request: that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: ControlServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        command = json.loads(self.rfile.read(length))
        self.server.commands[self.path].append(command)
        self.send_response(400 if command["type"] in self.server.refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
