"""What all calls of a simulated Vapi account share: numbers, credentials, resources, limits."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Protocol

from local.vapi.ids import new_id
from local.vapi.rules import problems
from local.vapi.webhooks.delivery import DEFAULT_TIMEOUT_SECONDS, Server
from local.vapi.webhooks.messages import ORG_ID, iso
from local.vapi.webhooks.signing import Credential, NoCredential

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.vapi.calls.stillness import Stillness
    from local.vapi.log import SimulatorLog

Json = dict[str, Any]

RESOURCES = ("assistant", "squad", "tool", "phone-number", "credential", "parked-call")
VERSIONED = ("assistant", "squad")
CALLED_NUMBER = "+14155550100"
ASSISTANT_REQUEST_SECONDS = 7.5  # fixed by Vapi, end to end
PATIENT_SECONDS = 600.0  # how long a patient call waits for an answer


class Carrier(Protocol):
    """Twilio, as Vapi uses it for numbers that were imported."""

    def has(self, number: str, account_sid: str, auth_token: str) -> bool:
        """Whether that account has that number, and that is its token."""
        ...

    def take_over(
        self, number: str, *, voice_url: str, status_callback: str, messages_url: str | None
    ) -> None:
        """Set whom a number asks; None: its messages are left alone."""
        ...


@dataclass(slots=True, kw_only=True)
class Account:
    """One account. Everything here may be changed between calls.

    Attributes:
        server_url: Where messages go when no assistant names a server.
        base_url: Our own address; control URLs lie under it.
        credentials: Webhook credentials by id.
        lines: The account's concurrency limit, inbound and outbound together.
        speed: Milliseconds of simulated speech in a real one, in calls that come in.
        call_speed: The same in calls that we place. These begin at the real time, because
            those who dial look them up by it, so a fast one runs ahead of it: a talk of half a
            minute lasts half a minute in every message.
        waiting_speed: The same until a call or its caller stops waiting for our server, so that a
            quick call has no less patience with a busy machine; None: as quick as the call.
        stillness: When given, every call is a patient one, whatever the speed.
        sip_headers_in: Where messages about a call that came in by SIP show its headers; nobody
            knows where the real ones do (sip.py).
        versions: Every version of an assistant or a squad by its id, the oldest first.
        recording_link_seconds: For how long links to recordings are good, of Vapi's about 1,800.
        carrier: Where imported numbers are; None: Vapi believes what it is told of them.
        check: A second opinion on a document, by schema name: what is wrong with it. Tests
            pass the published schemas; without it the built-in rules decide alone.
    """

    log: SimulatorLog
    server_url: str
    base_url: str = ""
    credentials: dict[str, Credential] = field(default_factory=dict)
    lines: int = 10
    speed: float = 1.0
    call_speed: float = 1.0
    waiting_speed: float | None = None
    stillness: Stillness | None = None
    assistant_request_seconds: float = ASSISTANT_REQUEST_SECONDS
    check: Callable[[str, object], list[str]] | None = None
    departments: dict[str, str] = field(default_factory=dict)
    carrier: Carrier | None = None
    recording_link_seconds: float = 1_800
    storage_key: bytes = field(default_factory=partial(token_bytes, 32))
    sip_headers_in: str = "variables"
    saved: dict[str, dict[str, Json]] = field(
        default_factory=lambda: {name: {} for name in RESOURCES}
    )
    versions: dict[str, list[Json]] = field(default_factory=dict)
    main_number_id: str = ""
    _lines_in_use: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.assistant_request_seconds = self._within(self.assistant_request_seconds)
        main = {
            "provider": "twilio",
            "number": CALLED_NUMBER,
            "twilioAccountSid": "AC00000000000000000000000000000000",
            "name": "Main line",
            "status": "active",
        }
        self.main_number_id = self.keep("phone-number", main)["id"]

    @property
    def phone_number(self) -> Json:
        """The number that people call, as it is saved now."""
        return self.number(self.main_number_id)

    def number(self, number_id: str | None) -> Json:
        """A number of the account as it is saved now; the main one for any other id."""
        numbers = self.saved["phone-number"]
        main = numbers.get(self.main_number_id, {"id": self.main_number_id})
        return numbers.get(number_id or "", main)

    def sip_number(self, address: str) -> Json:
        """The number of a SIP address, made when it is first called."""
        for number in self.saved["phone-number"].values():
            if number.get("sipUri") == address:
                return number
        return self.keep("phone-number", {"provider": "vapi", "sipUri": address})

    def keep(self, resource: str, body: Json) -> Json:
        """Save a resource under a new id and return it as Vapi would."""
        now = iso(_now_ms())
        kept = {"id": new_id(), "orgId": ORG_ID, "createdAt": now, "updatedAt": now, **body}
        return self._save(resource, kept)

    def change(self, resource: str, wanted: str, body: Json) -> Json:
        """Replace top-level fields of a resource; nested objects are not merged."""
        before = self.saved[resource][wanted]
        if all(before.get(name) == said for name, said in body.items()):
            return before  # which makes no new version
        changed = {**before, **body, "updatedAt": iso(_now_ms())}
        return self._save(
            resource, {name: said for name, said in changed.items() if said is not None}
        )

    def _save(self, resource: str, made: Json) -> Json:
        if resource in VERSIONED:
            history = self.versions.setdefault(made["id"], [])
            made["latestVersion"] = f"v{len(history) + 1}"
            history.append(made)
        self.saved[resource][made["id"]] = made
        return made

    def take_line(self) -> bool:
        """Use one of the account's lines; False when all are in use."""
        with self._lock:
            if self._lines_in_use >= self.lines:
                return False
            self._lines_in_use += 1
            return True

    def free_line(self) -> None:
        """A call has ended."""
        with self._lock:
            self._lines_in_use -= 1

    @property
    def free_lines(self) -> int:
        """Lines that are not in use."""
        with self._lock:
            return self.lines - self._lines_in_use

    def wrong(self, rule: str, schema: str | None, document: object) -> list[str]:
        """What is wrong with a document by our own rules and by the schemas, if there are."""
        found = problems(rule, document)
        if not found and schema and self.check:
            found = self.check(schema, document)
        return found

    def server(self, named: Json | None, *, from_request: bool, call: str, number: Json) -> Server:
        """Where a message goes: the named server, else the phone number's, else the account's.

        Args:
            named: A `server` object of an assistant or a tool, or None.
            from_request: Whether it came in a POST /call; such a server gets no authentication.
            call: The call's id, for the log.
            number: The phone number of the call.
        """
        if not named or not named.get("url"):
            own = number.get("server") or {"url": self.server_url}
            return self._server(own, from_request=False, call=call)
        return self._server(named, from_request=from_request, call=call)

    def _server(self, named: Json, *, from_request: bool, call: str) -> Server:
        return Server(
            url=named["url"],
            credential=NoCredential() if from_request else self._credential(named, call),
            timeout_seconds=self._within(named.get("timeoutSeconds", DEFAULT_TIMEOUT_SECONDS)),
            headers=named.get("headers", {}),
            backoff=named.get("backoffPlan"),
        )

    def _within(self, seconds: float) -> float:
        return seconds if self.stillness is None else PATIENT_SECONDS

    def _credential(self, named: Json, call: str) -> Credential:
        wanted = named.get("credentialId")
        if wanted is None:  # the only one there is goes along by itself
            several = len(self.credentials) != 1
            return NoCredential() if several else next(iter(self.credentials.values()))
        if wanted not in self.credentials:
            self.log.write("violation", call, what="server.credentialId is unknown")
            return NoCredential()
        return self.credentials[wanted]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
