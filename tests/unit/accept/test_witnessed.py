"""What Vapi saw of a call and what we recorded of it, as a row of the figures."""

from __future__ import annotations

from typing import Any

import pytest

from local.demo.figures import NOWHERE, figures
from local.vapi.scripts.callers_format import Caller, Expects
from tools.accept.witnessed import disagreeing, outcome_of

type Json = dict[str, Any]

DEPARTMENTS = {"sales": "sales", "billing": "billing", "support": "helpdesk"}
RANG = "2026-11-29T12:00:00.000Z"
RANG_MS = 1795953600000


def at(seconds: float) -> str:
    return f"2026-11-29T12:00:{seconds:06.3f}Z"


def seen(*activated: str, transfers: tuple[str, ...] = (), spoke_ms: int | None = 1500) -> Json:
    bot = [] if spoke_ms is None else [{"role": "bot", "time": RANG_MS + spoke_ms}]
    return {
        "id": "call-1",
        "status": "ended",
        "createdAt": RANG,
        "artifact": {
            "messages": [{"role": "system", "time": RANG_MS + 1}, *bot],
            "assistantActivations": [{"assistantName": name} for name in activated],
            "transfers": [{"status": status} for status in transfers],
        },
    }


def decision(kind: str, department: str, outcome: str = "sent", acted: float = 9.0) -> Json:
    told = {"what": "Decision", "kind": kind, "department": department, "outcome": outcome}
    return {**told, "at": at(8), "actedAt": at(acted)}


def ours(destination: str | None, *timeline: Json) -> Json:
    return {"status": "ended", "destination": destination, "timeline": list(timeline)}


def caller(destination: str) -> Caller:
    return Caller(
        name="Ada",
        file="a.toml",
        number="+14155550131",
        expects=Expects(destination=destination),
        steps=(),
    )


ROUTED = decision("route", "billing")
TO_PERSON = decision("to_person", "person")
MET = {"what": "PersonMet", "at": at(9)}
CASES: dict[str, tuple[str, Json, Json, tuple[str, int, int]]] = {
    "reached": ("billing", seen("router", "billing"), ours("billing", ROUTED), ("billing", 1, 1)),
    "named otherwise": (
        "support",
        seen("router", "helpdesk"),
        ours("support", decision("default", "support")),
        ("support", 1, 1),
    ),
    "a handoff that came to nothing": (
        "billing",
        seen("router"),
        ours(None, ROUTED),
        (NOWHERE, 1, 0),
    ),
    "a handoff that was refused, then taken": (
        "billing",
        seen("router", "billing"),
        ours("billing", decision("route", "billing", "refused"), ROUTED),
        ("billing", 2, 1),
    ),
    "one that we dropped ourselves": (
        "billing",
        seen("router", "billing"),
        ours("billing", decision("route", "sales", "dropped"), ROUTED),
        ("billing", 1, 1),
    ),
    "questions are no transfers": (
        "billing",
        seen("router", "billing"),
        ours("billing", decision("clarify", ""), ROUTED),
        ("billing", 1, 1),
    ),
    "on to another": (
        "sales",
        seen("router", "billing", "sales"),
        ours("sales", ROUTED, decision("route", "sales")),
        ("sales", 2, 2),
    ),
    "a person, as Vapi says": (
        "person",
        seen("router", transfers=("connected",)),
        ours("person", TO_PERSON),
        ("person", 1, 1),
    ),
    "a person who never picked up": (
        "person",
        seen("router", transfers=("no-answer",)),
        ours(None, TO_PERSON),
        (NOWHERE, 1, 0),
    ),
    "a person at our own number": (
        "person",
        seen("router"),
        ours("person", TO_PERSON, MET),
        ("person", 1, 1),
    ),
    "nobody at all": ("billing", seen(), ours(None), (NOWHERE, 0, 0)),
}


@pytest.mark.parametrize("name", CASES)
def test_where_a_call_went_and_what_was_tried(name: str) -> None:
    expected, by_vapi, by_us, (went_to, tried, made) = CASES[name]
    outcome = outcome_of(caller(expected), by_vapi, by_us, DEPARTMENTS)

    assert outcome.went_to == went_to
    assert (outcome.transfers_tried, outcome.transfers_made) == (tried, made)
    assert outcome.understood == (went_to == expected)
    assert disagreeing([outcome]) == []


def test_times() -> None:
    words = {"what": "UtteranceHeard", "role": "customer", "at": at(7.5)}
    answer = {"what": "UtteranceHeard", "role": "assistant", "at": at(7.9)}
    record = ours("billing", words, answer, ROUTED)
    outcome = outcome_of(caller("billing"), seen("router", "billing"), record, DEPARTMENTS)
    assert outcome.answer_ms == 1500.0
    assert outcome.decision_ms == (1500.0,)


def test_a_call_that_nobody_answered_has_no_time_and_fails_the_figure() -> None:
    outcome = outcome_of(caller("billing"), seen(spoke_ms=None), ours(None), DEPARTMENTS)
    answered = outcome_of(caller("billing"), seen("billing"), ours("billing"), DEPARTMENTS)
    assert outcome.answer_ms is None
    rows = {row.name: row for row in figures([outcome, answered])}
    assert rows["speed to answer, mean"].passed is False
    assert rows["intent accuracy"].value == 0.5


def test_what_is_not_as_expected_is_said() -> None:
    still = {**seen("router", "sales"), "status": "in-progress"}
    outcome = outcome_of(caller("billing"), still, ours("billing", ROUTED), DEPARTMENTS)
    assert outcome.problems == (
        "went to sales, expected billing",
        "Vapi never said that it ended",
        "our record says billing, Vapi saw sales",
    )
    assert disagreeing([outcome]) == ["Ada: our record says billing, Vapi saw sales"]
