"""Builds what functions/operator_api runs on.

What few requests ask for is made when one first does: most want calls or health.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Self

from contact_center.aws.operator_tokens import OperatorTokens
from contact_center.aws.stored_key import StoredKey
from contact_center.conversations.adapters.dynamodb_call_list import DynamoDBCallList
from contact_center.conversations.adapters.dynamodb_calls import read_history
from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps
from contact_center.conversations.services.follow_ups import FollowUpDesk
from contact_center.conversations.services.read_calls import CallDesk
from contact_center.kernel.civil_time import civil_clock
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import UNRELEASED, Environment
from contact_center.wiring import operator_console as console
from contact_center.wiring.shop import DEFAULT_ASSISTANT, Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.audit.adapters.dynamodb_trail import DynamoDBTrail
    from contact_center.audit.services.note_request import TrailParts
    from contact_center.audit.services.read_trail import AuditDesk
    from contact_center.campaigns.services.caller_desk import CallerDesk
    from contact_center.campaigns.services.campaign_desk import CampaignDesk
    from contact_center.console.services.act_on_call import ActionDesk
    from contact_center.console.services.limits_desk import LimitsDesk
    from contact_center.console.services.live_desk import LiveDesk
    from contact_center.console.services.log_in import LogInParts
    from contact_center.console.services.search_calls import SearchDesk
    from contact_center.console.services.show_business import BusinessDesk
    from contact_center.conversations.services.listen_to_call import ListenDesk
    from contact_center.dialing.services.stop_dialing import SwitchParts
    from contact_center.figures.services.read_figures import FigureDesk
    from contact_center.figures.services.show_figures import RollUpDesk
    from contact_center.forgetting.services.forget_desk import ForgetDesk
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.lists.services.list_desk import ListDesk
    from contact_center.lists.services.national_desk import NationalDesk
    from contact_center.people.services.people_desk import PeopleDesk
    from contact_center.people.services.people_ports import WaitingCallers
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople
    from contact_center.reception.services.callback_desk import CallbackDesk
    from contact_center.reception.services.show_visit import VisitDesk
    from contact_center.records.services.effect_desk import EffectDesk
    from contact_center.triggers.services.state_permission import StatementParts
    from contact_center.triggers.services.trigger_answers import TriggerParts
    from contact_center.visits.services.department_messages import MessageDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """What functions/operator_api needs besides the tables. The names are DESIGN's §7 and §10.

    Attributes:
        tokens_name: Of the secret of people's tokens in Secrets Manager.
        audit_key_name: Of the secret {"key"} that customers are marked with in the audit trail.
        audit_days: For how long the trail is kept.
        recording_days: For how long copies of recordings are kept.
        health_shows_calls: Whether GET /health tells the number of calls to anyone.
    """

    calls_table: str
    tokens_name: str
    audit_key_name: str
    audit_days: int
    recording_days: int
    health_shows_calls: bool
    version: str

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            calls_table=environment.required("CALLS_TABLE"),
            tokens_name=environment.required("OPERATOR_TOKENS_NAME"),
            audit_key_name=environment.required("AUDIT_KEY_NAME"),
            audit_days=environment.whole("AUDIT_DAYS", 400, 1, 3650),
            recording_days=environment.whole("RECORDING_DAYS", 30, 1, 3650),
            health_shows_calls=environment.flag("HEALTH_SHOWS_CALLS", default=False),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
        )


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


@dataclass(frozen=True, slots=True)
class OperatorParts:
    """What functions/operator_api runs on."""

    desk: CallDesk
    listen: Callable[[], ListenDesk]
    follow_ups: FollowUpDesk
    tokens: OperatorTokens
    dialing: Callable[[], DialingDesk]
    campaigns: Callable[[], CampaignDesks]
    figures: Callable[[], FigureDesk]
    roll_ups: Callable[[], RollUpDesk]
    people: Callable[[], PeopleDesk]
    visits: Callable[[], VisitDesk]
    messages: Callable[[], MessageDesk]
    effects: Callable[[], EffectDesk]
    callbacks: Callable[[], CallbackDesk]
    sessions: Callable[[], LogInParts]
    business: Callable[[], BusinessDesk]
    live: Callable[[], LiveDesk]
    actions: Callable[[], ActionDesk]
    search: Callable[[], SearchDesk]
    limits: Callable[[], LimitsDesk]
    trail: Callable[[], TrailParts]
    audit: Callable[[], AuditDesk]
    forgetting: Callable[[], ForgetDesk]
    metrics: StdoutMetrics
    health_shows_calls: bool
    version: str


def operator_parts(environment: Environment | None = None) -> OperatorParts:
    """The operators' side with its clients; no network is touched before the first request.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    shop = Shop("OperatorApi", environment)
    settings = OperatorSettings.read(shop.environment)
    calls = DynamoDBCallList(shop.dynamodb, settings.calls_table)
    tokens = OperatorTokens(shop.clients.secrets_manager, settings.tokens_name, shop.clock)
    key = StoredKey(shop.clients.secrets_manager, settings.audit_key_name, "key", shop.clock)
    table, callbacks = settings.calls_table, cache(partial(callback_desk, shop))
    return OperatorParts(
        desk=CallDesk(
            history=partial(read_history, shop.dynamodb, settings.calls_table),
            calls=calls,
            clock=shop.clock,
            recording_days=settings.recording_days,
        ),
        listen=cache(partial(listen_desk, shop, settings)),
        follow_ups=FollowUpDesk(
            follow_ups=DynamoDBFollowUps(shop.dynamodb, settings.calls_table), clock=shop.clock
        ),
        tokens=tokens,
        dialing=cache(partial(dialing_desk, shop)),
        campaigns=cache(partial(campaign_desks, shop)),
        figures=cache(partial(figure_desk, shop, calls, settings)),
        roll_ups=cache(partial(roll_up_desk, shop, settings)),
        people=cache(partial(people_desk, shop)),
        callbacks=callbacks,
        visits=cache(partial(visit_desk, shop)),
        messages=cache(partial(message_desk, shop)),
        effects=cache(partial(effect_desk, shop)),
        sessions=cache(partial(console.log_in_parts, shop, table, tokens, key)),
        business=cache(partial(console.business_desk, shop)),
        live=cache(partial(console.live_desk, shop, table, tokens, callbacks)),
        actions=cache(partial(console.action_desk, shop, table)),
        search=cache(partial(console.search_desk, shop, table)),
        limits=cache(partial(console.limits_desk, shop)),
        trail=cache(partial(trail_parts, shop, settings, key)),
        audit=cache(partial(audit_desk, shop, settings, key)),
        forgetting=cache(partial(forget_desk, shop)),
        metrics=shop.metrics,
        health_shows_calls=settings.health_shows_calls,
        version=settings.version,
    )


def listen_desk(shop: Shop, settings: OperatorSettings) -> ListenDesk:
    """Where recordings are asked for. Raises SettingsError."""
    from contact_center.conversations.adapters.dynamodb_look_ups import DynamoDBLookUps
    from contact_center.conversations.services.listen_to_call import ListenDesk
    from contact_center.records.adapters.s3_recordings import S3RecordingLinks

    bucket = shop.environment.required("REPORTS_BUCKET")
    return ListenDesk(
        record=DynamoDBLookUps(shop.dynamodb, settings.calls_table).record,
        links=S3RecordingLinks(shop.clients.s3_links, bucket, shop.clock),
        clock=shop.clock,
        days=settings.recording_days,
    )


def trail_parts(shop: Shop, settings: OperatorSettings, key: StoredKey) -> TrailParts:
    """What requests are written down with."""
    from contact_center.audit.services.note_request import TrailParts
    from contact_center.kernel.random_ids import RandomIds

    return TrailParts(
        book=_trail(shop, settings),
        key=key,
        clock=shop.clock,
        ids=RandomIds(),
        metrics=shop.metrics,
    )


def audit_desk(shop: Shop, settings: OperatorSettings, key: StoredKey) -> AuditDesk:
    """Where operators look up who did what."""
    from contact_center.audit.services.read_trail import AuditDesk

    return AuditDesk(
        book=_trail(shop, settings),
        key=key,
        clock=shop.clock,
        days=settings.audit_days,
    )


def forget_desk(shop: Shop) -> ForgetDesk:
    """Where operators have people forgotten. Raises SettingsError."""
    from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
    from contact_center.forgetting.services.forget_desk import ForgetDesk
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.lists.services.list_ports import ListJob, ListKind

    return ForgetDesk(
        forgettings=DynamoDBForgettings(shop.dynamodb, shop.tables.contacts_table),
        used=shop.forgetting_stores,
        hint=lambda forget_id: shop.list_jobs.send(ListJob(ListKind.FORGET, "", forget_id)),
        key=shop.forget_key,
        ids=RandomIds(),
        clock=shop.clock,
        civil=civil_clock(shop.tables.civil),
        metrics=shop.metrics,
    )


def _forgotten(shop: Shop) -> DynamoDBForgottenPeople:
    from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople

    return DynamoDBForgottenPeople(shop.dynamodb, shop.tables.contacts_table, shop.forget_key)


def _trail(shop: Shop, settings: OperatorSettings) -> DynamoDBTrail:
    from contact_center.audit.adapters.dynamodb_trail import DynamoDBTrail

    return DynamoDBTrail(shop.lean_dynamodb, settings.calls_table, settings.audit_days)


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


def figure_desk(shop: Shop, calls: DynamoDBCallList, settings: OperatorSettings) -> FigureDesk:
    """Where operators ask for figures.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.dialing.adapters.dynamodb_attempt_count import DynamoDBAttemptCount
    from contact_center.figures.adapters.dynamodb_counts import DynamoDBRollUps
    from contact_center.figures.adapters.settings import read_queues
    from contact_center.figures.adapters.sqs_queue_depths import SqsQueueDepths
    from contact_center.figures.services.read_figures import FigureDesk
    from contact_center.understanding.domain.routes import PERSON

    return FigureDesk(
        calls=calls,
        roll_ups=DynamoDBRollUps(shop.dynamodb, settings.calls_table),
        lines=shop.lines,
        switch=shop.switch,
        attempts=DynamoDBAttemptCount(shop.dynamodb, shop.tables.dialing_table),
        queues=SqsQueueDepths(shop.clients.sqs, read_queues(shop.environment)),
        clock=shop.clock,
        lines_of=shop.pace.lines,
        lines_for_inbound=shop.pace.lines_for_inbound,
        callers=shop.queue,
        offers=shop.offers,
        people=people_desk(shop),
        departments=(*shop.center.departments.by_key, PERSON),
        recent_ms=shop.center.queue_rules.recent_ms,
    )


def roll_up_desk(shop: Shop, settings: OperatorSettings) -> RollUpDesk:
    """Where operators ask for the figures of days."""
    from contact_center.figures.adapters.dynamodb_counts import DynamoDBRollUps
    from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
    from contact_center.figures.services.show_figures import RollUpDesk

    table = settings.calls_table
    return RollUpDesk(
        roll_ups=DynamoDBRollUps(shop.dynamodb, table),
        dials=DynamoDBDials(shop.dynamodb, table),
        clock=shop.clock,
    )


def effect_desk(shop: Shop) -> EffectDesk:
    """Where operators see what must happen elsewhere. Raises SettingsError."""
    from contact_center.records.adapters.dynamodb_effect_book import DynamoDBEffectBook
    from contact_center.records.adapters.dynamodb_receivers import DynamoDBReceiverNotes
    from contact_center.records.services.effect_desk import EffectDesk
    from contact_center.records.services.replay_effects import ReplayParts

    table = shop.environment.required("CALLS_TABLE")
    parts = ReplayParts(
        book=DynamoDBEffectBook(shop.dynamodb, table),
        notes=DynamoDBReceiverNotes(shop.dynamodb, table),
        hints=shop.effect_hints,
        clock=shop.clock,
        metrics=shop.metrics,
    )
    return EffectDesk(parts=parts, receivers=shop.receivers)


def message_desk(shop: Shop) -> MessageDesk:
    """Where operators say what callers hear first.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.visits.services.department_messages import MessageDesk

    return MessageDesk(
        book=shop.messages, clock=shop.clock, departments=tuple(shop.center.departments.by_key)
    )


def visit_desk(shop: Shop) -> VisitDesk:
    """Where operators look at callers' visits. Raises SettingsError."""
    from contact_center.people.services.supervise_talk import SuperviseParts
    from contact_center.reception.services.show_visit import VisitDesk

    people = replace(shop.colleagues, hints=shop.reception_jobs)
    return VisitDesk(
        visits=shop.visits,
        queue=shop.queue,
        offers=shop.offers,
        clock=shop.clock,
        supervise=SuperviseParts(
            visits=shop.visits, offers=shop.offers, people=people, roster=shop.center.roster
        ),
    )


def callback_desk(shop: Shop) -> CallbackDesk:
    """Where operators see who is called back. Raises SettingsError, CompiledConfigError."""
    from contact_center.configuration.compiled_config import CompiledConfigError
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.queue.services.judge_kept_place import CallBackJudge
    from contact_center.reception.services.callback_desk import CallbackDesk

    rules = shop.waiting.rules.call_back
    if rules is None:
        raise CompiledConfigError("queue: call_back is missing; run make config")
    return CallbackDesk(
        queue=shop.waiting,
        judge=CallBackJudge(
            judge=shop.judge,
            hours=shop.center.hours,
            circumstances=lambda number: shop.attempts.circumstances(number, None),
        ),
        rules=rules,
        departments=frozenset(shop.center.departments.by_key),
        jobs=shop.reception_jobs,
        ids=RandomIds(),
    )


def people_desk(shop: Shop) -> PeopleDesk:
    """Where operators see people and ask of them.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.people.services.people_desk import PeopleDesk

    people = replace(shop.colleagues, hints=shop.reception_jobs)
    return PeopleDesk(roster=shop.center.roster, people=people, callers=waiting_callers(shop))


def waiting_callers(shop: Shop) -> WaitingCallers:
    """Who wait for people, offered to them without a telephone. Raises as `people_desk`."""
    from contact_center.people.services.people_ports import NobodyWaits

    jobs = shop.reception_jobs
    if jobs is None:
        return NobodyWaits()
    from contact_center.people.services.ask_person import leave_ring
    from contact_center.people.services.leave_next import NextLeft
    from contact_center.people.services.next_callers import NextCallers
    from contact_center.people.services.tell_offer import AskParts

    offers = AskParts(book=shop.offers, people=shop.colleagues)
    takers, timings = shop.takers, shop.offer_timings
    callers = NextCallers(offers, takers, shop.waiting, timings, ask=leave_ring, rings=False)
    return NextLeft(callers, jobs, shop.metrics)
