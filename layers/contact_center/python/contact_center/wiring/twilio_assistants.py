"""Builds what gives callers at functions/twilio_webhook their assistants; loaded with the first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.aws.secrets_lean import LeanSecrets
from contact_center.kernel.environment import SettingsError
from contact_center.twilio.settings import Admission, TwilioSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.lean_aws import LeanAws
    from contact_center.configuration.compiled_config import ContactCenter
    from contact_center.conversations.services.answer_caller import Answer, Answerers
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.vapi.calls.assistant_orders import VapiAssistants
    from contact_center.vapi.calls.sip_orders import SipAssistants
    from contact_center.visits.services.visit_ports import AssistantRequest, Visits

# A look-up that may improve an answer must not delay it.
LOOK_UP_SECONDS = 0.5
# An assistant whose time is up has so long for its goodbye; well within what a lease allows.
CUT_AFTER_SECONDS = 30


def check_ordering(settings: TwilioSettings, environment: Environment) -> None:
    """Whether assistants can be had as it is wanted. Raises SettingsError: they cannot."""
    if settings.admission is Admission.SIP:
        _sip_address(environment)
    else:
        _ordering_settings(environment)


def _ordering_settings(environment: Environment) -> tuple[str, str]:
    """The name of the secret with Vapi's key, and Vapi's id of the number. Raises SettingsError."""
    number_id = environment.optional("VAPI_PHONE_NUMBER_ID")
    if number_id is None:
        raise SettingsError("VAPI_PHONE_NUMBER_ID", "is required by TWILIO_ADMISSION=bypass")
    return environment.required("VAPI_API_KEY_NAME"), number_id


def _sip_address(environment: Environment) -> str:
    """Where callers are put through to. Raises SettingsError."""
    from contact_center.vapi.webhooks.sip_calls import sip_address_of

    return sip_address_of(environment) or ""


def sip_assistants(center: ContactCenter, environment: Environment) -> SipAssistants:
    """Assistants to whom callers are put through by SIP. Raises SettingsError."""
    from contact_center.vapi.calls.sip_orders import SipAssistants

    return SipAssistants(_sip_address(environment), center.longest_call_seconds + CUT_AFTER_SECONDS)


def vapi_assistants(
    center: ContactCenter,
    environment: Environment,
    aws: LeanAws,
    metrics: StdoutMetrics,
    visits: Visits,
) -> VapiAssistants:
    """Assistants who are asked for at Vapi before a caller is streamed to them.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    from contact_center.aws.lean_key import LeanKey
    from contact_center.dialing.services.voice_ports import VoiceUnavailableError
    from contact_center.kernel.environment import UNRELEASED
    from contact_center.vapi.calls.assistant_orders import VapiAssistants
    from contact_center.vapi.calls.settings import REAL_VAPI

    key_name, number_id = _ordering_settings(environment)
    secrets = LeanSecrets(aws.connection("secretsmanager"))
    return VapiAssistants(
        environment.url("VAPI_BASE_URL") or REAL_VAPI,
        LeanKey(lambda: secrets.get(key_name), "key", aws.clock, metrics, VoiceUnavailableError),
        number_id,
        _who_answers(center, environment, aws, metrics, visits),
        environment.optional("SWITCHBOARD_VERSION") or UNRELEASED,
    )


def _who_answers(
    center: ContactCenter,
    environment: Environment,
    aws: LeanAws,
    metrics: StdoutMetrics,
    visits: Visits,
) -> Callable[[AssistantRequest], Answer]:
    from contact_center.conversations.services.answer_caller import Rang, answer_caller

    parts = _answerers(center, environment, aws, metrics, visits)

    def who(asked: AssistantRequest) -> Answer:
        rang = Rang(
            number=asked.caller,
            known_as=asked.visit_id,
            at_ms=asked.rang_at_ms,
            before=asked.before,
            resumes=asked.resumes,
            nobody_came=asked.nobody_came,
        )
        return answer_caller(rang, "", parts)

    return who


def _answerers(
    center: ContactCenter,
    environment: Environment,
    aws: LeanAws,
    metrics: StdoutMetrics,
    visits: Visits,
) -> Answerers:
    """Who there is to answer a caller, and what is known of him. Raises SettingsError."""
    from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory
    from contact_center.conversations.adapters.resumptions_lean import (
        LeanEarlierTalks,
        LeanResumptions,
    )
    from contact_center.conversations.services.answer_caller import Answerers
    from contact_center.conversations.services.tools import LOOK_UP
    from contact_center.dialing.adapters.settings import LedgerSettings
    from contact_center.reception.services.callbacks.broken_visits import VisitsThatBrokeOff
    from contact_center.records.adapters.crm_cards_lean import LeanCrmCards
    from contact_center.vapi.assistants.squad import ConfiguredSquad, has_tool

    if environment.flag("RECORDINGS", default=False):
        from contact_center.vapi.assistants.recorded import recorded

        center = recorded(center)
    person = environment.number("PERSON_NUMBER")
    has_crm = environment.names("EFFECT_RECEIVERS", "hubspot")
    kept_days = LedgerSettings.read(environment).retention_days
    connection = aws.connection("dynamodb", LOOK_UP_SECONDS)
    table = environment.required("CALLS_TABLE")
    return Answerers(
        departments=replace(center.departments, person_number=person),
        policy=center.policy,
        squad=ConfiguredSquad(center.squad, None, notices=center.notices),
        squad_id=environment.optional("VAPI_SQUAD_ID"),
        memory=LeanCallMemory(connection, table),
        resumptions=LeanResumptions(connection, table, aws.clock, kept_days),
        visits=VisitsThatBrokeOff(visits),
        talks=LeanEarlierTalks(connection, table),
        clock=aws.clock,
        metrics=metrics,
        looks_up=has_tool(center.squad, LOOK_UP),
        cards=LeanCrmCards(connection, table) if has_crm else None,
    )
