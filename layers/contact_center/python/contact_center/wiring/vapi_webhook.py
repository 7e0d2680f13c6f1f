"""Builds what functions/vapi_webhook runs on.

What few messages ask for is made, and loaded, when one first does: a caller waits for the rest.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.s3_lean import LeanS3Archive, report_key
from contact_center.aws.secrets_lean import LeanSecrets
from contact_center.aws.sqs_lean import LeanSqsQueue
from contact_center.conversations.services.receive_webhook import Door, last_resort
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.observability import StdoutMetrics, log
from contact_center.vapi.webhooks.messages import read_message
from contact_center.vapi.webhooks.webhook_check import RotatingCheck
from contact_center.vapi.webhooks.webhook_credentials import replayable
from contact_center.vapi.webhooks.webhook_settings import WebhookSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.configuration.compiled_config import ContactCenter
    from contact_center.conversations.domain.closed_people import ClosedAt, ClosedPeople
    from contact_center.conversations.domain.messages import Question
    from contact_center.conversations.services.answer_predial import PredialParts
    from contact_center.conversations.services.answer_vapi import Answering
    from contact_center.conversations.services.ports.callers import CallMemory
    from contact_center.conversations.services.stop_calling import OptOutParts
    from contact_center.kernel.civil_time import CivilClock


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
    settings = settings or WebhookSettings.read()
    aws = LeanAws(settings.aws)
    metrics = StdoutMetrics("VapiWebhook", aws.clock, namespace=settings.aws.stack_name)
    for mode in replayable(settings.modes, settings.hmac_plan):
        metrics.count("no_replay_window", mode=mode.value)
        log("WARNING", "webhooks can be replayed for ever: see docs/security.md", mode=mode.value)
    check = _check(settings, aws, metrics)
    to_queue = aws.connection("sqs")

    def warm() -> None:
        if aws.wakes_from_a_snapshot:  # nothing that is open or fresh lasts in one
            return
        to_queue.open()
        check.warm(aws.clock.now_ms())

    door = Door(
        check=check,
        read=partial(read_message, sip_address=settings.sip_address),
        queue=LeanSqsQueue(to_queue, settings.queue_url),
        bodies=LeanS3Archive(aws.connection("s3"), settings.reports_bucket),
        answer=_answers(settings, aws, metrics),
        report_key=report_key,
        clock=aws.clock,
        metrics=metrics,
        public_base_url=settings.public_base_url,
        last_resort=last_resort(settings.squad_id, settings.person_number),
        knows=_knows(settings, aws),
    )
    return WebhookParts(door, metrics, aws, warm)


def _check(settings: WebhookSettings, aws: LeanAws, metrics: StdoutMetrics) -> RotatingCheck:
    """Whether a webhook is Vapi's."""
    secrets = LeanSecrets(aws.connection("secretsmanager"))
    secret_name = settings.secret_name or ""
    return RotatingCheck(
        settings.modes,
        settings.hmac_plan,
        lambda: secrets.get(secret_name),
        metrics,
        settings.public_base_url,
    )


def _answers(
    settings: WebhookSettings, aws: LeanAws, metrics: StdoutMetrics
) -> Callable[[Question, str], str]:
    """What answers a question; made with the first."""
    answering = cache(lambda: answering_parts(settings, aws, metrics))

    def answer(question: Question, base_url: str) -> str:
        from contact_center.conversations.services.answer_vapi import answer_vapi

        return answer_vapi(question, base_url, answering())

    return answer


def _knows(settings: WebhookSettings, aws: LeanAws) -> Callable[[str], bool]:
    """Whether a call was heard of before; its look-up is made with the first."""

    @cache
    def memory() -> CallMemory:
        from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory

        return LeanCallMemory(aws.connection("dynamodb", LOOK_UP_SECONDS), settings.calls_table)

    return lambda call_id: memory().knows(call_id)


# A look-up that may improve an answer must not delay it (Vapi §2, time limits).
LOOK_UP_SECONDS = 0.5
# A customer waits for the goodbye, and the router writes an opt-out as well.
OPT_OUT_SECONDS = 1.0


def answering_parts(settings: WebhookSettings, aws: LeanAws, metrics: StdoutMetrics) -> Answering:
    """What answers are made of, with clients; no network is touched before the first question.

    Args:
        settings: The door's.
        aws: Its connections.
        metrics: Of the function.

    Raises:
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.configuration.compiled_config import load_contact_center
    from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory, LeanToolAnswers
    from contact_center.conversations.adapters.resumptions_lean import LeanResumptions
    from contact_center.conversations.services.answer_vapi import Answering
    from contact_center.conversations.services.tools import LOOK_UP
    from contact_center.vapi.assistants.squad import ConfiguredSquad, has_tool
    from contact_center.wiring.vapi_webhook_tools import keeping_tools

    center = load_contact_center()
    if settings.recordings:
        from contact_center.vapi.assistants.recorded import recorded

        center = recorded(center)
    civil, table = cache(_civil), settings.calls_table
    memory = LeanCallMemory(aws.connection("dynamodb", LOOK_UP_SECONDS), table)
    parts = Answering(
        departments=replace(center.departments, person_number=settings.person_number),
        policy=center.policy,
        squad=ConfiguredSquad(
            center.squad,
            settings.credential_id,
            names_server=settings.server_in_answer,
            notices=center.notices,
        ),
        tool_answers=LeanToolAnswers(
            aws.connection("dynamodb"), table, aws.clock, settings.retention_days
        ),
        memory=memory,
        clock=aws.clock,
        metrics=metrics,
        squad_id=settings.squad_id,
        resumptions=LeanResumptions(
            aws.connection("dynamodb", LOOK_UP_SECONDS), table, aws.clock, settings.retention_days
        ),
        stop_calling=_stop_calling(memory, aws, metrics),
        may_dial=_may_dial(aws, metrics),
        civil_at=lambda at_ms: civil().at(at_ms),
        redaction=center.redaction,
        looks_up=has_tool(center.squad, LOOK_UP),
        closed_at=_closed_at(center, civil),
        keeping=keeping_tools(settings, aws, metrics, center, civil),
    )
    if settings.crm_cards:
        from contact_center.records.adapters.crm_cards_lean import LeanCrmCards

        cards = LeanCrmCards(aws.connection("dynamodb", LOOK_UP_SECONDS), table)
        parts = replace(parts, cards=cards)
    return parts if settings.sip_address is None else _with_visits(parts, settings, aws)


def _stop_calling(
    memory: CallMemory, aws: LeanAws, metrics: StdoutMetrics
) -> Callable[[Question], bool]:
    """Whether the customer was put on the list; what does it is made with the first who asks."""
    opt_out = cache(lambda: _opt_out(aws, metrics))

    def stop_calling(question: Question) -> bool:
        from contact_center.conversations.services.stop_calling import stop_calling_as_asked

        return stop_calling_as_asked(question, memory, opt_out())

    return stop_calling


def _may_dial(aws: LeanAws, metrics: StdoutMetrics) -> Callable[[Question], bool]:
    """Whether a campaign of Vapi's own may call; what judges it is made with the first question."""
    predial = cache(lambda: _predial(aws, metrics))

    def may_dial(question: Question) -> bool:
        from contact_center.conversations.services.answer_predial import may_dial as judged

        return judged(question, predial())

    return may_dial


def _with_visits(parts: Answering, settings: WebhookSettings, aws: LeanAws) -> Answering:
    """What callers who come in by SIP are answered with as well."""
    from os import urandom

    from contact_center.conversations.adapters.resumptions_lean import LeanEarlierTalks
    from contact_center.reception.services.callbacks.broken_visits import VisitsThatBrokeOff
    from contact_center.reception.services.expected_calls import ExpectedCalls
    from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits

    table = settings.calls_table
    visits = DynamoDBVisits(
        aws.connection("dynamodb"),  # without an answer he is sent back to wait
        table,
        aws.clock,
        settings.retention_days,
        new_token=lambda: urandom(16).hex(),
    )
    return replace(
        parts,
        visits=VisitsThatBrokeOff(visits),
        talks=LeanEarlierTalks(aws.connection("dynamodb", LOOK_UP_SECONDS), table),
        expected=ExpectedCalls(visits, aws.clock, parts.metrics).take,
    )


def _closed_at(center: ContactCenter, civil: Callable[[], CivilClock]) -> ClosedAt:
    """By the opening hours, which are read when somebody first wants a person."""

    def closed_at(department: str, at_ms: int) -> ClosedPeople | None:
        from contact_center.visits.services.closed_departments import ClosedDepartments

        hours, rules = center.hours, center.queue_rules
        return ClosedDepartments(hours, rules.sorry.closed, civil()).at(department, at_ms)

    return closed_at


def _civil() -> CivilClock:
    from contact_center.kernel.civil_time import CivilSettings, civil_clock
    from contact_center.kernel.environment import Environment

    return civil_clock(CivilSettings.read(Environment()))


def _opt_out(aws: LeanAws, metrics: StdoutMetrics) -> OptOutParts:
    from contact_center.conversations.adapters.dynamodb_lean import LeanOptOuts
    from contact_center.conversations.services.stop_calling import OptOutParts
    from contact_center.dialing.adapters.rung_numbers_lean import LeanRungNumbers
    from contact_center.dialing.adapters.settings import LedgerSettings
    from contact_center.kernel.civil_time import civil_clock

    settings = LedgerSettings.read()
    connection = aws.connection("dynamodb", OPT_OUT_SECONDS)
    return OptOutParts(
        opt_outs=LeanOptOuts(connection, settings.contacts_table),
        rung=LeanRungNumbers(connection, settings.dialing_table),
        clock=aws.clock,
        civil=civil_clock(settings.civil),
        metrics=metrics,
    )


def _predial(aws: LeanAws, metrics: StdoutMetrics) -> PredialParts:
    """With the rules and the library that reads numbers: half a second nobody else waits for."""
    from contact_center.conversations.services.answer_predial import PredialParts
    from contact_center.dialing.adapters.people_lean import LeanPeople
    from contact_center.dialing.adapters.settings import LedgerSettings
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.kernel.civil_time import civil_clock
    from contact_center.kernel.environment import Environment
    from contact_center.permission.adapters.dialing_rules_file import load_dialing_rules
    from contact_center.permission.domain.contactability import may_call
    from contact_center.wiring.forget_key import forget_key

    settings = LedgerSettings.read()
    rules = load_dialing_rules()
    if settings.test_numbers:
        rules = replace(rules, allow_test_numbers=True)
    return PredialParts(
        people=LeanPeople(
            aws.connection("dynamodb"),
            settings.dialing_table,
            settings.contacts_table,
            forget_key(Environment(), aws, metrics),
        ),
        judge=JudgeParts(may_call=may_call, rules=rules, civil=civil_clock(settings.civil)),
        clock=aws.clock,
        metrics=metrics,
        keep=partial(log, "INFO", "predial answered"),
    )
