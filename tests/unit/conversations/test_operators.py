"""What whoever watches a call asks for is decided once, in its place, and never done late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.conversations.domain.calls import CallRecord, merge
from contact_center.conversations.domain.deciding.carrying_out import Situation, deed
from contact_center.conversations.domain.deciding.routing import ActionKind, next_actions
from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallSeen,
    Corrected,
    OperatorAsked,
    StatusChanged,
)
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.operators import OPERATOR_FRESH_MS, Deeds, key_of

if TYPE_CHECKING:
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact

CENTER = load_contact_center()
AT_MS = 1_787_266_800_000
SEEN = CallSeen(call_id="c", at_ms=AT_MS, key="seen", customer_number="+14155550123")


def asked(do: str, name: str = "one", **said: Any) -> OperatorAsked:
    return OperatorAsked(
        call_id="c", at_ms=AT_MS + 5, key=key_of(name), do=do, action_id=name, by="Ada", **said
    )


def decided(*facts: Fact, committed: tuple[Decision, ...] = ()) -> tuple[Decision, ...]:
    state = conversation_state([SEEN, *facts], CENTER.policy, CENTER.departments)
    return next_actions(state, committed, "c", AT_MS + 10)


@pytest.mark.parametrize("do", ["say", "tell", "mute", "unmute", "end", "take_over"])
def test_each_is_decided_once_however_often_the_call_is_looked_at(do: str) -> None:
    wish = asked(do, text="x", person="ada")
    [decision] = decided(wish)
    assert (decision.asked, decision.by, decision.kind.value) == ("one", "Ada", do)
    assert decided(wish, wish, committed=(decision,)) == ()
    [other] = decided(wish, asked(do, "two"), committed=(decision,))
    assert (other.asked, other.number) == ("two", 2)


@given(st.permutations([asked("say", str(number), text=str(number)) for number in range(4)]))
def test_the_order_in_which_they_came_does_not_matter(wishes: list[OperatorAsked]) -> None:
    assert {one.asked for one in decided(*wishes)} == {"0", "1", "2", "3"}


def test_a_caller_who_is_there_already_is_left_there() -> None:
    there = AssistantStarted(
        call_id="c",
        at_ms=AT_MS + 1,
        key="a",
        assistant_name=CENTER.departments.by_key["billing"].assistant or "",
    )
    first = asked("department", department="billing")
    [decision] = decided(there, first)
    assert decision.asked == "one"
    again = asked("department", "two", department="billing")
    kinds = {one.kind for one in decided(there, first, again, committed=(decision,))}
    assert kinds == {ActionKind.AS_IT_IS}


def test_a_department_nobody_knows_moves_nobody() -> None:
    [decision] = decided(asked("department", department="fun"))
    assert decision.kind is ActionKind.AS_IT_IS


@pytest.mark.parametrize(
    ("late_ms", "ended", "dropped"),
    [(0, False, False), (OPERATOR_FRESH_MS + 1, False, True), (0, True, True)],
)
def test_what_comes_late_or_into_a_call_that_is_over_is_dropped(
    late_ms: int, *, ended: bool, dropped: bool
) -> None:
    over = [StatusChanged(call_id="c", at_ms=AT_MS + 6, key="e", status="ended")] if ended else []
    facts = [SEEN, asked("say", text="Hello."), *over]
    state = conversation_state(facts, CENTER.policy, CENTER.departments)
    [decision] = next_actions(state, (), "c", AT_MS + 10)
    call = Situation(
        state=state, ended=ended, decisions=[decision], new=[], failed=(), heard_at_ms=AT_MS
    )
    done = deed(decision, call, CENTER.departments, CENTER.policy, AT_MS + 10 + late_ms)
    assert done.overtaken is dropped


def test_every_deed_is_decided_as_something() -> None:
    for do in Deeds:
        assert decided(asked(do.value, text="x", department="billing")), do


def test_neither_is_news_of_the_call_and_the_last_correction_stands() -> None:
    record = merge(CallRecord(call_id="c"), SEEN)
    corrections = [
        Corrected(call_id="c", at_ms=AT_MS + at, key=str(at), department=to, by="Ada")
        for at, to in ((900_000, "sales"), (800_000, "billing"))
    ]
    for fact in (*corrections, asked("mute"), *corrections):
        record = merge(record, fact)
    assert record.last_seen_ms == AT_MS
    assert record.value("corrected_to") == "sales"
