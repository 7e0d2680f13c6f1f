"""What is stored of a call holds no number, and means what the words meant, told in any order."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    KeyPressed,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.kept_arguments import TAKEN_DOWN, kept_arguments
from contact_center.conversations.domain.messages import ToolCall
from contact_center.conversations.domain.redacted_facts import redacted_fact
from contact_center.conversations.services.record_facts import record_facts
from contact_center.records.domain.redaction_kinds import EVERYTHING
from contact_center.vapi.webhooks.messages import facts_of
from tests.unit.conversations.histories import CALL_ID, POLICY, History, departments
from tests.unit.conversations.real_calls import CALLS
from tests.unit.conversations.test_record_facts import parts_for, untold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.facts import Fact

CARD = "4111 1111 1111 1111"
SSN = "123-45-6789"
EMAIL = "jane at gmail dot com"
SECRETS = ("4111", "1111", "123-45", "6789", "jane")
DEPARTMENTS = departments()


def recorded(facts: Sequence[Fact], told: Sequence[Fact] | None = None) -> list[Fact]:
    """What is stored in the end when facts are told one by one, by time."""
    parts = parts_for(facts)
    for fact in told or facts:
        record_facts(CALL_ID, [untold(fact)], parts)
    stored = parts.store.read(CALL_ID).facts
    return sorted(stored, key=lambda fact: (fact.at_ms, fact.key))


def texts(facts: Sequence[Fact]) -> list[str]:
    return [
        fact.digits if isinstance(fact, KeyPressed) else getattr(fact, "text", "") for fact in facts
    ]


def test_final_words_partial_ones_and_the_assistants_are_stored_redacted() -> None:
    history = (
        History()
        .begins("so the number of my card is 4111 11", "billing")
        .after(500)
        .says(f"my card is {CARD}", "billing")
        .after(2_000)
        .assistant_says(f"So it is {CARD}, and {EMAIL}?")
    )
    assert texts(recorded(history.facts)) == [
        "so the number of my card is [number]",
        "my card is [card]",
        "So it is [card], and [email]?",
    ]


def test_what_a_caller_wants_is_heard_in_the_words_as_they_were_said() -> None:
    [said] = recorded(History().says(f"bill it to my card {CARD}", "billing").facts)
    assert isinstance(said, UtteranceHeard)
    assert (said.text, said.intent) == ("bill it to my card [card]", "billing")


def test_a_number_in_pieces_is_amended_in_the_turns_before() -> None:
    history = History().says("it's 4111 1111").after(4_000).says("1111").after(4_000).says("1111")
    (first, *_) = before = recorded(history.facts[:1])
    assert texts(before) == ["it's [account]"]
    after = recorded(history.facts)
    assert texts(after) == ["it's [card]", "[card]", "[card]"]
    assert after[0].key == first.key


def test_pieces_that_nobody_could_have_known_are_stored_as_said_until_they_are() -> None:
    history = History().says("it's 4111").after(4_000).says("1111").after(4_000).says("1111 1")
    assert texts(recorded(history.facts[:1])) == ["it's 4111"]
    assert texts(recorded(history.facts)) == ["it's [card]", "[card]", "[card]"]


def test_keys_that_are_pressed_are_a_turn_like_any_other() -> None:
    history = History().presses("41111111").after(4_000).says("one one one one one one one one")
    assert texts(recorded(history.facts)) == ["[card]", "[card]"]
    assert texts(recorded(History().presses("4111111111111111#").facts)) == ["[card]#"]
    assert texts(recorded(History().presses("1").facts)) == ["1"]


PIECES = st.sampled_from(
    ["4111", "one one one one", "1111 thanks", "12", "billing please", "no, I said 25 there"]
)


@st.composite
def dictated(draw: st.DrawFn) -> tuple[list[Fact], list[Fact]]:
    history = History().answered()
    for said in draw(st.lists(PIECES, min_size=2, max_size=6)):
        history.after(draw(st.integers(1, 40_000)))
        if said == "4111" and draw(st.booleans()):
            history.presses(said)
        else:
            history.says(said, "billing" if "billing" in said else None)
    facts = history.facts
    again = draw(st.lists(st.sampled_from(facts), max_size=4))
    return facts, draw(st.permutations([*facts, *again]))


@given(dictated())
def test_late_and_repeated_turns_come_to_the_same(orders: tuple[list[Fact], list[Fact]]) -> None:
    facts, in_any_order = orders
    assert recorded(facts, in_any_order) == recorded(facts)


SAID = (
    f"Stop calling me. {CARD}",
    f"take me off your list, {EMAIL}",
    f"yes, {SSN}",
    f"yes {CARD}",
    "yes",
    f"never mind. {SSN}",
    f"please leave a message after the tone for {CARD}",
    CARD,
    "4111",
    "1111 1111",
    "billing please",
)


@st.composite
def talks(draw: st.DrawFn) -> list[Fact]:
    outbound = draw(st.booleans())
    history = History(direction="outbound" if outbound else "inbound")
    if draw(st.booleans()):
        history.offered()
    history.answered()
    for _ in range(draw(st.integers(1, 7))):
        history.after(draw(st.integers(1, 20_000)))
        step = draw(st.sampled_from(["says", "begins", "presses", "tool", "assistant"]))
        said = draw(st.sampled_from(SAID))
        if step == "says":
            history.says(said, "billing" if "billing" in said else None)
        elif step == "begins":
            please = draw(st.integers(1, 3)) * " please"
            history.begins(f"so it is about billing{please} {said} again", "billing")
        elif step == "presses":
            keys = ["1", "2", "9", "99", "7", "77", "999999999", "4111111111111111", "41111#"]
            history.presses(draw(st.sampled_from(keys)))
        elif step == "tool":
            history.tool("sales")
        else:
            history.assistant("billing")
    return [
        replace(fact, key=f"{number:02d}", arguments={"department": fact.department})
        if isinstance(fact, ToolCalled)
        else replace(fact, key=f"{number:02d}")
        for number, fact in enumerate(history.facts)
    ]


@given(talks())
def test_what_is_stored_folds_to_what_was_said(facts: list[Fact]) -> None:
    """But for partial words, of which two must differ: those differ in their words here."""
    said = conversation_state(facts, POLICY, DEPARTMENTS)
    kept = recorded(facts)
    assert conversation_state(kept, POLICY, DEPARTMENTS) == said
    whole = json.dumps([asdict(fact) for fact in kept])
    assert "1111 1111 1111" not in whole
    assert "45-6789" not in whole


@pytest.mark.parametrize("name", sorted(CALLS))
def test_calls_without_numbers_are_stored_as_they_were_told(name: str) -> None:
    for fact in CALLS[name]().ends().facts:
        assert redacted_fact(fact, EVERYTHING, POLICY, DEPARTMENTS) == fact


def test_tool_calls_summaries_and_whatever_else_carries_words_lose_them() -> None:
    called = History().tool("billing").facts[0]
    assert isinstance(called, ToolCalled)
    called = replace(called, arguments={"about": CARD, "n": 4111111111111111}, answer=f"No: {SSN}")
    ended = History().ends(f"it was {CARD}").facts[-1]
    assert isinstance(ended, CallEnded)
    ended = replace(ended, summary=f"Gave {CARD} and {EMAIL}", success=SSN)
    kept = [redacted_fact(fact, EVERYTHING, POLICY, DEPARTMENTS) for fact in (called, ended)]
    whole = json.dumps([asdict(fact) for fact in kept])
    assert not any(secret in whole for secret in SECRETS)


def test_what_a_model_answers_about_a_call_loses_them_too() -> None:
    answers = {"summary": f"Gave {CARD}.", "next_step": f"Write to {EMAIL}", "achieved": "nothing"}
    told = AnswersTold(call_id=CALL_ID, at_ms=1, key="answers", answers=answers)
    kept = redacted_fact(told, EVERYTHING, POLICY, DEPARTMENTS)
    assert isinstance(kept, AnswersTold)
    assert kept.answers == {
        "summary": "Gave [card].",
        "next_step": "Write to [email]",
        "achieved": "nothing",
    }


@pytest.mark.parametrize(("name", "argument"), sorted(TAKEN_DOWN))
def test_a_tool_keeps_what_it_is_there_to_take_down_and_no_card_number(
    name: str, argument: str
) -> None:
    given_values = {"email": "jane@acme.com", "contact": "+14155552671", "contract": "123456789"}
    kept = kept_arguments(name, {argument: given_values[argument], "other": "jane@acme.com"})
    assert kept == {argument: given_values[argument], "other": "[email]"}
    assert kept_arguments(name, {argument: CARD}) == {argument: "[card]"}
    assert kept_arguments("another", {argument: "jane@acme.com"}) == {argument: "[email]"}


# -- keys -----------------------------------------------------------------------------------------


def told(kind: str, **said: Any) -> dict[str, Any]:
    return {"message": {"type": kind, "timestamp": 1_787_266_800_000, "call": {"id": "c"}} | said}


def key_of(body: dict[str, Any]) -> str:
    return facts_of(body, 1_787_266_800_000)[-1].key


@pytest.mark.parametrize("form", ["final", "partial"])
@pytest.mark.parametrize(
    "number", ["{n:04d}", "4111 1111 1111 {n:04d}", "four {n}", "{n}@acme.com"]
)
def test_the_key_of_words_is_the_same_for_every_number_in_them(form: str, number: str) -> None:
    """A digest of sixteen digits is found by trying: there are not many numbers."""
    keys = {
        key_of(told("transcript", role="user", transcriptType=form, transcript=f"it's {said} ok"))
        for said in (number.format(n=n) for n in range(100))
    }
    assert len(keys) == 1


def test_words_beside_a_number_still_tell_two_turns_of_one_instant_apart() -> None:
    said = ("it's 4111", "it is 4111", "4111", "billing")
    keys = {key_of(told("transcript", role="user", transcript=text)) for text in said}
    assert len(keys) == len(said)


def test_the_key_of_pressed_keys_is_the_same_for_all_of_that_many() -> None:
    pressed = ("1234", "9999", "0*0#")
    keys = {
        key_of(told("transcript", role="user", transcript=f"User's Keypad Entry: {digits}"))
        for digits in pressed
    }
    assert len(keys) == 1


def test_the_key_of_a_tool_call_knows_no_more_than_is_stored_of_it() -> None:
    def key(**arguments: object) -> str:
        return ToolCall(tool_call_id="call_0", name="takeMessage", arguments=arguments).key("1")

    numbers = {key(about=f"my card is 4111 1111 1111 {n:04d}") for n in range(50)}
    assert len(numbers) == 1
    assert key(about="x", callAt="10:00") != key(about="x", callAt="11:00")
    assert key(contact="jane@acme.com") != key(contact="john@acme.com")  # both are stored
