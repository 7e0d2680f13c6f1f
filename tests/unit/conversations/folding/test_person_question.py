"""Who may have asked for a person is asked so, once; whoever says yes gets one."""

from __future__ import annotations

import dataclasses
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.deciding.call_commands import Say
from contact_center.conversations.domain.deciding.carrying_out import command_for, due_at_ms
from contact_center.conversations.domain.deciding.routing import (
    ActionKind,
    Decision,
    next_actions,
)
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.folding.person_question import SAME_BREATH_MS
from contact_center.conversations.domain.redacted_facts import redacted_fact
from contact_center.records.domain.redaction_kinds import Redaction
from tests.unit.conversations.histories import CALL_ID, POLICY, History, departments

if TYPE_CHECKING:
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.policy import Policy

NOW_MS = 1_787_266_900_000
SURE, SURELY = 0.9, 0.99
LADY = "it's for the lady who does the bills"
ANSWERED_AFTER_MS = POLICY.clarify_wait_ms + 2_000


def asked(intent: str | None = "billing") -> History:
    """A caller whose words may ask for a person, and otherwise for a department or nothing."""
    return History().answered().says(LADY, intent, SURE, perhaps_person=True)


def answered(answer: str, meant: str | None = "billing", **heard: object) -> ConversationState:
    return understood(asked(meant).after(ANSWERED_AFTER_MS).says(answer, **heard))  # type: ignore[arg-type]


def understood(call: History, policy: Policy = POLICY) -> ConversationState:
    return conversation_state(call.facts, policy, departments())


def decided(call: History, person: str | None = "+14155550177") -> list[Decision]:
    """What is decided as the call's facts come in, one by one."""
    committed: list[Decision] = []
    for known in range(1, len(call.facts) + 1):
        state = conversation_state(call.facts[:known], POLICY, departments(person))
        committed += next_actions(state, committed, CALL_ID, NOW_MS)
    return committed


def deeds(call: History) -> list[str]:
    return [f"{one.kind} {one.department or ''}".strip() for one in decided(call)]


def spoken(call: History) -> str:
    (one,) = [one for one in decided(call) if one.kind is ActionKind.ASK_PERSON]
    command = command_for(one, departments(), POLICY)
    assert isinstance(command, Say)
    return command.content


def test_who_may_have_asked_for_a_person_is_asked_before_going_anywhere() -> None:
    assert deeds(asked()) == ["ask_person"]
    assert understood(asked()).destination is None
    assert spoken(asked()) == "Would you like to talk to a person?"


def test_where_no_matter_is_clear_departments_are_offered_too_in_place_of_asking_again() -> None:
    assert deeds(asked(None)) == ["ask_person"]
    assert understood(asked(None)).clarifications == 1
    assert "a person, or is it about sales, technical support" in spoken(asked(None))


@pytest.mark.parametrize("meant", ["billing", None])
@pytest.mark.parametrize(
    "answer",
    ["Yes.", "yes please", "I would", "If you could", "Mhm", "OK", "yes, I can't hear you well"],
)
def test_a_yes_brings_a_person(answer: str, meant: str | None) -> None:
    assert answered(answer, meant).destination == "person"


def test_words_that_only_may_ask_for_a_person_again_are_no_yes() -> None:
    """Whoever says nothing clear three times is no wish for a person, by a score that doubts."""
    for said in ("sorry?", "well, it's a bit of everything", "the lady, as I said"):
        assert answered(said, perhaps_person=True).destination == "billing"
    vague = asked(None).after(ANSWERED_AFTER_MS).says("it's a bit of all", perhaps_person=True)
    assert deeds(vague) == ["ask_person", "clarify"]


def test_a_yes_to_a_department_that_was_offered_is_a_yes_to_that() -> None:
    assert answered("yes, sales", None, intent="sales").destination == "sales"
    assert answered("yes, about sales", "billing", intent="sales").destination == "person"


@pytest.mark.parametrize("answer", ["no", "No thanks.", "not really", "it's fine", "what?"])
def test_who_says_no_or_nothing_goes_where_the_first_words_wanted_to_go(answer: str) -> None:
    assert answered(answer).destination == "billing"


def test_who_says_no_and_meant_nothing_clear_is_asked_what_it_is_about() -> None:
    call = asked(None).after(ANSWERED_AFTER_MS).says("no")
    assert deeds(call) == ["ask_person", "clarify"]


def test_who_says_no_and_something_else_goes_there() -> None:
    assert answered("no, sales", intent="sales").destination == "sales"


def test_a_person_please_wins_over_any_no() -> None:
    said = answered("no, a person, I said", wants_person=True)
    assert said.destination == "person"


def test_it_is_asked_once_a_call() -> None:
    call = asked(None).after(ANSWERED_AFTER_MS).says("no").after(ANSWERED_AFTER_MS)
    call.says(LADY, perhaps_person=True).after(ANSWERED_AFTER_MS).says("yes")
    assert deeds(call) == ["ask_person", "clarify", "default support"]


def test_who_was_asked_once_goes_where_a_clear_matter_belongs() -> None:
    call = asked(None).after(ANSWERED_AFTER_MS).says("no").after(ANSWERED_AFTER_MS)
    call.says(LADY, "billing", SURE, perhaps_person=True)
    assert deeds(call) == ["ask_person", "clarify", "route billing"]


def test_no_caller_is_asked_more_often_than_before() -> None:
    call = History().answered().vague().after(4_000).says(LADY, perhaps_person=True)
    call.after(4_000).vague().after(4_000)
    assert deeds(call) == ["clarify", "ask_person", "default support"]
    late = History().answered().vague().after(4_000).vague().after(4_000)
    late.says(LADY, perhaps_person=True)
    assert deeds(late) == ["clarify", "clarify", "default support"]


def test_what_is_asked_next_is_the_second_question() -> None:
    call = asked(None).after(ANSWERED_AFTER_MS).says("no")
    command = command_for(decided(call)[-1], departments(), POLICY)
    assert command.content.startswith("Sorry, I did not quite get that.")  # type: ignore[union-attr]


def test_a_cough_is_no_answer() -> None:
    call = asked().after(ANSWERED_AFTER_MS).says("(coughing)").after(900)
    assert understood(call).destination is None
    assert understood(call.says("yes")).destination == "person"


@pytest.mark.parametrize("more", [("about my bill", "billing"), ("you know", None)])
def test_what_is_said_in_the_same_breath_is_no_answer(
    more: tuple[str, str | None],
) -> None:
    call = asked(None).after(SAME_BREATH_MS - 1).says(*more)
    assert deeds(call) == ["ask_person"]
    assert understood(call.after(ANSWERED_AFTER_MS).says("yes")).destination == "person"


def test_however_long_the_question_waits_what_comes_after_a_breath_is_an_answer() -> None:
    patient = dataclasses.replace(POLICY, clarify_wait_ms=10_000)
    call = asked(None).after(SAME_BREATH_MS).says("sales", "sales", SURE)
    assert understood(call, patient).destination == "sales"


def test_what_is_said_in_the_same_breath_is_what_a_no_goes_back_to() -> None:
    call = asked(None).after(500).says("about my bill", "billing", SURE)
    assert understood(call.after(ANSWERED_AFTER_MS).says("no")).destination == "billing"


def test_a_person_asked_for_in_the_same_breath_is_sent_for_at_once() -> None:
    assert understood(asked().after(500).says("a human", wants_person=True)).destination == "person"


@pytest.mark.parametrize("by", ["tool", "keypad"])
def test_where_the_assistant_or_a_key_sends_the_caller_a_later_yes_means_something_else(
    by: str,
) -> None:
    call = asked().after(700)
    call = call.tool("sales") if by == "tool" else call.presses("1")
    assert understood(call).destination == "sales"
    assert understood(call).may_want_person is None
    assert understood(call.after(ANSWERED_AFTER_MS).says("yes")).destination == "sales"


def test_it_waits_for_the_assistants_own_tool_as_a_clarifying_question_does() -> None:
    (one,) = decided(asked())
    assert due_at_ms(one, understood(asked()), POLICY) == NOW_MS + POLICY.clarify_wait_ms


def test_words_still_being_spoken_that_may_ask_for_a_person_send_nobody_anywhere() -> None:
    call = History().answered().begins("it's for the", "billing", SURELY, perhaps_person=True)
    call = call.after(300).begins("it's for the lady", "billing", SURELY, perhaps_person=True)
    assert understood(call).destination is None


def test_nobody_is_offered_whom_nobody_can_reach() -> None:
    nobody = departments(person_number=None)
    state = conversation_state(asked().facts, POLICY, nobody)
    assert (state.may_want_person, state.destination) == (None, "billing")


def test_who_is_with_a_department_or_was_called_by_us_is_not_asked() -> None:
    with_billing = History().answered().says("my bill", "billing", SURE).after(900)
    with_billing = with_billing.assistant("billing").after(9_000)
    assert understood(with_billing.says(LADY, perhaps_person=True)).may_want_person is None
    ours = History(direction="outbound").answered().says(LADY, perhaps_person=True)
    assert understood(ours).may_want_person is None


def test_an_owner_may_do_without() -> None:
    texts = dataclasses.replace(POLICY.texts, ask_person="", ask_person_or="")
    without = dataclasses.replace(POLICY, texts=texts)
    assert understood(asked(), without).destination == "billing"
    assert understood(asked(None), without).clarifications == 1


@pytest.mark.parametrize(
    ("answer", "destination"),
    [("yes, and my card is 4111 1111 1111 1111", "person"), ("no, 4111 1111 1111 1111", "billing")],
)
def test_an_answer_is_one_though_a_number_was_taken_out_of_it(
    answer: str, destination: str
) -> None:
    call = asked().after(ANSWERED_AFTER_MS).says(answer)
    rules = Redaction()
    call.facts = [redacted_fact(fact, rules, POLICY, departments()) for fact in call.facts]
    assert "4111" not in call.facts[-1].text  # type: ignore[attr-defined]
    assert understood(call).destination == destination


def test_the_order_in_which_it_is_told_does_not_matter() -> None:
    call = asked().after(500).says("you know", None).after(ANSWERED_AFTER_MS).says("yes")
    whole = understood(call)
    *before, one, two, three = call.facts
    for turn in permutations((one, two, three)):
        assert conversation_state([*turn, *before], POLICY, departments()) == whole
