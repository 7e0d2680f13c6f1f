"""Who rings again after a call that broke off: asked once, told only after a yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.call_commands import Handoff
from contact_center.conversations.domain.facts import Fact, ResumeOffered, Role, UtteranceHeard
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.resuming import Talk, note_of, says_goodbye, says_yes
from contact_center.conversations.services.ports.calls import CallHistory, ControlOutcome
from contact_center.understanding.domain.intents import Hearing
from contact_center.vapi.assistants.specialists import specialists
from contact_center.vapi.calls.control import control_message
from tests.fakes.fake_door import contact_center
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, POLICY, History, departments
from tests.unit.conversations.test_swallowed_handoffs import SEEN, Router

EARLIER = "call-before"
DEPARTMENTS = departments()
OFFERED = ResumeOffered(
    call_id=CALL_ID, at_ms=BEGAN_MS, key="resume", earlier=EARLIER, department="billing"
)
SALES = "I want to buy something"
WORDS = {SALES: Hearing(intent="sales", confidence=1.0)}
SECRET = "my card was charged twice for the treadmill"


def before() -> CallHistory:
    """What was said in the call that broke off."""
    call = History(EARLIER).says(SECRET).after(3_000).assistant_says("Which card is it?")
    facts = tuple(call.facts)
    return CallHistory(record=merge_all(EARLIER, facts), facts=facts, decisions=(), version=1)


def asked() -> Router:
    """A caller who has been asked whether the call is about a moment ago."""
    router = Router(more_words=WORDS)
    router.store.histories[EARLIER] = before()
    assert router.hears(SEEN, OFFERED, *History().answered().facts) == []
    return router


def answer() -> History:
    return History().after(10_000)


@pytest.mark.parametrize(
    "said",
    [
        "yes",
        "Yes.",
        "Yeah!",
        "Yes, I am.",
        "Yes please",
        "yes, that's right",
        "That's right.",
        "Yes, we got cut off.",
        "Sure, the line dropped.",
        "Exactly",
        "Oh yes, thank you",
        "yes yes",
        "Yes, I'm calling back about that.",
    ],
)
def test_a_plain_yes(said: str) -> None:
    assert says_yes(said)


@pytest.mark.parametrize(
    "said",
    [
        "no",
        "No, I'm not.",
        "Yes, I want to cancel.",
        "Yes, but it was my husband who called.",
        "yes no",
        "I don't think so",
        "That wasn't me",
        "Hello?",
        "Who is this?",
        "It's about my bill.",
        "okay",
        "not sure",
        "yesterday",
        "Yes, hello, I have a question.",
        "",
    ],
)
def test_no_plain_yes(said: str) -> None:
    assert not says_yes(said)


@pytest.mark.parametrize("said", ["Goodbye.", "Okay, bye", "Thanks, bye-bye!", "Have a nice day"])
def test_a_goodbye(said: str) -> None:
    assert says_goodbye(said)
    assert not says_goodbye("I want to buy it by Monday.")


@pytest.mark.parametrize("how", ["word", "key"])
def test_after_a_yes_whoever_had_the_caller_is_told_what_was_said(how: str) -> None:
    router = asked()
    call = answer()
    facts = call.says("Yes.").facts if how == "word" else call.presses(POLICY.resume_key).facts
    [handoff] = router.hears(*facts)
    assert isinstance(handoff, Handoff)
    assert (handoff.assistant, handoff.whole, handoff.resumes) == ("billing", True, EARLIER)
    assert handoff.content == POLICY.texts.resumed.replace("{department}", "billing")
    assert handoff.note is not None
    assert f"Caller: {SECRET}" in handoff.note
    assert "You: Which card is it?" in handoff.note
    assert "Do not greet" in handoff.note
    assert "sorry" in handoff.note

    sent = control_message(handoff, specialists(contact_center().squad))["destination"]
    assert isinstance(sent, dict)
    model = sent["assistant"]["model"]
    assert model["messages"][-1] == {"role": "system", "content": handoff.note}
    assert "generated" in sent["assistant"]["firstMessageMode"]


@pytest.mark.parametrize("said", ["No.", SALES, "Hello?", "What do you mean?"])
def test_whatever_else_is_said_nothing_of_that_call_is_told(said: str) -> None:
    router = asked()
    call = answer()
    sent = router.hears(*call.says(said).facts)
    call.facts = []
    sent += router.hears(*call.after(9_000).says("Yes.").facts)  # to some other question
    sent += router.hears(*History().after(30_000).presses(POLICY.resume_key).facts)
    router.clock.advance(5_000)
    sent += router.hears()
    for command in sent:
        assert SECRET not in repr(command) + str(getattr(command, "note", ""))
        assert getattr(command, "resumes", None) is None


def test_silence_is_no_yes() -> None:
    router = asked()
    router.clock.advance(60_000)
    assert router.hears() == []


def test_a_key_of_the_menu_is_no_yes() -> None:
    router = asked()
    [handoff] = router.hears(*answer().presses("1").facts)
    assert isinstance(handoff, Handoff)
    assert (handoff.assistant, handoff.resumes) == ("sales", None)


def test_noise_is_no_answer() -> None:
    router = asked()
    call = answer().says("[music]").after(3_000).says("Yes.")
    assert [type(one) for one in router.hears(*call.facts)] == [Handoff]


def test_a_yes_where_nothing_was_asked_means_nothing() -> None:
    state = conversation_state(answer().says("Yes.").facts, POLICY, DEPARTMENTS)
    assert (state.destination, state.resumes) == (None, None)


def test_a_department_that_there_is_no_longer_is_not_gone_back_to() -> None:
    facts: list[Fact] = [replace(OFFERED, department="comedy"), *answer().says("Yes.").facts]
    assert conversation_state(facts, POLICY, DEPARTMENTS).destination is None


def test_in_any_order_of_messages_the_same_is_taken_up() -> None:
    yes = answer().says("Yes.").facts
    state = conversation_state([*yes, OFFERED], POLICY, DEPARTMENTS)
    assert state == conversation_state([OFFERED, *yes, *yes], POLICY, DEPARTMENTS)
    assert (state.destination, state.reason, state.resumes) == ("billing", "resumed", EARLIER)


def test_an_earlier_call_that_cannot_be_read_costs_nobody_this_one() -> None:
    router = asked()

    def away(call_id: str) -> CallHistory:
        if call_id == EARLIER:
            raise ConnectionError
        return reads(call_id)

    reads = router.store.read
    router.store.read = away  # type: ignore[method-assign]
    [handoff] = router.hears(*answer().says("Yes.").facts)
    assert isinstance(handoff, Handoff)
    assert handoff.note is not None
    assert SECRET not in handoff.note


def test_a_handoff_that_is_refused_is_followed_by_people_as_ever() -> None:
    router = asked()
    router.control.outcomes = [ControlOutcome.REFUSED]
    router.hears(*answer().says("Yes.").facts)
    [instead] = router.hears()
    assert SECRET not in repr(instead)


def test_a_note_holds_the_latest_turns_and_no_placeholder() -> None:
    turns: tuple[tuple[Role, str], ...] = (
        ("customer", "{{customer.number}} {x}"),
        ("assistant", "Yes?"),
    )
    note = note_of(Talk(summary="About a bill.", turns=turns), "Why.")
    assert "{" not in note
    assert note.splitlines()[-3:] == [
        "Summary: About a bill.",
        "Caller: ((customer.number)) (x)",
        "You: Yes?",
    ]


def test_that_goodbye_was_said_is_kept_with_the_call() -> None:
    call = History().says("thanks")
    call.facts.append(
        UtteranceHeard(
            call_id=CALL_ID,
            at_ms=BEGAN_MS + 9,
            key="bye",
            role="assistant",
            text="Goodbye.",
            final=True,
            goodbye=True,
        )
    )
    assert merge_all(CALL_ID, call.facts).registers["goodbye"] == (BEGAN_MS + 9, "assistant")
