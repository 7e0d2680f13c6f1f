"""A caller told "I am transferring you" is being transferred, whatever the model has forgotten."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest

from contact_center.conversations.domain.deciding.call_commands import Handoff, Say, Transfer
from contact_center.conversations.domain.facts import Fact, Noticed, ToolCalled, UtteranceHeard
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.policy import Policy, PolicyError
from contact_center.conversations.domain.promised import PROMISE
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.understanding.domain.intents import Hearing
from tests.unit.conversations.histories import (
    CALL_ID,
    PERSON_NUMBER,
    POLICY,
    History,
    departments,
    policy_values,
)
from tests.unit.conversations.test_swallowed_handoffs import SEEN, Router

DEPARTMENTS = departments()
WAIT_MS = POLICY.promise_wait_ms
TO_SALES = "I'm transferring you to sales now."
TO_SOMEBODY = "One moment, I will transfer you."
PERSON = "let me talk to a person"
WORDS = {PERSON: Hearing(intent="person", confidence=1.0, wants_person=True)}


def at_billing() -> History:
    """A caller who has been with billing for a while."""
    return History().answered().tool("billing").after(500).assistant("billing").after(60_000)


def told(call: History, router: Router | None = None) -> Router:
    router = router or Router(more_words=WORDS)
    facts, call.facts = call.facts, []
    assert router.hears(SEEN, *facts) == []
    return router


def routed(call: History, department: str) -> ToolCalled:
    """The model calls its tool."""
    return ToolCalled(
        call_id=CALL_ID,
        at_ms=call.at_ms,
        key=f"tool:{call.at_ms}",
        tool_call_id="t",
        name="routeToDepartment",
        arguments={"department": department},
    )


# -- what is a promise -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "whom"),
    [
        (TO_SALES, "sales"),
        (TO_SOMEBODY, "person"),
        ("Sure. I'll connect you with technical support.", "support"),
        ("I am now connecting you to our lovely billing team", "billing"),
        ("Let me get you a colleague.", "person"),
        ("I'll get a colleague for you", "person"),
        ("We\u2019re putting you through to account changes.", "retention"),
        ("Please hold while I transfer you to the technical department.", "support"),
        ("Billing cannot do that, so I will put you through to sales.", "sales"),
        ("Would you like me to transfer you to sales?", None),
        ("I can transfer you to sales if you like.", None),
        ("I'll transfer you once you have given me your number.", None),
        ("I cannot transfer you to a person.", None),
        ("I will not transfer you.", None),
        ("I'm not transferring you yet.", None),
        ("Shall I connect you?", None),
        ("So I will connect you with sales?", None),
        ("I'll get that for you.", None),
        ("The transfer of your money takes two days.", None),
        ("I will note that a colleague is to call you.", None),
        ("", None),
    ],
)
def test_what_an_assistant_promises(said: str, whom: str | None) -> None:
    assert POLICY.promises.made_in(said, DEPARTMENTS) == whom


@pytest.mark.parametrize("name", ["texts", "simplified_texts"])
def test_what_we_say_ourselves_while_nobody_is_found_promises_nothing(name: str) -> None:
    texts = getattr(POLICY, name)
    for said in (texts.nobody_free, *texts.clarify, texts.resume, texts.resumed):
        assert POLICY.promises.made_in(said, DEPARTMENTS) is None


def test_no_sentence_makes_it_slow() -> None:
    long = "I will " * 3_000 + "transfer the transfer of transferring"
    began = time.process_time()
    POLICY.promises.made_in(long, DEPARTMENTS)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("key", "pattern", "rule"),
    [
        ("patterns", "transferring", "must have 2 to 8 words"),
        ("patterns", "i am " * 5, "must have 2 to 8 words"),
        ("patterns", "I am transferring you", "must be small letters"),
        ("patterns", "(a+)+ you", "must be small letters"),
        ("patterns", "... transferring you", "may have 2 ... at most, between words"),
        ("patterns", "i ... am ... now ... here", "may have 2 ... at most, between words"),
        ("unless", "if|", "must be small letters"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_named(key: str, pattern: str, rule: str) -> None:
    values = policy_values()
    promises = dict(values["promises"])  # type: ignore[call-overload]
    promises[key] = [*promises[key], pattern]
    with pytest.raises(PolicyError, match=rule) as error:
        Policy.from_dict(values | {"promises": promises})
    assert f"promises.{key}[{len(promises[key]) - 1}]" in str(error.value)


# -- what becomes of it ----------------------------------------------------------------------------


def test_a_promise_without_a_tool_call_is_kept_by_us_after_three_seconds() -> None:
    call = at_billing()
    router = told(call)
    assert router.hears(*call.assistant_says(TO_SALES).facts) == []
    assert router.look_again_ms == (router.clock.now_ms() + WAIT_MS,)
    router.clock.advance(WAIT_MS - 1)
    assert router.hears() == []
    router.clock.advance(1)
    [handoff] = router.hears()
    assert isinstance(handoff, Handoff)
    assert handoff.assistant == "sales"
    assert router.hears() == []


def test_whoever_names_no_department_means_people() -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says(TO_SOMEBODY).facts)
    router.clock.advance(WAIT_MS)
    assert router.hears() == [Transfer(PERSON_NUMBER, POLICY.texts.person)]


def test_a_specialist_who_names_its_own_department_means_its_people() -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says("I'll put you through to billing.").facts)
    router.clock.advance(WAIT_MS)
    assert router.hears() == [Transfer(PERSON_NUMBER, POLICY.texts.person)]


def test_where_nobody_can_be_reached_the_caller_is_told() -> None:
    call = at_billing()
    router = told(call, Router(person_number=None))
    router.hears(*call.assistant_says(TO_SOMEBODY).facts)
    assert router.control.commands[-1] == Say(POLICY.texts.nobody_free)


def test_the_tool_in_time_is_obeyed_at_once_and_nothing_is_done_twice() -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says(TO_SALES).facts)
    call.facts = []
    router.clock.advance(1_000)
    [handoff] = router.hears(routed(call.after(1_000), "sales"))
    assert isinstance(handoff, Handoff)
    assert handoff.assistant == "sales"
    router.clock.advance(WAIT_MS)
    assert router.hears() == []


def test_the_tool_may_say_another_department() -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says(TO_SALES).facts)
    call.facts = []
    [handoff] = router.hears(routed(call.after(1_000), "support"))
    assert isinstance(handoff, Handoff)
    assert handoff.assistant == "support"
    router.clock.advance(WAIT_MS)
    assert router.hears() == []


@pytest.mark.parametrize("how", ["handoff", "transfer", "forwarding", "asked", "never mind"])
def test_a_promise_that_is_kept_otherwise_is_left_alone(how: str) -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says("I'll connect you with sales.").facts)
    call.facts = []
    call.after(1_000)
    match how:
        case "handoff":
            call.assistant("sales")
        case "transfer":
            call.transferred("sales")
        case "forwarding":
            call.status("forwarding")
        case "asked":
            noticed = Noticed(call_id=CALL_ID, at_ms=call.at_ms, key="n", kind="transfer-asked")
            call.facts.append(noticed)
        case _:
            call.says("never mind")
    assert router.hears(*call.facts) == []
    router.clock.advance(WAIT_MS)
    assert router.hears() == []


def test_a_wish_after_a_promise_that_was_kept_otherwise_is_a_wish_like_any_other() -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says(TO_SOMEBODY).facts)
    call.facts = []
    asked = Noticed(call_id=CALL_ID, at_ms=call.at_ms + 500, key="n", kind="transfer-asked")
    router.hears(asked)
    router.clock.advance(WAIT_MS)
    assert router.hears() == []  # dropped
    assert router.hears(*call.after(40_000).says(PERSON).facts) == [
        Transfer(PERSON_NUMBER, POLICY.texts.person)
    ]


def test_what_is_said_while_a_move_is_under_way_is_about_that() -> None:
    call = History().answered().tool("billing").after(2_000)
    call.assistant_says("I'll connect you with billing now.").after(1_000).assistant("billing")
    call.after(500).assistant_says("I'll connect you with billing now.")
    call.after(500).assistant_says("I am connecting you.").after(30_000).says("thanks")
    state = conversation_state(understood(call), POLICY, DEPARTMENTS)
    assert (state.destination, state.reason, state.wish) == ("billing", "tool", 1)


def test_our_own_words_for_a_person_do_not_ask_for_one_again() -> None:
    call = at_billing().says(PERSON, wants_person=True).after(4_000)
    call.assistant_says(POLICY.texts.person).after(5_000).says("okay")
    state = conversation_state(understood(call), POLICY, DEPARTMENTS)
    assert (state.destination, state.reason, state.wish) == ("person", "final", 1)


def test_a_promise_that_is_refused_is_told_like_a_refused_wish() -> None:
    call = at_billing()
    router = told(call)
    router.hears(*call.assistant_says(TO_SOMEBODY).facts)
    router.control.outcomes = [ControlOutcome.REFUSED]
    router.clock.advance(WAIT_MS)
    router.hears()
    assert router.hears() == [Say(POLICY.texts.nobody_free)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_any_order_of_messages_the_caller_is_sent_to_the_same(order: tuple[int, ...]) -> None:
    call = at_billing()
    router = told(call)
    call.assistant_says(TO_SALES).after(900).begins("ah").after(200).says("okay then").after(300)
    call.assistant_says("Bye for now.")
    for number in order:
        router.hears(call.facts[number])
    router.clock.advance(WAIT_MS)
    router.hears()
    sent = [one for one in router.control.commands if isinstance(one, Handoff)]
    assert [one.assistant for one in sent] == ["sales"]


def understood(call: History) -> list[Fact]:
    """The facts as they are written down: with what the assistants' words promise."""
    return [
        replace(fact, promises=POLICY.promises.made_in(fact.text, DEPARTMENTS))
        if isinstance(fact, UtteranceHeard) and fact.role == "assistant"
        else fact
        for fact in call.facts
    ]


def test_the_reason_is_told() -> None:
    call = at_billing().assistant_says(TO_SALES)
    state = conversation_state(understood(call), POLICY, DEPARTMENTS)
    assert (state.destination, state.reason) == ("sales", PROMISE)
