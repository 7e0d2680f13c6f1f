"""The desks behind the operators' routes; what each is made of is loaded when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.kernel.civil_time import civil_clock

if TYPE_CHECKING:
    from contact_center.audit.adapters.dynamodb_trail import DynamoDBTrail
    from contact_center.audit.services.note_request import TrailParts
    from contact_center.audit.services.read_trail import AuditDesk
    from contact_center.aws.stored_key import StoredKey
    from contact_center.conversations.adapters.dynamodb_call_list import DynamoDBCallList
    from contact_center.conversations.services.follow_ups import FollowUpDesk
    from contact_center.conversations.services.listen_to_call import ListenDesk
    from contact_center.figures.services.read_figures import FigureDesk
    from contact_center.figures.services.show_figures import RollUpDesk
    from contact_center.forgetting.services.forget_desk import ForgetDesk
    from contact_center.people.services.people_desk import PeopleDesk
    from contact_center.people.services.people_ports import WaitingCallers
    from contact_center.reception.services.callbacks.callback_desk import CallbackDesk
    from contact_center.reception.services.show_visit import VisitDesk
    from contact_center.records.services.effect_desk import EffectDesk
    from contact_center.records.services.read_story import StoryReads
    from contact_center.visits.services.department_messages import MessageDesk
    from contact_center.wiring.operator_settings import OperatorSettings
    from contact_center.wiring.shop import Shop


def listen_desk(shop: Shop, settings: OperatorSettings) -> ListenDesk:
    """Where recordings are asked for. Raises SettingsError."""
    from contact_center.conversations.adapters.dynamodb_look_ups import DynamoDBLookUps
    from contact_center.conversations.services.listen_to_call import ListenDesk
    from contact_center.records.adapters.s3_recordings import S3RecordingLinks

    bucket = shop.environment.required("REPORTS_BUCKET")
    return ListenDesk(
        record=DynamoDBLookUps(shop.dynamodb, settings.calls_table).record,
        links=S3RecordingLinks(shop.clients.s3_links, bucket, shop.clock),
        clock=shop.clock,
        days=settings.recording_days,
    )


def follow_up_desk(shop: Shop, calls_table: str) -> FollowUpDesk:
    """Where people see what callers left. Raises as `shop.visits`."""
    from contact_center.conversations.adapters.dynamodb_follow_ups import DynamoDBFollowUps
    from contact_center.conversations.services.follow_ups import FollowUpDesk
    from contact_center.visits.services.left_messages import attend_to_messages

    return FollowUpDesk(
        follow_ups=DynamoDBFollowUps(shop.dynamodb, calls_table),
        clock=shop.clock,
        messages=lambda visit_id, at_ms: attend_to_messages(visit_id, shop.visits, at_ms),
        forbidden=shop.permissions.suppressed_of,
    )


def trail_parts(shop: Shop, settings: OperatorSettings, key: StoredKey) -> TrailParts:
    """What requests are written down with."""
    from contact_center.audit.services.note_request import TrailParts
    from contact_center.kernel.random_ids import RandomIds

    return TrailParts(
        book=_trail(shop, settings),
        key=key,
        clock=shop.clock,
        ids=RandomIds(),
        metrics=shop.metrics,
    )


def audit_desk(shop: Shop, settings: OperatorSettings, key: StoredKey) -> AuditDesk:
    """Where operators look up who did what."""
    from contact_center.audit.services.read_trail import AuditDesk

    return AuditDesk(
        book=_trail(shop, settings),
        key=key,
        clock=shop.clock,
        days=settings.audit_days,
    )


def forget_desk(shop: Shop) -> ForgetDesk:
    """Where operators have people forgotten. Raises SettingsError."""
    from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
    from contact_center.forgetting.services.forget_desk import ForgetDesk
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.lists.services.list_ports import ListJob, ListKind

    number = shop.environment.number("TWILIO_PHONE_NUMBER")
    return ForgetDesk(
        forgettings=DynamoDBForgettings(shop.dynamodb, shop.tables.contacts_table),
        used=shop.forgetting_stores,
        hint=lambda forget_id: shop.list_jobs.send(ListJob(ListKind.FORGET, "", forget_id)),
        key=shop.forget_key,
        ids=RandomIds(),
        clock=shop.clock,
        civil=civil_clock(shop.tables.civil),
        metrics=shop.metrics,
        ours=shop.center.departments.numbers | ({number} if number else set()),
    )


def _trail(shop: Shop, settings: OperatorSettings) -> DynamoDBTrail:
    from contact_center.audit.adapters.dynamodb_trail import DynamoDBTrail

    return DynamoDBTrail(shop.lean_dynamodb, settings.calls_table, settings.audit_days)


def figure_desk(shop: Shop, calls: DynamoDBCallList, settings: OperatorSettings) -> FigureDesk:
    """Where operators ask for figures.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.dialing.adapters.dynamodb_attempt_count import DynamoDBAttemptCount
    from contact_center.figures.adapters.dynamodb_counts import DynamoDBRollUps
    from contact_center.figures.adapters.settings import read_queues
    from contact_center.figures.adapters.sqs_queue_depths import SqsQueueDepths
    from contact_center.figures.services.read_figures import FigureDesk
    from contact_center.understanding.domain.routes import PERSON

    return FigureDesk(
        calls=calls,
        roll_ups=DynamoDBRollUps(shop.dynamodb, settings.calls_table),
        lines=shop.lines,
        switch=shop.switch,
        attempts=DynamoDBAttemptCount(shop.dynamodb, shop.tables.dialing_table),
        queues=SqsQueueDepths(shop.clients.sqs, read_queues(shop.environment)),
        clock=shop.clock,
        lines_of=shop.pace.lines,
        lines_for_inbound=shop.pace.lines_for_inbound,
        callers=shop.queue,
        offers=shop.offers,
        people=people_desk(shop),
        departments=(*shop.center.departments.by_key, PERSON),
        recent_ms=shop.center.queue_rules.recent_ms,
    )


def roll_up_desk(shop: Shop, settings: OperatorSettings) -> RollUpDesk:
    """Where operators ask for the figures of days."""
    from contact_center.figures.adapters.dynamodb_counts import DynamoDBRollUps
    from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
    from contact_center.figures.services.show_figures import RollUpDesk

    table = settings.calls_table
    return RollUpDesk(
        roll_ups=DynamoDBRollUps(shop.dynamodb, table),
        dials=DynamoDBDials(shop.dynamodb, table),
        clock=shop.clock,
    )


def effect_desk(shop: Shop) -> EffectDesk:
    """Where operators see what must happen elsewhere. Raises SettingsError."""
    from contact_center.records.adapters.dynamodb_effect_book import DynamoDBEffectBook
    from contact_center.records.adapters.dynamodb_receivers import DynamoDBReceiverNotes
    from contact_center.records.services.effect_desk import EffectDesk
    from contact_center.records.services.replay_effects import ReplayParts

    table = shop.environment.required("CALLS_TABLE")
    parts = ReplayParts(
        book=DynamoDBEffectBook(shop.dynamodb, table),
        notes=DynamoDBReceiverNotes(shop.dynamodb, table),
        hints=shop.effect_hints,
        clock=shop.clock,
        metrics=shop.metrics,
    )
    return EffectDesk(parts=parts, receivers=shop.receivers)


def stories(shop: Shop) -> StoryReads:
    """What happened with customers, as the built-in receiver keeps it. Raises SettingsError."""
    from contact_center.records.adapters.dynamodb_story import DynamoDBStory

    return DynamoDBStory(shop.dynamodb, shop.environment.required("CALLS_TABLE"))


def message_desk(shop: Shop) -> MessageDesk:
    """Where operators say what callers hear first.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.visits.services.department_messages import MessageDesk

    return MessageDesk(
        book=shop.messages, clock=shop.clock, departments=tuple(shop.center.departments.by_key)
    )


def visit_desk(shop: Shop) -> VisitDesk:
    """Where operators look at callers' visits. Raises SettingsError."""
    from contact_center.people.services.supervise_talk import SuperviseParts
    from contact_center.reception.services.show_visit import VisitDesk

    people = replace(shop.colleagues, hints=shop.reception_jobs)
    return VisitDesk(
        visits=shop.visits,
        queue=shop.queue,
        offers=shop.offers,
        clock=shop.clock,
        supervise=SuperviseParts(
            visits=shop.visits, offers=shop.offers, people=people, roster=shop.center.roster
        ),
    )


def callback_desk(shop: Shop) -> CallbackDesk:
    """Where operators see who is called back. Raises SettingsError, CompiledConfigError."""
    from contact_center.configuration.compiled_config import CompiledConfigError
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.queue.services.judge_kept_place import CallBackJudge
    from contact_center.reception.services.callbacks.callback_desk import CallbackDesk

    rules = shop.waiting.rules.call_back
    if rules is None:
        raise CompiledConfigError("queue: call_back is missing; run make config")
    return CallbackDesk(
        queue=shop.waiting,
        judge=CallBackJudge(
            judge=shop.judge,
            hours=shop.center.hours,
            circumstances=lambda number: shop.attempts.circumstances(number, None),
        ),
        rules=rules,
        departments=frozenset(shop.center.departments.by_key),
        jobs=shop.reception_jobs,
        ids=RandomIds(),
    )


def people_desk(shop: Shop) -> PeopleDesk:
    """Where operators see people and ask of them.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The compiled configuration is absent or of another version.
    """
    from contact_center.people.services.people_desk import PeopleDesk

    people = replace(shop.colleagues, hints=shop.reception_jobs)
    return PeopleDesk(roster=shop.center.roster, people=people, callers=waiting_callers(shop))


def waiting_callers(shop: Shop) -> WaitingCallers:
    """Who wait for people, offered to them without a telephone. Raises as `people_desk`."""
    from contact_center.people.services.people_ports import NobodyWaits

    jobs = shop.reception_jobs
    if jobs is None:
        return NobodyWaits()
    from contact_center.people.services.ask_person import leave_ring
    from contact_center.people.services.leave_next import NextLeft
    from contact_center.people.services.next_callers import NextCallers
    from contact_center.people.services.tell_offer import AskParts

    offers = AskParts(book=shop.offers, people=shop.colleagues)
    takers, timings = shop.takers, shop.offer_timings
    callers = NextCallers(offers, takers, shop.waiting, timings, ask=leave_ring, rings=False)
    return NextLeft(callers, jobs, shop.metrics)
