"""The parts that several functions run on, each made once, when it is first asked for.

No part touches the network by itself, and none is imported before it is asked for: a function
pays in its cold start for what it uses.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

from contact_center.aws.settings import AwsSettings
from contact_center.dialing.adapters.settings import LedgerSettings
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.civil_time import civil_clock
from contact_center.kernel.environment import Environment, SettingsError
from contact_center.kernel.observability import Noting, StdoutMetrics
from contact_center.kernel.system_clock import SystemClock
from contact_center.records.domain.receivers import NOTICES
from contact_center.records.domain.webhooks import WEBHOOK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from contact_center.aws.boto3_clients import Boto3Clients
    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.troubles import DynamoDBTroubles
    from contact_center.aws.lean_aws import LeanAws
    from contact_center.aws.stored_key import StoredKey
    from contact_center.campaigns.adapters.dynamodb_callers import DynamoDBCallers
    from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns
    from contact_center.campaigns.adapters.dynamodb_contacts import DynamoDBContacts
    from contact_center.campaigns.services.change_campaign import StopCampaigns
    from contact_center.campaigns.services.finish_attempts import FinishAttempts
    from contact_center.configuration.compiled_config import ContactCenter
    from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
    from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
    from contact_center.dialing.adapters.dynamodb_people import DynamoDBPeople
    from contact_center.dialing.adapters.dynamodb_slots import DynamoDBSlots
    from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch
    from contact_center.dialing.adapters.settings import PaceSettings
    from contact_center.dialing.adapters.sqs_dial_jobs import SqsDialJobs
    from contact_center.dialing.services.find_script import CallScripts
    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.dialing.services.settle_attempt import SettleParts
    from contact_center.forgetting.domain.stores import Store
    from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports, DynamoDBJobs
    from contact_center.lists.adapters.s3_files import S3Files
    from contact_center.lists.adapters.settings import ListSettings
    from contact_center.lists.adapters.sqs_list_jobs import SqsListJobs
    from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook
    from contact_center.people.services.ask_person import OfferTimings
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.who_can_take import TakerParts
    from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.records.adapters.sqs_effect_hints import SqsEffectHints
    from contact_center.records.domain.webhooks import Webhook
    from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
    from contact_center.vapi.calls.api import VapiApi
    from contact_center.visits.adapters.dynamodb_messages import DynamoDBMessages
    from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
    from contact_center.visits.adapters.sqs_reception_jobs import SqsReceptionJobs

# What a person hears of a caller is twelve seconds at most (briefs.py), and then the question.
BRIEF_SECONDS = 25
# Who effects can be delivered to; an owner's setting says to whom they are, and how one is made
# stands in wiring/crm_updater.py. Each is told of every call that is over.
BUILT_IN, HUBSPOT = "built_in", "hubspot"
RECEIVERS = (BUILT_IN, HUBSPOT, WEBHOOK, NOTICES)
DEFAULT_ASSISTANT = "sales"  # speaks when a trigger names none (SALES_ASSISTANT_ID)


class Shop:
    """Where the functions' wiring gets what more than one of them uses.

    Every part raises SettingsError, naming the setting, when one it needs is missing or cannot
    be used; those made of the owner's configuration also raise CompiledConfigError or RulesError.
    """

    def __init__(
        self, function: str, environment: Environment | None = None, *, lean: bool = False
    ) -> None:
        """Read where AWS is.

        Args:
            function: Logical name of the function, for its metrics.
            environment: By default the process's own.
            lean: Whether its start is one that a caller waits for: then it has DynamoDB without
                boto3.
        """
        self._lean = lean
        self.environment = environment or Environment()
        self.clock = SystemClock()
        self._aws = AwsSettings.read(self.environment)
        self.metrics = StdoutMetrics(
            function, self.clock, noting=self._noting(), namespace=self._aws.stack_name
        )

    def _noting(self) -> Noting | None:
        """Counters of which somebody is told; None: nobody is to be."""
        if self.environment.optional("NOTICE_TOPIC_ARN") is None:
            return None
        from contact_center.figures.domain.notices import CAUSES

        return Noting(frozenset(CAUSES), self._note)

    def _note(self, counts: Mapping[str, int]) -> None:
        from contact_center.figures.adapters.dynamodb_causes import DynamoDBCauses

        table = self.environment.required("CALLS_TABLE")
        DynamoDBCauses(self.dynamodb, table).add(counts, self.clock.now_ms())

    @cached_property
    def tables(self) -> LedgerSettings:
        """Where attempts and contacts are."""
        return LedgerSettings.read(self.environment)

    @cached_property
    def clients(self) -> Boto3Clients:
        """boto3's: importing what makes them is half of a cold start that goes without."""
        from contact_center.aws.boto3_clients import Boto3Clients

        return Boto3Clients.at(self._aws)

    def new_s3(self) -> S3Client:
        """A client of S3 of boto3's, which is loaded when it is first asked for."""
        return self.clients.s3()

    def new_sqs(self) -> SQSClient:
        """A client of SQS, likewise."""
        return self.clients.sqs()

    def new_secrets_manager(self) -> SecretsManagerClient:
        """A client of Secrets Manager, likewise."""
        return self.clients.secrets_manager()

    @property
    def wakes_from_a_snapshot(self) -> bool:
        """Whether what is loaded now is there when it starts."""
        return self._aws.credentials_url is not None

    @cached_property
    def lean_aws(self) -> LeanAws:
        """Connections to AWS as the door has them, where boto3 is not."""
        from contact_center.aws.lean_aws import LeanAws

        return LeanAws(self._aws)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """One client for all tables: boto3's, or what cannot be told from it."""
        return self._patient_dynamodb() if self._lean else self.clients.dynamodb()

    def _patient_dynamodb(self) -> DynamoDBClient:
        from os import urandom

        from contact_center.aws.dynamodb.lean_client import READ_SECONDS, LeanDynamoDB

        connection = self.lean_aws.connection("dynamodb", READ_SECONDS, again_if_unanswered=True)
        lean = LeanDynamoDB(
            connection,
            new_token=lambda: urandom(16).hex(),
            chance=lambda: int.from_bytes(urandom(4)) / 2**32,
        )
        return cast("DynamoDBClient", lean)

    @cached_property
    def lean_dynamodb(self) -> AwsConnection:
        """The reception's connection."""
        return self.lean_aws.connection("dynamodb")

    @cached_property
    def center(self) -> ContactCenter:
        """The owner's configuration."""
        from contact_center.configuration.compiled_config import load_contact_center

        center = load_contact_center()
        if not self.recordings:
            return center
        from contact_center.vapi.assistants.recorded import recorded

        return recorded(center)

    @cached_property
    def recordings(self) -> bool:
        """Whether calls are recorded."""
        return self.environment.flag("RECORDINGS", default=False)

    # -- permission and dialing ---------------------------------------------------------------

    @cached_property
    def rules(self) -> DialingRules:
        """The owner's rules."""
        from contact_center.permission.adapters.dialing_rules_file import load_dialing_rules

        rules = load_dialing_rules()
        return replace(rules, allow_test_numbers=True) if self.tables.test_numbers else rules

    @cached_property
    def permissions(self) -> DynamoDBPermissions:
        """What people permit."""
        from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions

        return DynamoDBPermissions(self.dynamodb, self.tables.contacts_table)

    @cached_property
    def people(self) -> DynamoDBPeople:
        """What many people permit and have been through; who was forgotten, the claim knows."""
        from contact_center.dialing.adapters.dynamodb_people import DynamoDBPeople

        return DynamoDBPeople(self.dynamodb, self.tables.dialing_table, self.permissions)

    @cached_property
    def people_with_forgotten(self) -> DynamoDBPeople:
        """The same, with who was forgotten: for who promises what the claim will say."""
        from contact_center.dialing.adapters.dynamodb_people import DynamoDBPeople

        return DynamoDBPeople(
            self.dynamodb, self.tables.dialing_table, self.permissions, self.forgotten
        )

    @cached_property
    def attempts(self) -> DynamoDBAttempts:
        """Attempts, and what decides whether one may leave."""
        from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
        from contact_center.dialing.adapters.line_writes import LineWrites

        tables = self.tables
        return DynamoDBAttempts(
            self.dynamodb,
            tables.dialing_table,
            tables.contacts_table,
            LineWrites(tables.dialing_table, CALLING_ACCOUNT),
            self.clock,
            tables.retention_days,
            self.forgotten,
        )

    @cached_property
    def forget_key(self) -> StoredKey:
        """The key by which people who were forgotten are known again."""
        from contact_center.aws.stored_key import StoredKey

        name = self.environment.required("FORGET_KEY_NAME")
        return StoredKey(self.new_secrets_manager, name, "key", self.clock)

    @cached_property
    def forgotten(self) -> DynamoDBForgottenPeople | None:
        """Who was forgotten and is not to be called; None: this function has nobody called."""
        if self.environment.optional("FORGET_KEY_NAME") is None:
            return None
        from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople

        return DynamoDBForgottenPeople(self.dynamodb, self.tables.contacts_table, self.forget_key)

    @cached_property
    def forgetting_stores(self) -> tuple[Store, ...]:
        """The stores that are in use here; whoever was told of somebody before is found by that."""
        from contact_center.crm.calcom.settings import books_there
        from contact_center.forgetting.domain.stores import Store

        there = {
            Store.HUBSPOT: HUBSPOT in self._told_kinds,
            Store.WEBHOOK: WEBHOOK in self._told_kinds,
            Store.CALENDAR: books_there(self.environment),
        }
        return tuple(store for store in Store if there.get(store, True))

    @cached_property
    def settle(self) -> SettleParts:
        """Attempts, lines and what every change of them needs."""
        from contact_center.dialing.domain.dial_timings import DialTimings
        from contact_center.dialing.services.change_attempt import LedgerParts
        from contact_center.dialing.services.settle_attempt import SettleParts

        ledger = LedgerParts(
            ledger=self.attempts,
            clock=self.clock,
            civil=civil_clock(self.tables.civil),
            metrics=self.metrics,
            timings=DialTimings(max_call_ms=self.center.longest_call_seconds * 1000),
            troubles=self.troubles,
        )
        return SettleParts(ledger=ledger, lines=self.lines)

    @cached_property
    def troubles(self) -> DynamoDBTroubles:
        """Where it is counted that one of many failed again."""
        from contact_center.aws.dynamodb.troubles import DynamoDBTroubles

        return DynamoDBTroubles(self.lean_dynamodb, self.tables.dialing_table)

    @cached_property
    def lines(self) -> DynamoDBLines:
        """The lines in use."""
        from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines

        return DynamoDBLines(self.dynamodb, self.tables.dialing_table, CALLING_ACCOUNT)

    @cached_property
    def visit_lines(self) -> VisitLineParts:
        """What frees the line of a visit, or gives it on; none is taken with it."""
        from contact_center.dialing.services.hold_visit_lines import VisitLineParts

        return VisitLineParts(
            lines=self.lines,
            customers=self.attempts,
            clock=self.clock,
            metrics=self.metrics,
            timings=self.settle.ledger.timings,
            below=0,
            troubles=self.troubles,
        )

    @cached_property
    def visits(self) -> DynamoDBVisits:
        """Callers' visits, by the same lean client as at the door."""
        from os import urandom

        from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits

        return DynamoDBVisits(
            self.lean_dynamodb,
            self.environment.required("CALLS_TABLE"),
            self.clock,
            self.tables.retention_days,
            new_token=lambda: urandom(16).hex(),
        )

    @cached_property
    def judge(self) -> JudgeParts:
        """Contactability with its rules and its clock."""
        from contact_center.dialing.services.judge_call import JudgeParts
        from contact_center.permission.domain.contactability import may_call

        return JudgeParts(may_call=may_call, rules=self.rules, civil=self.settle.ledger.civil)

    @cached_property
    def switch(self) -> DynamoDBSwitch:
        """The one switch that stops every dial."""
        from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch

        return DynamoDBSwitch(self.dynamodb, self.tables.dialing_table)

    @cached_property
    def pace(self) -> PaceSettings:
        """What the carrier and the provider allow."""
        from contact_center.dialing.adapters.settings import PaceSettings

        return PaceSettings.read(self.environment)

    @cached_property
    def slots(self) -> DynamoDBSlots:
        """The slot log of the calling account."""
        from contact_center.dialing.adapters.dynamodb_slots import DynamoDBSlots

        return DynamoDBSlots(
            self.dynamodb,
            self.tables.dialing_table,
            CALLING_ACCOUNT,
            self.pace.limits,
            self.clock,
        )

    @cached_property
    def dial_jobs(self) -> SqsDialJobs:
        """The queue of calls to be placed."""
        from contact_center.dialing.adapters.sqs_dial_jobs import SqsDialJobs

        return SqsDialJobs(self.clients.sqs(), self.environment.required("DIAL_JOBS_QUEUE_URL"))

    @cached_property
    def present_scripts(self) -> ConfiguredScripts:
        """The assistants as configured now; what a campaign keeps when it starts."""
        from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
        from contact_center.vapi.calls.settings import read_sales_assistant_id

        saved_id = read_sales_assistant_id(self.environment)
        return ConfiguredScripts(self.center, {DEFAULT_ASSISTANT: saved_id} if saved_id else {})

    @cached_property
    def scripts(self) -> CallScripts:
        """Which script a call follows."""
        from contact_center.dialing.services.find_script import CallScripts

        return CallScripts(self.present_scripts, self.campaigns, self.center.notices)

    @cached_property
    def voice(self) -> VapiApi:
        """Vapi's API."""
        from contact_center.vapi.calls.api import VapiApi
        from contact_center.vapi.calls.call_request import CallingAccount
        from contact_center.vapi.calls.key import VapiKey
        from contact_center.vapi.calls.settings import VapiSettings

        settings = VapiSettings.read(self.environment)
        account = CallingAccount(phone_number_id=settings.phone_number_id)
        key = VapiKey(self.new_secrets_manager, settings.key_name, self.clock)
        return VapiApi(settings.base_url, key, account, self.clock, settings.version)

    # -- campaigns ----------------------------------------------------------------------------

    @cached_property
    def campaigns(self) -> DynamoDBCampaigns:
        """The campaigns."""
        from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns

        return DynamoDBCampaigns(self.dynamodb, self.tables.contacts_table)

    @cached_property
    def contacts(self) -> DynamoDBContacts:
        """Their contacts."""
        from contact_center.campaigns.adapters.dynamodb_contacts import DynamoDBContacts

        tables = self.tables
        return DynamoDBContacts(
            self.dynamodb, tables.contacts_table, self.clock, tables.retention_days
        )

    @cached_property
    def callers(self) -> DynamoDBCallers:
        """How our own numbers fare."""
        from contact_center.campaigns.adapters.dynamodb_callers import DynamoDBCallers

        return DynamoDBCallers(self.dynamodb, self.tables.contacts_table, self.clock)

    @cached_property
    def brake(self) -> StopCampaigns:
        """Who stops a campaign that cannot go on."""
        from contact_center.campaigns.services.change_campaign import StopCampaigns

        return StopCampaigns(self.campaigns, self.settle.ledger)

    @cached_property
    def outcomes(self) -> FinishAttempts:
        """Who is told what became of attempts."""
        from contact_center.campaigns.services.finish_attempt import FinishParts
        from contact_center.campaigns.services.finish_attempts import FinishAttempts
        from contact_center.campaigns.services.watch_callers import CallerWatch
        from contact_center.conversations.adapters.dynamodb_call_book import DynamoDBCallBook

        civil = self.settle.ledger.civil
        return FinishAttempts(
            FinishParts(
                campaigns=self.campaigns,
                contacts=self.contacts,
                brake=self.brake,
                calls=DynamoDBCallBook(self.dynamodb, self.environment.required("CALLS_TABLE")),
                rules=self.rules,
                clock=self.clock,
                civil=civil,
                callers=CallerWatch(
                    book=self.callers, clock=self.clock, civil=civil, metrics=self.metrics
                ),
            )
        )

    # -- reception ----------------------------------------------------------------------------

    @cached_property
    def colleagues(self) -> PersonParts:
        """People who take callers, and what every change of one needs."""
        from contact_center.people.adapters.dynamodb_people import DynamoDBPersonBook
        from contact_center.people.services.change_person import PersonParts

        return PersonParts(
            book=DynamoDBPersonBook(self.lean_dynamodb, self.tables.dialing_table),
            clock=self.clock,
            metrics=self.metrics,
            troubles=self.troubles,
        )

    @cached_property
    def queue(self) -> DynamoDBQueue:
        """Callers who wait."""
        from contact_center.dialing.adapters.line_writes import LineWrites
        from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue

        table = self.tables.dialing_table
        lines = LineWrites(table, CALLING_ACCOUNT)
        longest_ms = self.center.queue_rules.longest_ms
        return DynamoDBQueue(self.lean_dynamodb, table, lines, self.clock, longest_ms=longest_ms)

    @cached_property
    def waiting(self) -> QueueParts:
        """What every step of waiting works with."""
        from contact_center.queue.services.change_entry import QueueParts

        return QueueParts(
            queue=self.queue,
            rules=self.center.queue_rules,
            clock=self.clock,
            metrics=self.metrics,
            hints=self.reception_jobs,
            troubles=self.troubles,
        )

    @cached_property
    def takers(self) -> TakerParts:
        """Who takes a department's callers now."""
        from contact_center.people.services.who_can_take import TakerParts

        return TakerParts(
            roster=self.center.roster,
            hours=self.center.hours,
            book=self.colleagues.book,
            clock=self.clock,
            civil=civil_clock(self.tables.civil),
        )

    @cached_property
    def offer_timings(self) -> OfferTimings:
        """How long the parts of an offer take."""
        from contact_center.people.services.ask_person import OfferTimings

        return OfferTimings(
            brief_seconds=BRIEF_SECONDS, wrap_seconds=self.center.roster.wrap_seconds
        )

    @cached_property
    def offers(self) -> DynamoDBOfferBook:
        """People who were asked about callers."""
        from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook

        return DynamoDBOfferBook(self.lean_dynamodb, self.tables.dialing_table)

    @cached_property
    def messages(self) -> DynamoDBMessages:
        """What callers of departments hear first."""
        from contact_center.visits.adapters.dynamodb_messages import DynamoDBMessages

        return DynamoDBMessages(self.lean_dynamodb, self.tables.dialing_table)

    @cached_property
    def reception_jobs(self) -> SqsReceptionJobs | None:
        """The receptionist's hints; None where callers come in at Vapi, and nobody waits here."""
        queue_url = self.environment.optional("RECEPTION_JOBS_QUEUE_URL")
        if queue_url is None:
            return None
        from contact_center.visits.adapters.sqs_reception_jobs import SqsReceptionJobs

        return SqsReceptionJobs(self.lean_aws.connection("sqs"), queue_url)

    # -- effects ------------------------------------------------------------------------------

    @cached_property
    def receivers(self) -> tuple[str, ...]:
        """Who effects are delivered to: of webhooks each of the owner's file, or the setting's."""
        webhooks = tuple(one.receiver for one in self.webhooks) or (WEBHOOK,)
        return tuple(
            name for kind in self._told_kinds for name in (webhooks if kind == WEBHOOK else (kind,))
        )

    @cached_property
    def webhooks(self) -> tuple[Webhook, ...]:
        """Those of the owner's file; none: the setting names one, or nobody is told."""
        return self.center.webhooks if WEBHOOK in self._told_kinds else ()

    @cached_property
    def _told_kinds(self) -> tuple[str, ...]:
        said = self.environment.optional("EFFECT_RECEIVERS") or BUILT_IN
        named = tuple(word.strip() for word in said.split(","))
        known = set(named) <= set(RECEIVERS) and len(set(named)) == len(named)
        if not known or BUILT_IN not in named:
            others = " or ".join(RECEIVERS[1:])
            rule = f"must be {BUILT_IN}, and {others} after it if wished, separated by commas"
            raise SettingsError("EFFECT_RECEIVERS", rule)
        return named

    @cached_property
    def effect_hints(self) -> SqsEffectHints | None:
        """Hints at what must happen elsewhere; None: nobody listens, and a tick does all."""
        queue_url = self.environment.optional("EFFECTS_QUEUE_URL")
        if queue_url is None:
            return None
        from contact_center.records.adapters.sqs_effect_hints import SqsEffectHints

        return SqsEffectHints(self.lean_aws.connection("sqs"), queue_url)

    # -- lists --------------------------------------------------------------------------------

    @cached_property
    def list_settings(self) -> ListSettings:
        """Where lists come in and go out."""
        from contact_center.lists.adapters.settings import ListSettings

        return ListSettings.read(self.environment)

    @cached_property
    def imports(self) -> DynamoDBImports:
        """Imports of lists."""
        from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports

        return DynamoDBImports(self.dynamodb, self.tables.contacts_table)

    @cached_property
    def file_jobs(self) -> DynamoDBJobs:
        """Previews and exports."""
        from contact_center.lists.adapters.dynamodb_imports import DynamoDBJobs

        return DynamoDBJobs(self.dynamodb, self.tables.contacts_table)

    @cached_property
    def files(self) -> S3Files:
        """The private bucket."""
        from contact_center.lists.adapters.s3_files import S3Files

        return S3Files(self.clients.s3, self.list_settings.bucket)

    @cached_property
    def list_jobs(self) -> SqsListJobs:
        """The queue of work on lists."""
        from contact_center.lists.adapters.sqs_list_jobs import SqsListJobs

        return SqsListJobs(self.clients.sqs(), self.list_settings.queue_url)
