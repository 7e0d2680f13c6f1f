"""Builds what the functions behind queue and scheduler dial, reconcile and plan with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from contact_center.adapters.dynamodb_callers import DynamoDBCallers
from contact_center.adapters.dynamodb_imports import DynamoDBImports
from contact_center.adapters.dynamodb_people import DynamoDBPeople
from contact_center.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.adapters.dynamodb_planner import DynamoDBCallBook, DynamoDBPlannerNotes
from contact_center.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.adapters.random_ids import RandomIds
from contact_center.adapters.system_clock import SystemSleeper
from contact_center.dialing_wiring import DialingShop, pace_limits
from contact_center.domain.contactability import may_call
from contact_center.services.change_campaign import StopCampaigns
from contact_center.services.finish_attempt import FinishParts
from contact_center.services.finish_attempts import FinishAttempts
from contact_center.services.place_call import PlaceParts
from contact_center.services.plan_parts import PlanParts, PlanSettings
from contact_center.services.reconcile_attempts import ReconcileParts
from contact_center.services.watch_callers import CallerWatch

if TYPE_CHECKING:
    from contact_center.adapters.dynamodb_campaigns import DynamoDBCampaigns
    from contact_center.adapters.dynamodb_contacts import DynamoDBContacts
    from contact_center.adapters.system_clock import SystemClock
    from contact_center.observability import StdoutMetrics
    from contact_center.settings import Environment


@dataclass(frozen=True, slots=True)
class DialerParts:
    """What functions/dialer runs on."""

    place: PlaceParts
    clock: SystemClock
    metrics: StdoutMetrics


@dataclass(frozen=True, slots=True)
class ReconcilerParts:
    """What functions/reconciler runs on."""

    reconcile: ReconcileParts
    clock: SystemClock
    metrics: StdoutMetrics


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
    shop = DialingShop("CampaignPlanner", environment)
    campaigns = CampaignShop(shop)
    tables = shop.settings.ledger
    ledger = shop.settle.ledger
    notes = DynamoDBPlannerNotes(shop.dynamodb, tables.contacts_table)
    permissions = DynamoDBPermissions(shop.dynamodb, tables.contacts_table)
    plan = PlanParts(
        campaigns=campaigns.store,
        contacts=campaigns.contacts,
        imports=DynamoDBImports(shop.dynamodb, tables.contacts_table),
        people=DynamoDBPeople(shop.dynamodb, tables.dialing_table, permissions),
        ledger=ledger.ledger,
        switch=DynamoDBSwitch(shop.dynamodb, tables.dialing_table),
        slots=shop.slots,
        jobs=shop.jobs,
        notes=notes,
        rests=notes,
        outcomes=campaigns.outcomes,
        rules=shop.rules,
        may_call=may_call,
        clock=shop.clock,
        civil=ledger.civil,
        metrics=shop.metrics,
        settings=PlanSettings(limits=pace_limits(shop.settings.pace)),
    )
    return PlannerParts(plan, shop.clock, shop.metrics)


def dialer_parts(environment: Environment | None = None) -> DialerParts:
    """The dialer with its clients; no network is touched before the first job.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    shop = DialingShop("Dialer", environment)
    place = PlaceParts(
        ledger=shop.settle.ledger,
        judge=shop.judge,
        slots=shop.slots,
        jobs=shop.jobs,
        voice=shop.voice,
        sleeper=SystemSleeper(),
        ids=RandomIds(),
        brake=CampaignShop(shop).brake,
        scripts=shop.scripts,
        lines_below=shop.settings.pace.lines_below,
    )
    return DialerParts(place, shop.clock, shop.metrics)


def reconciler_parts(environment: Environment | None = None) -> ReconcilerParts:
    """The reconciler with its clients; no network is touched before the first tick.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    shop = DialingShop("Reconciler", environment)
    reconcile = ReconcileParts(
        ledger=shop.settle.ledger,
        lines=shop.settle.lines,
        jobs=shop.jobs,
        voice=shop.voice,
        outcomes=CampaignShop(shop).outcomes,
    )
    return ReconcilerParts(reconcile, shop.clock, shop.metrics)


class CampaignShop:
    """Makes the campaigns' parts once, when each is first asked for."""

    def __init__(self, shop: DialingShop) -> None:
        """Keep where the parts of dialing come from."""
        self._shop = shop

    @cached_property
    def store(self) -> DynamoDBCampaigns:
        """The campaigns."""
        return self._shop.campaigns

    @cached_property
    def contacts(self) -> DynamoDBContacts:
        """Their contacts."""
        return self._shop.contacts

    @cached_property
    def brake(self) -> StopCampaigns:
        """Who stops a campaign that cannot go on."""
        return StopCampaigns(self.store, self._shop.settle.ledger)

    @cached_property
    def outcomes(self) -> FinishAttempts:
        """Who is told what became of attempts."""
        calls_table = self._shop.settings.calls_table
        return FinishAttempts(
            FinishParts(
                campaigns=self.store,
                contacts=self.contacts,
                brake=self.brake,
                calls=DynamoDBCallBook(self._shop.dynamodb, calls_table),
                rules=self._shop.rules,
                clock=self._shop.clock,
                civil=self._shop.settle.ledger.civil,
                callers=self.callers,
            )
        )

    @cached_property
    def callers(self) -> CallerWatch:
        """Who watches how our own numbers fare."""
        shop = self._shop
        return CallerWatch(
            book=DynamoDBCallers(shop.dynamodb, shop.settings.ledger.contacts_table, shop.clock),
            clock=shop.clock,
            civil=shop.settle.ledger.civil,
            metrics=shop.metrics,
        )
