"""Builds what the functions run on, from their settings. Each function imports only its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

from contact_center.adapters.system_clock import SystemClock
from contact_center.observability import StdoutMetrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.adapters.boto3_clients import Boto3Clients
    from contact_center.adapters.lean_aws import LeanAws
    from contact_center.adapters.operator_tokens import OperatorTokens
    from contact_center.dialing_wiring import DialingDesk
    from contact_center.domain.departments import Departments
    from contact_center.domain.messages import Question
    from contact_center.list_wiring import CampaignDesks
    from contact_center.services.answer_vapi import Answering
    from contact_center.services.ports import IntentClassifier
    from contact_center.services.read_calls import CallDesk
    from contact_center.services.read_figures import FigureDesk
    from contact_center.services.receive_webhook import Door
    from contact_center.services.route_message import Router
    from contact_center.settings import (
        AwsSettings,
        OperatorSettings,
        RouterSettings,
        WebhookSettings,
    )


@dataclass(frozen=True, slots=True)
class WebhookParts:
    """What functions/vapi_webhook runs on."""

    door: Door
    metrics: StdoutMetrics
    aws: LeanAws
    warm: Callable[[], None]

    def close(self) -> None:
        """Close the connections; the parts can still be used."""
        self.aws.close()


def webhook_parts(settings: WebhookSettings | None = None) -> WebhookParts:
    """The door, with its own clients; no network is touched before `warm` or the first request.

    Args:
        settings: By default read from the environment.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    from contact_center.adapters.lean_aws import LeanAws
    from contact_center.adapters.s3_lean import LeanS3Archive, report_key
    from contact_center.adapters.secrets_lean import LeanSecrets
    from contact_center.adapters.sqs_lean import LeanSqsQueue
    from contact_center.adapters.vapi_messages import read_message
    from contact_center.adapters.webhook_check import RotatingCheck
    from contact_center.services.receive_webhook import Door, last_resort
    from contact_center.settings import WebhookSettings

    settings = settings or WebhookSettings.read()
    aws = LeanAws(settings.aws)
    metrics = StdoutMetrics("VapiWebhook", aws.clock)
    secrets = LeanSecrets(aws.connection("secretsmanager"))
    secret_name = settings.secret_name or ""
    check = RotatingCheck(
        settings.modes,
        settings.hmac_plan,
        lambda: secrets.get(secret_name),
        metrics,
        settings.public_base_url,
    )

    @cache
    def answering() -> Answering:
        from contact_center.answer_wiring import answering_parts

        return answering_parts(settings, aws, metrics)

    def answer(question: Question, base_url: str) -> str:
        from contact_center.services.answer_vapi import answer_vapi

        return answer_vapi(question, base_url, answering())

    to_queue = aws.connection("sqs")

    def warm() -> None:
        to_queue.open()
        check.warm(aws.clock.now_ms())

    door = Door(
        check=check,
        read=read_message,
        queue=LeanSqsQueue(to_queue, settings.queue_url),
        bodies=LeanS3Archive(aws.connection("s3"), settings.reports_bucket),
        answer=answer,
        report_key=report_key,
        clock=aws.clock,
        metrics=metrics,
        public_base_url=settings.public_base_url,
        last_resort=last_resort(settings.squad_id, settings.person_number),
    )
    return WebhookParts(door, metrics, aws, warm)


@dataclass(frozen=True, slots=True)
class RouterParts:
    """What functions/call_router runs on."""

    router: Router
    metrics: StdoutMetrics


def router_parts(settings: RouterSettings | None = None) -> RouterParts:
    """The router with its clients; no network is touched before the first message.

    Args:
        settings: By default read from the environment.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from dataclasses import replace
    from functools import partial
    from os import urandom

    from contact_center.adapters.civil_time import civil_clock
    from contact_center.adapters.compiled_config import load_contact_center
    from contact_center.adapters.dynamodb_calls import DynamoDBCalls
    from contact_center.adapters.dynamodb_opt_outs import DynamoDBOptOuts
    from contact_center.adapters.intent_model_file import load_intent_model
    from contact_center.adapters.s3_reports import S3Reports
    from contact_center.adapters.sqs_reminders import SqsReminders
    from contact_center.adapters.vapi_control import VapiControl
    from contact_center.adapters.vapi_specialists import specialists
    from contact_center.adapters.vapi_told import told_by
    from contact_center.dialing_settings import LedgerSettings
    from contact_center.ledger_wiring import settle_parts
    from contact_center.services.act_on_decisions import ActParts
    from contact_center.services.record_facts import RecordParts
    from contact_center.services.route_message import Router
    from contact_center.services.stop_calling import OptOutParts
    from contact_center.settings import RouterSettings

    settings = settings or RouterSettings.read()
    clients = _boto3(settings.aws)
    clock = SystemClock()
    center = load_contact_center()
    departments = replace(center.departments, person_number=settings.person_number)
    metrics = StdoutMetrics("CallRouter", clock)
    control = VapiControl(settings.vapi_base_url, settings.version, specialists(center.squad))
    dynamodb = clients.dynamodb()
    store = DynamoDBCalls(
        dynamodb,
        settings.calls_table,
        clock,
        settings.retention_days,
        new_token=lambda: urandom(16).hex(),
    )
    classifier = load_intent_model()
    record = RecordParts(
        store=store,
        classifier=classifier,
        clock=clock,
        policy=center.policy,
        departments=departments,
        slow_classifier=_bedrock(settings.bedrock_model_id, classifier, departments),
    )
    act = ActParts(
        store=store,
        control=control,
        clock=clock,
        metrics=metrics,
        policy=center.policy,
        departments=departments,
    )
    ledger = LedgerSettings.read()
    router = Router(
        read=partial(told_by, may_call=control.may_call),
        archive=S3Reports(clients.s3, settings.reports_bucket),
        record=record,
        act=act,
        reminders=SqsReminders(clients.sqs, settings.queue_url),
        settle=settle_parts(dynamodb, ledger, center.assistants, clock, metrics),
        opt_out=OptOutParts(
            opt_outs=DynamoDBOptOuts(dynamodb, ledger.contacts_table),
            clock=clock,
            civil=civil_clock(ledger.civil),
            metrics=metrics,
        ),
        metrics=metrics,
    )
    return RouterParts(router, metrics)


@dataclass(frozen=True, slots=True)
class OperatorParts:
    """What functions/operator_api runs on."""

    desk: CallDesk
    tokens: OperatorTokens
    dialing: Callable[[], DialingDesk]
    campaigns: Callable[[], CampaignDesks]
    figures: Callable[[], FigureDesk]
    health_shows_calls: bool
    version: str


def operator_parts(settings: OperatorSettings | None = None) -> OperatorParts:
    """The operators' side with its clients; no network is touched before the first request.

    Args:
        settings: By default read from the environment.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    from functools import partial

    from contact_center.adapters.dynamodb_call_list import DynamoDBCallList
    from contact_center.adapters.dynamodb_calls import read_history
    from contact_center.adapters.operator_tokens import OperatorTokens
    from contact_center.services.read_calls import CallDesk
    from contact_center.settings import OperatorSettings

    settings = settings or OperatorSettings.read()
    clients = _boto3(settings.aws)
    client = clients.dynamodb()
    clock = SystemClock()

    @cache
    def campaigns() -> CampaignDesks:
        from contact_center.list_wiring import campaign_desks

        return campaign_desks()

    @cache
    def figures() -> FigureDesk:
        from contact_center.figures_wiring import figure_desk

        return figure_desk(clients, client)

    return OperatorParts(
        desk=CallDesk(
            history=partial(read_history, client, settings.calls_table),
            calls=DynamoDBCallList(client, settings.calls_table),
            clock=clock,
        ),
        tokens=OperatorTokens(clients.secrets_manager, settings.tokens_name, clock),
        dialing=_dialing_desk,
        campaigns=campaigns,
        figures=figures,
        health_shows_calls=settings.health_shows_calls,
        version=settings.version,
    )


@cache
def _dialing_desk() -> DialingDesk:
    """Made for the first request that needs it: most ask for calls or for health."""
    from contact_center.dialing_wiring import dialing_desk

    return dialing_desk()


def _boto3(settings: AwsSettings) -> Boto3Clients:
    from contact_center.adapters.boto3_clients import Boto3Clients

    return Boto3Clients(**asdict(settings))


def _bedrock(
    model_id: str | None, local: IntentClassifier, departments: Departments
) -> IntentClassifier | None:
    if model_id is None:
        return None
    from contact_center.adapters.bedrock_intents import BedrockIntents

    about = {key: department.description for key, department in departments.by_key.items()}
    return BedrockIntents(local, about, model_id)
