"""Twilio's door on the emulator, between a strict Twilio and a strict Vapi on loopback."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from contact_center.configuration import compiled_config
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.random_ids import RandomIds
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.twilio.api import TwilioApi
from contact_center.twilio.twiml import TwimlWriter
from contact_center.visits.adapters.sqs_reception_jobs import read_job
from contact_center.visits.domain.visit_parts import visit_of
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN, TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.telephones.people_format import Ring
from local.twilio.to_vapi import ToVapi
from local.vapi.simulator import VapiSimulator
from tests.functional.conversations.routing_rig import start_router
from tests.twilio_scene import CALLER, OURS, STARTS_AT, Door, Hook, until
from tests.vapi_scene import caller
from tests.webhook_stub import WebhookStub

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    import pytest

    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.reception_jobs import ReceptionJob
    from local.twilio.telephones.people_format import Person
    from local.vapi.calls.call import Call
    from tests.emulator import Account
    from tests.functional.conversations.routing_rig import Rig

API_KEY = "local-vapi-key"
DOORS_KEY = "forget-" + "k" * 30
SIP_ADDRESS = "sip:switchboard-callers@sip.vapi.ai"
SIP_DOMAIN = "acme.sip.twilio.com"
ASKS = frozenset({"assistant-request", "tool-calls", "transfer-destination-request"})
# Talk passes in a moment; a caller's patience, and Vapi's with a call, do not.
SPEED, WAITING_SPEED = 50, 5
STAYS_LONG = caller(number=CALLER, patience_ms=600_000)


class StillToken:
    """The account's token, which stays as it is."""

    def current(self) -> str:
        return AUTH_TOKEN

    def has_changed(self, used: str) -> bool:
        return used != AUTH_TOKEN


@dataclass
class ReceptionRig:
    """One door and what surrounds it.

    Attributes:
        environment: Settings other than the usual.
        people: Whose telephones ring at Twilio.
        lines: Vapi's own limit of calls at once.
        by_sip: Whether callers are put through to a SIP address of Vapi's, and not streamed.
    """

    account: Account
    monkeypatch: pytest.MonkeyPatch
    environment: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    lines: int = 10
    by_sip: bool = False
    app: ModuleType = field(init=False)
    vapi_door: ModuleType = field(init=False, repr=False)
    serving: ServeParts = field(init=False)
    router: Rig = field(init=False)
    answers: list[tuple[Hook, int, str]] = field(default_factory=list)
    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.told = self._stack.enter_context(WebhookStub(self._answer_vapi))
        self.vapi = self._stack.enter_context(
            VapiSimulator(
                server_url=self.told.url,
                api_key=API_KEY,
                lines=self.lines,
                speed=SPEED,
                waiting_speed=WAITING_SPEED,
            )
        )
        self.vapi.people[CALLER] = STAYS_LONG
        self.door = self._stack.enter_context(Door())
        self.twilio = self._stack.enter_context(
            TwilioSimulator(
                numbers=[self._number()],
                sip_domains={SIP_DOMAIN: self._number()},
                people=self.people,
                speed=None,
                starts_at=STARTS_AT,
                outside=ToVapi(self.vapi),
            )
        )
        sip = self._by_sip() if self.by_sip else {}
        self.router = start_router(self.account, self.vapi, self.monkeypatch, **sip)  # type: ignore[arg-type]
        self._stack.callback(self.router.close)
        self.app = self._start()
        if self.by_sip:
            self.vapi_door = importlib.import_module("vapi_webhook.app")
            sys.modules.pop("vapi_webhook.app", None)
            self._stack.callback(self.vapi_door.PARTS.close)
        if self.app.PARTS.door.reception is not None:
            self.serving = self._serving()
        self.door.otherwise = self._answer
        return self

    def __exit__(self, *_: object) -> None:
        self.app.PARTS.close()
        self._stack.close()

    def _number(self) -> Number:
        return Number(
            number=OURS,
            voice_url=f"{self.door.url}/twilio/voice",
            fallback_url=f"{self.door.url}/twilio/fallback",
            status_callback=f"{self.door.url}/twilio/call-status",
        )

    def _start(self) -> ModuleType:
        secrets = {"current": AUTH_TOKEN}
        names = dict(self.account.environment) | {
            "CALLS_TABLE": self.account.calls_table,
            "DIALING_TABLE": self.account.dialing_table,
            "CONTACTS_TABLE": self.account.contacts_table,
            "RECEPTION_JOBS_QUEUE_URL": self.account.reception_jobs_queue,
            "FORGET_KEY_NAME": self.account.secret("doors-key", json.dumps({"key": DOORS_KEY})),
            "TWILIO_SECRET_NAME": self.account.secret("twilio", json.dumps(secrets)),
            "VAPI_API_KEY_NAME": self.account.secret("vapi", json.dumps({"key": API_KEY})),
            "PUBLIC_BASE_URL": self.door.url,
            "TWILIO_PHONE_NUMBER": OURS,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "VAPI_BASE_URL": self.vapi.url,
            "VAPI_PHONE_NUMBER_ID": self.vapi.phone_number_id,
        }
        if self.by_sip:
            names |= self._by_sip()
        for name, value in (names | dict(self.environment)).items():
            self.monkeypatch.setenv(name, value)
        sys.modules.pop("twilio_webhook.app", None)
        app = importlib.import_module("twilio_webhook.app")
        sys.modules.pop("twilio_webhook.app", None)
        return app

    def _by_sip(self) -> dict[str, str]:
        return {
            "TWILIO_ADMISSION": "sip",
            "VAPI_SIP_ADDRESS": SIP_ADDRESS,
            "CALL_EVENTS_QUEUE_URL": self.account.call_events_queue,
            "REPORTS_BUCKET": self.account.reports_bucket,
            "VAPI_WEBHOOK_AUTH": "none",
        }

    def _answer_vapi(self, body: dict[str, Any]) -> tuple[int, Any]:
        """What Vapi's door answers who asks; what it is only told goes to `route_all`."""
        if not self.by_sip or body["message"]["type"] not in ASKS:
            return 200, {}
        event = {
            "headers": {},
            "requestContext": {"http": {"method": "POST"}, "domainName": "somebody.example"},
            "body": json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = self.vapi_door.lambda_handler(event, None)
        said = json.loads(answer["body"])
        if body["message"]["type"] == "assistant-request":
            self.given[body["message"]["call"]["id"]] = said
        return answer["statusCode"], said

    def who_answers(self, call: Call) -> dict[str, Any]:
        """Whom Vapi was told to let answer a call: with the order, or when it asked."""
        if not self.by_sip:
            return call.record.asked
        until(lambda: call.call_id in self.given)
        return self.given[call.call_id]

    def _answer(self, hook: Hook) -> tuple[int, str, str]:
        status, kind, body = self.handle(hook.path, hook.body, hook.headers)
        self.answers.append((hook, status, body))
        return status, kind, body

    def handle(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Let the handler take a request as API Gateway hands it over."""
        event = {
            "rawPath": path,
            "rawQueryString": "",
            "headers": dict(headers),
            "requestContext": {"http": {"method": "POST"}, "domainName": "somebody.example"},
            "body": body.decode("latin-1"),
            "isBase64Encoded": False,
        }
        with self._one_at_a_time:
            answer = self.app.lambda_handler(event, None)
        return answer["statusCode"], answer["headers"]["content-type"], answer["body"]

    def comes_in(self, *steps: Any, from_: str = CALLER, **more: Any) -> str:
        """A caller rings our number, and was answered; returns the leg."""
        sid = self.twilio.place_inbound(from_, OURS, Ring(steps=steps), **more)
        self.twilio.settle()
        return sid

    def comes_in_by_sip(self, *steps: Any, from_: str, username: str | None = None) -> str:
        """A telephone calls a SIP domain of ours, and was answered; returns the leg."""
        to = f"sip:reception@{SIP_DOMAIN}"
        sid = self.twilio.place_sip(from_, to, Ring(steps=steps), username)
        self.twilio.settle()
        return sid

    def visit(self, leg: str) -> Visit:
        """What is stored of a caller's visit."""
        kept = self.app.PARTS.door.reception().visits.read(visit_of(leg))
        assert kept is not None
        visit: Visit = kept.visit
        return visit

    def holders(self) -> list[str]:
        """Who holds a line."""
        lines = DynamoDBLines(
            self.account.client("dynamodb"), self.account.dialing_table, CALLING_ACCOUNT
        )
        return [lease.holder for lease in lines.held()]

    def twiml(self, path: str = "/twilio/voice") -> list[str]:
        """What was answered at a path, in order."""
        return [body for hook, _, body in self.answers if hook.path == path]

    def after_assistant(self) -> list[str]:
        """What legs were answered that an assistant had let go of, in order."""
        path = "/twilio/voice/assistant"
        return [body for hook, _, body in self.answers if hook.path.startswith(path)]

    def jobs(self) -> list[ReceptionJob]:
        """What the receptionist was told to look at, taken out of the queue."""
        taken: list[ReceptionJob] = []
        sqs = self.account.client("sqs")
        url = self.account.reception_jobs_queue
        while True:
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not found:
                return taken
            for one in found:
                taken.append(read_job({"body": one["Body"]}))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])

    def _serving(self) -> ServeParts:
        """What the receptionist serves with: connections of its own, as in a process of its own."""
        reception = self.app.PARTS.door.reception()
        table = self.account.dialing_table
        queue = DynamoDBQueue(
            self.account.lean(), table, LineWrites(table, CALLING_ACCOUNT), reception.clock
        )
        return ServeParts(
            waiting=replace(reception.queue, queue=queue),
            telephone=TwilioApi(
                ACCOUNT_SID,
                StillToken(),
                TwimlWriter(self.door.url),
                self.door.url,
                self.twilio.url,
            ),
            ids=RandomIds(),
            departments=tuple(compiled_config.load_contact_center().departments.by_key),
            lines=reception.lines.below,
        )

    def serve(self) -> int:
        """The receptionist serves whom it can; returns how many were sent for."""
        served = serve_next(self.serving)
        self.twilio.settle()
        return served

    def route_all(self) -> None:
        """Let the router take everything that Vapi has told so far."""
        bodies, self.told.bodies[:] = list(self.told.bodies), []
        self.router.deliver_until_taken(*bodies)


def no_queue(closing: Mapping[str, object]) -> Mapping[str, object]:
    """[queue] of a contact center where nobody waits, and what happens to callers instead."""
    company = {"weight": 1, "most_waiting": 0, "longest_wait_minutes": 20, "ladder": ["sorry"]}
    return {"company": company | dict.fromkeys(("full", "too_long", "nobody"), closing)}


def with_config(
    monkeypatch: pytest.MonkeyPatch, folder: Path, **parts: Mapping[str, object]
) -> None:
    """Another compiled configuration: the shipped one with parts merged over it."""
    compiled = json.loads(compiled_config.COMPILED_FILE.read_bytes())
    for part, said in parts.items():
        compiled[part] = {**compiled[part], **said}
    file = folder / "contact_center.json"
    file.write_text(json.dumps(compiled), encoding="utf-8")
    monkeypatch.setattr(compiled_config, "COMPILED_FILE", file)
