"""A router and whoever looks after its calls, with what Vapi and Twilio say when they are asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.conversations.adapters.sqs_messages import queued_message
from contact_center.conversations.services.look_after_calls import (
    CopyParts,
    LookAfterParts,
    look_after_calls,
)
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.conversations.services.take_found import Found, facts_of_found
from contact_center.kernel.time_left import always
from contact_center.records.domain.costs import AWS_CALL_MICROS
from contact_center.vapi.calls.call_report import report_in
from contact_center.vapi.webhooks.messages import facts_of
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fact_queue import FakeFactQueue
from tests.fakes.intent_classifier import FakeClassifier
from tests.fakes.look_ups import FakeCallReports, FakeLegPrices, FakeLookUps
from tests.fakes.recordings import FakeShelf, FakeSource
from tests.unit.conversations.histories import POLICY, departments

if TYPE_CHECKING:
    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact

CALL = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
LEG = "CA" + 32 * "1"
WITH_THE_LEG = 50_000 + AWS_CALL_MICROS + 14_000
MINUTE = 60_000
END = 1_787_266_800_000
SAID = {"summary": "Wanted a demo.", "achieved": "question_answered"}


def call_of_vapi(**said: Any) -> dict[str, Any]:
    return {
        "id": CALL,
        "type": "inboundPhoneCall",
        "status": "ended",
        "createdAt": "2026-08-20T22:50:00.000Z",
        "endedAt": "2026-08-20T23:00:00.000Z",
        "endedReason": "customer-ended-call",
        "phoneCallProviderId": LEG,
        "customer": {"number": "+14155550123"},
        "monitor": {"controlUrl": "https://x.vapi.ai/secret"},
        "recordingUrl": "https://x.vapi.ai/recording",
        "cost": 0.05,
        "costs": [{"type": "model", "cost": 0.03}],
        "artifact": {"messages": [], "recordingUrl": "https://x.vapi.ai/recording"},
    } | said


def outputs(said: Any = SAID) -> dict[str, Any]:
    return {"structuredOutputs": {"1": {"name": "call_outcome", "result": said}}}


def body(kind: str, at_ms: int, **said: Any) -> dict[str, Any]:
    shown = {
        name: one
        for name, one in call_of_vapi().items()
        if name in {"id", "type", "createdAt", "customer", "phoneCallProviderId"}
    }
    return {"message": {"type": kind, "timestamp": at_ms, "call": shown} | said}


def status(word: str, at_ms: int) -> dict[str, Any]:
    return body("status-update", at_ms, status=word)


def report(at_ms: int = END + 2_000, **artifact: Any) -> dict[str, Any]:
    return body(
        "end-of-call-report",
        at_ms,
        endedReason="customer-ended-call",
        endedAt="2026-08-20T23:00:00.000Z",
        cost=0.05,
        costs=[{"type": "model", "cost": 0.03}],
        artifact=artifact,
    )


@dataclass
class Scene:
    """A router and who looks after calls, on one table, and a queue between them."""

    priced_here: bool = True
    recorded_here: bool = False
    source: FakeSource = field(default_factory=FakeSource)
    shelf: FakeShelf = field(default_factory=FakeShelf)
    clock: FakeClock = field(default_factory=lambda: FakeClock(END))
    store: FakeCallStore = field(default_factory=FakeCallStore)
    reports: FakeCallReports = field(default_factory=FakeCallReports)
    prices: FakeLegPrices = field(default_factory=FakeLegPrices)
    queue: FakeFactQueue = field(default_factory=FakeFactQueue)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)

    def __post_init__(self) -> None:
        self.book = FakeLookUps(self.store)
        self.record = RecordParts(
            store=self.store,
            classifier=FakeClassifier({}),
            clock=self.clock,
            policy=POLICY,
            departments=departments(),
            questions=QUESTIONS,
            legs_priced=self.priced_here,
            recordings=self.recorded_here,
        )
        self.parts = LookAfterParts(
            book=self.book,
            reports=self.reports,
            prices=self.prices if self.priced_here else None,
            queue=self.queue,
            clock=self.clock,
            metrics=self.metrics,
            copies=CopyParts(source=self.source, shelf=self.shelf) if self.recorded_here else None,
        )

    def tell(self, *bodies: dict[str, Any]) -> None:
        for each in bodies:
            record_facts(CALL, facts_of(each, self.clock.at_ms), self.record)

    def take(self) -> list[Found]:
        """The router takes what stands in the queue; what it was."""
        messages, self.queue.messages = self.queue.messages, []
        found = [as_found(*one) for one in messages]
        for one in found:
            record_facts(CALL, facts_in(one, self.call), self.record)
        return found

    def look(self, minutes: float) -> list[str]:
        """A tick so long after the end, and the router; the steps that were asked."""
        self.clock.at_ms = END + int(minutes * MINUTE)
        look_after_calls(self.parts, always)
        return [one.step for one in self.take()]

    def ticks(self, until_minutes: int) -> list[tuple[int, str]]:
        """A tick a minute; which minute asked what."""
        return [(at, step) for at in range(until_minutes) for step in self.look(at)]

    @property
    def call(self) -> CallRecord:
        record = self.store.read(CALL).record
        assert record is not None
        return record

    def facts(self, kind: type[Fact]) -> list[Fact]:
        return [one for one in self.store.read(CALL).facts if isinstance(one, kind)]


def as_found(said: str, attributes: dict[str, str]) -> Found:
    told = {name: {"stringValue": value} for name, value in attributes.items()}
    found = queued_message({"body": said, "messageAttributes": told})
    assert isinstance(found, Found)
    return found


def facts_in(found: Found, record: CallRecord) -> list[Fact]:
    told = facts_of(json.loads(found.report), found.received_at_ms) if found.report else []
    return facts_of_found(found, told, record)


def vapi_says(scene: Scene, at_ms: int = END, **said: Any) -> None:
    scene.reports.told[CALL] = report_in(call_of_vapi(**said), at_ms)
