"""What becomes of a caller whose destination refuses: told by history, refusal by refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.deciding.call_commands import Handoff, Say, Transfer
from contact_center.conversations.domain.deciding.carrying_out import command_for
from contact_center.conversations.domain.deciding.routing import (
    Decision,
    next_actions,
    refused_wishes,
)
from contact_center.conversations.domain.departments import Department, Departments
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.conversations.histories import (
    BEGAN_MS,
    CALL_ID,
    LEGAL_NUMBER,
    PERSON_NUMBER,
    POLICY,
    History,
    departments,
)
from tests.unit.conversations.test_call_order import any_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.conversation_state import ConversationState

NOW_MS = BEGAN_MS + 100_000
BILLING = "route billing 1"


class Call:
    """A call as the router lives it; `accepts` says what becomes of each decision."""

    def __init__(
        self,
        accepts: Callable[[Decision], bool] = lambda _: False,
        known: Departments | None = None,
    ) -> None:
        self.known = known or departments()
        self.decisions: list[Decision] = []
        self.failed: set[int] = set()
        self._accepts = accepts
        self._facts: list[Fact] = []

    def hears(self, *facts: Fact) -> list[str]:
        """New facts are told, and what follows is done, until nothing follows.

        Returns:
            What was decided, as `kind department wish`.
        """
        self._facts += facts
        before = len(self.decisions)
        while new := next_actions(self.state(), self.decisions, CALL_ID, NOW_MS, self.failed):
            self.decisions += new
            self.failed |= {d.number for d in new if not self._accepts(d)}
            assert len(self.decisions) < before + 20, "it goes on for ever"
        return [f"{d.kind} {d.department} {d.wish}" for d in self.decisions[before:]]

    def state(self) -> ConversationState:
        refused = refused_wishes(self.decisions, self.failed)
        return conversation_state(self._facts, POLICY, self.known, refused)

    def command(self) -> object:
        return command_for(self.decisions[-1], self.known, POLICY)


def only(*kinds: str) -> Callable[[Decision], bool]:
    return lambda decision: decision.kind in kinds


def new_facts(call: History) -> list[Fact]:
    facts, call.facts = call.facts, []
    return facts


def asks_for_billing() -> History:
    return History().answered().says("it is about my bill", "billing")


def test_a_refused_department_becomes_a_person_by_telephone() -> None:
    call = Call(only("instead"))
    assert call.hears(*asks_for_billing().facts) == [BILLING, "instead billing 1"]
    assert call.command() == Transfer(PERSON_NUMBER, POLICY.texts.person)
    assert call.hears() == []


def test_with_no_telephone_to_ring_the_caller_is_told_so_once() -> None:
    call = Call(only("sorry"), departments(person_number=None))
    assert call.hears(*asks_for_billing().facts) == [BILLING, "sorry billing 1"]
    assert call.command() == Say(POLICY.texts.nobody_free)
    assert call.hears() == []


def test_where_everything_refuses_each_is_tried_once() -> None:
    call = Call()
    everything = [BILLING, "instead billing 1", "sorry billing 1"]
    assert call.hears(*asks_for_billing().facts) == everything
    assert call.hears() == []
    assert [d.number for d in call.decisions] == [1, 2, 3]


def test_what_may_have_been_done_is_not_decided_again() -> None:
    call, story = Call(lambda _: True), asks_for_billing()
    assert call.hears(*new_facts(story)) == [BILLING]
    story.after(9_000).says("billing, I said", "billing", 1.0)
    assert call.hears(*new_facts(story)) == []


def test_the_wish_repeated_after_a_refusal_is_tried_again() -> None:
    call, story = Call(only("sorry"), departments(person_number=None)), asks_for_billing()
    assert call.hears(*new_facts(story)) == [BILLING, "sorry billing 1"]
    story.after(9_000).says("billing, I said", "billing", 1.0)
    assert call.hears(*new_facts(story)) == ["route billing 2", "sorry billing 2"]
    story.after(9_000).tool("billing")
    assert call.hears(*new_facts(story)) == ["route billing 3", "sorry billing 3"]


def test_a_repeated_wish_that_is_granted_ends_it() -> None:
    call, story = Call(lambda d: d.number > 1), asks_for_billing()
    assert call.hears(*new_facts(story)) == [BILLING, "instead billing 1"]
    story.after(9_000).says("billing, I said", "billing", 1.0)
    assert call.hears(*new_facts(story)) == []  # a person is being rung


@pytest.mark.parametrize(
    ("after_ms", "tried_again"), [(0, False), (900, False), (4_999, False), (5_000, True)]
)
def test_the_tool_that_repeats_the_caller_s_words_is_no_second_wish(
    after_ms: int,
    tried_again: bool,  # noqa: FBT001 - a row of the table
) -> None:
    call, story = Call(only("sorry"), departments(person_number=None)), asks_for_billing()
    call.hears(*new_facts(story))
    story.after(after_ms).tool("billing")
    assert bool(call.hears(*new_facts(story))) is tried_again


def test_partials_and_their_final_are_one_wish() -> None:
    call, story = Call(), History().answered().begins("my bill", "billing")
    story.after(200).begins("my bill is", "billing")
    assert len(call.hears(*new_facts(story))) == 3
    story.after(9_000).says("my bill is wrong", "billing", 1.0)
    assert call.hears(*new_facts(story)) == []


def test_another_wish_after_a_refusal_is_carried_out() -> None:
    call, story = Call(lambda d: d.department != "billing"), asks_for_billing()
    call.hears(*new_facts(story))
    story.after(9_000).says("then support", "support", 1.0)
    assert call.hears(*new_facts(story)) == ["route support 1"]
    story.after(900).assistant("support").after(9_000).says("billing now", "billing", 1.0)
    assert call.hears(*new_facts(story))[0] == "route billing 2"


def test_who_is_refused_and_wishes_to_stay_stays() -> None:
    call, story = Call(only("sorry")), History(direction="outbound").answered("sales")
    story.says("it is about my bill", "billing")
    assert call.hears(*new_facts(story))[0] == BILLING
    story.after(9_000).says("then about that offer", "sales", 1.0)
    assert call.hears(*new_facts(story)) == []
    assert call.state().arrived


def test_a_person_who_cannot_be_rung_is_spoken_of_and_binds_nobody() -> None:
    call, story = Call(only("sorry", "route")), History().answered()
    story.says("a person please", wants_person=True)
    assert call.hears(*new_facts(story)) == ["to_person person 1", "sorry person 1"]
    assert call.command() == Say(POLICY.texts.nobody_free)
    story.after(9_000).says("billing then", "billing", 1.0)
    assert call.hears(*new_facts(story)) == ["route billing 1"]
    story.after(900).assistant("billing").after(9_000).says("a person!", wants_person=True)
    assert call.hears(*new_facts(story)) == ["to_person person 2", "sorry person 2"]


def test_interruptions_that_bring_no_person_leave_the_caller_where_they_were() -> None:
    story = History().answered().says("it is about my bill", "billing").after(900)
    call = Call(lambda d: d.kind != "to_person" or d.department is None)
    story.assistant("billing").after(2_000).speech("assistant", 30_000)
    for _ in range(3):
        story.after(4_000).barges_in()
    assert call.hears(*new_facts(story)) == ["to_person person 1", "to_person None 0"]
    assert call.command() == Say(POLICY.texts.nobody_free)
    assert (call.state().destination, call.state().arrived) == ("billing", True)
    story.after(5_000).says("support then", "support", 1.0)
    assert call.hears(*new_facts(story)) == ["route support 1"]


def test_a_department_reached_by_number_is_tried_by_another_number() -> None:
    story = History().answered().says("your lawyers", "legal", 1.0)
    call = Call(only("instead"))
    assert call.hears(*story.facts) == ["route legal 1", "instead legal 1"]
    assert call.command() == Transfer(PERSON_NUMBER, POLICY.texts.person)
    alone = Call(only("sorry"), departments(person_number=LEGAL_NUMBER))
    assert alone.hears(*story.facts) == ["route legal 1", "sorry legal 1"]


def test_a_department_s_own_people_come_first() -> None:
    billing = Department(
        key="billing", name="billing", description="", assistant="billing", number=LEGAL_NUMBER
    )
    known = Departments(by_key={"billing": billing}, default="billing", person_number=PERSON_NUMBER)
    call = Call(only("instead"), known)
    call.hears(*asks_for_billing().facts)
    assert call.command() == Transfer(LEGAL_NUMBER, POLICY.texts.person)


def test_after_a_refused_default_a_caller_is_not_left_in_silence() -> None:
    story = History().answered().vague().after(9_000).vague().after(9_000).vague()
    call = Call(only("clarify", "sorry"), departments(person_number=None))
    assert call.hears(*story.facts)[-2:] == ["default support 1", "sorry support 1"]


def test_an_assistant_is_sent_along_unless_an_owner_wants_it_named() -> None:
    call = Call(only("route"))
    call.hears(*asks_for_billing().facts)
    (decision,) = call.decisions
    command = command_for(decision, call.known, POLICY)
    assert isinstance(command, Handoff)
    assert command.whole
    named = command_for(decision, call.known, POLICY, by_name=True)
    assert isinstance(named, Handoff)
    assert not named.whole


def test_after_the_end_a_refusal_is_nobody_s_concern() -> None:
    call = Call()
    story = asks_for_billing()
    call.failed.add(1)
    call.hears(*new_facts(story.ends()))
    assert call.decisions == []


def test_an_assistant_may_move_a_caller_whom_no_person_takes() -> None:
    call, story = Call(only("sorry")), History().answered()
    call.hears(*new_facts(story.says("a person please", wants_person=True)))
    story.after(9_000).assistant("sales")
    assert call.hears(*new_facts(story)) == []
    assert (call.state().destination, call.state().arrived) == ("sales", True)


def test_a_vague_caller_whom_no_person_takes_is_still_asked_what_it_is_about() -> None:
    story = History().answered().speech("assistant", 30_000)
    for _ in range(3):
        story.after(4_000).barges_in()
    call = Call(lambda decision: decision.department is None)
    call.hears(*new_facts(story))
    assert call.hears(*new_facts(story.after(5_000).vague())) == ["clarify None 0"]


@given(any_call(), st.data())
def test_in_any_call_each_wish_is_tried_in_each_way_once(
    facts: list[Fact], data: st.DataObject
) -> None:
    chance = data.draw(st.randoms(use_true_random=False))
    call = Call(lambda _: chance.random() < 0.4)
    for fact in data.draw(st.permutations(facts)):
        call.hears(fact)
        assert call.hears(fact) == []  # told again, it changes nothing
    numbers = [decision.number for decision in call.decisions]
    assert numbers == list(range(1, len(numbers) + 1))


@given(any_call(), st.data())
def test_whoever_is_refused_hears_of_it_or_is_brought_elsewhere(
    facts: list[Fact], data: st.DataObject
) -> None:
    chance = data.draw(st.randoms(use_true_random=False))
    call = Call(lambda d: d.kind == "sorry" or chance.random() < 0.3)
    for fact in facts:
        call.hears(fact)
    state = call.state()
    gone = state.ended or (state.outbound and state.opt_out is not None)
    last = max((d for d in call.decisions if d.department), key=lambda d: d.number, default=None)
    if last is not None and last.number in call.failed and not gone:
        # Whoever was taken somewhere since, or is spoken to of it, is not left in silence.
        assert state.arrived or state.destination is None or state.person_missing
