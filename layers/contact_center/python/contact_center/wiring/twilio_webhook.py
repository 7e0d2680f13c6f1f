"""Builds what functions/twilio_webhook runs on, without boto3: a caller waits for it."""

from __future__ import annotations

from functools import cache, partial
from os import urandom
from typing import TYPE_CHECKING

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.secrets_lean import LeanSecrets
from contact_center.aws.settings import AwsSettings
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import Environment
from contact_center.kernel.observability import StdoutMetrics
from contact_center.twilio.door import TwilioDoor
from contact_center.twilio.settings import Admission, TwilioSettings
from contact_center.twilio.webhook_check import WebhookCheck
from contact_center.wiring.twilio_assistants import (
    LOOK_UP_SECONDS,
    check_ordering,
    sip_assistants,
    vapi_assistants,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.configuration.compiled_config import ContactCenter
    from contact_center.dialing.adapters.lines_lean import LeanLines
    from contact_center.dialing.adapters.settings import LedgerSettings
    from contact_center.dialing.services.hold_visit_lines import VisitLineParts
    from contact_center.kernel.ports import Clock
    from contact_center.people.domain.roster import Roster
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.log_in_by_telephone import LogInParts
    from contact_center.permission.services.permission_ports import ForgetKey
    from contact_center.queue.domain.queue_rules import QueueRules
    from contact_center.queue.services.change_entry import Keeping, QueueParts
    from contact_center.reception.services.colleagues.person_desk import PersonDesk
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.opening_hours import OpeningHours
    from contact_center.visits.services.department_messages import RememberedMessages
    from contact_center.visits.services.reception_jobs import ReceptionJobs

# Of a talk, which a person hears of before he takes the caller: he waits while it is read.
BRIEFED_TURNS = 8


@dataclass(frozen=True, slots=True)
class TwilioWebhookParts:
    """What functions/twilio_webhook runs on."""

    door: TwilioDoor
    metrics: StdoutMetrics
    aws: LeanAws
    warm: Callable[[], None]

    def close(self) -> None:
        """Close the connections; the parts can still be used."""
        self.aws.close()


def twilio_webhook_parts(environment: Environment | None = None) -> TwilioWebhookParts:
    """The door, with its own clients; no network is touched before `warm` or the first request.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    environment = environment or Environment()
    settings = TwilioSettings.read(environment)
    where = AwsSettings.read(environment)
    aws = LeanAws(where)
    metrics = StdoutMetrics("TwilioWebhook", aws.clock, namespace=where.stack_name)
    secrets = LeanSecrets(aws.connection("secretsmanager"))
    check = None
    if settings.public_base_url is not None:
        fetch = partial(secrets.get, settings.secret_name)
        check = WebhookCheck(settings.public_base_url, fetch, metrics)
    ours = settings.callers_come_here
    if ours:
        check_ordering(settings, environment)

    @cache
    def reception() -> Reception:
        return _reception(settings, environment, aws, metrics)

    @cache
    def people() -> PersonDesk:
        return _people(reception(), environment, aws)

    def warm() -> None:
        if check is not None and not aws.wakes_from_a_snapshot:
            check.warm(aws.clock.now_ms())
        if ours:
            _warm(reception, metrics)

    door = TwilioDoor(
        check=check,
        account_sid=settings.account_sid,
        reception=reception if ours else None,
        people=people if ours else None,
        is_colleague=_colleagues(environment),
        not_here=lambda: _not_here(settings),
        clock=aws.clock,
        metrics=metrics,
    )
    return TwilioWebhookParts(door, metrics, aws, warm)


def _warm(reception: Callable[[], Reception], metrics: StdoutMetrics) -> None:
    """Read the configuration ahead of the first caller; who rings tries again if this fails."""
    from contact_center.configuration.compiled_config import CompiledConfigError

    try:
        reception()
    except CompiledConfigError:
        metrics.count("configuration_unreadable")


def _colleagues(environment: Environment) -> Callable[[str | None], bool]:
    """Whether it is the telephone of one of us, who may log in or out by it."""

    @cache
    def roster() -> Roster:
        from contact_center.configuration.compiled_config import load_contact_center

        return load_contact_center().roster

    pins = environment.optional("PEOPLE_PINS_NAME")
    return lambda one: pins is not None and roster().whose_telephone(one) is not None


def _not_here(settings: TwilioSettings) -> str:
    from contact_center.configuration.compiled_config import load_contact_center
    from contact_center.twilio.twiml import TwimlWriter

    writer = TwimlWriter(settings.public_base_url or "")
    return writer.answer(load_contact_center().reception.not_here())


def _reception(
    settings: TwilioSettings, environment: Environment, aws: LeanAws, metrics: StdoutMetrics
) -> Reception:
    """What serves callers. Raises SettingsError, CompiledConfigError."""
    from contact_center.configuration.compiled_config import load_contact_center
    from contact_center.dialing.adapters.lines_lean import LeanLines
    from contact_center.dialing.adapters.settings import LedgerSettings, read_lines
    from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
    from contact_center.kernel.civil_time import civil_clock
    from contact_center.kernel.system_clock import SystemSleeper
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.twilio.twiml import TwimlWriter
    from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
    from contact_center.visits.adapters.sqs_reception_jobs import SqsReceptionJobs
    from contact_center.wiring.forget_key import forget_key

    by_sip = settings.admission is Admission.SIP
    center, tables = load_contact_center(), LedgerSettings.read(environment)
    writer = TwimlWriter(settings.public_base_url or "")
    connection = aws.connection("dynamodb")
    lines = LeanLines(connection, tables.dialing_table, CALLING_ACCOUNT)
    jobs = SqsReceptionJobs(aws.connection("sqs"), environment.required("RECEPTION_JOBS_QUEUE_URL"))
    visits = DynamoDBVisits(
        connection,
        environment.required("CALLS_TABLE"),
        aws.clock,
        tables.retention_days,
        new_token=lambda: urandom(16).hex(),
    )
    return Reception(
        visits=visits,
        lines=_lines(center, lines, read_lines(environment), aws.clock, metrics),
        assistants=sip_assistants(center, environment)
        if by_sip
        else vapi_assistants(center, environment, aws, metrics, visits),
        new_proof=(lambda: urandom(16).hex()) if by_sip else (lambda: None),
        queue=_queue(center, tables, aws, metrics, forget_key(environment, aws, metrics), jobs),
        jobs=jobs,
        hours=center.hours,
        courtesies=center.reception,
        department=center.departments.default,
        caller_id=settings.number or "",
        messages=_messages(tables, aws, metrics),
        shows_callers=center.roster.shows_callers,
        redaction=lambda: center.redaction,
        document=writer.answer,
        wait_document=writer.wait_answer,
        clock=aws.clock,
        civil=civil_clock(tables.civil),
        sleeper=SystemSleeper(),
        metrics=metrics,
    )


def _lines(
    center: ContactCenter,
    lines: LeanLines,
    below: int,
    clock: Clock,
    metrics: StdoutMetrics,
) -> VisitLineParts:
    """The lines that visits share with calls of ours."""
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.hold_visit_lines import VisitLineParts

    return VisitLineParts(
        lines=lines,
        customers=lines,
        clock=clock,
        metrics=metrics,
        timings=DialTimings(max_call_ms=center.longest_call_seconds * 1000),
        below=below,
    )


def _queue(  # noqa: PLR0913, PLR0917 - what waiting works with
    center: ContactCenter,
    tables: LedgerSettings,
    aws: LeanAws,
    metrics: StdoutMetrics,
    key: ForgetKey,
    jobs: ReceptionJobs,
) -> QueueParts:
    """Where callers wait."""
    from contact_center.dialing.adapters.line_writes import LineWrites
    from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
    from contact_center.kernel.civil_time import civil_clock
    from contact_center.permission.adapters.refusals_lean import LeanRefusals
    from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
    from contact_center.queue.services.change_entry import QueueParts

    table, rules, hours, clock = tables.dialing_table, center.queue_rules, center.hours, aws.clock
    lines, civil = LineWrites(table, CALLING_ACCOUNT), civil_clock(tables.civil)
    connection = aws.connection("dynamodb")
    refusals = LeanRefusals(
        connection, tables.contacts_table, key, lambda: civil.at(clock.now_ms())
    )
    return QueueParts(
        queue=DynamoDBQueue(connection, table, lines, clock, longest_ms=rules.longest_ms),
        rules=rules,
        clock=clock,
        metrics=metrics,
        hints=jobs,
        keeping=_keeping(rules, hours, tables, refusals.forbids),
        closed=lambda department: hours.closing_at(department, civil.at(clock.now_ms())),
    )


def _messages(tables: LedgerSettings, aws: LeanAws, metrics: StdoutMetrics) -> RememberedMessages:
    """What callers of a department are told in advance."""
    from contact_center.visits.adapters.dynamodb_messages import DynamoDBMessages
    from contact_center.visits.services.department_messages import RememberedMessages

    book = DynamoDBMessages(aws.connection("dynamodb", LOOK_UP_SECONDS), tables.dialing_table)
    return RememberedMessages(book=book, clock=aws.clock, metrics=metrics)


def _keeping(
    rules: QueueRules,
    hours: OpeningHours,
    tables: LedgerSettings,
    forbidden: Callable[[str], bool],
) -> Keeping | None:
    """What keeps places; None: nobody is called back."""
    from contact_center.kernel.civil_time import civil_clock
    from contact_center.queue.services.change_entry import Keeping

    if rules.call_back is None:
        return None
    numbers = rules.call_back.numbers_here(test_numbers=tables.test_numbers)
    return Keeping(
        hours=hours,
        civil=civil_clock(tables.civil),
        numbers=numbers,
        forbidden=forbidden,
    )


def _people(reception: Reception, environment: Environment, aws: LeanAws) -> PersonDesk:
    """What serves colleagues. Raises SettingsError, CompiledConfigError."""
    from contact_center.configuration.compiled_config import load_contact_center
    from contact_center.conversations.adapters.resumptions_lean import LeanEarlierTalks
    from contact_center.dialing.adapters.settings import LedgerSettings
    from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook
    from contact_center.people.adapters.dynamodb_people import DynamoDBPersonBook
    from contact_center.people.services.change_person import PersonParts
    from contact_center.people.services.visit_briefs import VisitBriefs
    from contact_center.reception.services.colleagues.person_desk import PersonDesk

    center, table = load_contact_center(), LedgerSettings.read(environment).dialing_table
    connection = aws.connection("dynamodb")
    people = PersonParts(
        book=DynamoDBPersonBook(connection, table),
        clock=reception.clock,
        metrics=reception.metrics,
        hints=reception.jobs,
    )
    roster, departments = center.roster, center.departments
    return PersonDesk(
        roster=roster,
        book=DynamoDBOfferBook(connection, table),
        people=people,
        visits=reception.visits,
        waiting=reception.queue,
        briefs=VisitBriefs(
            visits=reception.visits,
            talks=LeanEarlierTalks(
                aws.connection("dynamodb", LOOK_UP_SECONDS),
                environment.required("CALLS_TABLE"),
                BRIEFED_TURNS,
            ),
            names={key: one.name for key, one in departments.by_key.items()},
            default=departments.default,
            words=roster.offer_words,
            metrics=reception.metrics,
        ),
        log_in=_log_in(roster, people, table, environment, aws),
        jobs=reception.jobs,
        caller_id=reception.caller_id,
    )


def _log_in(
    roster: Roster, people: PersonParts, table: str, environment: Environment, aws: LeanAws
) -> LogInParts | None:
    """None: there is no secret of PINs."""
    from contact_center.people.adapters.dynamodb_people import DynamoDBTryBook
    from contact_center.people.adapters.secret_pins import SecretPins
    from contact_center.people.services.log_in_by_telephone import LogInParts

    name = environment.optional("PEOPLE_PINS_NAME")
    if name is None:
        return None
    secrets = LeanSecrets(aws.connection("secretsmanager"))
    return LogInParts(
        roster=roster,
        tries=DynamoDBTryBook(aws.connection("dynamodb"), table),
        pins=SecretPins(lambda: secrets.get(name), aws.clock),
        people=people,
    )
