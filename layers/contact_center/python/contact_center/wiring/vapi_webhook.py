"""Builds what the door answers with. What few messages ask for is made when one first does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from contact_center.adapters.compiled_config import load_contact_center
from contact_center.adapters.dynamodb_lean import LeanCallMemory, LeanOptOuts, LeanToolAnswers
from contact_center.adapters.vapi_squad import ConfiguredSquad
from contact_center.services.answer_vapi import Answering

if TYPE_CHECKING:
    from contact_center.adapters.civil_time import CivilClock
    from contact_center.adapters.lean_aws import LeanAws
    from contact_center.domain.messages import Question
    from contact_center.observability import StdoutMetrics
    from contact_center.services.answer_predial import PredialParts
    from contact_center.services.stop_calling import OptOutParts
    from contact_center.settings import WebhookSettings

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

    @cache
    def opt_out() -> OptOutParts:
        return _opt_out(aws, metrics)

    def stop_calling(number: str | None) -> bool:
        from contact_center.services.stop_calling import stop_calling

        return stop_calling(number, "tool", opt_out())

    @cache
    def predial() -> PredialParts:
        return _predial(aws, metrics)

    def may_dial(question: Question) -> bool:
        from contact_center.services.answer_predial import may_dial

        return may_dial(question, predial())

    @cache
    def civil() -> CivilClock:
        return _civil()

    center = load_contact_center()
    table = settings.calls_table
    return Answering(
        departments=replace(center.departments, person_number=settings.person_number),
        policy=center.policy,
        squad=ConfiguredSquad(center.squad, settings.credential_id),
        tool_answers=LeanToolAnswers(
            aws.connection("dynamodb"), table, aws.clock, settings.retention_days
        ),
        memory=LeanCallMemory(aws.connection("dynamodb", LOOK_UP_SECONDS), table),
        clock=aws.clock,
        metrics=metrics,
        squad_id=settings.squad_id,
        resume_minutes=center.policy.resume_minutes,
        stop_calling=stop_calling,
        may_dial=may_dial,
        civil_now=lambda: civil().at(aws.clock.now_ms()),
    )


def _civil() -> CivilClock:
    from contact_center.adapters.civil_time import civil_clock
    from contact_center.dialing_settings import CivilSettings
    from contact_center.settings import Environment

    return civil_clock(CivilSettings.read(Environment()))


def _opt_out(aws: LeanAws, metrics: StdoutMetrics) -> OptOutParts:
    from contact_center.adapters.civil_time import civil_clock
    from contact_center.dialing_settings import LedgerSettings
    from contact_center.services.stop_calling import OptOutParts

    settings = LedgerSettings.read()
    return OptOutParts(
        opt_outs=LeanOptOuts(aws.connection("dynamodb", OPT_OUT_SECONDS), settings.contacts_table),
        clock=aws.clock,
        civil=civil_clock(settings.civil),
        metrics=metrics,
    )


def _predial(aws: LeanAws, metrics: StdoutMetrics) -> PredialParts:
    """With the rules and the library that reads numbers: half a second nobody else waits for."""
    from contact_center.adapters.civil_time import civil_clock
    from contact_center.adapters.dialing_rules_file import load_dialing_rules
    from contact_center.adapters.people_lean import LeanPeople
    from contact_center.dialing_settings import LedgerSettings
    from contact_center.domain.contactability import may_call
    from contact_center.observability import log
    from contact_center.services.answer_predial import PredialParts
    from contact_center.services.judge_call import JudgeParts
    from contact_center.settings import Environment

    environment = Environment()
    settings = LedgerSettings.read(environment)
    rules = load_dialing_rules()
    if environment.flag("LOCAL_TEST_NUMBERS", default=False):
        rules = replace(rules, allow_test_numbers=True)
    return PredialParts(
        people=LeanPeople(
            aws.connection("dynamodb"), settings.dialing_table, settings.contacts_table
        ),
        judge=JudgeParts(may_call=may_call, rules=rules, civil=civil_clock(settings.civil)),
        clock=aws.clock,
        metrics=metrics,
        keep=partial(log, "INFO", "predial answered"),
    )
