"""What the tests of the Twilio simulator share: a door with TwiML, and the official client."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator
from twilio.rest import Client

from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN, TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.telephones.people_format import Person, Ring
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.twilio.telephones.outside import Connection
    from local.vapi.scripts.callers_format import Caller
    from local.vapi.scripts.callers_format import Step as Told
    from local.vapi.scripts.line_steps import LineStep as Step

OURS = "+14155550100"
CALLER = "+12125550199"
PERSON = "+13105550101"
STARTS_AT = datetime(2026, 11, 18, 17, 30, tzinfo=UTC)
Fields = dict[str, str]
Answer = tuple[int, str, str]  # status, content type, body


def twiml(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


@dataclass(frozen=True, slots=True)
class Hook:
    """One request that came in."""

    path: str
    method: str
    fields: Fields
    headers: Fields
    genuine: bool
    body: bytes = b""

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


class Door:
    """Answers each path with its TwiML, and keeps what came, checked by the official validator."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.answers: dict[str, str | Answer | Callable[[Hook], str | Answer]] = {}
        self.otherwise: str | Answer | Callable[[Hook], str | Answer] = twiml("")
        self.before: dict[str, Callable[[], object]] = {}
        self._validator = RequestValidator(AUTH_TOKEN)
        door = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True
            wbufsize = -1

            def _answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                hook = door.take(self.command, self.path, raw, dict(self.headers.items()))
                status, kind, body = door.answer(hook)
                self.send_response(status)
                if kind:
                    self.send_header("Content-Type", kind)
                if status in range(300, 400):
                    self.send_header("Location", body)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = _answer  # noqa: N815 - the base looks for these

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def take(self, method: str, target: str, raw: bytes, headers: Fields) -> Hook:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True)
        lowered = {name.lower(): value for name, value in headers.items()}
        signature = lowered.get("x-twilio-signature", "")
        genuine = self._validator.validate(self.url + target, dict(pairs), signature)
        asked = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)) | dict(pairs)
        hook = Hook(urlsplit(target).path, method, asked, lowered, genuine, raw)
        self.hooks.append(hook)
        return hook

    def answer(self, hook: Hook) -> Answer:
        if before := self.before.get(hook.path):
            before()
        given = self.answers.get(hook.path, self.otherwise)
        said = given(hook) if callable(given) else given
        return (200, "text/xml", said) if isinstance(said, str) else said

    def at(self, path: str) -> list[Hook]:
        """What came to one path, in order."""
        return [hook for hook in self.hooks if hook.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Stage:
    """A door, a simulator whose clock is held, and the official client of its REST API."""

    def __init__(self, people: Sequence[Person] = (), **more: Any) -> None:
        self.door = Door()
        main = Number(
            number=OURS,
            voice_url=f"{self.door.url}/voice",
            fallback_url=f"{self.door.url}/fallback",
            status_callback=f"{self.door.url}/over",
        )
        self.twilio = TwilioSimulator(
            numbers=[main], people=people, speed=None, starts_at=STARTS_AT, **more
        )
        self.client = Client(ACCOUNT_SID, AUTH_TOKEN)

    def __enter__(self) -> Self:
        self.door.__enter__()
        self.twilio.start()
        self.client.api.base_url = self.twilio.url
        return self

    def __exit__(self, *_: object) -> None:
        self.twilio.stop()
        self.door.__exit__()
        if self.client.http_client.session is not None:
            self.client.http_client.session.close()
        assert self.twilio.log.entries("mistake") == []

    def says(self, path: str, inside: str) -> None:
        """From now on the door answers a path so."""
        self.door.answers[path] = twiml(inside)

    def comes_in(self, *steps: Step, **more: Any) -> str:
        """A caller rings the account's number, and was answered; returns the call's SID."""
        sid = self.twilio.place_inbound(CALLER, OURS, Ring(steps=steps), **more)
        self.twilio.settle()
        return sid

    def order(self, **more: Any) -> Any:
        """Order a call to a person by REST."""
        wanted = {"to": PERSON, "from_": OURS, "url": f"{self.door.url}/answered", **more}
        return self.client.calls.create(**wanted)

    def noted(self, event: str, sid: str | None = None) -> list[dict[str, Any]]:
        """What the simulator's log says."""
        return self.twilio.log.entries(event, sid)


@dataclass
class Media:
    """The far side of everything: notes what opens, and what is closed from our side."""

    opened: list[Connection] = field(default_factory=list)
    closed_from_here: int = 0
    listens: bool = True
    name: str = "call-7"  # what the call is there
    expected: list[Caller] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def stream(self, connection: Connection) -> Media | None:
        self.opened.append(connection)
        return self if self.listens else None

    def sip(self, connection: Connection) -> Media | None:
        self.opened.append(connection)
        return self if "@sip.vapi.test" in connection.address else None

    def closed(self) -> None:
        self.closed_from_here += 1

    def expect(self, caller: Caller) -> None:
        self.expected.append(caller)

    def does(self, step: Told) -> bool:
        self.told.append(step)
        return self.listens


def until(holds: Callable[[], bool]) -> None:
    """Wait for what is bound to come, where time goes by itself."""
    ends = time.monotonic() + LIVENESS_SECONDS
    while not holds() and time.monotonic() < ends:
        time.sleep(0.01)
    assert holds()


def person(*steps: Step, number: str = PERSON, **more: Any) -> Person:
    """Somebody who does so whenever the telephone rings."""
    return Person(name="somebody", numbers=(number,), rings=(Ring(steps=steps, **more),))
