"""Builds what the operators' page is shown and what it may do, for functions/operator_api.

Each desk is made when a request first asks for it, and loads what it is made of then.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contact_center.conversations.adapters.call_reading import read_history
from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.operator_tokens import OperatorTokens
    from contact_center.aws.stored_key import StoredKey
    from contact_center.console.services.act_on_call import ActionDesk
    from contact_center.console.services.limits_desk import LimitsDesk
    from contact_center.console.services.live_desk import LiveDesk
    from contact_center.console.services.log_in import LogInParts
    from contact_center.console.services.need_ports import NeedMarks, NeedSource
    from contact_center.console.services.search_calls import SearchDesk
    from contact_center.console.services.show_business import BusinessDesk
    from contact_center.console.services.take_up import AsideDesk
    from contact_center.console.services.tell_needs import NeedRules
    from contact_center.reception.services.callbacks.callback_desk import CallbackDesk
    from contact_center.wiring.shop import Shop


def log_in_parts(
    shop: Shop, calls_table: str, tokens: OperatorTokens, key: StoredKey
) -> LogInParts:
    """What people log in with."""
    from contact_center.console.adapters.dynamodb_login_tries import DynamoDBLoginTries
    from contact_center.console.services.log_in import LogInParts

    tries = DynamoDBLoginTries(shop.lean_dynamodb, calls_table)
    return LogInParts(holders=tokens, tries=tries, key=key, clock=shop.clock)


def business_desk(shop: Shop) -> BusinessDesk:
    """What the page is told of the business. Raises CompiledConfigError."""
    from contact_center.console.services.show_business import BusinessDesk
    from contact_center.kernel.civil_time import civil_clock

    center = shop.center
    return BusinessDesk(
        hours=center.hours,
        departments=tuple(center.departments.by_key),
        assistants=tuple(sorted(center.voicemail_messages)),
        sure_enough=center.policy.route_confidence,
        calls_kept_days=shop.tables.retention_days,
        number=shop.environment.number("TWILIO_PHONE_NUMBER"),
        clock=shop.clock,
        civil=civil_clock(shop.tables.civil),
    )


def live_desk(
    shop: Shop,
    calls_table: str,
    tokens: OperatorTokens,
    callbacks: Callable[[], CallbackDesk],
) -> LiveDesk:
    """What the operators' page is shown.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.console.adapters.dynamodb_live import DynamoDBLive
    from contact_center.console.services.live_desk import LiveDesk
    from contact_center.console.services.live_parts import LiveParts

    table, rules = shop.tables.dialing_table, _need_rules(shop, callbacks())
    parts = LiveParts(
        tables=DynamoDBLive(shop.lean_dynamodb, calls_table, table),
        queue=shop.queue,
        roster=shop.center.roster,
        departments=tuple(shop.center.departments.by_key),
        names=tokens.names,
        sources=need_sources(shop, calls_table, rules),
        marks=_need_marks(shop, calls_table),
        clock=shop.clock,
    )
    return LiveDesk(
        parts=parts,
        needs_of=_needs_of(shop, calls_table, rules),
        lines_of=shop.pace.lines,
        lines_kept=shop.pace.lines_for_inbound,
        recent_ms=shop.center.queue_rules.recent_ms,
    )


def aside_desk(shop: Shop) -> AsideDesk:
    """Where it is said that what was set aside shall go on."""
    from contact_center.console.services.take_up import AsideDesk

    return AsideDesk(shop.troubles, shop.queue)


def action_desk(shop: Shop, calls_table: str) -> ActionDesk:
    """Where operators have something done in a call. Raises as `live_desk`."""
    from contact_center.aws.lean_aws import LeanAws
    from contact_center.aws.settings import AwsSettings
    from contact_center.aws.sqs_lean import LeanSqsQueue
    from contact_center.console.adapters.sqs_call_wishes import SqsCallWishes
    from contact_center.console.services.act_on_call import ActionDesk

    environment, center = shop.environment, shop.center
    queue = LeanSqsQueue(
        LeanAws(AwsSettings.read(environment)).connection("sqs"),
        environment.required("CALL_EVENTS_QUEUE_URL"),
    )
    return ActionDesk(
        history=partial(read_history, shop.dynamodb, calls_table),
        wishes=SqsCallWishes(queue),
        takers=shop.takers,
        departments=replace(center.departments, person_number=environment.number("PERSON_NUMBER")),
        policy=center.policy,
        redaction=center.redaction,
        clock=shop.clock,
    )


def search_desk(shop: Shop, calls_table: str) -> SearchDesk:
    """Where operators look through past calls."""
    from contact_center.console.adapters.dynamodb_past_calls import DynamoDBPastCalls
    from contact_center.console.services.search_calls import SearchDesk

    calls = DynamoDBPastCalls(shop.lean_dynamodb, calls_table)
    return SearchDesk(calls=calls, clock=shop.clock)


def limits_desk(shop: Shop) -> LimitsDesk:
    """Where operators see limits and lines. Raises SettingsError, CompiledConfigError."""
    from contact_center.console.services.limits_desk import LimitsDesk

    return LimitsDesk(
        slots=shop.slots,
        lines=shop.lines,
        clock=shop.clock,
        lines_of=shop.pace.lines,
        lines_kept=shop.pace.lines_for_inbound,
        longest_ms=_longest_line_ms(shop),
    )


def _longest_line_ms(shop: Shop) -> int:
    """How long a line may be held: the longest call, and the time in which its end is asked for."""
    timings = shop.settle.ledger.timings
    return timings.max_call_ms + 2 * timings.call_margin_ms


def _need_rules(shop: Shop, callbacks: CallbackDesk) -> NeedRules:
    """By what it is judged whether a thing needs somebody. Raises as `live_desk`."""
    from contact_center.console.services.tell_needs import NeedRules
    from contact_center.queue.services.count_overdue_callbacks import is_overdue

    return NeedRules(
        clock=shop.clock,
        civil=shop.settle.ledger.civil,
        is_overdue=lambda entry: is_overdue(entry, shop.waiting, callbacks.judge),
        longest_line_ms=_longest_line_ms(shop),
    )


def _needs_of(shop: Shop, calls_table: str, rules: NeedRules) -> tuple[NeedSource, ...]:
    """The index of what waits for a person, table by table."""
    from contact_center.console.adapters.dynamodb_needs_index import DynamoDBNeeds

    tables = (calls_table, shop.tables.dialing_table, shop.tables.contacts_table)
    return tuple(DynamoDBNeeds(shop.lean_dynamodb, one, rules, one) for one in tables)


def _need_marks(shop: Shop, calls_table: str) -> NeedMarks:
    """Where what the machine's own lists have is put under one key."""
    from contact_center.console.adapters import dynamodb_need_marks as marks

    tables = {
        marks.CALLS: calls_table,
        marks.DIALING: shop.tables.dialing_table,
        marks.CONTACTS: shop.tables.contacts_table,
    }
    return marks.DynamoDBNeedMarks(shop.lean_dynamodb, tables)


def need_sources(shop: Shop, calls_table: str, rules: NeedRules) -> tuple[NeedSource, ...]:
    """Where what waits for a person is found by the machine's own lists."""
    from contact_center.console.adapters.dynamodb_needs import (
        DynamoDBDoubts,
        DynamoDBFailedImports,
        DynamoDBRests,
        DynamoDBUnfinished,
    )
    from contact_center.console.services import need_sources as sources
    from contact_center.records.adapters.dynamodb_effect_book import DynamoDBEffectBook

    lean, contacts_table = shop.lean_dynamodb, shop.tables.contacts_table
    failed = DynamoDBFailedImports(lean, contacts_table)
    return (
        sources.Doubts(rules, DynamoDBDoubts(lean, shop.tables.dialing_table)),
        sources.DeadEffects(rules, DynamoDBEffectBook(shop.dynamodb, calls_table)),
        sources.Callbacks(rules, shop.queue),
        sources.LeftForPeople(rules, DynamoDBFollowUps(shop.dynamodb, calls_table)),
        sources.Voicemails(rules, shop.visits),
        sources.Campaigns(rules, shop.campaigns, DynamoDBRests(lean, contacts_table)),
        sources.FailedLists(rules, failed, shop.imports),
        sources.Forgettings(rules, DynamoDBUnfinished(lean, contacts_table)),
        sources.LostLines(rules, shop.lines),
    )
