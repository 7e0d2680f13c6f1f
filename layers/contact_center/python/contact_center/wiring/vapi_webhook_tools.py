"""Builds what those tools of functions/vapi_webhook run on that have a service of their own.

As at the door: what few messages ask for is made, and loaded, when one first does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from contact_center.conversations.services.tools import (
    BOOK_DEMO,
    LOOK_UP,
    SAVE_LEAD,
    SEND_INFORMATION,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.aws.lean_aws import LeanAws
    from contact_center.configuration.compiled_config import ContactCenter
    from contact_center.conversations.domain.messages import Question, ToolCall
    from contact_center.conversations.services.book_demo import BookingParts
    from contact_center.conversations.services.leave_details import LeavingParts
    from contact_center.conversations.services.look_up_customer import LookUpParts
    from contact_center.conversations.services.ports.calendar import Calendar
    from contact_center.conversations.services.tools import ToolAnswer
    from contact_center.crm.calcom.settings import CalComSettings
    from contact_center.kernel.civil_time import CivilClock
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.vapi.webhooks.webhook_settings import WebhookSettings

    type Tool = Callable[[ToolCall, Question], ToolAnswer]

# Four requests at most, and the answer is stored besides: within the function's six seconds.
KEEPING_SECONDS = 1.0


def keeping_tools(
    settings: WebhookSettings,
    aws: LeanAws,
    metrics: StdoutMetrics,
    center: ContactCenter,
    civil: Callable[[], CivilClock],
) -> Mapping[str, Tool]:
    """The tools, by name; no network is touched before one is used.

    Args:
        settings: The door's.
        aws: Its connections.
        metrics: Of the function.
        center: What an owner configured.
        civil: The civil clock, made when it is asked for.
    """

    @cache
    def booking() -> BookingParts:
        return _booking(settings, aws, metrics, center, civil())

    @cache
    def leaving() -> LeavingParts:
        return _leaving(settings, aws, metrics)

    def book(call: ToolCall, question: Question) -> ToolAnswer:
        from contact_center.conversations.services.book_demo import book_demo

        return book_demo(call, question, booking())

    def leave(call: ToolCall, question: Question) -> ToolAnswer:
        from contact_center.conversations.services.leave_details import leave_details

        return leave_details(call, question, leaving())

    @cache
    def looking() -> LookUpParts:
        return _looking(settings, aws, metrics, center, civil())

    def look(call: ToolCall, question: Question) -> ToolAnswer:
        from contact_center.conversations.services.look_up_customer import look_up_customer

        return look_up_customer(call, question, looking())

    return {BOOK_DEMO: book, SAVE_LEAD: leave, SEND_INFORMATION: leave, LOOK_UP: look}


def _booking(
    settings: WebhookSettings,
    aws: LeanAws,
    metrics: StdoutMetrics,
    center: ContactCenter,
    civil: CivilClock,
) -> BookingParts:
    from contact_center.conversations.services.book_demo import BookingParts
    from contact_center.crm.calcom.settings import CalComSettings

    calcom = CalComSettings.read(settings.environment)
    calendar = (
        _built_in_calendar(settings, aws, center)
        if calcom is None
        else _calcom_calendar(calcom, settings, aws, metrics, center)
    )
    return BookingParts(calendar=calendar, civil_at=civil.at, metrics=metrics)


def _built_in_calendar(settings: WebhookSettings, aws: LeanAws, center: ContactCenter) -> Calendar:
    from contact_center.conversations.adapters.calendar_lean import LeanCalendar

    return LeanCalendar(
        aws.connection("dynamodb", KEEPING_SECONDS),
        settings.calls_table,
        aws.clock,
        settings.retention_days,
        center.calendar,
    )


def _calcom_calendar(
    calcom: CalComSettings,
    settings: WebhookSettings,
    aws: LeanAws,
    metrics: StdoutMetrics,
    center: ContactCenter,
) -> Calendar:
    from contact_center.aws.lean_key import LeanKey
    from contact_center.aws.secrets_lean import LeanSecrets
    from contact_center.conversations.adapters.meeting_claims_lean import LeanMeetingClaims
    from contact_center.crm.calcom.api import CalComApi
    from contact_center.crm.calcom.calendar import CalComCalendar
    from contact_center.kernel.environment import UNRELEASED
    from contact_center.kernel.ports import StoreUnavailableError

    secrets = LeanSecrets(aws.connection("secretsmanager", KEEPING_SECONDS))
    key = LeanKey(
        lambda: secrets.get(calcom.secret_name),
        "current",
        aws.clock,
        metrics,
        StoreUnavailableError,
    )
    version = settings.environment.optional("SWITCHBOARD_VERSION") or UNRELEASED
    claims = LeanMeetingClaims(
        aws.connection("dynamodb", KEEPING_SECONDS),
        settings.calls_table,
        aws.clock,
        settings.retention_days,
    )
    return CalComCalendar(
        CalComApi(calcom, key, version), claims, center.calendar, aws.clock, metrics
    )


def _leaving(settings: WebhookSettings, aws: LeanAws, metrics: StdoutMetrics) -> LeavingParts:
    from contact_center.conversations.adapters.left_details_lean import LeanLeftDetails
    from contact_center.conversations.services.leave_details import LeavingParts

    details = LeanLeftDetails(
        aws.connection("dynamodb", KEEPING_SECONDS),
        settings.calls_table,
        aws.clock,
        settings.retention_days,
    )
    return LeavingParts(details=details, metrics=metrics)


def _looking(
    settings: WebhookSettings,
    aws: LeanAws,
    metrics: StdoutMetrics,
    center: ContactCenter,
    civil: CivilClock,
) -> LookUpParts:
    from dataclasses import replace

    from contact_center.conversations.adapters.recent_calls_lean import LeanRecentCalls
    from contact_center.conversations.services.look_up_customer import LookUpParts
    from contact_center.records.adapters.crm_cards_lean import LeanCrmCards

    departments = replace(center.departments, person_number=settings.person_number)
    connection = aws.connection("dynamodb", KEEPING_SECONDS)
    return LookUpParts(
        recent=LeanRecentCalls(connection, settings.calls_table),
        cards=LeanCrmCards(connection, settings.calls_table) if settings.crm_cards else None,
        ours=departments.numbers,
        zone=center.calendar.zone,
        civil_at=civil.at,
        metrics=metrics,
    )
