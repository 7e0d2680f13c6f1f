"""What a conversation is understood to be: every rule of DESIGN §6, one by one."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from contact_center.conversations.domain.facts import CallSeen
from contact_center.conversations.domain.folding.conversation_state import ConversationState
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, POLICY, History, departments

SURE = POLICY.route_confidence
UNSURE = POLICY.route_confidence - 0.01
SURELY = POLICY.partial_confidence


def understood(call: History, person_number: str | None = "+14155550177") -> ConversationState:
    return conversation_state(call.facts, POLICY, departments(person_number))


def test_nothing_said_is_nothing_known() -> None:
    assert conversation_state([], POLICY, departments()) == ConversationState()


def outbound() -> History:
    return History(direction="outbound").answered("sales")


# --- Finals, partials, tool, keypad ----------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "destination", "reason"),
    [
        (History().says("my bill", "billing", SURE), "billing", "final"),
        (History().says("my bill", "billing", UNSURE), None, "unknown"),
        (History().says("it is about Monty Python", "comedy", 1.0), None, "unknown"),
        (History().says("   ", "billing", 1.0), None, "unknown"),
        (History().assistant_says("Is it about billing?"), None, "unknown"),
        (History().tool("sales"), "sales", "tool"),
        (History().tool(None), None, "unknown"),
        (History().tool("undefined\n<b>specialist</b>"), None, "unknown"),
        (History().tool("person"), "person", "tool"),
        (History().says("my bill", "billing", UNSURE).after(900).tool(None), None, "unknown"),
        (History().says("my bill", "billing", SURE).after(900).tool(None), "billing", "final"),
        (
            History()
            .tool("sales")
            .after(900)
            .says("my bill", "billing", 0.99)
            .after(900)
            .tool(None),
            "billing",
            "final",
        ),
        (History().presses("3"), "billing", "keypad"),
        (History().presses("3#"), "billing", "keypad"),
        (History().presses("0"), "person", "keypad"),
        (History().presses("9"), None, "unknown"),
        (History().presses("4155550123"), None, "unknown"),
        (History().says("a human", wants_person=True), "person", "final"),
        (History().says("a human", "person", SURE), "person", "final"),
        (History().says("a human", "person", UNSURE), None, "unknown"),
    ],
)
def test_what_establishes_a_destination(
    call: History, destination: str | None, reason: str
) -> None:
    state = understood(call)

    assert (state.destination, state.reason) == (destination, reason)


DANGER = "My husband is not breathing, I need an ambulance"


def test_who_says_that_a_life_is_in_danger_is_asked_nothing_and_brought_nowhere() -> None:
    call = History().answered()
    for _ in range(POLICY.max_clarifications + 1):
        call = call.says(DANGER, "support", 1.0).after(3_000)
    state = understood(call)
    assert state.in_danger
    assert (state.destination, state.clarifications) == (None, 0)


def test_who_wants_a_person_in_danger_gets_one() -> None:
    state = understood(History().says(DANGER, "person", 1.0, wants_person=True))
    assert (state.in_danger, state.destination) == (True, "person")


def test_what_is_wished_after_the_danger_counts() -> None:
    state = understood(History().says(DANGER).after(60_000).says("my bill", "billing", SURE))
    assert (state.in_danger, state.destination) == (True, "billing")


def test_words_still_being_spoken_of_a_danger_move_nobody() -> None:
    call = History().begins(DANGER, "support", 1.0).after(300)
    call = call.begins(f"{DANGER} please", "support", 1.0)
    assert understood(call).destination is None
    bill = History().begins("it is all about my bill", "billing", 1.0).after(300)
    assert understood(bill.begins("it is all about my last bill", "billing", 1.0)).destination


def test_where_danger_is_the_business_such_words_are_words_like_any() -> None:
    texts = dataclasses.replace(POLICY.texts, emergency="")
    policy = dataclasses.replace(POLICY, texts=texts)
    state = conversation_state(History().says(DANGER, "support", 1.0).facts, policy, departments())
    assert (state.in_danger, state.destination) == (False, "support")


@pytest.mark.parametrize(
    "sound", ["[coughing]", "(baby crying)", "um", "Uh huh.", "Mm-hmm", "Hm..."]
)
def test_who_has_a_cough_or_thinks_is_asked_nothing_and_brought_nowhere(sound: str) -> None:
    call = History().answered()
    for _ in range(POLICY.max_clarifications + 1):
        call = call.says(sound).after(3_000)
    state = understood(call)
    assert (state.destination, state.clarifications) == (None, 0)


@pytest.mark.parametrize("words", ["hello?", "yes", "well, you see"])
def test_words_that_ask_for_nothing_are_asked_about(words: str) -> None:
    assert understood(History().says(words)).clarifications == 1


def test_a_tool_that_names_nowhere_asks_again_for_what_was_heard_and_refused() -> None:
    asked = History().says("my bill", "billing", SURE)
    again = asked.after(9_000).tool(None)
    state = conversation_state(again.facts, POLICY, departments(), refused=[("billing", 1)])
    assert (state.destination, state.wish) == ("billing", 2)


def test_intent_and_its_confidence_are_kept() -> None:
    state = understood(History().says("my bill", "billing", 0.83))

    assert (state.intent, state.confidence) == ("billing", 0.83)


@pytest.mark.parametrize(
    ("first", "second", "destination"),
    [
        (("my bill", "billing", SURELY), ("my bill is", "billing", SURELY), "billing"),
        (("my bill", "billing", SURELY), ("my bill", "billing", SURELY), None),
        (("my bill", "billing", SURELY), ("My bill.", "billing", SURELY), None),
        (("my bill", "billing", SURELY), ("my bill is", "billing", SURELY - 0.01), None),
        (("my bill", "billing", SURELY), ("my bill, no, sales", "sales", SURELY), None),
        (("a person", "person", SURELY), ("a person please", "person", SURELY), "person"),
        (("a person", "person", SURELY), ("a person pl", "person", SURELY - 0.01), None),
    ],
)
def test_two_partials_must_agree_in_different_words(
    first: tuple[str, str, float], second: tuple[str, str, float], destination: str | None
) -> None:
    call = History().begins(*first).after(200).begins(*second)

    assert understood(call).destination == destination


def test_a_partial_that_means_nothing_does_not_break_agreement() -> None:
    call = History().begins("bill", "billing").after(100).begins("bill erm").after(100)

    assert understood(call.begins("bill erm my bill", "billing")).destination == "billing"


def test_a_contradiction_starts_the_agreement_anew() -> None:
    call = History().begins("bill", "billing").after(100).begins("bill sales", "sales")
    call.after(100).begins("bill sales bill", "billing")

    assert understood(call).destination is None


def test_partials_of_two_utterances_do_not_agree() -> None:
    call = History().begins("bill", "billing").after(200).says("bill me up, Scotty").after(900)

    assert understood(call.begins("what a bill", "billing")).destination is None


def test_k4_partial_billing_corrected_by_the_final_is_not_routed_to_billing() -> None:
    call = History().begins("billing", "billing", 0.99).after(300).says("billy joel tickets")

    state = understood(call)

    assert (state.destination, state.clarifications) == (None, 1)


def test_a_sure_final_overrules_partials_of_its_own_utterance() -> None:
    call = History().begins("billing", "billing").after(100).begins("billing wait", "billing")
    call.after(300).says("billing, wait, technical support", "support", SURE)

    assert understood(call).destination == "support"


def test_a_final_that_says_nothing_leaves_agreed_partials_standing_and_is_not_vague() -> None:
    call = History().begins("bill", "billing").after(100).begins("my bill", "billing").after(300)

    state = understood(call.says("my Bill Withers record"))

    assert (state.destination, state.clarifications) == ("billing", 0)


def test_the_tool_is_final_for_the_utterance_too() -> None:
    call = History().tool("sales").after(100).begins("bill", "billing").after(100)

    assert understood(call.begins("my bill", "billing")).destination == "sales"


def test_k1_the_words_alone_decide_nothing() -> None:
    call = History().says("this is not about billing, I want to buy", "sales", 0.8)

    assert understood(call).destination == "sales"


# --- A person --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        History().says("a person", wants_person=True).after(900).says("billing", "billing", 1.0),
        History().says("billing", "billing", 1.0).after(900).says("a person", wants_person=True),
        History().says("a person", wants_person=True).after(900).tool("sales"),
        History().says("a person", wants_person=True).after(900).presses("1"),
        History().says("a person", wants_person=True).after(900).assistant("sales"),
        History().says("a person about billing", "billing", 1.0, wants_person=True),
        History().vague().vague().after(1).vague().after(1).says("a person", wants_person=True),
        History().says("a person", "person", 0.0, wants_person=True),  # it need not be sure
    ],
)
def test_a_person_please_always_wins(call: History) -> None:
    assert understood(call).destination == "person"


def test_partials_that_ask_for_a_person_are_overruled_by_their_own_final_only() -> None:
    call = History().begins("a person", wants_person=True).after(100)
    call.begins("a person from", wants_person=True).after(400)

    assert understood(call).destination == "person"
    call.says("a person from billing wrote to me", "billing", SURE)
    assert understood(call).destination == "billing"


def test_the_bound_on_partials_is_on_wishes_for_a_person_too() -> None:
    call = History().begins("a person", "person", SURELY - 0.01, wants_person=True).after(100)
    call.begins("a person from", "person", SURELY - 0.01, wants_person=True).after(400)

    assert understood(call).destination is None


def test_partials_that_ask_for_a_person_stand_when_the_final_says_nothing() -> None:
    call = History().begins("a person", wants_person=True).after(100)
    call.begins("a person pl", wants_person=True).after(400).says("a Persian plea").after(900)

    assert understood(call.says("billing", "billing", 1.0)).destination == "person"


def test_without_a_persons_number_the_wish_is_known_and_routing_goes_on() -> None:
    call = History().says("a person", wants_person=True).after(900)
    call.says("billing then", "billing", 0.9)

    state = understood(call, person_number=None)

    assert (state.destination, state.person_missing) == ("billing", True)


def test_without_a_persons_number_partials_wait_for_the_final() -> None:
    call = History().begins("a person", wants_person=True).after(100)
    call.begins("a person from", wants_person=True).after(400)

    assert not understood(call, person_number=None).person_missing


def test_three_counted_interruptions_want_a_person() -> None:
    call = History()
    for _ in range(2):
        call.interrupts().after(3001)
    assert understood(call).destination is None

    state = understood(call.interrupts())

    assert (state.destination, state.reason) == ("person", "interruptions")
    assert understood(call, person_number=None).person_missing


# --- Vague callers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vague", "clarifications", "destination"),
    [(0, 0, None), (1, 1, None), (2, 2, None), (3, 2, "support"), (4, 2, "support")],
)
def test_vague_twice_is_asked_then_the_default_department(
    vague: int, clarifications: int, destination: str | None
) -> None:
    call = History().answered()
    for _ in range(vague):
        call.vague().after(5000)

    state = understood(call)

    assert (state.clarifications, state.destination) == (clarifications, destination)
    assert state.intent is None


def test_an_owner_may_do_without_questions() -> None:
    policy = dataclasses.replace(POLICY, max_clarifications=0)

    state = conversation_state(History().vague().facts, policy, departments())

    assert (state.clarifications, state.destination) == (0, "support")


def test_words_that_mean_two_things_weakly_are_vague() -> None:
    assert understood(History().says("the bill is broken", "billing", UNSURE)).clarifications == 1


@pytest.mark.parametrize(
    "call",
    [
        History().begins("well"),
        History().says("").says(" \n"),
        History().answered("support").vague(),
        History().answered().tool("sales").after(500).vague(),
        History().answered().transferred().after(500).vague(),
        History().answered().status("forwarding").after(500).vague(),
        History(direction="outbound").answered("greeter").vague(),
    ],
)
def test_only_whole_words_to_the_router_can_be_vague(call: History) -> None:
    assert understood(call).clarifications == 0


def test_after_a_transfer_came_back_the_router_asks_again() -> None:
    call = History().answered().transferred().after(9000).assistant("router").after(900).vague()

    state = understood(call)

    assert (state.transfer_pending, state.clarifications) == (False, 1)


# --- No more calls ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "how"),
    [
        (outbound().says("Please stop calling me."), "words"),
        (outbound().says("stop calling"), "words"),
        (outbound().presses("9"), "key"),
        (outbound().presses("9#"), "key"),
        (outbound().presses("99"), "key"),
        (outbound().uses("stopCalling"), "tool"),
        (outbound().presses("9").after(100).says("stop calling me"), "key"),  # the first word
        (outbound().begins("stop calling"), None),  # not the whole of what is being said
        (outbound().says("I am not interested"), None),
        (outbound().says("don't call me before noon"), None),
        (outbound().presses("19"), None),
        (outbound().assistant_says("Say stop calling or press 9."), None),
        (History().answered().says("take me off your calling list"), "words"),
        (outbound().says("Stop."), "words"),
        (History().answered().says("Stop."), None),  # it may mean anything in a caller's mouth
        (outbound().says("stop, wait, I want to book"), None),
        (outbound().says("I do not want to stop the calls"), None),
        (History().answered().presses("9"), None),  # our own key only where it was offered
    ],
)
def test_how_a_customer_says_so(call: History, how: str | None) -> None:
    assert conversation_state(call.facts, POLICY, departments()).opt_out == how


@pytest.mark.parametrize(
    ("context", "known", "ours"),
    [
        ({}, False, False),
        ({"direction": "inbound"}, False, False),
        ({"direction": "outbound"}, False, True),
        ({"customer_number": "+14155550123"}, True, False),
        ({"attempt_id": "0123456789abcdef0123456789abcdef.1"}, True, True),
    ],
)
def test_whose_telephone_it_is_and_who_called(
    context: dict[str, Any], *, known: bool, ours: bool
) -> None:
    seen = CallSeen(call_id=CALL_ID, at_ms=BEGAN_MS, key="seen", **context)

    state = conversation_state([seen], POLICY, departments())

    assert (state.customer_known, state.outbound) == (known, ours)


def test_on_a_call_of_ours_other_keys_mean_departments_still() -> None:
    state = conversation_state(outbound().presses("3").facts, POLICY, departments())

    assert (state.destination, state.opt_out, state.outbound) == ("billing", None, True)


def test_a_caller_who_wants_no_calls_is_served_all_the_same() -> None:
    call = History().answered().says("never call me again, and fix my bill", "billing", 0.9)

    state = conversation_state(call.facts, POLICY, departments())

    assert (state.opt_out, state.destination, state.outbound) == ("words", "billing", False)
