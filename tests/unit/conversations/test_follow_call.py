"""What webhooks tell of a call reaches its attempt, and whether the customer was talked to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.domain.calls import NO_REASON, merge_all
from contact_center.conversations.domain.facts import (
    AnswersTold,
    AssistantStarted,
    CallEnded,
    CallSeen,
    Fact,
    StatusChanged,
)
from contact_center.conversations.services.follow_call import follow_call, note_refusal, tell_visit
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.records.domain.refusals import RefusalRule
from tests.fakes.visits import FakeVisitNews
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, Scene

CALL_ID = "call-1"
SEEN = CallSeen(
    call_id=CALL_ID, at_ms=NOW_MS, key="seen", direction="outbound", attempt_id=f"{ATTEMPT}.1"
)
TALKS = AssistantStarted(
    call_id=CALL_ID, at_ms=NOW_MS + 5_000, key="assistant", assistant_name="sales"
)


def status(status: str, after_ms: int, reason: str | None = None) -> StatusChanged:
    return StatusChanged(
        call_id=CALL_ID, at_ms=NOW_MS + after_ms, key=status, status=status, ended_reason=reason
    )


def told(*facts: Fact) -> Scene:
    """A scene whose call was placed, and these facts of it told one after the other."""
    scene = Scene()
    scene.queue()
    scene.dial()
    for count in range(1, len(facts) + 1):
        follow_call(facts[count - 1 : count], merge_all(CALL_ID, facts[:count]), scene.settle)
    return scene


FAILED = "call.in-progress.error-assistant-did-not-receive-customer-audio"


@pytest.mark.parametrize(
    ("facts", "became"),
    [
        ([SEEN, status("in-progress", 4_000), TALKS], Disposition.DROPPED),
        ([SEEN, status("in-progress", 4_000)], Disposition.DROPPED),
        ([SEEN], Disposition.FAILED),
    ],
)
def test_a_failure_after_the_customer_was_talked_to_broke_off_a_conversation(
    facts: list[Fact], became: Disposition
) -> None:
    scene = told(*facts, status("ended", 60_000, FAILED))

    assert scene.attempt.state is AttemptState.SETTLED
    assert scene.attempt.disposition is became


def test_what_was_talked_through_is_completed_and_no_drop() -> None:
    scene = told(SEEN, TALKS, status("ended", 60_000, "customer-ended-call"))

    assert scene.attempt.disposition is Disposition.COMPLETED


def test_a_call_counts_from_its_ring_and_not_from_before_it() -> None:
    seen = replace(SEEN, created_at_ms=NOW_MS + 1_000)

    scene = told(seen, status("ringing", 4_000))

    assert scene.attempt.counts_at_ms == NOW_MS + 4_000


def test_a_report_that_gives_no_reason_names_none() -> None:
    report = CallEnded(call_id=CALL_ID, at_ms=NOW_MS + 60_000, key="report", ended_reason=NO_REASON)

    scene = told(SEEN, TALKS, report)

    assert scene.attempt.state is AttemptState.SETTLED
    assert (scene.attempt.disposition, scene.attempt.reason) == (Disposition.UNKNOWN, None)
    assert scene.metrics.of("ended_reason_unknown") == []


HERE = CallSeen(call_id=CALL_ID, at_ms=NOW_MS, key="here", direction="inbound", for_visits=True)


def test_a_call_where_visits_come_in_holds_no_line_of_its_own() -> None:
    scene = Scene()
    for facts in ([HERE, status("ringing", 0)], [HERE, status("ringing", 0), status("ended", 9)]):
        assert not follow_call(facts[-1:], merge_all(CALL_ID, facts), scene.settle)
        assert not scene.tables.leases


def test_why_a_call_by_sip_ended_is_told_to_its_visit_once_it_is_known() -> None:
    seen, visits = HERE.of_visit("v-CA1.1"), FakeVisitNews()
    passing = status("ended", 60_000, "call.in-progress.sip-completed-call")
    reported = CallEnded(
        call_id=CALL_ID,
        at_ms=NOW_MS + 62_000,
        key="report",
        ended_reason="phone-call-provider-closed-websocket",
    )
    facts: list[Fact] = [seen, TALKS, passing, reported]
    for count in (3, 4):
        tell_visit(facts[count - 1 : count], merge_all(CALL_ID, facts[:count]), visits)
    assert [(call.ended, call.reason, call.reported) for call in visits.heard] == [
        (True, None, False),
        (True, "phone-call-provider-closed-websocket", True),
    ]


def test_a_visit_is_told_no_reason_where_the_report_gives_none() -> None:
    seen, visits = HERE.of_visit("v-CA1.1"), FakeVisitNews()
    report = CallEnded(call_id=CALL_ID, at_ms=NOW_MS + 9_000, key="report", ended_reason=NO_REASON)
    facts: list[Fact] = [seen, TALKS, report]
    tell_visit([report], merge_all(CALL_ID, facts), visits)
    assert [(call.ended, call.reason) for call in visits.heard] == [(True, None)]


def test_facts_that_say_nothing_of_the_status_change_nothing() -> None:
    scene = told(SEEN, TALKS)

    assert scene.attempt.state is AttemptState.PLACED


NOT_INTERESTED = RefusalRule(when={"interest": frozenset({"none", "little"})})


@pytest.mark.parametrize(
    ("answers", "rule", "seen", "refuses"),
    [
        ({"interest": "none", "achieved": "nothing"}, NOT_INTERESTED, SEEN, True),
        ({"interest": "some"}, NOT_INTERESTED, SEEN, False),
        ({"interest": "not_said"}, NOT_INTERESTED, SEEN, False),
        ({}, NOT_INTERESTED, SEEN, False),
        ({"interest": "none"}, None, SEEN, False),
        ({"interest": "none"}, NOT_INTERESTED, replace(SEEN, attempt_id=None), False),
    ],
)
def test_what_is_answered_about_a_call_of_ours_may_be_a_refusal(
    answers: dict[str, str], rule: RefusalRule | None, seen: CallSeen, *, refuses: bool
) -> None:
    scene = told(SEEN, TALKS, status("ended", 60_000, "customer-ended-call"))
    answered = AnswersTold(call_id=CALL_ID, at_ms=NOW_MS + 70_000, key="answers", answers=answers)

    note_refusal([answered], merge_all(CALL_ID, [seen, TALKS, answered]), rule, scene.settle)

    at_ms = scene.tables.customer(NUMBER).refusal_at_ms
    assert at_ms == (NOW_MS + 70_000 if refuses else None)
