"""Builds what functions/reconciler runs on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps
from contact_center.conversations.services.follow_ups import FollowUpWatch
from contact_center.conversations.services.look_after_calls import CopyParts, LookAfterParts
from contact_center.dialing.services.reconcile_attempts import ReconcileParts
from contact_center.figures.services.keep_day_book import DayBookParts, DayBookWatch
from contact_center.kernel.data_classes import dataclass
from contact_center.reception.services.look_up_visits import LookUpParts
from contact_center.twilio.settings import account_of
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from contact_center.figures.services.count_due import CountParts
    from contact_center.figures.services.give_notices import NoticeParts
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.system_clock import SystemClock
    from contact_center.people.services.change_person import PersonParts
    from contact_center.records.services.price_ports import LegPrices
    from contact_center.visits.services.reception_jobs import ReceptionJobs


@dataclass(frozen=True, slots=True)
class ReconcilerParts:
    """What functions/reconciler runs on.

    `reception` is None where nobody waits here, `notices` where nobody is to be told.
    """

    reconcile: ReconcileParts
    calls: LookAfterParts
    figures: CountParts
    day_book: DayBookWatch
    notices: NoticeParts | None
    follow_ups: FollowUpWatch
    people: PersonParts
    visits: LookUpParts
    reception: ReceptionJobs | None
    clock: SystemClock
    metrics: StdoutMetrics


def reconciler_parts(environment: Environment | None = None) -> ReconcilerParts:
    """The reconciler with its clients; no network is touched before the first tick.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError, RulesError: The configuration cannot be used.
    """
    shop = Shop("Reconciler", environment)
    reconcile = ReconcileParts(
        ledger=shop.settle.ledger,
        lines=shop.settle.lines,
        jobs=shop.dial_jobs,
        voice=shop.voice,
        outcomes=shop.outcomes,
    )
    environment = shop.environment
    follow_ups = FollowUpWatch(
        follow_ups=DynamoDBFollowUps(shop.dynamodb, environment.required("CALLS_TABLE")),
        clock=shop.clock,
        metrics=shop.metrics,
        hours=environment.whole("FOLLOW_UP_HOURS", 24, 1, 720),
    )
    visits = LookUpParts(
        visits=shop.visits,
        leases=shop.lines,
        lines=shop.visit_lines,
        voice=shop.voice,
        jobs=shop.reception_jobs,
    )
    day_book = DayBookWatch(_day_book(shop))
    return ReconcilerParts(
        reconcile=reconcile,
        calls=_calls(shop),
        figures=_figures(shop, day_book),
        day_book=day_book,
        notices=_notices(shop),
        follow_ups=follow_ups,
        people=replace(shop.colleagues, hints=shop.reception_jobs),
        visits=visits,
        reception=shop.reception_jobs,
        clock=shop.clock,
        metrics=shop.metrics,
    )


def _calls(shop: Shop) -> LookAfterParts:
    """What asks for what nobody has told of calls."""
    from contact_center.aws.lean_aws import LeanAws
    from contact_center.aws.settings import AwsSettings
    from contact_center.aws.sqs_lean import LeanSqsQueue
    from contact_center.conversations.adapters.dynamodb_look_ups import DynamoDBLookUps

    environment = shop.environment
    sqs = LeanAws(AwsSettings.read(environment)).connection("sqs")
    return LookAfterParts(
        book=DynamoDBLookUps(shop.dynamodb, environment.required("CALLS_TABLE")),
        reports=shop.voice,
        prices=_prices(shop),
        queue=LeanSqsQueue(sqs, environment.required("CALL_EVENTS_QUEUE_URL")),
        clock=shop.clock,
        metrics=shop.metrics,
        copies=_copies(shop) if shop.recordings else None,
    )


def _copies(shop: Shop) -> CopyParts:
    """With what recordings are copied."""
    from contact_center.records.adapters.s3_recordings import S3Recordings
    from contact_center.vapi.calls.key import VapiKey
    from contact_center.vapi.calls.recordings import VapiRecordings
    from contact_center.vapi.calls.settings import VapiSettings, read_recording_hosts

    settings = VapiSettings.read(shop.environment)
    key = VapiKey(shop.clients.secrets_manager, settings.key_name, shop.clock)
    hosts = read_recording_hosts(shop.environment)
    return CopyParts(
        source=VapiRecordings(settings.base_url, key, hosts, settings.version),
        shelf=S3Recordings(shop.clients.s3, shop.environment.required("REPORTS_BUCKET")),
    )


def _day_book(shop: Shop) -> DayBookParts:
    """What keeps the day book, by which past calls are found."""
    from contact_center.figures.adapters.dynamodb_day_book import (
        DynamoDBBookedCalls,
        DynamoDBDayBook,
    )

    table, days = shop.environment.required("CALLS_TABLE"), shop.tables.retention_days
    return DayBookParts(
        book=DynamoDBDayBook(shop.lean_dynamodb, table, days),
        calls=DynamoDBBookedCalls(shop.lean_dynamodb, table),
        clock=shop.clock,
    )


def _figures(shop: Shop, day_book: DayBookWatch) -> CountParts:
    """What counts calls and visits."""
    from contact_center.aws.lean_aws import LeanAws
    from contact_center.aws.settings import AwsSettings
    from contact_center.aws.sqs_lean import LeanSqsQueue
    from contact_center.figures.adapters.dynamodb_counts import DynamoDBCountBook
    from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
    from contact_center.figures.adapters.sqs_visit_news import SqsVisitNews
    from contact_center.figures.services.count_due import CountParts

    environment = shop.environment
    table, days = environment.required("CALLS_TABLE"), shop.tables.retention_days
    sqs = LeanAws(AwsSettings.read(environment)).connection("sqs")
    calls = LeanSqsQueue(sqs, environment.required("CALL_EVENTS_QUEUE_URL"))
    return CountParts(
        book=DynamoDBCountBook(shop.dynamodb, table, shop.clock, days),
        dials=DynamoDBDials(shop.dynamodb, table),
        offers_of=shop.offers.of_visit,
        clock=shop.clock,
        metrics=shop.metrics,
        troubles=shop.troubles,
        transferred=SqsVisitNews(calls).transferred,
        late=day_book.late,
    )


def _notices(shop: Shop) -> NoticeParts | None:
    """What tells somebody what was counted; None: nobody is to be told."""
    topic = shop.environment.optional("NOTICE_TOPIC_ARN")
    if topic is None:
        return None
    from contact_center.figures.adapters.dynamodb_causes import DynamoDBCauses
    from contact_center.figures.adapters.sns_topic import SnsTopic
    from contact_center.figures.services.give_notices import NoticeParts

    return NoticeParts(
        book=DynamoDBCauses(shop.dynamodb, shop.environment.required("CALLS_TABLE")),
        board=SnsTopic(shop.clients.sns, topic),
        clock=shop.clock,
        metrics=shop.metrics,
        troubles=shop.troubles,
    )


def _prices(shop: Shop) -> LegPrices | None:
    """Who tells what legs of the telephone cost; None: no account of ours.

    Twilio's client takes a third of a second to import: it is made when the first leg is asked for.
    """
    from contact_center.records.services.price_ports import LegPricesLater

    account = account_of(shop.environment)
    if account is None:
        return None
    secret = shop.environment.required("TWILIO_SECRET_NAME")
    return LegPricesLater(lambda: _twilio(account, secret, shop))


def _twilio(account: str, secret: str, shop: Shop) -> LegPrices:
    from contact_center.aws.stored_key import StoredKey
    from contact_center.twilio.api import REAL_TWILIO, TwilioApi
    from contact_center.twilio.twiml import TwimlWriter

    return TwilioApi(
        account,
        StoredKey(shop.clients.secrets_manager, secret, "current", shop.clock),
        TwimlWriter(""),  # nothing is rung
        "",
        shop.environment.url("TWILIO_BASE_URL") or REAL_TWILIO,
    )
