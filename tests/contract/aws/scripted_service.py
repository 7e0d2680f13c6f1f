"""A service of AWS on a real socket, which answers as it is told to."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n{}"
HANG_UP = b""
SILENCE = b"silence"


@dataclass
class Service:
    """Answers each connection's requests with its list of answers, then closes it."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0


@contextmanager
def service(*connections: Sequence[bytes]) -> Iterator[Service]:
    server = socket.create_server(("127.0.0.1", 0))
    told = Service(port=server.getsockname()[1])
    over = threading.Event()

    def serve() -> None:
        for answers in connections:
            try:
                accepted, _ = server.accept()
            except OSError:
                return
            told.connections += 1
            with accepted:
                for answer in answers:
                    told.requests.append(read_request(accepted))
                    if answer == SILENCE:
                        over.wait(LIVENESS_SECONDS)
                    elif answer:
                        accepted.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        server.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a connection
        server.close()
        thread.join(LIVENESS_SECONDS)


def read_request(accepted: socket.socket) -> bytes:
    said = b""
    while b"\r\n\r\n" not in said:
        received = accepted.recv(65536)
        if not received:
            return said
        said += received
    head, _, body = said.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += accepted.recv(65536)
    return head + b"\r\n\r\n" + body
