"""What was folded up to a moment and told on is what the whole call comes to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.facts import CallSeen, OperatorAsked, SpeechChanged
from contact_center.conversations.domain.folding.conversation import Conversation
from contact_center.conversations.domain.folding.fold import conversation_state, folded_until
from contact_center.conversations.domain.folding.folded import Folded, WholeNeededError, is_turn
from contact_center.conversations.domain.operators import Deeds
from tests.unit.conversations.histories import CALL_ID, POLICY, History, departments
from tests.unit.conversations.real_calls import CALLS
from tests.unit.conversations.test_call_order import CONTRADICTIONS, any_call

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.folding.whereabouts import Wish

DEPARTMENTS = departments()
NOBODY = departments(person_number=None)
refusals = st.sets(
    st.tuples(st.sampled_from(["person", "billing", "sales", "support"]), st.integers(1, 2)),
    max_size=2,
)


def whole(facts: Sequence[Fact], refused: Collection[Wish] = ()) -> ConversationState:
    return conversation_state(facts, POLICY, DEPARTMENTS, refused)


def stored(folded: Folded | None) -> Folded | None:
    """As it comes back from a table."""
    return folded and replace(folded, memory=json.loads(json.dumps(folded.memory)))


def read_on(facts: Sequence[Fact], folded: Folded | None) -> list[Fact]:
    """What is read where that was folded: no turn that is in it."""
    return [f for f in facts if folded is None or not is_turn(f) or f.at_ms > folded.until_ms]


def told_on(
    facts: Sequence[Fact], moments: Sequence[int], refused: Collection[Wish] = ()
) -> ConversationState:
    """A call that is folded up to one moment, then up to the next, then told to its end."""
    folded: Folded | None = None
    for at_ms in sorted(moments):
        known = [f for f in read_on(facts, folded) if f.at_ms <= at_ms or not is_turn(f)]
        folded = stored(folded_until(known, POLICY, DEPARTMENTS, refused, at_ms, folded))
    rest = read_on(facts, folded)
    return conversation_state(rest, POLICY, DEPARTMENTS, refused, folded)


def without_voices(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if not isinstance(fact, SpeechChanged)]


@given(any_call(), refusals, st.data())
def test_told_on_is_told_whole(facts: list[Fact], refused: set[Wish], data: st.DataObject) -> None:
    facts = without_voices(facts)
    times = sorted({0} | {fact.at_ms - early for fact in facts for early in (0, 1)})
    moments = data.draw(st.lists(st.sampled_from(times), min_size=1, max_size=3))
    disordered = data.draw(st.permutations(facts))

    assert told_on(disordered, moments, refused) == whole(facts, refused)


@pytest.mark.parametrize("name", CALLS)
def test_a_real_call_can_be_folded_at_every_moment(name: str) -> None:
    facts = without_voices(CALLS[name]().ends().facts)

    for fact in facts:
        assert told_on(facts, [fact.at_ms]) == whole(facts)
        assert told_on(facts, [fact.at_ms - 1]) == whole(facts)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_facts_that_contradict_each_other_can_be_folded(name: str) -> None:
    facts = CONTRADICTIONS[name]

    for at_ms in {fact.at_ms + step for fact in facts for step in (-1, 0)}:
        assert told_on(facts, [at_ms]) == whole(facts)


def test_whoever_watches_and_a_question_are_remembered() -> None:
    call = History().offered().answered().says("it is about my bill", "billing", 0.95).after(900)
    call.facts += [
        OperatorAsked(
            call_id=CALL_ID, at_ms=call.at_ms, key="asked:1", do=Deeds.SAY, action_id="1", by="Eva"
        ),
        OperatorAsked(
            call_id=CALL_ID,
            at_ms=call.at_ms + 1,
            key="asked:2",
            do=Deeds.DEPARTMENT,
            action_id="2",
            by="Eva",
            department="sales",
        ),
    ]
    at_ms = call.at_ms + 1
    facts = call.after(5000).says("yes").facts

    state = told_on(facts, [at_ms])

    assert state == whole(facts)
    assert [one.action_id for one in state.asked_for] == ["1"]
    assert state.sent_by is not None
    assert state.resumes is None  # the question was over before


def folded_call() -> tuple[list[Fact], Folded]:
    call = History().answered().says("my bill", "billing", 0.95).after(900).assistant("billing")
    until_ms = call.after(60_000).at_ms
    facts = call.after(10).says("and my address").facts
    folded = folded_until(facts, POLICY, DEPARTMENTS, (), until_ms)
    assert folded is not None
    return facts, folded


def test_turns_that_are_in_it_are_counted() -> None:
    facts, folded = folded_call()

    again = folded_until(
        read_on(facts, folded), POLICY, DEPARTMENTS, (), folded.until_ms + 50, folded
    )

    assert folded.turns == 1
    assert again is not None
    assert again.turns == 2


def test_what_it_rests_on_may_not_change() -> None:
    facts, folded = folded_call()
    rest = read_on(facts, folded)
    early = folded.until_ms
    changed: list[Sequence[Fact]] = [
        [*rest, CallSeen(call_id=CALL_ID, at_ms=early + 9, key="late", visit_post="v.1")],
        [*rest, CallSeen(call_id=CALL_ID, at_ms=early + 9, key="late", attempt_id="ours")],
        [*rest, *History().after(5).assistant("sales").facts],  # a move of before that moment
        [*rest, *History().after(90_000).starts_to_speak("customer").facts],
        [one for one in rest if not isinstance(one, CallSeen)],
    ]

    for facts_now in changed:
        with pytest.raises(WholeNeededError):
            conversation_state(facts_now, POLICY, DEPARTMENTS, (), folded)
    with pytest.raises(WholeNeededError):
        conversation_state(rest, POLICY, DEPARTMENTS, {("billing", 1)}, folded)
    assert conversation_state(rest, POLICY, DEPARTMENTS, (), folded) == whole(facts)


def test_a_call_whose_voices_are_told_is_never_folded() -> None:
    """The end of a voice makes a barge-in of its beginning."""
    facts = History().answered().speech("assistant", 900).says("hello").facts

    assert folded_until(facts, POLICY, DEPARTMENTS, (), facts[-1].at_ms) is None


def test_nothing_that_a_conversation_knows_is_forgotten() -> None:
    """A field that is added is remembered, or is given to each fold anew."""
    facts, _ = folded_call()
    later = History().answered().interrupts("turn-1").says("no, sales", "sales", 0.99).facts
    folded = folded_until([*facts, *later], POLICY, DEPARTMENTS, (), facts[0].at_ms - 1)
    assert folded is not None
    anew = {"policy", "departments", "of_visit", "person_reachable", "outbound", "customer_known"}
    given_anew = {"stays", "departments", "policy", "refused"}

    conversation = vars(Conversation.begun([], POLICY, NOBODY, (), None))
    known = {name.strip("_") for name in conversation}
    known_of_where = {name.strip("_") for name in vars(conversation["_where"])}

    assert known - anew - {"question"} == set(folded.memory) - {"asked_already"}
    where = folded.memory["where"]
    assert isinstance(where, dict)
    assert known_of_where - given_anew == {name.strip("_") for name in where}


def test_a_turn_that_is_told_again_much_later_is_no_second_barge_in() -> None:
    call = History().answered().interrupts("turn-1").says("hello").after(70_000)
    late = replace(call.facts[-2], at_ms=call.at_ms)
    facts = [*call.facts, late, *call.says("hello again").facts[-1:]]

    assert told_on(facts, [call.at_ms - 1]) == whole(facts)
    assert told_on(facts, [call.at_ms - 1]).turn == 1
