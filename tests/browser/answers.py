"""A console's own address, whose API says what a test tells it to say."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from local.loopback import LoopbackHandler, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page

API = "/api/"
WHO = "x-who-asks"
PROBLEM = "application/problem+json"
# Of one connection alone.
HOPS = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks of the API."""

    method: str
    url: str
    headers: Mapping[str, str]
    post_data: str | None

    @property
    def post_data_json(self) -> Any:
        return json.loads(self.post_data) if self.post_data else None


@dataclass
class Answers:
    """What is told instead of what the system says: by path, a body, a status or nothing at all.

    Attributes:
        told: By path, or by method and path: a body; a status; "never", while nothing comes; "cut",
            where the line breaks; or what makes one of them of what is asked.
        asked: What was asked: method, path, body.
    """

    told: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Any:
        path = urlsplit(asked.url).path
        is_list = asked.headers.get("content-type") == "text/csv"
        said = json.loads(asked.post_data) if asked.post_data and not is_list else None
        self.asked.append((asked.method, path, said))
        told = self.told.get(f"{asked.method} {path}", self.told.get(path, 404))
        return told(asked) if callable(told) else told


class ToldServer(LoopbackServer):
    """Answers what is asked of the API, and fetches everything else from the system behind it.

    Where the browser's driver answers instead, a page keeps no file that it fetched, and whatever
    it asks goes through five processes: a fifth of what it takes to open one.

    Attributes:
        behind: The system's address.
        told: What is told to whom: a page says who it is in each request.
        over: Set when nobody waits any longer for what never comes.
    """

    def __init__(self, behind: str) -> None:
        super().__init__(0, _Handler)
        self.behind = urlsplit(behind).netloc
        self.told: dict[str, Answers] = {}
        self.over = threading.Event()

    def tell(self, page: Page, answers: Answers) -> None:
        """From now on a page is told this."""
        who = str(len(self.told))
        self.told[who] = answers
        page.set_extra_http_headers({WHO: who})

    def stop(self) -> None:
        """Answer no more."""
        self.over.set()
        super().stop()

    def handle_error(self, *_: object) -> None:
        """A page that goes away while it waits is what some tests are about."""


class _Handler(LoopbackHandler):
    def _answer(self) -> None:
        server = cast("ToldServer", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith(API):
            self._fetch(server.behind, body)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, server.url + self.path, headers, body.decode() or None)
        told = server.told[headers[WHO]].answer(asked)
        if told == "never":
            server.over.wait()
            self.close_connection = True
        elif told == "cut":  # without a word the browser would ask once more, by itself
            self.wfile.write(b"-\r\n")
            self.close_connection = True
        elif isinstance(told, int):
            problem = {"type": "about:blank", "title": "So", "status": told, "detail": "It is so."}
            self._send(told, [("Content-Type", PROBLEM)], json.dumps(problem).encode())
        else:
            self._send(200, [("Content-Type", "application/json")], json.dumps(told).encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base looks for these

    def _fetch(self, behind: str, body: bytes) -> None:
        connection = http.client.HTTPConnection(behind)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        kept = [one for one in answer.getheaders() if one[0].lower() not in HOPS]
        self._send(answer.status, kept, answer.read())
        connection.close()

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
