"""What must happen elsewhere because of what a caller left: the fields that receivers take."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.effects.left_effects import effect_of_what_was_left
from contact_center.conversations.domain.facts import (
    INFORMATION,
    LEAD,
    DetailsLeft,
    MeetingBooked,
)
from contact_center.records.domain.effect_fields import check_told

if TYPE_CHECKING:
    from contact_center.records.domain.effects import Effect

MEETING = MeetingBooked(
    call_id="call-1",
    at_ms=1_796_047_200_000,
    key="meeting",
    starts_at_ms=1_796_137_200_000,
    ends_at_ms=1_796_139_000_000,
    details={"name": "Ada", "email": "ada@example.com"},
)
LEFT = DetailsLeft(
    call_id="call-1",
    at_ms=1_796_047_200_000,
    key="lead:0a",
    what=LEAD,
    details={"firstName": "Ada", "email": "ada@example.com", "interest": "prices"},
)
ASKED = replace(
    LEFT,
    key="information:0a",
    what=INFORMATION,
    details={"email": "ada@example.com", "topic": "prices"},
    agreed_at_ms=1_796_047_200_000,
)


def effect(fact: MeetingBooked | DetailsLeft, receiver: str = "hubspot") -> Effect:
    return effect_of_what_was_left(fact, customer="+14155550123", number=3, receiver=receiver)


@pytest.mark.parametrize(
    ("fact", "kind", "told"),
    [
        (
            MEETING,
            "task",
            {
                "title": "Meeting booked by telephone",
                "due_at_ms": 1_796_137_200_000,
                "body": "Name: Ada\nE-mail: ada@example.com",
            },
        ),
        (
            replace(MEETING, details={}),
            "task",
            {
                "title": "Meeting booked by telephone",
                "due_at_ms": 1_796_137_200_000,
                "body": "No details were left.",
            },
        ),
        (
            LEFT,
            "lead",
            {
                "said": "First name: Ada\nE-mail: ada@example.com\nInterest: prices",
                "first_name": "Ada",
                "email": "ada@example.com",
                "interest": "prices",
            },
        ),
        (
            ASKED,
            "subscribe",
            {"email": "ada@example.com", "topic": "prices", "agreed_at_ms": 1_796_047_200_000},
        ),
    ],
)
def test_a_fact_is_told_in_the_fields_of_its_kind(
    fact: MeetingBooked | DetailsLeft, kind: str, told: dict[str, object]
) -> None:
    made = effect(fact)
    check_told(made.kind, made.told)
    assert (made.kind, made.told) == (kind, told)
    assert (made.customer, made.number, made.call_id) == ("+14155550123", 3, "call-1")
    assert made.caused_at_ms == fact.at_ms


def test_an_effect_is_the_same_however_often_it_is_made_and_another_for_each_receiver() -> None:
    assert effect(LEFT) == effect(LEFT)
    facts = (LEFT, ASKED, MEETING, replace(LEFT, call_id="call-2"))
    ids = [effect(fact, to).effect_id for fact in facts for to in ("hubspot", "webhook:a")]
    assert len(set(ids)) == len(ids)
    assert all(len(one) <= 40 for one in ids)
