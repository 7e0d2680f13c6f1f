"""What the calls of a day come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.calls import CallRecord, merge_all
from contact_center.conversations.domain.facts import (
    CallEnded,
    CallSeen,
    StatusChanged,
    UtteranceHeard,
)
from contact_center.conversations.services.ports.calls import CallGlance, CallRow
from contact_center.figures.services import count_calls as counting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.facts import Fact

BEGAN_MS = 1_787_266_800_000


def count_calls(rows: Iterable[CallRow]) -> dict[str, object]:
    return counting.count_calls(rows).shown


def facts_of_a_call(name: str = "c", direction: str = "inbound", **said: Any) -> list[Fact]:
    """A call that rang for 2 s, was talked on for a minute and cost 12 cents."""
    told: dict[str, Any] = {"answered_ms": 2_000, "ended_ms": 62_000, "cost": 0.12}
    told |= {"reason": "customer-ended-call"} | said
    at_ms = BEGAN_MS
    facts: list[Fact] = [
        CallSeen(call_id=name, at_ms=at_ms, key="seen", direction=direction, created_at_ms=at_ms),  # type: ignore[arg-type]
        StatusChanged(call_id=name, at_ms=at_ms, key="s1", status="ringing"),
    ]
    if told["answered_ms"] is not None:
        answered_ms = at_ms + told["answered_ms"]
        facts.append(StatusChanged(call_id=name, at_ms=answered_ms, key="s2", status="in-progress"))
    if told["ended_ms"] is not None:
        ended_ms = at_ms + told["ended_ms"]
        facts.append(
            CallEnded(
                call_id=name,
                at_ms=ended_ms + 500,
                key="report",
                ended_reason=told["reason"],
                ended_at_ms=ended_ms,
                cost_usd=told["cost"],
                transfers=told.get("transfers"),
            )
        )
    return facts


def row(destination: str | None = None, **said: Any) -> CallRow:
    record = merge_all("c", facts_of_a_call(**said))
    return CallRow(record, CallGlance(destination=destination), decisions=0)


def test_of_no_calls_everything_is_nothing() -> None:
    nothing = {"known": 0, "meanSeconds": None, "longestSeconds": None}
    way = {"calls": 0, "answered": 0, "timeToAnswer": nothing, "byOutcome": {}}
    assert count_calls([]) == {
        "counted": 0,
        "byStatus": {},
        "byDepartment": {},
        "inbound": way,
        "outbound": way,
        "unknown": way,
        "talk": nothing,
        "interruptions": 0,
        "clarifications": 0,
        "transfers": {"toDepartments": 0, "toPersons": 0, "forwarded": 0},
        "spend": {"usd": 0.0, "pricedCalls": 0, "unpricedCalls": 0},
    }


def test_a_day_of_calls() -> None:
    told: Any = count_calls(
        [
            row("billing"),
            row("person", answered_ms=4_000, ended_ms=34_000, reason="assistant-forwarded-call"),
            row(ended_ms=None, answered_ms=None),
            row(
                direction="outbound", answered_ms=None, reason="customer-did-not-answer", cost=0.01
            ),
            row(direction="outbound", answered_ms=8_000, reason="voicemail", cost=None),
        ]
    )
    assert told["byStatus"] == {"ended": 4, "ringing": 1}
    assert told["byDepartment"] == {"billing": 1, "none": 3, "person": 1}
    assert told["inbound"] == {
        "calls": 3,
        "answered": 2,
        "timeToAnswer": {"known": 2, "meanSeconds": 3.0, "longestSeconds": 4.0},
        "byOutcome": {"completed": 2},
    }
    assert told["outbound"]["answered"] == 1
    assert told["outbound"]["byOutcome"] == {"no_answer": 1, "voicemail": 1}
    assert told["talk"] == {"known": 3, "meanSeconds": 48.0, "longestSeconds": 60.0}
    assert told["transfers"] == {"toDepartments": 1, "toPersons": 1, "forwarded": 1}
    assert told["spend"] == {"usd": 0.25, "pricedCalls": 3, "unpricedCalls": 2}


def test_a_call_of_which_next_to_nothing_is_known_is_counted() -> None:
    told: Any = count_calls([CallRow(CallRecord(call_id="c"), CallGlance(), decisions=0)])
    assert (told["counted"], told["byStatus"]) == (1, {"unknown": 1})
    assert told["unknown"]["calls"] == 1


def test_a_failure_after_the_customer_was_talked_to_is_a_call_that_dropped() -> None:
    failed = "call.in-progress.error-vapifault-worker-died"
    told: Any = count_calls([row(reason=failed), row(reason=failed, answered_ms=None)])
    assert told["inbound"]["byOutcome"] == {"dropped": 1, "failed": 1}


def test_silence_is_no_answer_unless_the_customer_said_something() -> None:
    spoke = UtteranceHeard(
        call_id="c", at_ms=BEGAN_MS + 9_000, key="u", role="customer", text="Bye", final=True
    )
    quiet = facts_of_a_call(reason="silence-timed-out")
    calls = [merge_all("c", quiet), merge_all("c", [*quiet, spoke])]
    told: Any = count_calls([CallRow(one, CallGlance(), decisions=0) for one in calls])
    assert told["inbound"]["byOutcome"] == {"completed": 1, "no_answer": 1}


def test_a_clock_that_ran_backwards_spoils_no_mean() -> None:
    told: Any = count_calls([row(answered_ms=-5_000), row(answered_ms=1_000)])
    assert told["inbound"]["timeToAnswer"]["meanSeconds"] == 1.0
    assert told["inbound"]["answered"] == 2


@given(st.permutations(facts_of_a_call()), st.lists(st.integers(0, 3), max_size=3))
def test_when_a_call_was_answered_does_not_depend_on_the_order_it_is_told_in(
    facts: list[Fact], again: list[int]
) -> None:
    record = merge_all("c", [*facts, *(facts[at] for at in again)])
    assert record.answered_at_ms == BEGAN_MS + 2_000


def test_a_call_in_progress_for_the_second_time_was_answered_the_first_time() -> None:
    back = StatusChanged(call_id="c", at_ms=BEGAN_MS + 9_000, key="s9", status="in-progress")
    assert merge_all("c", [back, *facts_of_a_call()]).answered_at_ms == BEGAN_MS + 2_000


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_each_call_is_of_one_direction(direction: str) -> None:
    told: Any = count_calls([row(direction=direction)] * 3)
    calls = {way: told[way]["calls"] for way in ("inbound", "outbound", "unknown")}
    assert calls == {"inbound": 0, "outbound": 0, "unknown": 0} | {direction: 3}


def test_what_came_of_transfers_at_vapis_own_number_is_counted_in_our_words() -> None:
    told = [row(transfers="answered"), row(transfers="busy,no_answer"), row(transfers=None), row()]
    assert counting.count_calls(told).transfers == {"answered": 1, "busy": 1, "no_answer": 1}
