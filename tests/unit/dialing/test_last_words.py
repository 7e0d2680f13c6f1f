"""The reason a call ended for, told again: the end-of-call report has the last word, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.dialing.domain.call_outcomes import SIP_COMPLETED, Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.domain.due_attempts import is_to_be_told
from contact_center.dialing.services.settle_attempt import hear_of_refusal
from contact_center.dialing.services.voice_ports import FoundCall
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, TIMINGS, Scene, request

MINUTE_MS = 60_000
BROKEN = "call.in-progress.error-vapifault-worker-died"


def after_the_call(reason: str, *, talked: bool = False) -> Scene:
    """A call that a status update has ended."""
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.hear(ended=True, ended_reason=reason, talked=talked, ended_at_ms=NOW_MS + MINUTE_MS)
    return scene


def report(scene: Scene, reason: str, *, talked: bool = False) -> None:
    scene.hear(
        ended=True,
        ended_reason=reason,
        talked=talked,
        ended_at_ms=NOW_MS + MINUTE_MS,
        priced=True,
        final=True,
    )


def told(scene: Scene) -> list[Disposition | None]:
    scene.tick()
    return [attempt.disposition for attempt in scene.outcomes.told]


def test_a_reason_that_may_not_be_the_last_is_told_after_some_minutes() -> None:
    scene = after_the_call(SIP_COMPLETED)
    assert scene.attempt.state is AttemptState.SETTLED
    assert scene.free()
    assert told(scene) == []
    assert not is_to_be_told(scene.attempt, scene.clock.now_ms())

    scene.clock.advance(TIMINGS.passing_ms - 1_000)
    assert told(scene) == []

    scene.clock.advance(2_000)
    assert is_to_be_told(scene.attempt, scene.clock.now_ms())
    assert told(scene) == [Disposition.COMPLETED]
    assert is_to_be_told(scene.attempt, scene.clock.now_ms())


@pytest.mark.parametrize(
    ("last", "disposition"),
    [
        ("customer-ended-call", Disposition.COMPLETED),
        ("customer-did-not-answer", Disposition.NO_ANSWER),
        (BROKEN, Disposition.FAILED),
    ],
)
def test_the_last_reason_is_told_at_once_in_its_place(last: str, disposition: Disposition) -> None:
    scene = after_the_call(SIP_COMPLETED)
    report(scene, last)

    assert (scene.attempt.disposition, scene.attempt.reason) == (disposition, last)
    assert told(scene) == [disposition]
    scene.clock.advance(TIMINGS.passing_ms * 2)
    assert told(scene) == [disposition]


def test_a_status_that_comes_after_it_takes_the_place_of_a_passing_reason() -> None:
    scene = after_the_call(SIP_COMPLETED)
    scene.hear(ended=True, ended_reason="customer-busy")

    assert scene.attempt.disposition is Disposition.BUSY


@pytest.mark.parametrize("said", ["customer-ended-call", BROKEN])
def test_a_passing_reason_takes_nobodys_place(said: str) -> None:
    scene = after_the_call(said)
    before = scene.attempt
    report(scene, SIP_COMPLETED)

    assert scene.attempt.reason == before.reason
    assert scene.attempt.disposition is before.disposition


def test_the_report_corrects_what_was_told_once() -> None:
    scene = after_the_call(BROKEN, talked=True)
    assert told(scene) == [Disposition.DROPPED]

    report(scene, "customer-ended-call", talked=True)
    assert told(scene) == [Disposition.DROPPED, Disposition.COMPLETED]
    assert scene.tables.customer(NUMBER).conversation_at_ms == NOW_MS + MINUTE_MS

    report(scene, "customer-busy")
    assert scene.attempt.disposition is Disposition.COMPLETED
    assert told(scene) == [Disposition.DROPPED, Disposition.COMPLETED]


def test_a_report_of_the_same_class_is_no_news() -> None:
    scene = after_the_call("customer-ended-call")
    told(scene)
    report(scene, "assistant-ended-call")

    assert scene.attempt.reason == "customer-ended-call"
    assert not scene.attempt.corrected


def test_a_status_does_not_correct_another() -> None:
    scene = after_the_call("customer-busy")
    scene.hear(ended=True, ended_reason="customer-ended-call")

    assert scene.attempt.disposition is Disposition.BUSY


def test_a_report_corrects_what_was_looked_up() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms + 1_000)
    scene.voice.call = FoundCall(
        call_id="call-1",
        name=f"{ATTEMPT}.1",
        ended=True,
        rang_at_ms=NOW_MS + 20_000,
        ended_at_ms=NOW_MS + 30_000,
        ended_reason=SIP_COMPLETED,
    )
    assert told(scene) == []
    assert scene.attempt.reason == SIP_COMPLETED

    report(scene, "customer-did-not-answer")
    assert told(scene) == [Disposition.NO_ANSWER]


def test_a_talk_that_was_none_leaves_the_talk_before_it() -> None:
    scene = Scene()
    earlier_ms = NOW_MS - 40 * MINUTE_MS
    scene.tables.customers[NUMBER] = scene.tables.customer(NUMBER).talked(earlier_ms)
    scene.queue()
    scene.dial()
    ended_ms = NOW_MS + MINUTE_MS
    scene.hear(ended=True, ended_reason=SIP_COMPLETED, ended_at_ms=ended_ms)
    assert scene.tables.customer(NUMBER).conversation_at_ms == ended_ms

    report(scene, "customer-did-not-answer")
    assert scene.tables.customer(NUMBER).conversation_at_ms == earlier_ms
    assert len(scene.tables.customer(NUMBER).rung) == 1


# -- who is not interested ---------------------------------------------------------------------


def refused(scene: Scene, *, post: int = 1, minutes: int = 2) -> int | None:
    """When the customer refused last, after that was told of a POST."""
    at_ms = NOW_MS + minutes * MINUTE_MS
    hear_of_refusal(f"{ATTEMPT}.{post}", at_ms, scene.settle.ledger)
    return scene.tables.customer(NUMBER).refusal_at_ms


def test_who_is_not_interested_is_known_with_the_answers_or_the_end_whichever_comes_last() -> None:
    scene = after_the_call("customer-ended-call", talked=True)
    assert refused(scene) == NOW_MS + 2 * MINUTE_MS
    assert refused(scene, minutes=9) == NOW_MS + 2 * MINUTE_MS  # told again

    scene = Scene()
    scene.queue()
    scene.dial()
    assert refused(scene) is None  # it may be an answering machine yet
    report(scene, "customer-ended-call", talked=True)
    assert scene.tables.customer(NUMBER).refusal_at_ms == NOW_MS + 2 * MINUTE_MS


@pytest.mark.parametrize("reason", ["voicemail", "customer-did-not-answer"])
def test_nobody_has_refused_who_was_not_talked_to(reason: str) -> None:
    assert refused(after_the_call(reason)) is None

    scene = Scene()
    scene.queue()
    scene.dial()
    refused(scene)
    report(scene, reason)
    assert scene.attempt.refused_at_ms is not None  # which is believed of nobody
    assert scene.tables.customer(NUMBER).refusal_at_ms is None


def test_another_post_of_the_attempt_refuses_nothing() -> None:
    assert refused(after_the_call("customer-ended-call", talked=True), post=2) is None


def test_in_a_call_that_sells_nothing_nobody_refuses() -> None:
    scene = Scene()
    scene.queue(purpose="informational")
    scene.dial()
    report(scene, "customer-ended-call", talked=True)
    assert scene.attempt.disposition is Disposition.COMPLETED
    assert refused(scene) is None


def test_an_earlier_refusal_is_not_the_last() -> None:
    scene = after_the_call("customer-ended-call", talked=True)
    later_ms = NOW_MS + 9 * MINUTE_MS
    scene.tables.customers[NUMBER] = scene.tables.customer(NUMBER).refused(later_ms)
    assert refused(scene) == later_ms


def test_a_retry_that_waits_is_called_off_when_the_customer_was_served() -> None:
    scene = after_the_call(BROKEN, talked=True)
    told(scene)
    retry = request(attempt_id=attempt_id("spring", "contact-1", 2), n=2)
    scene.tables.enqueue(DialAttempt(request=retry, due_at_ms=NOW_MS))
    report(scene, "customer-ended-call", talked=True)

    called_off = scene.tables.attempts[retry.attempt_id]
    assert called_off.disposition is Disposition.CANCELLED


@pytest.mark.parametrize(
    ("reason", "talked"), [("customer-busy", False), ("customer-ended-call", True)]
)
def test_what_comes_next_is_not_called_off_by_a_report_of_the_same_class(
    reason: str,
    talked: bool,  # noqa: FBT001
) -> None:
    """A retry, and another call that was agreed on in this one."""
    scene = after_the_call(reason, talked=talked)
    told(scene)
    retry = request(attempt_id=attempt_id("spring", "contact-1", 2), n=2)
    scene.tables.enqueue(DialAttempt(request=retry, due_at_ms=NOW_MS))
    report(scene, reason, talked=talked)

    assert scene.tables.attempts[retry.attempt_id].open


def priced(scene: Scene, micros: int, open_legs: int = 0) -> None:
    scene.hear(
        ended=True,
        ended_reason="customer-ended-call",
        talked=True,
        ended_at_ms=NOW_MS + MINUTE_MS,
        priced=True,
        final=True,
        price_micros=micros,
        open_legs=open_legs,
    )


def of_a_campaign() -> Scene:
    scene = after_the_call("customer-ended-call", talked=True)
    attempt = scene.attempt
    stored = replace(attempt.request, campaign_id="c1", contact_id="1" * 24)
    scene.tables.attempts[attempt.attempt_id] = replace(attempt, request=stored)
    return scene


def test_whoever_plans_is_told_each_time_that_more_of_the_price_is_known() -> None:
    scene = of_a_campaign()
    priced(scene, 50_000, open_legs=1)
    scene.tick()
    assert scene.attempt.reported
    for micros, legs, news in (
        (50_000, 1, False),
        (64_000, 0, True),
        (64_000, 0, False),
        (50_000, 1, False),  # from before
        (70_000, 0, True),
    ):
        priced(scene, micros, open_legs=legs)
        assert scene.attempt.reported is not news
        scene.tick()
        assert scene.attempt.reported


def test_that_a_leg_costs_nothing_is_told_too() -> None:
    scene = of_a_campaign()
    priced(scene, 50_000, open_legs=1)
    scene.tick()
    priced(scene, 50_000, open_legs=0)
    assert not scene.attempt.reported
