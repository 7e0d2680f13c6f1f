"""Builds what functions/crm_updater runs on.

A receiver is one line in `_makers`, and its name in `RECEIVERS` (wiring/shop.py); an owner's
EFFECT_RECEIVERS says which are used. One that speaks to somebody else's API is given a budget by
`budget_of` (wiring/hubspot.py), and takes of it before each request.
"""

from __future__ import annotations

from functools import cache, partial
from secrets import SystemRandom
from typing import TYPE_CHECKING

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.rotating_secret import RotatingSecret
from contact_center.aws.secrets_lean import LeanSecrets
from contact_center.aws.settings import AwsSettings
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import SettingsError
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.random_ids import RandomIds
from contact_center.records.adapters.built_in_receiver import BuiltInReceiver
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.adapters.dynamodb_receivers import (
    DynamoDBReceiverNotes,
)
from contact_center.records.adapters.thread_lanes import (
    LockedHints,
    LockedMetrics,
    OwnReceivers,
    ThreadLanes,
)
from contact_center.records.domain.receiver_health import Leave
from contact_center.records.domain.receivers import NOTICES
from contact_center.records.domain.webhooks import WEBHOOK, takes_events
from contact_center.records.services.deliver_effects import DeliverParts
from contact_center.records.services.drain_effects import EffectParts
from contact_center.records.services.effect_hints import hint_again
from contact_center.records.services.mind_receiver import MindParts, ReceiverGate
from contact_center.wiring.hubspot import LIMITS, budget_of, hubspot_api, version_of
from contact_center.wiring.shop import BUILT_IN, HUBSPOT, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.crm.hubspot.receiver import HubSpotReceiver
    from contact_center.crm.webhooks.receiver import WebhookParts
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.services.effect_ports import Receiver
    from contact_center.records.services.refresh_cards import RefreshParts

LANES = 6  # most of an effect's time its receiver thinks


@dataclass(frozen=True, slots=True)
class UpdaterParts:
    """What functions/crm_updater runs on."""

    effects: EffectParts
    refresh: RefreshParts | None
    metrics: StdoutMetrics


def updater_parts(environment: Environment | None = None) -> UpdaterParts:
    """The worker with its receivers; no network is touched before the first hint.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
    """
    shop = Shop("CrmUpdater", environment)
    table, metrics = shop.environment.required("CALLS_TABLE"), LockedMetrics(shop.metrics)
    chance = SystemRandom()
    hints = None if shop.effect_hints is None else LockedHints(shop.effect_hints)
    deliver = DeliverParts(
        lines=DynamoDBEffects(shop.dynamodb, table, shop.tables.retention_days),
        receiver=OwnReceivers(_makers(shop, table)).of,
        clock=shop.clock,
        ids=RandomIds(),
        chance=chance.random,
        metrics=metrics,
        again=partial(hint_again, hints=hints, clock=shop.clock, metrics=metrics),
    )
    mind = MindParts(
        notes=DynamoDBReceiverNotes(shop.dynamodb, table),
        clock=shop.clock,
        metrics=metrics,
        chance=chance.random,
        hold=partial(_hold, shop, table),
        in_our_table=(BUILT_IN,),
    )
    effects = EffectParts(
        deliver=deliver,
        mind=mind,
        lanes=ThreadLanes(LANES),
        hints=shop.effect_hints,
        receivers=shop.receivers,
        shuffled=partial(_shuffled, chance),
    )
    return UpdaterParts(effects, _refresh(shop, table, metrics, mind), shop.metrics)


def _refresh(
    shop: Shop, table: str, metrics: LockedMetrics, mind: MindParts
) -> RefreshParts | None:
    """With what callers' cards are read anew; None: there is no CRM to ask."""
    if HUBSPOT not in shop.receivers:
        return None
    from contact_center.aws.sqs_lean import LeanSqsQueue
    from contact_center.records.services.refresh_cards import RefreshParts

    sqs = LeanAws(AwsSettings.read(shop.environment)).connection("sqs")
    calls = LeanSqsQueue(sqs, shop.environment.required("CALL_EVENTS_QUEUE_URL"))
    return RefreshParts(
        reader=cache(_hubspot(shop, table)),
        calls=calls,
        metrics=metrics,
        left_alone=lambda: ReceiverGate(HUBSPOT, mind).leave() is not Leave.ALL,
    )


def _makers(shop: Shop, table: str) -> dict[str, Callable[[], Receiver]]:
    """How the receiver of each name is made, one for each thread that delivers."""
    days = shop.tables.retention_days
    makers: dict[str, Callable[[], Receiver]] = {
        BUILT_IN: lambda: BuiltInReceiver(shop.dynamodb, table, shop.clock, days),
    }
    if HUBSPOT in shop.receivers:
        makers[HUBSPOT] = _hubspot(shop, table)
    if NOTICES in shop.receivers:
        makers[NOTICES] = _notices(shop)
    webhooks = [name for name in shop.receivers if takes_events(name)]
    return makers | (_webhooks(shop) if webhooks else {})


def _notices(shop: Shop) -> Callable[[], Receiver]:
    from contact_center.figures.adapters.notice_receiver import NoticeReceiver

    topic = shop.environment.optional("NOTICE_TOPIC_ARN")
    if topic is None:
        raise SettingsError("NOTICE_TOPIC_ARN", "is missing, and notices are to be given")
    return lambda: NoticeReceiver(shop.clients.sns, topic)


def _hubspot(shop: Shop, table: str) -> Callable[[], HubSpotReceiver]:
    from contact_center.crm.dynamodb_known_contacts import DynamoDBKnownContacts
    from contact_center.crm.hubspot.cards import HubSpotCards
    from contact_center.crm.hubspot.receiver import HubSpotReceiver
    from contact_center.crm.hubspot.settings import HubSpotSettings
    from contact_center.crm.hubspot.untied import Untied
    from contact_center.records.adapters.dynamodb_crm_cards import DynamoDBCrmCards

    settings = HubSpotSettings.read(shop.environment)
    if settings.secret_name is None:
        raise SettingsError("HUBSPOT_SECRET_NAME", "is missing, and HubSpot is to be told")
    days = shop.tables.retention_days
    known = DynamoDBKnownContacts(shop.dynamodb, table, HUBSPOT, shop.clock, days)
    cards = HubSpotCards(
        book=DynamoDBCrmCards(shop.dynamodb, table, days),
        clock=shop.clock,
        tier=settings.tier_property,
        language=settings.language_property,
        open_items=settings.open_items_property,
    )
    untied = Untied(
        lambda name: DynamoDBKnownContacts(shop.dynamodb, table, name, shop.clock, days)
    )
    return lambda: HubSpotReceiver(hubspot_api(shop), known, settings.writes, untied, cards)


def _webhooks(shop: Shop) -> dict[str, Callable[[], Receiver]]:
    """Those of the owner's file, or the one that the setting names; it stands for all of them."""
    from contact_center.crm.webhooks.receiver import WebhookParts
    from contact_center.web.public_addresses import PublicAddresses

    environment = shop.environment
    parts = WebhookParts(
        addresses=PublicAddresses.read(environment), clock=shop.clock, version=version_of(shop)
    )
    url = environment.optional("WEBHOOK_URL")
    if not shop.webhooks:
        url = environment.required("WEBHOOK_URL")
    if url is not None:
        try:
            parts.addresses.check_url(url)
        except FieldError as error:
            raise SettingsError("WEBHOOK_URL", error.reason) from None
    secret = environment.required("WEBHOOK_SECRET_NAME")
    named = {one.receiver: (url or one.url, one.secret) for one in shop.webhooks}
    return {
        receiver: partial(_webhook, shop, parts, secret, where, key)
        for receiver, (where, key) in (named or {WEBHOOK: (url or "", "")}).items()
    }


def _webhook(shop: Shop, parts: WebhookParts, secret_name: str, url: str, key: str) -> Receiver:
    from contact_center.crm.webhooks.receiver import WebhookReceiver
    from contact_center.crm.webhooks.signing import Signer

    connection = LeanAws(AwsSettings.read(shop.environment)).connection("secretsmanager")
    fetch = partial(LeanSecrets(connection).get, secret_name)
    secret = RotatingSecret(fetch, partial(Signer.stored, name=key), shop.metrics)
    return WebhookReceiver(url, secret, parts)


def _hold(shop: Shop, table: str, receiver: str, until_ms: int) -> None:
    """A receiver wants no request before an instant: its budget gives none out."""
    if receiver in LIMITS:
        budget_of(shop, table, receiver).hold(until_ms)


def _shuffled(chance: SystemRandom, names: Sequence[LineName]) -> Sequence[LineName]:
    return chance.sample(names, len(names))
