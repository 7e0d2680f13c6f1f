"""The router of calls as it is, on the tables of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.services.act_on_decisions import ActParts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.conversations.services.route_message import Router
from contact_center.conversations.services.stop_calling import OptOutParts
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.change_attempt import LedgerParts
from contact_center.dialing.services.settle_attempt import SettleParts
from contact_center.records.domain.deals import DealRule
from contact_center.records.domain.effect_names import line_of
from contact_center.records.services.effect_hints import hint_at
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_control import FakeCallControl
from tests.fakes.intent_classifier import FakeClassifier
from tests.fakes.visits import FakeVisitNews
from tests.simulation.after import after_messages
from tests.simulation.after.effects_system import CRM
from tests.simulation.campaign_ports import WatchedPermissions
from tests.simulation.conversations import (
    SimulatedCalls,
    SimulatedOptOuts,
    SimulatedReminders,
    SimulatedRungNumbers,
)
from tests.simulation.simulated_ports import SimulatedCivilTime, SimulatedLedger, WatchedLedger
from tests.unit.conversations.histories import POLICY, departments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.services.ports.messages import ReportArchive
    from contact_center.conversations.services.route_message import Told
    from contact_center.records.domain.effects import Effect
    from tests.simulation.after.after_system import AfterSystem


def router_of(system: AfterSystem, archive: ReportArchive) -> Router:
    """The router of a history's account."""
    clock, civil, metrics = system.clock, SimulatedCivilTime(), system.metrics
    store = SimulatedCalls(system.client, system.store)
    tables = WatchedLedger(clock)
    ledger = SimulatedLedger(system.client, tables)
    parts = LedgerParts(
        ledger=ledger, clock=clock, civil=civil, metrics=metrics, timings=DialTimings()
    )
    permissions = WatchedPermissions(permissions=tables.permissions)

    def read(body: bytes, received_at_ms: int, delivery: str) -> Told:
        del received_at_ms, delivery
        call_id, _, stage = body.decode().partition("/")
        return after_messages.told_of(system.lived.calls[call_id], stage)

    def hinted(effects: Sequence[Effect]) -> None:
        hint_at(map(line_of, effects), system.parts.hints, metrics)

    return Router(
        read=read,
        archive=archive,
        record=RecordParts(
            store=store,
            classifier=FakeClassifier(),
            clock=clock,
            policy=POLICY,
            departments=departments(),
            questions=QUESTIONS,
            call_receivers=(CRM,),
            deal=DealRule(when={}),
            legs_priced=True,
        ),
        act=ActParts(
            store=store,
            control=FakeCallControl(),
            clock=clock,
            metrics=metrics,
            policy=POLICY,
            departments=departments(),
        ),
        reminders=SimulatedReminders(system.calls),
        settle=SettleParts(ledger=parts, lines=ledger),
        opt_out=OptOutParts(
            opt_outs=SimulatedOptOuts(system.client, permissions),
            rung=SimulatedRungNumbers(ledger),
            clock=clock,
            civil=civil,
            metrics=metrics,
        ),
        metrics=metrics,
        visits=FakeVisitNews(),
        effects_written=hinted,
    )
