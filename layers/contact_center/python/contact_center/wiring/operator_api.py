"""Builds what functions/operator_api runs on.

What few requests ask for is made when one first does: most want calls or health.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from contact_center.aws.operator_tokens import OperatorTokens
from contact_center.aws.stored_key import StoredKey
from contact_center.conversations.adapters.call_reading import read_history
from contact_center.conversations.adapters.dynamodb_call_list import DynamoDBCallList
from contact_center.conversations.services.read_calls import CallDesk
from contact_center.kernel.data_classes import dataclass
from contact_center.wiring import operator_console as console
from contact_center.wiring import operator_desks as desks
from contact_center.wiring import operator_dialing as dialing
from contact_center.wiring.operator_settings import OperatorSettings
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from contact_center.audit.services.note_request import TrailParts
    from contact_center.audit.services.read_trail import AuditDesk
    from contact_center.console.services.act_on_call import ActionDesk
    from contact_center.console.services.limits_desk import LimitsDesk
    from contact_center.console.services.live_desk import LiveDesk
    from contact_center.console.services.log_in import LogInParts
    from contact_center.console.services.search_calls import SearchDesk
    from contact_center.console.services.show_business import BusinessDesk
    from contact_center.console.services.take_up import AsideDesk
    from contact_center.conversations.services.follow_ups import FollowUpDesk
    from contact_center.conversations.services.listen_to_call import ListenDesk
    from contact_center.figures.services.read_figures import FigureDesk
    from contact_center.figures.services.show_figures import RollUpDesk
    from contact_center.forgetting.services.forget_desk import ForgetDesk
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.people.services.people_desk import PeopleDesk
    from contact_center.reception.services.callbacks.callback_desk import CallbackDesk
    from contact_center.reception.services.show_visit import VisitDesk
    from contact_center.records.services.effect_desk import EffectDesk
    from contact_center.records.services.read_story import StoryReads
    from contact_center.visits.services.department_messages import MessageDesk
    from contact_center.wiring.operator_dialing import CampaignDesks, DialingDesk


@dataclass(frozen=True, slots=True)
class OperatorParts:
    """What functions/operator_api runs on."""

    desk: CallDesk
    listen: Callable[[], ListenDesk]
    follow_ups: Callable[[], FollowUpDesk]
    tokens: OperatorTokens
    dialing: Callable[[], DialingDesk]
    campaigns: Callable[[], CampaignDesks]
    figures: Callable[[], FigureDesk]
    roll_ups: Callable[[], RollUpDesk]
    people: Callable[[], PeopleDesk]
    visits: Callable[[], VisitDesk]
    messages: Callable[[], MessageDesk]
    effects: Callable[[], EffectDesk]
    stories: Callable[[], StoryReads]
    callbacks: Callable[[], CallbackDesk]
    sessions: Callable[[], LogInParts]
    business: Callable[[], BusinessDesk]
    live: Callable[[], LiveDesk]
    aside: Callable[[], AsideDesk]
    actions: Callable[[], ActionDesk]
    search: Callable[[], SearchDesk]
    limits: Callable[[], LimitsDesk]
    trail: Callable[[], TrailParts]
    audit: Callable[[], AuditDesk]
    forgetting: Callable[[], ForgetDesk]
    metrics: StdoutMetrics
    health_shows_calls: bool
    telephone: str | None
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
    if shop.wakes_from_a_snapshot:
        _ = shop.dynamodb  # loading it is no part of a start then
    calls = DynamoDBCallList(shop.lean_dynamodb, settings.calls_table)
    tokens = OperatorTokens(partial(_stored, shop, settings.tokens_name), shop.clock)
    key = StoredKey(partial(_secrets_manager, shop), settings.audit_key_name, "key", shop.clock)
    table, callbacks = settings.calls_table, cache(partial(desks.callback_desk, shop))
    return OperatorParts(
        desk=CallDesk(
            history=lambda call_id: read_history(shop.dynamodb, settings.calls_table, call_id),
            calls=calls,
            clock=shop.clock,
            recording_days=settings.recording_days,
        ),
        listen=cache(partial(desks.listen_desk, shop, settings)),
        follow_ups=cache(partial(desks.follow_up_desk, shop, table)),
        tokens=tokens,
        dialing=cache(partial(dialing.dialing_desk, shop)),
        campaigns=cache(partial(dialing.campaign_desks, shop)),
        figures=cache(partial(desks.figure_desk, shop, calls, settings)),
        roll_ups=cache(partial(desks.roll_up_desk, shop, settings)),
        people=cache(partial(desks.people_desk, shop)),
        callbacks=callbacks,
        visits=cache(partial(desks.visit_desk, shop)),
        messages=cache(partial(desks.message_desk, shop)),
        effects=cache(partial(desks.effect_desk, shop)),
        stories=cache(partial(desks.stories, shop)),
        sessions=cache(partial(console.log_in_parts, shop, table, tokens, key)),
        business=cache(partial(console.business_desk, shop)),
        live=cache(partial(console.live_desk, shop, table, tokens, callbacks)),
        aside=cache(partial(console.aside_desk, shop)),
        actions=cache(partial(console.action_desk, shop, table)),
        search=cache(partial(console.search_desk, shop, table)),
        limits=cache(partial(console.limits_desk, shop)),
        trail=cache(partial(desks.trail_parts, shop, settings, key)),
        audit=cache(partial(desks.audit_desk, shop, settings, key)),
        forgetting=cache(partial(desks.forget_desk, shop)),
        metrics=shop.metrics,
        health_shows_calls=settings.health_shows_calls,
        telephone=settings.telephone,
        version=settings.version,
    )


def _stored(shop: Shop, name: str) -> str:
    """A secret. Raises SecretUnavailableError."""
    from contact_center.aws.secrets_lean import LeanSecrets

    return LeanSecrets(shop.lean_aws.connection("secretsmanager")).get(name)


def _secrets_manager(shop: Shop) -> SecretsManagerClient:
    """boto3's client: not even its maker is loaded before it is needed."""
    return shop.clients.secrets_manager()
