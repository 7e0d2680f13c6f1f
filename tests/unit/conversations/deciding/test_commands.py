"""How each decision is carried out: one command, never silence."""

from __future__ import annotations

import dataclasses

import pytest

from contact_center.conversations.domain.deciding.call_commands import (
    Handoff,
    Instruct,
    Say,
    Transfer,
)
from contact_center.conversations.domain.deciding.carrying_out import command_for
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.departments import Department
from tests.unit.conversations.histories import (
    CALL_ID,
    LEGAL_NUMBER,
    PERSON_NUMBER,
    POLICY,
    departments,
)

NOBODY = departments(person_number=None)


def decision(
    kind: ActionKind, desire: str, department: str | None = None, *, simplified: bool = False
) -> Decision:
    return Decision(
        call_id=CALL_ID,
        number=1,
        kind=kind,
        department=department,
        turn=0,
        reason="final",
        decided_at_ms=1_787_266_900_000,
        desire=desire,
        simplified=simplified,
    )


TO_BILLING = decision(ActionKind.ROUTE, "go-billing:0", "billing")
TO_DEFAULT = decision(ActionKind.DEFAULT, "go-support:0", "support")
TO_PERSON = decision(ActionKind.TO_PERSON, "go-person:0", "person")
NOBODY_FREE = decision(ActionKind.TO_PERSON, "nobody-free:1")
ASKED_ONCE = decision(ActionKind.CLARIFY, "clarify:1")
SIMPLIFIED = decision(ActionKind.SIMPLIFY, "simplify:1")


@pytest.mark.parametrize("simplified", [False, True])
@pytest.mark.parametrize(
    ("on_list", "goodbye"),
    [
        (True, "All right. We will not call you again. Goodbye."),
        (False, "All right. Goodbye."),  # nothing is promised that is not stored
    ],
)
def test_who_wants_no_more_calls_hears_a_short_goodbye_and_the_call_ends(
    simplified: bool,  # noqa: FBT001
    on_list: bool,  # noqa: FBT001
    goodbye: str,
) -> None:
    told = decision(ActionKind.STOP_CALLING, "stop-calling:1", simplified=simplified)

    command = command_for(told, departments(), POLICY, on_list=on_list)

    assert command == Say(goodbye, end_call_after=True)


@pytest.mark.parametrize("simplified", [False, True])
def test_whose_number_nobody_knows_is_told_that_it_is_needed(
    simplified: bool,  # noqa: FBT001
) -> None:
    told = decision(ActionKind.NUMBER_NEEDED, "number-needed:1", simplified=simplified)

    command = command_for(told, departments(), POLICY)

    assert isinstance(command, Say)
    assert "your number" in command.content
    assert "will not call" not in command.content
    assert not command.end_call_after


@pytest.mark.parametrize("simplified", [False, True])
def test_who_is_in_danger_is_told_whom_to_dial(simplified: bool) -> None:  # noqa: FBT001
    told = decision(ActionKind.EMERGENCY, "emergency:1", simplified=simplified)
    texts = POLICY.simplified_texts if simplified else POLICY.texts

    assert command_for(told, departments(), POLICY) == Say(texts.emergency)
    assert "dial 9 1 1." in texts.emergency


@pytest.mark.parametrize("simplified", [False, True])
def test_a_department_with_an_assistant_is_a_handoff(simplified: bool) -> None:  # noqa: FBT001
    told = dataclasses.replace(TO_BILLING, simplified=simplified)

    command = command_for(told, departments(), POLICY)

    texts = POLICY.simplified_texts if simplified else POLICY.texts
    assert command == Handoff("billing", texts.route.format(department="billing"))


def test_the_default_department_is_named_as_it_is_spoken_of() -> None:
    command = command_for(TO_DEFAULT, departments(), POLICY)

    assert isinstance(command, Handoff)
    assert command.assistant == "support"
    assert "technical support" in command.content
    assert command.content != POLICY.texts.route.format(department="technical support")


def test_a_department_of_people_is_a_transfer() -> None:
    told = decision(ActionKind.ROUTE, "go-legal:0", "legal")

    command = command_for(told, departments(), POLICY)

    assert command == Transfer(LEGAL_NUMBER, POLICY.texts.route.format(department="the legal team"))


@pytest.mark.parametrize("department", ["closed", "no such department", None])
def test_a_department_that_nobody_serves_is_answered_not_silent(department: str | None) -> None:
    closed = Department(key="closed", name="closed", description="")
    known = dataclasses.replace(departments(), by_key={"closed": closed})

    command = command_for(decision(ActionKind.ROUTE, "go-closed:0", department), known, POLICY)

    assert command == Say(POLICY.texts.nobody_free)


def test_a_person_is_a_transfer_to_the_persons_number() -> None:
    assert command_for(TO_PERSON, departments(), POLICY) == Transfer(
        PERSON_NUMBER, POLICY.texts.person
    )


@pytest.mark.parametrize("told", [TO_PERSON, NOBODY_FREE])
def test_without_a_persons_number_the_caller_is_offered_to_leave_a_message(told: Decision) -> None:
    command = command_for(told, NOBODY, POLICY)

    assert command == Say(POLICY.texts.nobody_free, end_call_after=False)
    assert "take a message" in command.content


def test_simplifying_tells_the_assistant_and_says_nothing() -> None:
    assert command_for(SIMPLIFIED, departments(), POLICY) == Instruct(POLICY.simplify_instruction)


def test_the_two_questions_differ_and_name_every_department() -> None:
    said = [
        command_for(
            decision(ActionKind.CLARIFY, f"clarify:{n}", simplified=s), departments(), POLICY
        )
        for s in (False, True)
        for n in (1, 2)
    ]

    assert len({command.content for command in said if isinstance(command, Say)}) == 4
    for command in said:
        assert isinstance(command, Say)
        assert (
            "sales, technical support, billing, account changes or the legal team"
            in command.content
        )


def test_a_house_of_one_department_names_just_that() -> None:
    alone = dataclasses.replace(
        departments(), by_key={"sales": departments().by_key["sales"]}, default="sales"
    )

    command = command_for(ASKED_ONCE, alone, POLICY)

    assert isinstance(command, Say)
    assert command.content.endswith("about sales?")
