"""What is decided in every state, once, and how each decision is carried out."""

from __future__ import annotations

import dataclasses

import pytest

from contact_center.conversations.domain.deciding.call_commands import Transfer
from contact_center.conversations.domain.deciding.carrying_out import command_for
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision, next_actions
from contact_center.conversations.domain.folding.conversation_state import ConversationState
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.conversations.histories import (
    CALL_ID,
    PERSON_NUMBER,
    POLICY,
    History,
    departments,
)
from tests.unit.conversations.real_calls import CALLS

NOW_MS = 1_787_266_900_000


def decision(kind: ActionKind, desire: str, department: str | None = None) -> Decision:
    return Decision(
        call_id=CALL_ID,
        number=1,
        kind=kind,
        department=department,
        turn=0,
        reason="final",
        decided_at_ms=NOW_MS,
        desire=desire,
    )


TO_BILLING = decision(ActionKind.ROUTE, "go-billing:0", "billing")
TO_SALES = decision(ActionKind.ROUTE, "go-sales:0", "sales")
TO_DEFAULT = decision(ActionKind.DEFAULT, "go-support:0", "support")
TO_PERSON = decision(ActionKind.TO_PERSON, "go-person:0", "person")
NOBODY_FREE = decision(ActionKind.TO_PERSON, "nobody-free:1")
ASKED_ONCE = decision(ActionKind.CLARIFY, "clarify:1")
ASKED_TWICE = decision(ActionKind.CLARIFY, "clarify:2")
SIMPLIFIED = decision(ActionKind.SIMPLIFY, "simplify:1")
GOODBYE = decision(ActionKind.STOP_CALLING, "stop-calling:1")

NEW = ConversationState()
VAGUE = ConversationState(clarifications=1)
VAGUE_TWICE = ConversationState(clarifications=2)
BILLING = ConversationState(destination="billing", reason="final")
SALES = ConversationState(destination="sales", reason="tool")
LOST = ConversationState(destination="support", reason="default", clarifications=2)
PERSON = ConversationState(destination="person", reason="final")
FLUSTERED = ConversationState(mode="simplified")
UNREACHED = ConversationState(person_missing=True)
STOPPED = ConversationState(outbound=True, opt_out="words", customer_known=True)
HIDDEN = ConversationState(opt_out="words")
IN_DANGER = ConversationState(in_danger=True)
TOLD_WHOM_TO_DIAL = decision(ActionKind.EMERGENCY, "emergency:1")
ASKED_FOR_NUMBER = decision(ActionKind.NUMBER_NEEDED, "number-needed:1")


def with_(state: ConversationState, **known: object) -> ConversationState:
    return dataclasses.replace(state, **known)  # type: ignore[arg-type]


def decided(state: ConversationState, *committed: Decision) -> tuple[Decision, ...]:
    numbered = [dataclasses.replace(d, number=n) for n, d in enumerate(committed, start=1)]
    return next_actions(state, numbered, CALL_ID, NOW_MS)


@pytest.mark.parametrize(
    ("state", "committed", "desires"),
    [
        (NEW, [], []),
        # clarify: each question once, the latest due, to a caller who is going nowhere
        (VAGUE, [], ["clarify:1"]),
        (VAGUE, [ASKED_ONCE], []),
        (VAGUE_TWICE, [], ["clarify:2"]),
        (VAGUE_TWICE, [ASKED_ONCE], ["clarify:2"]),
        (VAGUE, [ASKED_TWICE], []),
        (VAGUE, [TO_BILLING], []),
        (with_(VAGUE, moves=1), [TO_BILLING], ["clarify:1"]),
        (with_(VAGUE, ended=True), [], []),
        # route: unless there, or last sent there
        (BILLING, [], ["go-billing:0"]),
        (BILLING, [TO_BILLING], []),
        (BILLING, [TO_BILLING, TO_SALES], ["go-billing:0"]),
        (BILLING, [TO_SALES, TO_BILLING], []),
        (with_(BILLING, location="billing", arrived=True), [], []),
        (with_(BILLING, location="billing", arrived=True), [TO_SALES], []),
        (with_(BILLING, location="billing"), [TO_SALES], ["go-billing:0"]),
        (with_(BILLING, moves=1), [TO_BILLING], ["go-billing:1"]),
        (with_(BILLING, clarifications=2), [ASKED_ONCE], ["go-billing:0"]),
        (with_(BILLING, ended=True), [], []),
        # default: as a route
        (LOST, [ASKED_ONCE, ASKED_TWICE], ["go-support:0"]),
        (LOST, [ASKED_ONCE, ASKED_TWICE, TO_DEFAULT], []),
        (LOST, [TO_BILLING], ["go-support:0"]),
        # a person: before everything
        (PERSON, [], ["go-person:0"]),
        (PERSON, [TO_BILLING], ["go-person:0"]),
        (PERSON, [TO_PERSON], []),
        (with_(PERSON, mode="simplified", clarifications=2), [], ["go-person:0"]),
        (with_(PERSON, ended=True), [], []),
        # nobody to be reached: said once, and routing goes on
        (UNREACHED, [], ["nobody-free:1"]),
        (UNREACHED, [NOBODY_FREE], []),
        (UNREACHED, [ASKED_ONCE], ["nobody-free:1"]),
        (with_(UNREACHED, destination="sales"), [NOBODY_FREE], ["go-sales:0"]),
        (with_(UNREACHED, destination="sales"), [], ["go-sales:0", "nobody-free:1"]),
        (with_(UNREACHED, clarifications=1), [NOBODY_FREE], ["clarify:1"]),
        # whoever we called and who wants no more calls: goodbye, once, and nothing else
        (STOPPED, [], ["stop-calling:1"]),
        (STOPPED, [GOODBYE], []),
        (with_(STOPPED, destination="sales", clarifications=1), [], ["stop-calling:1"]),
        (with_(STOPPED, person_missing=True), [ASKED_ONCE, TO_BILLING], ["stop-calling:1"]),
        (with_(STOPPED, destination="sales", mode="simplified"), [GOODBYE], []),
        (with_(STOPPED, ended=True), [], []),
        # whoever called us goes on, whatever they want of later calls
        (with_(STOPPED, outbound=False), [], []),
        (with_(STOPPED, outbound=False, destination="sales"), [], ["go-sales:0"]),
        # nobody knows whose telephone it is: that is said, once, and the call goes on
        (HIDDEN, [], ["number-needed:1"]),
        (HIDDEN, [ASKED_FOR_NUMBER], []),
        (with_(HIDDEN, destination="sales"), [], ["number-needed:1", "go-sales:0"]),
        (with_(HIDDEN, outbound=True), [], ["number-needed:1"]),
        (with_(HIDDEN, opt_out="tool"), [], []),  # the assistant is told, and says it
        (with_(HIDDEN, ended=True), [], []),
        # ... and when it is known after all
        (STOPPED, [ASKED_FOR_NUMBER], ["stop-calling:1"]),
        # in danger: once, before all else
        (with_(IN_DANGER, destination="person"), [], ["emergency:1", "go-person:0"]),
        (IN_DANGER, [TOLD_WHOM_TO_DIAL], []),
        (with_(IN_DANGER, ended=True), [], []),
        # simplify: once, beside whatever else is due
        (FLUSTERED, [], ["simplify:1"]),
        (FLUSTERED, [SIMPLIFIED], []),
        (with_(FLUSTERED, clarifications=1), [], ["simplify:1", "clarify:1"]),
        (with_(FLUSTERED, destination="sales"), [], ["go-sales:0", "simplify:1"]),
        (with_(FLUSTERED, destination="sales"), [SIMPLIFIED], ["go-sales:0"]),
        (with_(FLUSTERED, ended=True), [], []),
    ],
)
def test_what_is_decided(
    state: ConversationState, committed: list[Decision], desires: list[str]
) -> None:
    assert [d.desire for d in decided(state, *committed)] == desires


@pytest.mark.parametrize(
    ("state", "kind", "department", "reason"),
    [
        (BILLING, ActionKind.ROUTE, "billing", "final"),
        (SALES, ActionKind.ROUTE, "sales", "tool"),
        (LOST, ActionKind.DEFAULT, "support", "default"),
        (PERSON, ActionKind.TO_PERSON, "person", "final"),
        (UNREACHED, ActionKind.TO_PERSON, None, "nobody_free"),
        (FLUSTERED, ActionKind.SIMPLIFY, None, "rapid"),
        (VAGUE, ActionKind.CLARIFY, None, "vague"),
        (STOPPED, ActionKind.STOP_CALLING, None, "words"),
        (HIDDEN, ActionKind.NUMBER_NEEDED, None, "words"),
        (IN_DANGER, ActionKind.EMERGENCY, None, "words"),
    ],
)
def test_every_kind_of_action(
    state: ConversationState, kind: ActionKind, department: str | None, reason: str
) -> None:
    (one,) = decided(with_(state, turn=4))

    assert (one.kind, one.department, one.reason, one.turn) == (kind, department, reason, 4)
    assert (one.call_id, one.number, one.decided_at_ms) == (CALL_ID, 1, NOW_MS)


def test_numbers_go_on_from_the_greatest_committed() -> None:
    committed = [dataclasses.replace(ASKED_ONCE, number=7)]

    new = next_actions(with_(FLUSTERED, destination="sales"), committed, CALL_ID, NOW_MS)

    assert [d.number for d in new] == [8, 9]


def test_the_order_of_committed_decisions_does_not_matter() -> None:
    to_sales = dataclasses.replace(TO_SALES, number=2)

    assert next_actions(SALES, [to_sales, TO_BILLING], CALL_ID, NOW_MS) == ()


def test_a_person_asked_for_and_not_sent_to_yet_waits_for_nothing() -> None:
    call = History().answered().vague().vague().after(1).says("a person!", wants_person=True)

    (one,) = decided(conversation_state(call.facts, POLICY, departments()))

    assert one.kind is ActionKind.TO_PERSON


# --- Whole calls -----------------------------------------------------------------------------

EXPECTED: dict[str, list[str]] = {
    "clear_intent": ["route billing"],
    "clear_intent_by_number_only": ["route legal"],
    "vague_three_times": ["clarify", "clarify", "default support"],
    "vague_twice_then_drops": ["clarify", "clarify"],
    "changes_mind": ["route billing", "route sales", "route billing"],
    "tutorial_event_log": ["route retention"],
    "rapid_interruptions": ["simplify", "route support"],
    "three_interruptions": ["clarify", "clarify", "to_person person"],
    "interruptions_without_vapis_word": ["to_person person"],
    "background_noise": [],
    "asks_for_a_person": ["route billing", "to_person person"],
    "asked_back_says_yes": ["ask_person", "to_person person"],
    "asked_back_says_no": ["ask_person", "clarify", "route billing"],
    "partial_corrected": ["clarify"],
    "self_correction": ["route billing", "route support"],
    "keypad_and_tool": ["route sales", "route billing"],
    "moved_by_the_model": ["clarify", "route billing"],
    "outbound": ["route billing"],
    "outbound_opt_out": ["route billing", "stop_calling"],
    "inbound_opt_out": ["clarify", "route billing"],
}


def told_one_by_one(call: History, person_number: str | None = PERSON_NUMBER) -> list[Decision]:
    committed: list[Decision] = []
    for known in range(1, len(call.facts) + 1):
        state = conversation_state(call.facts[:known], POLICY, departments(person_number))
        committed += next_actions(state, committed, CALL_ID, NOW_MS)
    return committed


@pytest.mark.parametrize("name", CALLS)
def test_a_whole_call_is_handled_as_it_should(name: str) -> None:
    committed = told_one_by_one(CALLS[name]())

    assert [f"{d.kind} {d.department or ''}".strip() for d in committed] == EXPECTED[name]
    assert [d.number for d in committed] == list(range(1, len(committed) + 1))


def test_i3_an_interrupting_caller_is_really_transferred() -> None:
    *_, last = told_one_by_one(CALLS["three_interruptions"]())

    assert isinstance(command_for(last, departments(), POLICY), Transfer)


def test_k2_no_intent_known_and_a_hostile_tool_transfers_nobody() -> None:
    call = History().answered().tool("undefined").after(50).tool("<script>\nbilling</script>")

    assert told_one_by_one(call) == []


def test_d1_after_the_end_nothing_is_done() -> None:
    call = History().answered().ends().after(900).says("billing", "billing", 1.0).vague()

    assert told_one_by_one(call) == []


def test_without_a_person_the_caller_is_told_once_and_still_routed() -> None:
    call = History().answered().says("a person", wants_person=True).after(4000)
    call.says("a person!", wants_person=True).after(4000).says("billing then", "billing")

    committed = told_one_by_one(call, person_number=None)

    assert [(d.kind, d.department) for d in committed] == [
        (ActionKind.TO_PERSON, None),
        (ActionKind.ROUTE, "billing"),
    ]


def test_a_caller_moved_away_by_the_model_and_asking_again_is_sent_again() -> None:
    call = History().answered().says("billing", "billing").after(900).assistant("billing")
    call.after(5000).transferred("sales").after(2000).says("no, billing!", "billing")

    assert [d.desire for d in told_one_by_one(call)] == ["go-billing:0", "go-billing:1"]
