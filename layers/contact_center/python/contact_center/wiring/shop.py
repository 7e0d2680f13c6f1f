"""Builds what dials and settles, from its settings. In the shape of wiring.py."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from contact_center.adapters.boto3_clients import Boto3Clients
from contact_center.adapters.compiled_config import load_contact_center
from contact_center.adapters.configured_scripts import ConfiguredScripts
from contact_center.adapters.dialing_rules_file import load_dialing_rules
from contact_center.adapters.dynamodb_campaigns import DynamoDBCampaigns
from contact_center.adapters.dynamodb_contacts import DynamoDBContacts
from contact_center.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.adapters.dynamodb_slots import DynamoDBSlots
from contact_center.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.adapters.dynamodb_triggers import DynamoDBTriggers
from contact_center.adapters.sqs_dial_jobs import SqsDialJobs
from contact_center.adapters.system_clock import SystemClock
from contact_center.adapters.vapi_api import VapiApi
from contact_center.adapters.vapi_call_request import CallingAccount
from contact_center.adapters.vapi_key import VapiKey
from contact_center.dialing_settings import (
    DialingSettings,
    VapiSettings,
    read_sales_assistant_id,
)
from contact_center.domain.contactability import may_call
from contact_center.domain.pacing import PaceLimits
from contact_center.ledger_wiring import CALLING_ACCOUNT, settle_parts
from contact_center.observability import StdoutMetrics
from contact_center.services.find_script import CallScripts
from contact_center.services.judge_call import JudgeParts
from contact_center.services.state_permission import StatementParts
from contact_center.services.stop_dialing import SwitchParts
from contact_center.services.trigger_answers import TriggerParts
from contact_center.settings import Environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.adapters.compiled_config import ContactCenter
    from contact_center.dialing_settings import PaceSettings
    from contact_center.domain.dialing_rules import DialingRules
    from contact_center.services.settle_attempt import SettleParts


DEFAULT_ASSISTANT = "sales"  # speaks when a trigger names none (SALES_ASSISTANT_ID)


@dataclass(frozen=True, slots=True)
class DialingDesk:
    """What the operators' routes that dial run on."""

    trigger: TriggerParts
    switch: SwitchParts
    statements: StatementParts


def dialing_desk(environment: Environment | None = None) -> DialingDesk:
    """What operators dial with; no network is touched before the first request.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    shop = DialingShop("OperatorApi", environment)
    ledger = shop.settings.ledger
    permissions = DynamoDBPermissions(shop.dynamodb, ledger.contacts_table)
    trigger = TriggerParts(
        ledger=shop.settle.ledger,
        judge=shop.judge,
        book=DynamoDBTriggers(
            shop.dynamodb, ledger.dialing_table, shop.clock, ledger.retention_days
        ),
        permissions=permissions,
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        scripts=shop.scripts,
        jobs=shop.jobs,
        assistant=DEFAULT_ASSISTANT,
    )
    switch = SwitchParts(
        switch=DynamoDBSwitch(shop.dynamodb, ledger.dialing_table), clock=shop.clock
    )
    statements = StatementParts(
        store=permissions, ledger=shop.settle.ledger.ledger, judge=shop.judge, clock=shop.clock
    )
    return DialingDesk(trigger, switch, statements)


class DialingShop:
    """Makes each part once, when it is first asked for; none touches the network by itself."""

    def __init__(self, function: str, environment: Environment | None = None) -> None:
        """Read the settings. Raises SettingsError.

        Args:
            function: Logical name of the function, for its metrics.
            environment: By default the process's own.
        """
        self._environment = environment or Environment()
        self.settings = DialingSettings.read(self._environment)
        self.clock = SystemClock()
        self.metrics = StdoutMetrics(function, self.clock)
        self.clients = Boto3Clients(**asdict(self.settings.aws))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """One client for all tables."""
        return self.clients.dynamodb()

    @cached_property
    def center(self) -> ContactCenter:
        """The owner's configuration."""
        return load_contact_center()

    @cached_property
    def settle(self) -> SettleParts:
        """Attempts, lines and what every change of them needs."""
        return settle_parts(
            self.dynamodb, self.settings.ledger, self.center.assistants, self.clock, self.metrics
        )

    @cached_property
    def rules(self) -> DialingRules:
        """The owner's rules."""
        rules = load_dialing_rules()
        return replace(rules, allow_test_numbers=True) if self.settings.test_numbers else rules

    @cached_property
    def judge(self) -> JudgeParts:
        """Contactability with its rules and its clock."""
        return JudgeParts(may_call=may_call, rules=self.rules, civil=self.settle.ledger.civil)

    @cached_property
    def slots(self) -> DynamoDBSlots:
        """The slot log of the calling account."""
        return DynamoDBSlots(
            self.dynamodb,
            self.settings.ledger.dialing_table,
            CALLING_ACCOUNT,
            pace_limits(self.settings.pace),
            self.clock,
        )

    @cached_property
    def jobs(self) -> SqsDialJobs:
        """The queue of jobs."""
        return SqsDialJobs(self.clients.sqs(), self.settings.queue_url)

    @cached_property
    def campaigns(self) -> DynamoDBCampaigns:
        """The campaigns."""
        return DynamoDBCampaigns(self.dynamodb, self.settings.ledger.contacts_table)

    @cached_property
    def contacts(self) -> DynamoDBContacts:
        """Their contacts."""
        tables = self.settings.ledger
        return DynamoDBContacts(
            self.dynamodb, tables.contacts_table, self.clock, tables.retention_days
        )

    @cached_property
    def present_scripts(self) -> ConfiguredScripts:
        """The assistants as configured now; what a campaign keeps when it starts."""
        saved_id = read_sales_assistant_id(self._environment)
        return ConfiguredScripts(self.center, {DEFAULT_ASSISTANT: saved_id} if saved_id else {})

    @cached_property
    def scripts(self) -> CallScripts:
        """Which script a call follows."""
        return CallScripts(self.present_scripts, self.campaigns)

    @cached_property
    def voice(self) -> VapiApi:
        """Vapi's API."""
        settings = VapiSettings.read(self._environment)
        account = CallingAccount(phone_number_id=settings.phone_number_id)
        key = VapiKey(self.clients.secrets_manager, settings.key_name, self.clock)
        return VapiApi(settings.base_url, key, account, self.clock, self.settings.version)


def pace_limits(settings: PaceSettings) -> PaceLimits:
    """The limits of the calling account."""
    return PaceLimits(account_calls=settings.account_calls, prefix_calls=settings.prefix_calls)
