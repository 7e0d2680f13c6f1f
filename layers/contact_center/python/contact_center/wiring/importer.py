"""Builds what operators handle campaigns with, and the worker on lists. As dialing_wiring.py."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from contact_center.adapters.boto3_clients import Boto3Clients
from contact_center.adapters.civil_time import civil_clock
from contact_center.adapters.compiled_config import load_contact_center
from contact_center.adapters.configured_scripts import ConfiguredScripts
from contact_center.adapters.dialing_rules_file import load_dialing_rules
from contact_center.adapters.dynamodb_callers import DynamoDBCallers
from contact_center.adapters.dynamodb_campaigns import DynamoDBCampaigns
from contact_center.adapters.dynamodb_contacts import DynamoDBContacts
from contact_center.adapters.dynamodb_imports import DynamoDBImports, DynamoDBJobs
from contact_center.adapters.dynamodb_national import DynamoDBNationalBook
from contact_center.adapters.dynamodb_open_lists import DynamoDBOpenLists
from contact_center.adapters.dynamodb_people import DynamoDBPeople
from contact_center.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.adapters.random_ids import RandomIds
from contact_center.adapters.s3_files import S3Files
from contact_center.adapters.s3_links import S3Links
from contact_center.adapters.sqs_list_jobs import SqsListJobs
from contact_center.adapters.system_clock import SystemClock
from contact_center.dialing_settings import ListSettings
from contact_center.domain.caller_numbers import RestPolicy
from contact_center.domain.contactability import may_call
from contact_center.ledger_wiring import settle_parts
from contact_center.observability import StdoutMetrics
from contact_center.services.caller_desk import CallerDesk
from contact_center.services.campaign_desk import CampaignDesk
from contact_center.services.change_campaign import CampaignParts
from contact_center.services.export_results import ExportParts
from contact_center.services.import_contacts import ImportParts
from contact_center.services.import_national_list import NationalParts
from contact_center.services.list_desk import ListDesk
from contact_center.services.list_ports import ListKind
from contact_center.services.national_desk import NationalDesk
from contact_center.services.preview_campaign import PreviewParts
from contact_center.services.work_on_lists import (
    ListParts,
    exports,
    imports,
    national_lists,
    previews,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.domain.dialing_rules import DialingRules
    from contact_center.settings import Environment

SAVED_ASSISTANT = "sales"  # what SALES_ASSISTANT_ID stands for


@dataclass(frozen=True, slots=True)
class CampaignDesks:
    """What the operators' routes of campaigns run on."""

    campaigns: CampaignDesk
    lists: ListDesk
    national: NationalDesk
    callers: CallerDesk


@dataclass(frozen=True, slots=True)
class ImporterParts:
    """What functions/importer runs on."""

    lists: ListParts
    clock: SystemClock
    metrics: StdoutMetrics


def campaign_desks(environment: Environment | None = None) -> CampaignDesks:
    """What operators handle campaigns with; no network is touched before the first request.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    shop = ListShop("OperatorApi", environment)
    settings = shop.settings
    center = load_contact_center()
    saved = {SAVED_ASSISTANT: settings.sales_assistant_id} if settings.sales_assistant_id else {}
    scripts = ConfiguredScripts(center, saved)
    ledger = settle_parts(
        shop.dynamodb, settings.ledger, center.assistants, shop.clock, shop.metrics
    )
    parts = CampaignParts(
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        imports=shop.imports,
        files=shop.files,
        ledger=ledger.ledger,
        assistants=scripts.assistants,
        snapshot=scripts.snapshot,
        stagger_seconds=settings.stagger_seconds,
    )
    lists = ListDesk(
        parts=parts,
        jobs=shop.jobs,
        queue=shop.queue,
        links=S3Links(shop.clients.s3_links, settings.bucket, shop.clock),
        ids=RandomIds(),
    )
    national = NationalDesk(
        imports=shop.imports,
        files=shop.files,
        queue=shop.queue,
        links=lists.links,
        ids=RandomIds(),
        rules=shop.rules,
        clock=shop.clock,
        civil=ledger.ledger.civil,
    )
    callers = CallerDesk(
        campaigns=shop.campaigns,
        book=DynamoDBCallers(shop.dynamodb, shop.table, shop.clock),
        policy=RestPolicy(),
        clock=shop.clock,
        civil=ledger.ledger.civil,
    )
    return CampaignDesks(CampaignDesk(parts=parts, ids=RandomIds()), lists, national, callers)


def importer_parts(environment: Environment | None = None) -> ImporterParts:
    """The worker with its clients; no network is touched before the first job.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        RulesError: The rules of dialing cannot be used.
    """
    shop = ListShop("Importer", environment)
    civil = civil_clock(shop.settings.ledger.civil)
    importing = ImportParts(
        campaigns=shop.campaigns,
        imports=shop.imports,
        files=shop.files,
        permissions=shop.permissions,
        rules=shop.rules,
        clock=shop.clock,
        civil=civil,
    )
    previewing = PreviewParts(
        campaigns=shop.campaigns,
        contacts=shop.contacts,
        people=DynamoDBPeople(shop.dynamodb, shop.settings.ledger.dialing_table, shop.permissions),
        jobs=shop.jobs,
        files=shop.files,
        rules=shop.rules,
        may_call=may_call,
        clock=shop.clock,
        civil=civil,
    )
    exporting = ExportParts(
        contacts=shop.contacts, jobs=shop.jobs, files=shop.files, clock=shop.clock, civil=civil
    )
    listing = NationalParts(
        imports=shop.imports,
        files=shop.files,
        book=DynamoDBNationalBook(shop.dynamodb, shop.table),
        rules=shop.rules,
        clock=shop.clock,
        civil=civil,
    )
    lists = ListParts(
        works={
            ListKind.IMPORT: imports(importing),
            ListKind.PREVIEW: previews(previewing),
            ListKind.EXPORT: exports(exporting),
            ListKind.NATIONAL: national_lists(listing),
        },
        jobs=shop.queue,
        open_lists=DynamoDBOpenLists(shop.dynamodb, shop.table),
        clock=shop.clock,
        civil=civil,
        metrics=shop.metrics,
    )
    return ImporterParts(lists, shop.clock, shop.metrics)


class ListShop:
    """Makes each part once, when it is first asked for; none touches the network by itself."""

    def __init__(self, function: str, environment: Environment | None = None) -> None:
        """Read the settings. Raises SettingsError.

        Args:
            function: Logical name of the function, for its metrics.
            environment: By default the process's own.
        """
        self.settings = ListSettings.read(environment)
        self.table = self.settings.ledger.contacts_table
        self.clock = SystemClock()
        self.metrics = StdoutMetrics(function, self.clock)
        self.clients = Boto3Clients(**asdict(self.settings.aws))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """One client for all tables."""
        return self.clients.dynamodb()

    @cached_property
    def campaigns(self) -> DynamoDBCampaigns:
        """The campaigns."""
        return DynamoDBCampaigns(self.dynamodb, self.table)

    @cached_property
    def contacts(self) -> DynamoDBContacts:
        """Their contacts."""
        return DynamoDBContacts(
            self.dynamodb, self.table, self.clock, self.settings.ledger.retention_days
        )

    @cached_property
    def imports(self) -> DynamoDBImports:
        """Imports."""
        return DynamoDBImports(self.dynamodb, self.table)

    @cached_property
    def jobs(self) -> DynamoDBJobs:
        """Previews and exports."""
        return DynamoDBJobs(self.dynamodb, self.table)

    @cached_property
    def permissions(self) -> DynamoDBPermissions:
        """What people permit."""
        return DynamoDBPermissions(self.dynamodb, self.table)

    @cached_property
    def files(self) -> S3Files:
        """The private bucket."""
        return S3Files(self.clients.s3, self.settings.bucket)

    @cached_property
    def queue(self) -> SqsListJobs:
        """The queue of work on lists."""
        return SqsListJobs(self.clients.sqs(), self.settings.queue_url)

    @cached_property
    def rules(self) -> DialingRules:
        """The owner's rules."""
        rules = load_dialing_rules()
        return replace(rules, allow_test_numbers=True) if self.settings.test_numbers else rules
