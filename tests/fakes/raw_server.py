"""A server on loopback that answers each request with given bytes, HTTP or not."""

from __future__ import annotations

import socketserver
import ssl
import threading
from typing import TYPE_CHECKING, Self

from tests.liveness import LIVENESS_SECONDS
from tests.strict_emulator import write_certificate

if TYPE_CHECKING:
    from pathlib import Path


def answer(
    status: str, body: bytes = b"{}", *headers: str, says_length: int | None = None
) -> bytes:
    """An HTTP answer; `says_length` lies about how long the body is."""
    length = len(body) if says_length is None else says_length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {length}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


class RawServer(socketserver.ThreadingTCPServer):
    """Reads one request a connection. The last answer is given again and again.

    Attributes:
        requests: Head and body of each request, in order of arrival.
        hold: While it is given and not set, no answer is given.
        asked: Set when the first request has come whole.
    """

    daemon_threads = True

    def __init__(self, *answers: bytes, hold: threading.Event | None = None) -> None:
        self.answers = list(answers)
        self.hold = hold
        self.requests: list[bytes] = []
        self.asked = threading.Event()
        self.connections = 0
        self.scheme = "http"
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def behind_a_certificate_nobody_knows(self, folder: Path) -> Self:
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        write_certificate(certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.scheme = "https"
        return self

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.hold is not None:
            self.hold.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what some tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    server: RawServer

    def handle(self) -> None:
        self.server.connections += 1
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ]
        self.server.requests.append(head + self.rfile.read(sum(lengths)))
        self.server.asked.set()
        if self.server.hold is not None:
            self.server.hold.wait(LIVENESS_SECONDS)
        answers = self.server.answers
        self.wfile.write(answers.pop(0) if len(answers) > 1 else answers[0])
