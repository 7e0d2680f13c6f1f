"""What operators dial with, and handle campaigns and lists with; loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.wiring.shop import DEFAULT_ASSISTANT

if TYPE_CHECKING:
    from contact_center.campaigns.services.caller_desk import CallerDesk
    from contact_center.campaigns.services.campaign_desk import CampaignDesk
    from contact_center.dialing.services.stop_dialing import SwitchParts
    from contact_center.lists.services.list_desk import ListDesk
    from contact_center.lists.services.national_desk import NationalDesk
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople
    from contact_center.triggers.services.state_permission import StatementParts
    from contact_center.triggers.services.trigger_answers import TriggerParts
    from contact_center.wiring.shop import Shop


@dataclass(frozen=True, slots=True)
class DialingDesk:
    """What the operators' routes that dial run on."""

    trigger: TriggerParts
    switch: SwitchParts
    statements: StatementParts


@dataclass(frozen=True, slots=True)
class CampaignDesks:
    """What the operators' routes of campaigns run on."""

    campaigns: CampaignDesk
    lists: ListDesk
    national: NationalDesk
    callers: CallerDesk


def dialing_desk(shop: Shop) -> DialingDesk:
    """What operators dial with.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    from contact_center.dialing.services.stop_dialing import SwitchParts
    from contact_center.triggers.adapters.dynamodb_triggers import DynamoDBTriggers
    from contact_center.triggers.services.state_permission import StatementParts
    from contact_center.triggers.services.trigger_answers import TriggerParts

    tables, ledger = shop.tables, shop.settle.ledger
    trigger = TriggerParts(
        ledger=ledger,
        judge=shop.judge,
        book=DynamoDBTriggers(
            shop.dynamodb, tables.dialing_table, shop.clock, tables.retention_days
        ),
        permissions=shop.permissions,
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        scripts=shop.scripts,
        jobs=shop.dial_jobs,
        assistant=DEFAULT_ASSISTANT,
        test_numbers=shop.environment.numbers("TEST_CALL_NUMBERS"),
    )
    statements = StatementParts(
        store=shop.permissions,
        ledger=ledger.ledger,
        judge=shop.judge,
        clock=shop.clock,
        forgotten=_forgotten(shop),
    )
    return DialingDesk(trigger, SwitchParts(switch=shop.switch, clock=shop.clock), statements)


def campaign_desks(shop: Shop) -> CampaignDesks:
    """What operators handle campaigns with.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.campaigns.domain.caller_numbers import RestPolicy
    from contact_center.campaigns.services.caller_desk import CallerDesk
    from contact_center.campaigns.services.campaign_desk import CampaignDesk
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.lists.adapters.s3_links import S3Links
    from contact_center.lists.services.add_contacts import CampaignListParts
    from contact_center.lists.services.list_desk import ListDesk
    from contact_center.lists.services.national_desk import NationalDesk

    ids, civil = RandomIds(), shop.settle.ledger.civil
    links = S3Links(shop.clients.s3_links, shop.list_settings.bucket, shop.clock)
    parts = CampaignListParts(
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        ledger=shop.settle.ledger,
        assistants=shop.present_scripts.assistants,
        snapshot=shop.present_scripts.snapshot,
        stagger_seconds=shop.pace.stagger_ms / 1000,
        imports=shop.imports,
        files=shop.files,
    )
    lists = ListDesk(
        parts=parts,
        jobs=shop.file_jobs,
        queue=shop.list_jobs,
        links=links,
        ids=ids,
    )
    national = NationalDesk(
        imports=shop.imports,
        files=shop.files,
        queue=shop.list_jobs,
        links=links,
        ids=ids,
        rules=shop.rules,
        clock=shop.clock,
        civil=civil,
    )
    callers = CallerDesk(
        campaigns=shop.campaigns,
        book=shop.callers,
        policy=RestPolicy(),
        clock=shop.clock,
        civil=civil,
    )
    return CampaignDesks(CampaignDesk(parts=parts, ids=ids), lists, national, callers)


def _forgotten(shop: Shop) -> DynamoDBForgottenPeople:
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople

    return DynamoDBForgottenPeople(shop.dynamodb, shop.tables.contacts_table, shop.forget_key)
