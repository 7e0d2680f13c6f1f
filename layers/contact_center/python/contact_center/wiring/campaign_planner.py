"""Builds what functions/campaign_planner runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.adapters.dynamodb_planner import DynamoDBPlannerNotes
from contact_center.campaigns.services.plan_parts import PlanParts, PlanSettings
from contact_center.kernel.data_classes import dataclass
from contact_center.permission.domain.contactability import may_call
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.system_clock import SystemClock


@dataclass(frozen=True, slots=True)
class PlannerParts:
    """What functions/campaign_planner runs on."""

    plan: PlanParts
    clock: SystemClock
    metrics: StdoutMetrics


def planner_parts(environment: Environment | None = None) -> PlannerParts:
    """The planner with its clients; no network is touched before the first tick.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    shop = Shop("CampaignPlanner", environment)
    ledger = shop.settle.ledger
    notes = DynamoDBPlannerNotes(shop.dynamodb, shop.tables.contacts_table)
    plan = PlanParts(
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        imports=shop.imports,
        people=shop.people,
        ledger=ledger.ledger,
        switch=shop.switch,
        slots=shop.slots,
        jobs=shop.dial_jobs,
        notes=notes,
        rests=notes,
        outcomes=shop.outcomes,
        rules=shop.rules,
        may_call=may_call,
        clock=shop.clock,
        civil=ledger.civil,
        metrics=shop.metrics,
        settings=PlanSettings(limits=shop.pace.limits),
    )
    return PlannerParts(plan, shop.clock, shop.metrics)
