"""The door on fakes: the real rules, the real reader and the real signatures; no network."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from contact_center.aws.s3_lean import report_key
from contact_center.configuration.compiled_config import ContactCenter, load_contact_center
from contact_center.conversations.domain.closed_people import never_closed
from contact_center.conversations.domain.departments import Department, Departments
from contact_center.conversations.services.answer_vapi import Answering, answer_vapi
from contact_center.conversations.services.book_demo import BookingParts, book_demo
from contact_center.conversations.services.leave_details import LeavingParts, leave_details
from contact_center.conversations.services.look_up_customer import LookUpParts, look_up_customer
from contact_center.conversations.services.receive_webhook import Door, last_resort, receive_webhook
from contact_center.conversations.services.stop_calling import OptOutParts, stop_calling_as_asked
from contact_center.conversations.services.tools import (
    BOOK_DEMO,
    LOOK_UP,
    SAVE_LEAD,
    SEND_INFORMATION,
)
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import RawRequest, Response
from contact_center.vapi.assistants.squad import ConfiguredSquad
from contact_center.vapi.webhooks.messages import facts_of, read_message
from contact_center.vapi.webhooks.webhook_check import RotatingCheck
from contact_center.vapi.webhooks.webhook_credentials import HmacPlan, Mode
from tests.fakes.calendar import FakeCalendar
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fact_queue import FakeFactQueue
from tests.fakes.left_details import FakeLeftDetails
from tests.fakes.opt_outs import FakeOptOuts
from tests.fakes.recent_calls import FakeRecentCalls
from tests.fakes.report_archive import FakeReportArchive
from tests.fakes.resumptions import FakeResumptions
from tests.fakes.rung_numbers import FakeRungNumbers
from tests.fakes.secret_store import FakeSecretStore
from tests.fakes.tool_answers import FakeToolAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.conversations.domain.closed_people import ClosedAt
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.messages import Question, ToolCall
    from contact_center.conversations.services.answer_caller import Rang
    from contact_center.conversations.services.tools import ToolAnswer
    from contact_center.records.services.card_ports import CardReads

NOW_MS = 1_787_266_900_000
SECRET = "a webhook secret"
PERSON_NUMBER = "+14155550190"
BASE_URL = "https://switchboard.example"

DEPARTMENTS = Departments(
    by_key={
        key: Department(
            key=key,
            name=name,
            description=name,
            assistant=assistant,
            number=number,
            aliases=aliases,
        )
        for key, name, assistant, number, aliases in (
            ("sales", "sales", "sales", None, ()),
            ("support", "technical support", "support", None, ("technical",)),
            ("billing", "billing", "billing", "+14155550191", ("payment",)),
            ("retention", "account changes", "retention", None, ("cancel",)),
            ("workshop", "the workshop", None, "+14155550192", ()),
        )
    },
    default="support",
    person_number=PERSON_NUMBER,
)


@cache
def contact_center() -> ContactCenter:
    """The configuration that is shipped, read once."""
    return load_contact_center()


def hmac_headers(body: bytes, at_ms: int = NOW_MS, secret: str = SECRET) -> dict[str, str]:
    """The headers of Vapi's default HMAC credential."""
    stamp = str(at_ms)
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"x-timestamp": stamp, "x-signature": signature.hexdigest()}


@dataclass
class FakeDoor:
    """A door with a post slot. `modes` and `plan` as in the settings."""

    modes: Sequence[Mode] = (Mode.HMAC,)
    plan: HmacPlan = field(default_factory=HmacPlan)
    departments: Departments = DEPARTMENTS
    squad_id: str | None = None
    public_base_url: str | None = BASE_URL
    secrets: FakeSecretStore = field(default_factory=lambda: FakeSecretStore.holding(SECRET))
    queue: FakeFactQueue = field(default_factory=FakeFactQueue)
    archive: FakeReportArchive = field(default_factory=FakeReportArchive)
    tool_answers: FakeToolAnswers = field(default_factory=FakeToolAnswers)
    memory: FakeCallMemory = field(default_factory=FakeCallMemory)
    resumptions: FakeResumptions = field(default_factory=FakeResumptions)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_MS))
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    opt_outs: FakeOptOuts = field(default_factory=FakeOptOuts)
    rung: FakeRungNumbers = field(default_factory=FakeRungNumbers)
    may_dial: Callable[[Question], bool] = lambda _: False
    broken_config: bool = False
    names_server: bool = False
    sip_address: str | None = None
    expected: Callable[[str | None, str | None], Rang | None] | None = None
    looks_up: bool = True
    left: FakeLeftDetails = field(default_factory=FakeLeftDetails)
    recent: FakeRecentCalls = field(default_factory=FakeRecentCalls)
    cards: CardReads | None = None
    closed_at: ClosedAt = never_closed
    calendar: FakeCalendar = field(default_factory=lambda: FakeCalendar(contact_center().calendar))

    def __post_init__(self) -> None:
        self.door = Door(
            check=RotatingCheck(
                self.modes, self.plan, self.secrets.fetch, self.metrics, self.public_base_url
            ),
            read=partial(read_message, sip_address=self.sip_address),
            queue=self.queue,
            bodies=self.archive,
            answer=self._answer,
            report_key=report_key,
            clock=self.clock,
            metrics=self.metrics,
            public_base_url=self.public_base_url,
            last_resort=last_resort(self.squad_id, self.departments.person_number),
            knows=self.memory.knows,
        )

    def post(
        self,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        path: str = "/vapi/webhook",
    ) -> Response:
        """Post a body; signed as Vapi does by default unless headers are given."""
        headers = hmac_headers(body, self.clock.now_ms()) if headers is None else headers
        return receive_webhook(RawRequest("POST", path, "api.example", headers, body), self.door)

    def tell(self, message: object) -> Response:
        """Post a signed message as Vapi writes it."""
        return self.post(json.dumps(message).encode())

    def facts(self) -> list[Fact]:
        """What the router will read out of the queue, in the order of arrival."""
        return [
            fact
            for body, attributes in self.queue.messages
            for fact in facts_of(
                json.loads(self._body_of(body, attributes)),
                int(attributes["received_at_ms"]),
                delivery=attributes.get("delivery", ""),
            )
        ]

    def _body_of(self, body: str, attributes: Mapping[str, str]) -> str | bytes:
        key = attributes.get("report_key")
        return self.archive.get(key) if key else body

    def _answer(self, question: Question, base_url: str) -> str:
        if self.broken_config:
            raise ValueError("the compiled configuration cannot be read")
        center = contact_center()
        answering = Answering(
            looks_up=self.looks_up,
            departments=self.departments,
            policy=center.policy,
            squad=ConfiguredSquad(center.squad, None, names_server=self.names_server),
            tool_answers=self.tool_answers,
            memory=self.memory,
            clock=self.clock,
            metrics=self.metrics,
            squad_id=self.squad_id,
            resumptions=self.resumptions,
            stop_calling=self._stop_calling,
            may_dial=self.may_dial,
            civil_at=CivilClock().at,
            expected=self.expected,
            closed_at=self.closed_at,
            keeping={
                BOOK_DEMO: self._book,
                SAVE_LEAD: self._leave,
                SEND_INFORMATION: self._leave,
                LOOK_UP: self._look,
            },
        )
        return answer_vapi(question, base_url, answering)

    def _book(self, call: ToolCall, question: Question) -> ToolAnswer:
        parts = BookingParts(calendar=self.calendar, civil_at=CivilClock().at, metrics=self.metrics)
        return book_demo(call, question, parts)

    def _leave(self, call: ToolCall, question: Question) -> ToolAnswer:
        return leave_details(call, question, LeavingParts(details=self.left, metrics=self.metrics))

    def _look(self, call: ToolCall, question: Question) -> ToolAnswer:
        parts = LookUpParts(
            recent=self.recent,
            cards=self.cards,
            ours=self.departments.numbers,
            zone=self.calendar.zone,
            civil_at=CivilClock().at,
            metrics=self.metrics,
        )
        return look_up_customer(call, question, parts)

    def _stop_calling(self, question: Question) -> bool:
        parts = OptOutParts(
            opt_outs=self.opt_outs,
            rung=self.rung,
            clock=self.clock,
            civil=CivilClock(),
            metrics=self.metrics,
        )
        return stop_calling_as_asked(question, self.memory, parts)


def answer_of(response: Response) -> Any:
    """The JSON of a response."""
    return json.loads(response.body)
