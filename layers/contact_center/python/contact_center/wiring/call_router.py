"""Builds what functions/call_router runs on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from os import urandom
from typing import TYPE_CHECKING, Self

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.adapters.dynamodb_watched import DynamoDBWatched
from contact_center.conversations.adapters.s3_reports import S3Reports
from contact_center.conversations.adapters.sqs_reminders import SqsReminders
from contact_center.conversations.services.act_on_decisions import ActParts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.conversations.services.route_message import Router
from contact_center.conversations.services.stop_calling import OptOutParts
from contact_center.dialing.adapters.dynamodb_rung_numbers import DynamoDBRungNumbers
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import UNRELEASED, Environment
from contact_center.permission.adapters.dynamodb_opt_outs import DynamoDBOptOuts
from contact_center.reception.services.colleagues.hear_of_wish import WishesHeard
from contact_center.reception.services.hear_of_call import CallsHeard
from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.vapi.assistants.specialists import specialists
from contact_center.vapi.calls.control import VapiControl
from contact_center.vapi.webhooks.sip_calls import sip_address_of
from contact_center.vapi.webhooks.told import told_by
from contact_center.wiring.shop import HUBSPOT, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from contact_center.conversations.domain.closed_people import ClosedPeople
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.services.caller_cards import CallerCards
    from contact_center.conversations.services.ports.calls import CallStore
    from contact_center.conversations.services.ports.messages import PersonWishes
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.ports import Metrics
    from contact_center.records.domain.effects import Effect
    from contact_center.understanding.adapters.second_opinion import Judge
    from contact_center.understanding.domain.intents import IntentModel
    from contact_center.understanding.services.intent_classifier import IntentClassifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSettings:
    """What functions/call_router needs besides the tables. The names are DESIGN's §7 and §10.

    Attributes:
        vapi_base_url: Set when Vapi is played by another server: its origin is then one that
            control URLs may lead to.
        bedrock_model_id: A model to ask for intents, or None: the built-in classifier.
        second_opinion: Whether a sentence model is asked where the classifier abstains.
        handoff_by_name: Whether callers are handed to an assistant by its name: then the first
            that fails is sent along whole the next time.
        sip_address: Where calls for visits alone come in; None: nowhere.
    """

    queue_url: str
    calls_table: str
    reports_bucket: str
    vapi_base_url: str | None
    person_number: str | None
    bedrock_model_id: str | None
    second_opinion: bool
    handoff_by_name: bool
    version: str
    sip_address: str | None

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        return cls(
            queue_url=environment.required("CALL_EVENTS_QUEUE_URL"),
            calls_table=environment.required("CALLS_TABLE"),
            reports_bucket=environment.required("REPORTS_BUCKET"),
            vapi_base_url=environment.url("VAPI_BASE_URL"),
            person_number=environment.number("PERSON_NUMBER"),
            bedrock_model_id=environment.optional("BEDROCK_MODEL_ID"),
            second_opinion=environment.flag("SECOND_OPINION", default=False),
            handoff_by_name=environment.flag("HANDOFF_BY_NAME", default=False),
            version=environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
            sip_address=sip_address_of(environment),
        )


@dataclass(frozen=True, slots=True)
class RouterParts:
    """What functions/call_router runs on."""

    router: Router
    metrics: StdoutMetrics


def router_parts(environment: Environment | None = None) -> RouterParts:
    """The router with its clients; no network is touched before the first message.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    shop = Shop("CallRouter", environment, lean=True)
    settings = RouterSettings.read(shop.environment)
    center = shop.center
    departments = replace(center.departments, person_number=settings.person_number)
    control = VapiControl(settings.vapi_base_url, settings.version, specialists(center.squad))
    store = DynamoDBCalls(
        shop.dynamodb,
        settings.calls_table,
        shop.clock,
        shop.tables.retention_days,
        new_token=lambda: urandom(16).hex(),
    )
    router = Router(
        read=partial(
            told_by,
            may_call=control.may_call,
            sip_address=settings.sip_address,
            redaction=center.redaction,
        ),
        archive=S3Reports(shop.new_s3, settings.reports_bucket),
        record=_record(shop, settings, store, departments),
        act=_act(shop, settings, store, departments, control),
        reminders=SqsReminders(shop.new_sqs, settings.queue_url),
        settle=shop.settle,
        opt_out=_opt_out(shop),
        metrics=shop.metrics,
        visits=CallsHeard(shop.visits, shop.clock),
        line_freed=partial(_serve_who_waits, shop),
        effects_written=partial(_hint_at_effects, shop),
        whose=None if settings.sip_address is None else _whose(shop),
        cards=_cards(shop, departments.numbers) if HUBSPOT in shop.receivers else None,
        probe_came=partial(_note_probe, shop, settings.calls_table),
        refusal=center.refusal_rule,
    )
    return RouterParts(router, shop.metrics)


def _record(
    shop: Shop, settings: RouterSettings, store: CallStore, departments: Departments
) -> RecordParts:
    """What happened is written down with, and what follows is decided by."""
    center = shop.center
    classifier = load_intent_model(center.policy.route_confidence)
    return RecordParts(
        store=store,
        classifier=classifier,
        clock=shop.clock,
        policy=center.policy,
        departments=departments,
        questions=center.call_questions,
        slow_classifier=_slow_classifier(settings, classifier, departments, shop.metrics),
        call_receivers=shop.receivers,
        wanted_events={one.receiver: one.events for one in shop.webhooks},
        deal=center.deal_rule,
        civil=shop.settle.ledger.civil,
        redaction=center.redaction,
        recordings=shop.recordings,
        watched=DynamoDBWatched(shop.dynamodb, settings.calls_table, shop.clock),
        closed_at=partial(_closed_at, shop),
        legs_priced=shop.environment.optional("TWILIO_ACCOUNT_SID") is not None,
    )


def _act(
    shop: Shop,
    settings: RouterSettings,
    store: CallStore,
    departments: Departments,
    control: VapiControl,
) -> ActParts:
    """What was decided is done with."""
    return ActParts(
        store=store,
        control=control,
        clock=shop.clock,
        metrics=shop.metrics,
        policy=shop.center.policy,
        departments=departments,
        handoff_by_name=settings.handoff_by_name,
        wishes=_wishes(shop),
    )


def _opt_out(shop: Shop) -> OptOutParts:
    """Who says "never again" is put on the list with."""
    return OptOutParts(
        opt_outs=DynamoDBOptOuts(shop.dynamodb, shop.tables.contacts_table),
        rung=DynamoDBRungNumbers(shop.dynamodb, shop.tables.dialing_table),
        clock=shop.clock,
        civil=shop.settle.ledger.civil,
        metrics=shop.metrics,
    )


def _closed_at(shop: Shop, department: str, at_ms: int) -> ClosedPeople | None:
    """By the opening hours, which are read when somebody wants a person."""
    from contact_center.visits.services.closed_departments import ClosedDepartments

    hours, rules = shop.center.hours, shop.center.queue_rules
    civil = shop.settle.ledger.civil
    return ClosedDepartments(hours, rules.sorry.closed, civil).at(department, at_ms)


def _note_probe(shop: Shop, table: str, probe_id: str) -> None:
    from contact_center.conversations.adapters.dynamodb_probes import DynamoDBProbes

    DynamoDBProbes(shop.dynamodb, table, shop.clock).note(probe_id)


def _cards(shop: Shop, ours: Collection[str]) -> CallerCards | None:
    """Callers whose card at the CRM is old; None: nobody listens to hints, so none is asked for."""
    hints = shop.effect_hints
    if hints is None:
        return None
    from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory
    from contact_center.conversations.services.caller_cards import CallerCards
    from contact_center.records.adapters.crm_cards_lean import LeanCrmCards
    from contact_center.records.services.refresh_cards import WishParts

    table, connection = shop.environment.required("CALLS_TABLE"), shop.lean_dynamodb
    wish = WishParts(
        cards=LeanCrmCards(connection, table),
        hints=hints,
        receiver=HUBSPOT,
        clock=shop.clock,
        metrics=shop.metrics,
    )
    return CallerCards(wish=wish, memory=LeanCallMemory(connection, table), ours=ours)


def _whose(shop: Shop) -> Callable[[str, str], str | None]:
    """What calls that come in by SIP prove to be."""
    from contact_center.reception.services.expected_calls import ExpectedCalls

    return ExpectedCalls(shop.visits, shop.clock, shop.metrics).whose


def _wishes(shop: Shop) -> PersonWishes | None:
    """Where people are asked for callers at our own number; None: nowhere."""
    jobs = shop.reception_jobs
    return None if jobs is None else WishesHeard(shop.visits, jobs)


def _serve_who_waits(shop: Shop) -> None:
    """Hint that a line is free, where anybody may wait for one."""
    jobs = shop.reception_jobs
    if jobs is None:
        return
    from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob, send_hint

    send_hint(ReceptionJob(JobKind.SERVE), jobs, shop.metrics)


def _hint_at_effects(shop: Shop, effects: Sequence[Effect]) -> None:
    """Hint at what must happen elsewhere, where anybody listens to hints."""
    hints = shop.effect_hints
    if hints is None:
        return
    from contact_center.records.domain.effect_names import line_of
    from contact_center.records.services.effect_hints import hint_at

    hint_at(map(line_of, effects), hints, shop.metrics)


def _slow_classifier(
    settings: RouterSettings, first: IntentModel, departments: Departments, metrics: Metrics
) -> IntentClassifier | None:
    """Whoever is asked about final words where the classifier abstains; None: nobody."""
    chosen: IntentClassifier | None = None
    if settings.second_opinion:
        from contact_center.understanding.adapters.second_opinion import SecondOpinion

        chosen = SecondOpinion(first, metrics, _load_judge)
    if settings.bedrock_model_id is not None:
        from contact_center.understanding.adapters.bedrock_intents import BedrockIntents

        about = {key: department.description for key, department in departments.by_key.items()}
        chosen = BedrockIntents(chosen or first, about, settings.bedrock_model_id)
    return chosen


def _load_judge() -> Judge:
    """The sentence model out of its layer, with numpy. Raises whatever is wrong with that."""
    from contact_center.understanding.adapters.sentence_judge import sentence_judge

    return sentence_judge()
