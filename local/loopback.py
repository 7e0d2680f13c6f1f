"""A server on loopback that costs nothing while nobody asks."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.1"


class LoopbackHandler(BaseHTTPRequestHandler):
    """Keeps a connection, sends what it has at once, and says nothing of it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise each answer waits 40 ms for an acknowledgement
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
        """Say nothing: who asked, and what, is in the log of whoever answers."""


class LoopbackServer(ThreadingHTTPServer):
    """Answers each request on a thread of its own.

    The base looks fifty times a second, or as seldom as it then takes to stop it, whether it is to
    stop. This one sleeps until somebody comes, and to be stopped it comes itself.

    Args:
        port: Where to listen; 0 chooses a free one.
        handler: What answers a connection.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__((LOOPBACK, port), handler)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=type(self).__name__, daemon=True)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def start(self) -> None:
        """Answer requests."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; also without having started."""
        self._stopping.set()
        if self._thread.is_alive():
            with suppress(OSError):  # full of others: one of them wakes it too
                socket.create_connection((LOOPBACK, self.server_address[1]), timeout=1).close()
            self._thread.join()
        self.server_close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self.handle_request()
