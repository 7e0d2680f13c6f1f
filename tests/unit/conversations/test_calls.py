"""The record of a call is a merge: what each field keeps, and that order cannot matter."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.calls import STATUS_RANK, CallRecord, merge, merge_all
from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CallSeen,
    CostTold,
    StatusChanged,
    ToolCalled,
)
from contact_center.records.domain.costs import AWS_CALL_MICROS
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, History
from tests.unit.conversations.real_calls import CALLS

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact


def seen(at_ms: int, customer_number: str | None = None, created_at_ms: int | None = None) -> Fact:
    return CallSeen(
        call_id=CALL_ID,
        at_ms=at_ms,
        key=f"call:{at_ms}:{customer_number}",
        customer_number=customer_number,
        created_at_ms=created_at_ms,
    )


def status(at_ms: int, said: str, reason: str | None = None) -> Fact:
    return StatusChanged(
        call_id=CALL_ID, at_ms=at_ms, key=f"status:{said}", status=said, ended_reason=reason
    )


def report(at_ms: int, reason: str, ended_at_ms: int | None = None) -> Fact:
    return CallEnded(
        call_id=CALL_ID, at_ms=at_ms, key="report", ended_reason=reason, ended_at_ms=ended_at_ms
    )


def merged(*facts: Fact) -> CallRecord:
    return merge_all(CALL_ID, facts)


@pytest.mark.parametrize(
    ("said", "name"), [("in-progress", "answered_at_ms"), ("ended", "ended_at_ms")]
)
def test_of_several_instants_told_of_one_event_the_first_stands_in_any_order(
    said: str, name: str
) -> None:
    told = [replace(status(at_ms, said), key=f"status:{said}:{at_ms}") for at_ms in (9, 5, 7)]
    for order in permutations(told):
        assert getattr(merged(*order), name) == 5


def test_of_a_call_nobody_told_of_nothing_is_known() -> None:
    record = merged()

    assert record == CallRecord(call_id=CALL_ID)
    assert not record.ended
    assert record.value("customer_number") is None


@pytest.mark.parametrize("later", STATUS_RANK)
@pytest.mark.parametrize("earlier", STATUS_RANK)
def test_the_status_of_the_later_stage_stands(earlier: str, later: str) -> None:
    record = merged(status(5, earlier), status(3, later))

    assert record.status == max(earlier, later, key=STATUS_RANK.__getitem__)


def test_a_status_nobody_knows_changes_nothing() -> None:
    assert merged(status(5, "in-progress"), status(9, "deletion-failed")).status == "in-progress"


def test_d1_a_transcript_after_the_report_does_not_bring_the_call_back() -> None:
    record = merge_all(CALL_ID, History().answered().ends().after(900).says("and?").facts)

    assert record.ended


def test_d1_a_status_after_the_report_does_not_bring_the_call_back() -> None:
    assert merged(report(9, "customer-ended-call"), status(99, "in-progress")).ended


def test_first_and_last_news_are_the_earliest_and_the_latest() -> None:
    record = merged(status(30, "ringing"), seen(10), status(20, "in-progress"))

    assert (record.first_seen_ms, record.last_seen_ms) == (10, 30)


def test_a_call_began_when_it_was_first_said_to() -> None:
    facts = (seen(10, created_at_ms=4), seen(11, created_at_ms=3), seen(12))

    assert merged(*facts).started_at_ms == 3


def test_a_call_ended_when_it_was_first_said_to() -> None:
    assert merged(status(50, "ended"), report(60, "x", ended_at_ms=49)).ended_at_ms == 49
    assert merged(status(50, "ended"), report(60, "x")).ended_at_ms == 50
    assert merged(report(60, "x")).ended_at_ms == 60


def test_of_what_changes_the_latest_word_by_the_senders_clock_stands() -> None:
    newer, older = seen(20, "+14155550199"), seen(10, "+14155550123")

    assert merged(newer, older).value("customer_number") == "+14155550199"
    assert merged(newer, seen(30)).value("customer_number") == "+14155550199"


def test_what_the_report_says_is_kept() -> None:
    ended = CallEnded(
        call_id=CALL_ID,
        at_ms=9,
        key="report",
        ended_reason="customer-ended-call",
        started_at_ms=2,
        cost_usd=0.07,
        summary="Paid.",
        success="true",
        report_key="reports/a",
    )

    record = merged(ended)

    kept = {name: record.value(name) for name in record.registers}
    assert kept == {
        "ended_reason": "customer-ended-call",
        "reported_reason": "customer-ended-call",
        "summary": "Paid.",
        "success": "true",
        "cost_usd": "0.07",
        "report_key": "reports/a",
    }
    assert record.started_at_ms == 2


@pytest.mark.parametrize(
    ("said", "reported", "stands", "final"),
    [
        ("call.in-progress.sip-completed-call", "customer-busy", "customer-busy", True),
        ("vonage-disconnected", "customer-ended-call", "customer-ended-call", True),
        (
            "customer-ended-call",
            "call.in-progress.sip-completed-call",
            "customer-ended-call",
            False,
        ),
        ("customer-ended-call", "unknown", "customer-ended-call", False),
    ],
)
@pytest.mark.parametrize("report_ms", [10, 30])
def test_the_reason_of_the_report_stands_if_it_gives_one_that_is_the_last(
    said: str, reported: str, stands: str, report_ms: int, *, final: bool
) -> None:
    facts = [status(20, "ended", said), report(report_ms, reported)]
    for told in (facts, facts[::-1]):
        record = merged(*told)
        assert record.value("ended_reason") == stands
        assert record.reason_is_final is final


def test_a_report_that_knows_no_better_says_what_it_knows() -> None:
    passing = "call.in-progress.sip-completed-call"
    assert merged(report(10, passing)).value("ended_reason") == passing
    assert merged(report(10, "unknown")).value("ended_reason") == "unknown"


def test_assistants_and_notices_are_collected() -> None:
    call = History().assistant("router").after(9).assistant("sales").noticed("hang")

    record = merge_all(CALL_ID, call.facts)

    assert record.assistants == {"router", "sales"}
    assert record.notices == {"hang"}


def test_the_report_before_any_other_news_is_a_whole_record() -> None:
    record = merge_all(CALL_ID, reversed(CALLS["clear_intent"]().ends().facts))

    assert record.ended
    assert record.started_at_ms == BEGAN_MS
    assert record.value("ended_reason") == "customer-ended-call"
    assert record.value("customer_number") == "+14155550123"


words = st.sampled_from(["a", "b", "c"])
times = st.integers(0, 6)
any_fact = st.one_of(
    st.builds(seen, times, st.none() | words, st.none() | times),
    st.builds(status, times, st.sampled_from([*STATUS_RANK, "odd"]), st.none() | words),
    st.builds(report, times, words, st.none() | times),
    times.map(lambda at_ms: History().after(at_ms - BEGAN_MS).assistant("sales").facts[0]),
    times.map(lambda at_ms: History().after(at_ms - BEGAN_MS).noticed("hang").facts[0]),
    times.map(lambda at_ms: History().after(at_ms - BEGAN_MS).vague().facts[0]),
)


@given(st.lists(any_fact, max_size=8), st.data())
def test_no_order_and_no_repetition_changes_a_record(
    facts: list[Fact], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(facts), max_size=8)) if facts else []
    shuffled = data.draw(st.permutations([*facts, *again]))

    assert merge_all(CALL_ID, shuffled) == merge_all(CALL_ID, facts)


@given(st.lists(any_fact, min_size=1, max_size=8), st.data())
def test_a_fact_already_known_leaves_the_record_as_it_is(
    facts: list[Fact], data: st.DataObject
) -> None:
    record = merge_all(CALL_ID, facts)

    assert merge(record, data.draw(st.sampled_from(facts))) == record


def answered(at_ms: int, **answers: str) -> Fact:
    return AnswersTold(call_id=CALL_ID, at_ms=at_ms, key="answers", answers=answers)


def test_what_a_call_achieved_is_what_was_answered_unless_a_fact_of_ours_says_more() -> None:
    asked = answered(9, achieved="question_answered", summary="Asked.")
    promised = ToolCalled(
        call_id=CALL_ID,
        at_ms=5,
        key="tool:1",
        tool_call_id="1",
        name="callCustomerBack",
        arguments={},
        callback="2026-08-22T15:00:00+00:00",
    )

    assert merged(asked).achieved.what == "question_answered"
    assert merged(asked, promised).achieved.what == "callback_promised"
    assert merged(answered(9, achieved="meeting_booked")).achieved.disagrees
    assert merged(report(9, "customer-ended-call")).achieved.what is None


def test_a_transfer_is_achieved_when_somebody_picked_up() -> None:
    def transferred(connected: int) -> CallRecord:
        ended = report(9, "assistant-forwarded-call")
        return merged(replace(ended, transfers_connected=connected))  # type: ignore[call-arg]

    assert transferred(1).achieved.what == "transferred"
    assert transferred(0).achieved.what is None


def test_the_summary_is_the_answered_one_in_any_order() -> None:
    ended = CallEnded(
        call_id=CALL_ID, at_ms=9, key="ended", ended_reason="x", summary="zz of the report"
    )
    facts = [ended, answered(9, summary="Of the answers.")]

    assert merged(*facts).value("summary") == "Of the answers."
    assert merged(*reversed(facts)).value("summary") == "Of the answers."
    assert merged(ended, answered(9, summary="not_said")).value("summary") == "zz of the report"


def cost(at_ms: int, source: str, **parts: int) -> Fact:
    key = f"cost:{source}:{at_ms}"
    return CostTold(call_id=CALL_ID, at_ms=at_ms, key=key, source=source, parts=parts)


def test_what_a_source_told_last_is_what_it_cost_and_told_twice_counts_once() -> None:
    first, last = cost(5, "vapi", model=3, voice=4), cost(9, "vapi", model=6)
    leg = cost(7, "twilio CA1", leg=100)

    assert merged(first).costs.micros == 7
    assert merged(first, first).costs.micros == 7
    assert merged(first, last, leg).costs == merged(leg, last, first).costs
    assert merged(first, last, leg).costs.micros == 106


def test_what_aws_takes_is_reckoned_once_the_call_is_over() -> None:
    ended = report(9, "customer-ended-call")

    assert merged(cost(5, "vapi", model=3), ended).costs.micros == 3 + AWS_CALL_MICROS
    assert merged(ended, ended).costs.micros == AWS_CALL_MICROS
