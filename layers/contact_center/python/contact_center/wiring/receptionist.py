"""Builds what functions/receptionist runs on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import SettingsError
from contact_center.twilio.settings import Admission, TwilioSettings
from contact_center.wiring.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.environment import Environment
    from contact_center.kernel.observability import StdoutMetrics
    from contact_center.kernel.time_left import InTime
    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.queue.services.serve_next import KeptCalls, ServeParts
    from contact_center.reception.services.colleagues.find_parts import FindParts
    from contact_center.reception.services.do_job import JobParts
    from contact_center.reception.services.late_answers import LateParts
    from contact_center.vapi.calls.control import VapiControl
    from contact_center.visits.services.telephone_ports import Telephone


@dataclass(frozen=True, slots=True)
class ReceptionistParts:
    """What functions/receptionist runs on; `jobs` is None where nobody waits here."""

    jobs: JobParts | None
    metrics: StdoutMetrics


def receptionist_parts(environment: Environment | None = None) -> ReceptionistParts:
    """The receptionist with its clients; no network is touched before the first job.

    Args:
        environment: By default the process's own.

    Raises:
        SettingsError: A setting is missing or cannot be used; it is named.
        CompiledConfigError: The configuration cannot be used.
    """
    shop = Shop("Receptionist", environment, lean=True)
    settings = TwilioSettings.read(shop.environment)
    if not settings.callers_come_here:
        return ReceptionistParts(None, shop.metrics)
    from contact_center.reception.services.colleagues.find_person import look_for_people
    from contact_center.reception.services.colleagues.look_after_wishes import look_after_wishes
    from contact_center.reception.services.do_job import JobParts

    telephone = _telephone(settings, shop)
    waiting = _waiting(shop)
    offers = _offers(waiting, telephone, settings, shop)
    calls = _calls(waiting, telephone, settings, shop)
    serve = _serve(waiting, telephone, _kept(calls, shop), shop)
    find = _find_parts(serve, offers, calls, shop)
    rings_back, breaks = _ring_back(calls, shop)
    jobs = JobParts(
        serve=serve,
        offers=offers,
        find_person=partial(look_for_people, parts=find),
        open_wishes=partial(look_after_wishes, find, shop.visits),
        supervisors=_supervisors(offers, settings, shop),
        late=_late_answers(telephone, settings, shop),
        ring_back=rings_back,
        breaks=breaks,
        overdue=_overdue(calls),
    )
    return ReceptionistParts(jobs, shop.metrics)


def _supervisors(
    offers: OfferParts, settings: TwilioSettings, shop: Shop
) -> Callable[[str], object]:
    from contact_center.people.services.steer_supervisors import SteerParts, steer_supervisors

    parts = SteerParts(
        visits=shop.visits,
        offers=offers.book,
        telephone=offers.deeds.telephone,
        roster=shop.center.roster,
        clock=shop.clock,
        metrics=shop.metrics,
        caller_id=settings.number or "",
    )
    return partial(steer_supervisors, parts=parts)


def _late_answers(
    telephone: Telephone, settings: TwilioSettings, shop: Shop
) -> Callable[[str], object]:
    """What looks for answers that came too late; by SIP nothing is ordered, and legs get lost.

    It is made when one first does: no start waits for it.
    """
    if settings.admission is Admission.SIP:
        return _lost_legs(telephone, shop)
    shop.environment.required("VAPI_API_KEY_NAME")
    made = cache(lambda: _late_parts(telephone, settings, shop))

    def look(visit_id: str) -> None:
        from contact_center.reception.services.late_answers import look_for_late_answer

        look_for_late_answer(visit_id, made())

    return look


def _lost_legs(telephone: Telephone, shop: Shop) -> Callable[[str], object]:
    from contact_center.reception.services.lost_legs import LostLegParts, look_for_lost_leg

    parts = LostLegParts(
        visits=shop.visits,
        telephone=telephone,
        lines=shop.visit_lines,
        hints=shop.reception_jobs,
    )
    return partial(look_for_lost_leg, parts=parts)


def _late_parts(telephone: Telephone, settings: TwilioSettings, shop: Shop) -> LateParts:
    from contact_center.conversations.adapters.resumptions_lean import LeanResumptions
    from contact_center.reception.services.late_answers import LateParts
    from contact_center.twilio.twiml import TwimlWriter
    from contact_center.vapi.calls.ordered_calls import VapiOrderedCalls
    from contact_center.vapi.calls.settings import REAL_VAPI

    base_url = shop.environment.url("VAPI_BASE_URL")
    return LateParts(
        visits=shop.visits,
        calls=VapiOrderedCalls(shop.voice, _control(shop), base_url or REAL_VAPI),
        telephone=telephone,
        lines=shop.visit_lines,
        resumptions=LeanResumptions(
            shop.lean_dynamodb,
            shop.environment.required("CALLS_TABLE"),
            shop.clock,
            shop.tables.retention_days,
        ),
        document=TwimlWriter(settings.public_base_url or "").answer,
        hints=shop.reception_jobs,
    )


def _control(shop: Shop) -> VapiControl:
    from contact_center.kernel.environment import UNRELEASED
    from contact_center.vapi.calls.control import VapiControl

    environment = shop.environment
    version = environment.optional("SWITCHBOARD_VERSION") or UNRELEASED
    return VapiControl(environment.url("VAPI_BASE_URL"), version)


def _ring_back(
    calls: CallParts | None, shop: Shop
) -> tuple[Callable[[str], object], Callable[[InTime], object]]:
    """What rings one back whose line broke, and the tick; where nobody wants it, nothing."""
    if calls is None or not calls.rules.rings_back:
        return lambda _: None, lambda _: None
    from contact_center.conversations.adapters.dynamodb_lean import LeanCallMemory
    from contact_center.reception.services.callbacks.ring_back import (
        RingBackParts,
        look_after_breaks,
        ring_back,
    )

    environment, rules = shop.environment, calls.rules
    numbers = rules.numbers_here(test_numbers=shop.tables.test_numbers)
    person = environment.number("PERSON_NUMBER")
    parts = RingBackParts(
        visits=shop.visits,
        breaks=shop.visits,
        memory=LeanCallMemory(shop.lean_dynamodb, environment.required("CALLS_TABLE")),
        calls=replace(calls, rules=replace(rules, numbers=numbers)),
        departments=replace(shop.center.departments, person_number=person),
        resume_minutes=shop.center.policy.resume_minutes,
        hints=shop.reception_jobs,
    )
    return partial(ring_back, parts=parts), partial(look_after_breaks, parts)


def _overdue(calls: CallParts | None) -> Callable[[], object]:
    """What counts overdue callbacks; where nobody is called back there are none."""
    from contact_center.queue.services.count_overdue_callbacks import count_overdue_callbacks

    return (lambda: None) if calls is None else partial(count_overdue_callbacks, calls)


def _find_parts(
    serve: ServeParts, offers: OfferParts, calls: CallParts | None, shop: Shop
) -> FindParts:
    from contact_center.reception.services.colleagues.find_parts import FindParts
    from contact_center.visits.adapters.control_urls import StoredControlUrls
    from contact_center.visits.services.department_messages import RememberedMessages

    environment, rules = shop.environment, serve.waiting.rules.call_back
    test_numbers = shop.tables.test_numbers
    return FindParts(
        visits=shop.visits,
        offers=offers,
        takers=shop.takers,
        waiting=serve.waiting,
        timings=shop.offer_timings,
        calls=calls,
        numbers=None if rules is None else rules.numbers_here(test_numbers=test_numbers),
        urls=StoredControlUrls(shop.lean_dynamodb, environment.required("CALLS_TABLE")),
        control=_control(shop),
        messages=RememberedMessages(book=shop.messages, clock=shop.clock, metrics=shop.metrics),
    )


def _telephone(settings: TwilioSettings, shop: Shop) -> Telephone:
    from contact_center.aws.lean_key import LeanKey
    from contact_center.aws.secrets_lean import LeanSecrets
    from contact_center.kernel.ports import SecretUnavailableError
    from contact_center.twilio.api import REAL_TWILIO, TwilioApi
    from contact_center.twilio.twiml import TwimlWriter

    base_url = settings.public_base_url or ""
    secrets = LeanSecrets(shop.lean_aws.connection("secretsmanager", again_if_unanswered=True))
    return TwilioApi(
        settings.account_sid or "",  # required where callers come in (twilio/settings.py)
        LeanKey(
            lambda: secrets.get(settings.secret_name),
            "current",
            shop.clock,
            shop.metrics,
            SecretUnavailableError,
        ),
        TwimlWriter(base_url),
        base_url,
        shop.environment.url("TWILIO_BASE_URL") or REAL_TWILIO,
    )


def _waiting(shop: Shop) -> QueueParts:
    from contact_center.dialing.adapters.line_writes import LineWrites
    from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
    from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue

    table = shop.tables.dialing_table
    queue = DynamoDBQueue(
        shop.lean_dynamodb,
        table,
        LineWrites(table, CALLING_ACCOUNT),
        shop.clock,
        shop.attempts.still_judged,
        longest_ms=shop.center.queue_rules.longest_ms,
    )
    return replace(shop.waiting, queue=queue)


def _calls(
    waiting: QueueParts, telephone: Telephone, settings: TwilioSettings, shop: Shop
) -> CallParts | None:
    """What calls back; None: nobody is called back."""
    from contact_center.dialing.adapters.settings import read_lines
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.queue.services.judge_kept_place import CallBackJudge

    rules = waiting.rules.call_back
    if rules is None:
        return None
    return CallParts(
        waiting=waiting,
        rules=rules,
        telephone=telephone,
        ids=RandomIds(),
        judge=CallBackJudge(
            judge=shop.judge,
            hours=shop.center.hours,
            circumstances=lambda number: shop.attempts.circumstances(number, None),
        ),
        caller_id=settings.number or "",
        lines=read_lines(shop.environment),
    )


def _kept(calls: CallParts | None, shop: Shop) -> KeptCalls | None:
    from contact_center.people.services.call_back_for import let_go
    from contact_center.queue.services.look_at_kept_place import KeptPlaceCalls, LookParts

    if calls is None:
        return None
    release = partial(let_go, people=shop.colleagues)
    return KeptPlaceCalls(LookParts(calls=calls, visits=shop.visits, release=release))


def _serve(
    waiting: QueueParts, telephone: Telephone, kept: KeptCalls | None, shop: Shop
) -> ServeParts:
    from contact_center.dialing.adapters.settings import read_lines
    from contact_center.kernel.random_ids import RandomIds
    from contact_center.queue.services.serve_next import ServeParts

    return ServeParts(
        waiting=waiting,
        telephone=telephone,
        ids=RandomIds(),
        departments=tuple(shop.center.departments.by_key),
        lines=read_lines(shop.environment),  # those kept for inbound are for whoever waits, too
        hints=shop.reception_jobs,
        kept=kept,
    )


def _offers(
    waiting: QueueParts, telephone: Telephone, settings: TwilioSettings, shop: Shop
) -> OfferParts:
    from contact_center.people.services.carry_out_offer import OfferDeeds
    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.reception.services.visit_callers import VisitCallers

    jobs = shop.reception_jobs
    if jobs is None:
        raise SettingsError("RECEPTION_JOBS_QUEUE_URL", "is required where callers come in here")
    roster = shop.center.roster
    callers = VisitCallers(shop.visits, waiting, jobs, shop.metrics)
    deeds = OfferDeeds(
        telephone=telephone,
        callers=callers,
        clock=shop.clock,
        metrics=shop.metrics,
        address_of={one.person_id: one.address for one in roster.people.values()},
        caller_id=settings.number or "",
        shows=callers.shown if roster.shows_callers else lambda _: None,
        left=roster.offer_words.left,
    )
    people = replace(shop.colleagues, hints=jobs)
    return OfferParts(book=shop.offers, people=people, deeds=deeds)
