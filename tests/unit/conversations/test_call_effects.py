"""What a call that is over causes elsewhere: once, with its report, and in its transaction."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import (
    INFORMATION,
    AnswersTold,
    CallEnded,
    CallSeen,
    DetailsLeft,
    MeetingBooked,
    Noticed,
    StatusChanged,
    person_met,
)
from contact_center.conversations.services.record_facts import record_facts
from contact_center.dialing.domain.call_outcomes import _TABLE
from contact_center.records.domain.costs import AWS_CALL_MICROS
from contact_center.records.domain.effect_fields import check_told
from contact_center.records.domain.effects import EffectKind
from tests.fakes.call_store import FakeCallStore
from tests.unit.conversations.test_record_facts import parts_for

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact
    from contact_center.records.domain.effects import Effect

CALL, AT_MS = "call-1", 1_787_266_800_000
SEEN = CallSeen(
    call_id=CALL,
    at_ms=AT_MS,
    key="seen",
    direction="inbound",
    customer_number="+1 (415) 555-0123",
    customer_name="Ada",
    created_at_ms=AT_MS,
)
STATUS = StatusChanged(call_id=CALL, at_ms=AT_MS + 9_000, key="over", status="ended")
REPORT = CallEnded(
    call_id=CALL,
    at_ms=AT_MS + 9_500,
    key="report",
    ended_reason="customer-ended-call",
    ended_at_ms=AT_MS + 9_000,
    summary="Ada wants her money back",
    cost_usd=0.1,
)
REASONS = [
    *(word for _, words in _TABLE for word in words),
    "a reason of next year",
    None,
    "x\n" * 500,
]
AGAIN = replace(REPORT, key="report-2", ended_reason="silence-timed-out")


def caused(*messages: list[Fact]) -> list[Effect]:
    store = FakeCallStore()
    parts = replace(parts_for(store=store), call_receivers=("built_in", "crm"))
    for facts in messages:
        recorded = record_facts(CALL, facts, parts)
        assert list(recorded.effects) == store.effects[len(store.effects) - len(recorded.effects) :]
    return store.effects


@pytest.mark.parametrize("order", list(permutations([SEEN, STATUS, REPORT])))
def test_the_report_causes_one_for_each_receiver_whatever_came_before(order: list[Fact]) -> None:
    effects = caused(*([fact] for fact in order), [REPORT], [REPORT, SEEN])

    assert [one.receiver for one in effects] == ["built_in", "crm"]
    assert {one.effect_id for one in effects} == {one.effect_id for one in caused([REPORT])}
    assert {one.number for one in effects} == {0}


def test_a_second_report_causes_nothing_and_neither_does_a_call_that_goes_on() -> None:
    assert len(caused([SEEN, REPORT], [AGAIN])) == 2
    assert len(caused([REPORT, AGAIN])) == 2
    going_on = Noticed(call_id=CALL, at_ms=AT_MS, key="n", kind="stalled")
    assert caused([SEEN, going_on], [STATUS]) == []


def test_it_tells_what_the_call_came_to() -> None:
    [told, _] = caused([SEEN, REPORT])

    assert (told.kind, told.customer, told.call_id) == (EffectKind.CALL, "+14155550123", CALL)
    assert told.caused_at_ms == AT_MS + 9_000
    assert told.told == {
        "title": "Call about nothing in particular",
        "direction": "inbound",
        "status": "completed",
        "started_at_ms": AT_MS,
        "ended_at_ms": AT_MS + 9_000,
        "duration_ms": 9_000,
        "ended_reason": "customer-ended-call",
        "body": "Ada wants her money back",
        "cost_micros": AWS_CALL_MICROS,
    }
    check_told(told.kind, told.told)


@pytest.mark.parametrize("reason", REASONS)
def test_whatever_it_ended_for_it_can_be_told(reason: str | None) -> None:
    report = replace(REPORT, ended_reason=reason or "unknown", summary="x" * 4_000)

    for one in caused([SEEN, report]):
        check_told(one.kind, one.told)


DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("odd", "untold"),
    [
        ({"summary": " \n"}, "body"),
        ({"ended_at_ms": AT_MS + DAY_MS + 1}, "duration_ms"),  # its report came a day late
        ({"ended_at_ms": 2**50}, "ended_at_ms"),
    ],
)
def test_what_cannot_be_told_of_a_call_leaves_the_rest_of_it_to_be_told(
    odd: dict[str, Any], untold: str
) -> None:
    for one in caused([SEEN, replace(REPORT, **odd)]):
        check_told(one.kind, one.told)
        assert untold not in one.told
        assert one.told["title"]


def test_no_word_is_told_that_is_not_to_be_kept() -> None:
    [told, _] = caused([SEEN, replace(REPORT, summary="The card is 4111 1111 1111 1111.")])

    assert told.told["body"] == "The card is [card]."


@pytest.mark.parametrize(
    ("seen", "customer"),
    [
        (replace(SEEN, customer_number="anonymous", visit_post="v-CA1.2"), "visit:v-CA1"),
        (replace(SEEN, customer_number=None), "call:744afcebf7f24697a1b1b09ba75fa897"),
    ],
)
def test_who_withholds_his_number_is_his_visit_or_the_call(seen: CallSeen, customer: str) -> None:
    assert {one.customer for one in caused([seen, REPORT])} == {customer}


def test_without_a_receiver_nothing_is_caused() -> None:
    store = FakeCallStore()
    recorded = record_facts(CALL, [SEEN, REPORT], parts_for(store=store))

    assert (store.effects, list(recorded.effects)) == ([], [])


BOOKED = MeetingBooked(
    call_id=CALL,
    at_ms=AT_MS + 5_000,
    key="meeting",
    starts_at_ms=AT_MS + 86_400_000,
    ends_at_ms=AT_MS + 88_200_000,
    details={"name": "Ada"},
)
LEFT = DetailsLeft(
    call_id=CALL,
    at_ms=AT_MS + 6_000,
    key="information:0a",
    what=INFORMATION,
    details={"email": "ada@example.com", "topic": "prices"},
    agreed_at_ms=AT_MS + 6_000,
)


def test_what_a_caller_booked_or_left_is_told_at_once_and_once() -> None:
    effects = caused([SEEN, BOOKED], [BOOKED, LEFT], [LEFT], [REPORT])

    of_crm = [one for one in effects if one.receiver == "crm"]
    assert [one.kind for one in of_crm] == [EffectKind.TASK, EffectKind.SUBSCRIBE, EffectKind.CALL]
    assert len({one.effect_id for one in effects}) == 2 * len(of_crm) == len(effects)
    for one in effects:
        check_told(one.kind, one.told)


def test_a_webhook_is_told_the_same_as_events() -> None:
    store = FakeCallStore()
    parts = replace(parts_for(store=store), call_receivers=("webhook",))
    record_facts(CALL, [SEEN, BOOKED, LEFT, REPORT], parts)

    assert [one.told["type"] for one in store.effects] == [
        "meeting.booked",
        "person.needed",
        "information.wished",
        "call.ended",
    ]
    for one in store.effects:
        check_told(EffectKind.EVENT, one.told)
        data = one.told["data"]
        assert isinstance(data, dict)
        assert (data["customer"], data["call_id"]) == ("+14155550123", CALL)


ANSWERS = AnswersTold(
    call_id=CALL,
    at_ms=AT_MS + 70_000,
    key="answers",
    answers={"summary": "Ada gets her money back", "achieved": "answered_question"},
)


def test_answers_that_come_after_the_report_are_told_once_as_the_same_record() -> None:
    other = replace(ANSWERS, key="answers-2", answers={"summary": "Something else"})
    effects = caused([SEEN, REPORT], [ANSWERS], [ANSWERS, other], [other])

    for receiver in ("built_in", "crm"):
        first, again = (one for one in effects if one.receiver == receiver)
        assert first.effect_id == first.record_id == again.record_id != again.effect_id
        assert (first.amended, again.amended) == (None, first.effect_id)
        assert (first.told["body"], again.told["body"]) == (
            "Ada wants her money back",
            "Ada gets her money back",
        )
        assert (again.customer, again.kind, again.call_id) == (
            first.customer,
            first.kind,
            first.call_id,
        )
        check_told(again.kind, again.told)


def test_answers_that_come_with_the_report_or_before_it_are_told_with_it() -> None:
    for messages in ([[SEEN, REPORT, ANSWERS]], [[SEEN, ANSWERS], [REPORT], [ANSWERS]]):
        effects = caused(*messages)
        assert [one.amended for one in effects] == [None, None]
        assert {one.told["body"] for one in effects} == {"Ada gets her money back"}


def test_answers_that_say_nothing_are_not_told_and_those_that_follow_are() -> None:
    nothing = replace(ANSWERS, key="nothing", answers={}, unknown=8)
    assert len(caused([SEEN, REPORT], [nothing])) == 2
    assert len(caused([SEEN, REPORT], [nothing], [ANSWERS])) == 4


def test_a_webhook_is_told_of_them_under_another_name() -> None:
    store = FakeCallStore()
    parts = replace(parts_for(store=store), call_receivers=("webhook",))
    record_facts(CALL, [SEEN, REPORT], parts)
    record_facts(CALL, [ANSWERS], parts)

    ended, updated = store.effects
    assert (ended.told["type"], updated.told["type"]) == ("call.ended", "call.updated")
    assert updated.told["data"]["amends"] == ended.effect_id  # type: ignore[index]
    check_told(EffectKind.EVENT, updated.told)


MET = person_met(CALL, AT_MS + 8_000)


def test_a_person_who_has_the_caller_after_the_report_is_told_as_the_same_record_too() -> None:
    effects = [
        one for one in caused([SEEN, REPORT], [MET], [ANSWERS, MET]) if one.receiver == "crm"
    ]
    assert [one.told.get("achieved") for one in effects] == [None, "transferred", "transferred"]
    assert len({one.effect_id for one in effects}) == 3
    assert len({one.record_id for one in effects}) == 1
    together = [one.told.get("achieved") for one in caused([SEEN, REPORT, MET])]
    assert together == ["transferred", "transferred"]


def test_facts_of_ours_beat_a_model_that_claims_a_transfer_or_knows_of_none() -> None:
    claims = replace(ANSWERS, answers={"achieved": "transferred"})
    for facts, achieved, disagrees in (
        ([SEEN, REPORT, claims], None, True),
        ([SEEN, REPORT, claims, MET], "transferred", False),
        ([SEEN, REPORT, ANSWERS, MET], "transferred", False),
    ):
        for order in permutations(facts):
            found = merge_all(CALL, order).achieved
            assert (found.what, found.disagrees) == (achieved, disagrees)


def test_that_a_person_met_the_caller_is_no_news_of_the_call_itself() -> None:
    late = person_met(CALL, AT_MS + 9_000_000)
    known = merge_all(CALL, [SEEN, STATUS, REPORT])
    assert merge_all(CALL, [SEEN, STATUS, REPORT, late]).last_seen_ms == known.last_seen_ms


def test_each_webhook_is_told_what_it_wants_and_everybody_else_all() -> None:
    store = FakeCallStore()
    parts = replace(
        parts_for(store=store),
        call_receivers=("crm", "webhook:orders", "webhook:all"),
        wanted_events={
            "webhook:orders": {"meeting.booked"},
            "webhook:all": {"call.ended", "call.updated", "meeting.booked"},
        },
    )
    for facts in ([SEEN, BOOKED, LEFT], [REPORT], [ANSWERS]):
        record_facts(CALL, facts, parts)
    told: dict[str, list[object]] = {}
    for one in store.effects:
        told.setdefault(one.receiver, []).append(one.told.get("type", one.kind.value))
    assert told == {
        "crm": ["task", "subscribe", "call", "call"],
        "webhook:orders": ["meeting.booked"],
        "webhook:all": ["meeting.booked", "call.ended", "call.updated"],
    }
