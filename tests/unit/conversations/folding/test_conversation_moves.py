"""Where a caller is and wants to be: changes of mind, handoffs, ends; order and repetition."""

from __future__ import annotations

import dataclasses

import pytest

from contact_center.conversations.domain.deciding.routing import next_actions
from contact_center.conversations.domain.facts import StatusChanged, in_order
from contact_center.conversations.domain.folding.conversation_state import ConversationState
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.conversations.histories import POLICY, History, departments

SURE = POLICY.route_confidence
SURER = POLICY.reroute_confidence


def understood(call: History) -> ConversationState:
    return conversation_state(call.facts, POLICY, departments())


@pytest.mark.parametrize(
    ("then", "destination"),
    [
        (History().says("sales", "sales", SURER), "sales"),
        (History().says("sales", "sales", SURER - 0.01), "billing"),
        (History().begins("sales", "sales").begins("sales please", "sales"), "billing"),
        (History().tool("sales"), "sales"),
        (History().presses("1"), "sales"),
    ],
)
def test_once_routed_only_what_is_surer_changes_it(then: History, destination: str) -> None:
    before = History().says("billing", "billing", 0.9)
    before.at_ms -= 60_000
    first = [dataclasses.replace(fact, at_ms=fact.at_ms - 60_000) for fact in before.facts]

    state = conversation_state([*first, *then.facts], POLICY, departments())

    assert state.destination == destination


def test_an_outbound_call_begins_with_a_specialist() -> None:
    call = History(direction="outbound").answered("sales")

    assert understood(call).destination == "sales"
    assert understood(call.says("a bill", "billing", SURE)).destination == "sales"
    assert understood(call.after(1).says("a bill!", "billing", SURER)).destination == "billing"


def test_our_own_handoff_has_arrived_when_its_assistant_starts() -> None:
    call = History().answered().says("billing", "billing")
    assert not understood(call).arrived

    state = understood(call.after(800).assistant("billing"))

    assert (state.location, state.arrived, state.moves) == ("billing", True, 0)


def test_a_handoff_by_the_model_itself_becomes_the_destination() -> None:
    state = understood(History().answered().vague().after(900).transferred("sales"))

    assert (state.destination, state.reason, state.arrived) == ("sales", "assistant", True)
    assert state.moves == 1


def test_the_echo_of_an_overtaken_handoff_does_not_change_the_destination() -> None:
    call = History().answered().says("billing", "billing").after(300)
    call.says("sales, sorry", "sales").after(400).assistant("billing")

    state = understood(call)
    assert (state.destination, state.location, state.arrived) == ("sales", "billing", False)

    assert understood(call.after(500).assistant("sales")).arrived


def test_echoes_of_two_overtaken_handoffs_are_told_apart_from_a_move() -> None:
    call = History().answered().says("billing", "billing").after(300)
    call.says("sales, sorry", "sales").after(300).says("no, it is broken", "support")
    for late in ("billing", "sales"):
        call.after(300).assistant(late)
        assert (understood(call).destination, understood(call).moves) == ("support", 0)


def test_a_model_and_we_moving_a_caller_at_once_do_not_fight() -> None:
    call = History().answered().says("billing", "billing").after(300).assistant("sales")
    call.after(300).assistant("billing")

    state = understood(call)

    assert (state.destination, state.arrived) == ("billing", True)
    assert next_actions(state, [], call.call_id, call.at_ms) == ()


def test_turning_back_while_still_there_is_not_arrived_while_a_handoff_is_under_way() -> None:
    call = History().answered("billing").says("sales", "sales").after(400)

    state = understood(call.says("no, billing", "billing"))

    assert (state.destination, state.location, state.arrived) == ("billing", "billing", False)


def test_a_caller_brought_back_to_the_router_is_asked_anew() -> None:
    call = History().answered().says("billing", "billing").after(500).assistant("billing")
    call.after(5000).assistant("router").after(900).vague()

    state = understood(call)

    assert (state.destination, state.location, state.clarifications) == (None, None, 1)


def test_a_transfer_report_without_a_destination_changes_nothing() -> None:
    call = History().answered().transferred()
    told = [dataclasses.replace(call.facts[-1], to_number=False)]  # type: ignore[call-arg]

    assert not conversation_state(told, POLICY, departments()).transfer_pending


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_the_end_of_the_call_is_known(direction: str) -> None:
    assert not understood(History().answered()).ended
    assert understood(History(direction=direction).status("ended")).ended  # type: ignore[arg-type]
    assert understood(History().ends()).ended


def test_d1_a_transcript_after_the_end_does_not_bring_the_call_back() -> None:
    state = understood(History().answered().ends().after(4000).says("billing", "billing"))

    assert state.ended


# --- Order and repetition --------------------------------------------------------------------


def test_a_fact_told_twice_is_one_fact() -> None:
    vague = History().vague().facts

    assert conversation_state([*vague, *vague], POLICY, departments()).clarifications == 1


def test_of_two_tellings_that_differ_the_same_one_stands_in_either_order() -> None:
    sure, unsure = (
        History().says("my bill", "billing", confidence).facts[0] for confidence in (0.9, 0.1)
    )

    assert in_order([sure, unsure]) == in_order([unsure, sure])


def test_at_one_millisecond_partials_come_before_the_final_and_stops_before_starts() -> None:
    words = History().says("my bill").begins("my").facts
    voice = History().starts_to_speak("customer").speech("customer", 0).facts

    assert in_order(words) == words[::-1]
    assert in_order(voice)[0].key.endswith("False")


def test_facts_of_two_calls_are_not_one_conversation() -> None:
    facts = [*History("call-a").says("a").facts, *History("call-b").says("b").facts]

    with pytest.raises(ValueError, match="one call"):
        conversation_state(facts, POLICY, departments())


def test_r1_two_calls_at_once_share_nothing() -> None:
    one = History("call-a").answered().says("my bill", "billing")
    other = History("call-b").answered().vague()

    assert understood(one).destination == "billing"
    assert understood(other).destination is None


def test_an_unknown_kind_of_status_is_not_the_end() -> None:
    odd = StatusChanged(call_id="c", at_ms=1, key="status:deletion-failed", status="odd")

    assert conversation_state([odd], POLICY, departments()) == ConversationState()
