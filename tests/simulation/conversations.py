"""What the router does with webhooks: the real services, on the calls table behind boundaries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallEnded,
    CallSeen,
    CostTold,
    KeyPressed,
    StatusChanged,
)
from contact_center.conversations.domain.looked_up import source_of
from contact_center.conversations.services.act_on_decisions import ActParts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.conversations.services.route_message import (
    QueuedMessage,
    Reminder,
    Router,
    Told,
    route_message,
)
from contact_center.conversations.services.stop_calling import OptOutParts
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_control import FakeCallControl
from tests.fakes.call_store import FakeCallStore
from tests.fakes.intent_classifier import FakeClassifier
from tests.fakes.report_archive import FakeReportArchive
from tests.fakes.visits import FakeVisitNews
from tests.unit.conversations.histories import POLICY, departments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.conversations.services.ports.calls import (
        CallGlance,
        CallHistory,
        ControlOutcome,
    )
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.ledger_ports import AttemptLedger
    from contact_center.dialing.services.settle_attempt import SettleParts
    from contact_center.records.domain.effects import Effect
    from tests.simulation.campaign_ports import WatchedPermissions
    from tests.simulation.provider import Provider, Webhook
    from tests.simulation.queues import SimulatedQueue
    from tests.simulation.simulated_ports import TableClient

PRICE_USD = 0.1


@dataclass
class SimulatedCalls:
    """CallStore."""

    client: TableClient
    tables: FakeCallStore

    def read(self, call_id: str) -> CallHistory:
        return self.client.read("record", lambda: self.tables.read(call_id))

    def read_on(self, call_id: str) -> CallHistory:
        return self.client.read("record", lambda: self.tables.read_on(call_id))

    def fold(self, call_id: str, folded: Folded) -> None:
        self.client.write("fold", lambda: self.tables.fold(call_id, folded), transaction=False)

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        for fact in facts:  # a request each
            self.client.write(
                "note", partial(self.tables.note, [fact], customer), transaction=False
            )

    def show_whose(self, facts: Sequence[Fact], customer: str) -> None:
        self.client.write(
            "whose", lambda: self.tables.show_whose(facts, customer), transaction=False
        )

    def keep(
        self,
        history: CallHistory,
        record: CallRecord,
        glance: CallGlance,
        *,
        look_at_ms: int | None = None,
    ) -> None:
        self.client.write(
            "keep",
            lambda: self.tables.keep(history, record, glance, look_at_ms=look_at_ms),
            transaction=False,
        )

    def commit(  # noqa: PLR0913 - as the port has it
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
        glance: CallGlance,
        *,
        amended: Sequence[Fact] = (),
        effects: Sequence[Effect] = (),
        look_at_ms: int | None = None,
        count_at_ms: int | None = None,
    ) -> None:
        self.client.write(
            "record",
            lambda: self.tables.commit(
                history,
                record,
                facts,
                decisions,
                glance,
                amended=amended,
                effects=effects,
                look_at_ms=look_at_ms,
                count_at_ms=count_at_ms,
            ),
            transaction=True,
        )

    def sweep(self, call_id: str) -> None:
        self.client.write("sweep", lambda: self.tables.sweep(call_id), transaction=False)

    def begin_action(self, decision: Decision, at_ms: int) -> bool:
        return self.client.write(
            "begin action", lambda: self.tables.begin_action(decision, at_ms), transaction=False
        )

    def finish_action(self, decision: Decision, outcome: ControlOutcome, at_ms: int) -> None:
        self.client.write(
            "finish action",
            lambda: self.tables.finish_action(decision, outcome, at_ms),
            transaction=False,
        )


@dataclass
class SimulatedOptOuts:
    """OptOuts: one write that needs no read."""

    client: TableClient
    permissions: WatchedPermissions

    def suppress(self, number: str, source: str, at: datetime) -> bool:
        return self.client.write(
            "opt out",
            lambda: self.permissions.suppress(number, source, at),
            transaction=False,
        )


@dataclass
class SimulatedRungNumbers:
    """RungNumbers: one read of the ledger, with its faults."""

    ledger: AttemptLedger

    def number_of(self, attempt_id: str) -> str | None:
        attempt = self.ledger.read(attempt_id)
        return attempt.request.number if attempt is not None else None


@dataclass
class SimulatedReminders:
    """Reminders: our own messages in the queue of facts."""

    queue: SimulatedQueue

    def remind(self, call_id: str, at_ms: int, now_ms: int) -> None:
        delay_ms = max(0, at_ms - now_ms)
        self.queue.send(Reminder(call_id=call_id, due_at_ms=now_ms + delay_ms), delay_ms)


@dataclass(eq=False)
class Conversations:
    """The router of one account."""

    client: TableClient
    provider: Provider
    settle: SettleParts
    events: SimulatedQueue
    permissions: WatchedPermissions
    store: FakeCallStore = field(default_factory=FakeCallStore)
    webhooks: dict[str, Webhook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ledger: LedgerParts = self.settle.ledger
        store = SimulatedCalls(self.client, self.store)
        self.router = Router(
            read=self._told,
            archive=FakeReportArchive(),
            record=RecordParts(
                store=store,
                classifier=FakeClassifier(),
                clock=ledger.clock,
                policy=POLICY,
                departments=departments(),
                questions=QUESTIONS,
                legs_priced=bool(self.provider.load.leg_micros),
            ),
            act=ActParts(
                store=store,
                control=FakeCallControl(),
                clock=ledger.clock,
                metrics=ledger.metrics,
                policy=POLICY,
                departments=departments(),
            ),
            reminders=SimulatedReminders(self.events),
            settle=self.settle,
            opt_out=OptOutParts(
                opt_outs=SimulatedOptOuts(self.client, self.permissions),
                rung=SimulatedRungNumbers(ledger.ledger),
                clock=ledger.clock,
                civil=ledger.civil,
                metrics=ledger.metrics,
            ),
            metrics=ledger.metrics,
            visits=FakeVisitNews(),
        )

    def route(self, webhook: Webhook | Reminder, received_at_ms: float) -> None:
        """Take one message of the queue."""
        if isinstance(webhook, Reminder):
            route_message(webhook, self.router)
            return
        self.webhooks[webhook.key] = webhook
        message = QueuedMessage(body=webhook.key.encode(), received_at_ms=int(received_at_ms))
        route_message(message, self.router)

    def talked(self, call_id: str) -> bool:
        """Whether it is written down that an assistant talked to the customer."""
        record = self.store.read(call_id).record
        return record is not None and bool(record.assistants)

    def _told(self, body: bytes, _received_at_ms: int, _delivery: str) -> Told:
        webhook = self.webhooks[body.decode()]
        call = webhook.call
        at_ms = self.provider.time_of(webhook.at_ms)
        seen = CallSeen(
            call_id=call.call_id,
            at_ms=at_ms,
            key=f"seen:{webhook.stage}",
            twilio_call_sid=_leg_of(call.call_id),
            direction="inbound" if call.receipt is None else "outbound",
            customer_number=call.number,
            attempt_id=call.name,
            campaign_id=None if call.receipt is None else call.receipt.campaign_id,
            created_at_ms=self.provider.time_of(call.rang_at_ms),
        )
        return Told(facts=[seen, _news(webhook, at_ms, self.provider)])


def _leg_of(call_id: str) -> str:
    return f"CA{call_id}"


def _news(webhook: Webhook, at_ms: int, provider: Provider) -> Fact:
    call_id, stage = webhook.call.call_id, webhook.stage
    match stage:
        case "assistant":
            return AssistantStarted(call_id=call_id, at_ms=at_ms, key=stage, assistant_name="sales")
        case "key":
            return KeyPressed(call_id=call_id, at_ms=at_ms, key=stage, digits="9")
        case "report":
            return CallEnded(
                call_id=call_id,
                at_ms=at_ms,
                key=stage,
                ended_reason=webhook.reason or "",
                started_at_ms=provider.time_of(webhook.call.rang_at_ms),
                ended_at_ms=provider.time_of(webhook.call.ended_at_ms),
                cost_usd=PRICE_USD,
            )
        case "price":
            return CostTold(
                call_id=call_id,
                at_ms=at_ms,
                key=stage,
                source=source_of(_leg_of(call_id)),
                parts={"leg": provider.load.leg_micros},
            )
        case _:
            return StatusChanged(
                call_id=call_id,
                at_ms=at_ms,
                key=stage,
                status=stage,
                ended_reason=webhook.reason,
            )
