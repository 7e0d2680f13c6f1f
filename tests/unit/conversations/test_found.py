"""What was asked for and found is sent to the router, and comes to the same whenever it comes."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CostTold,
    LookedUp,
)
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.take_found import Found, facts_of_found
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.calls.call_report import report_in
from contact_center.vapi.webhooks.messages import facts_of
from tests.unit.conversations.look_ups_scene import (
    CALL,
    END,
    LEG,
    MINUTE,
    Scene,
    call_of_vapi,
    facts_in,
    outputs,
    report,
    status,
)


def test_what_is_sent_names_no_place_to_steer_or_hear_the_call() -> None:
    told = report_in(call_of_vapi(), END)
    assert "secret" not in told
    assert "://" not in told
    assert json.loads(told)["message"]["artifact"]["recording"] == {"kept": True}


def test_a_report_that_is_too_long_loses_its_words_and_nothing_else() -> None:
    words = [{"role": "user", "message": "x" * 10_000} for _ in range(120)]
    artifact = {"messages": words, "transcript": "y" * 1_000_000, **outputs()}
    told = json.loads(report_in(call_of_vapi(artifact=artifact, transcript="z" * 10**6), END))
    assert len(json.dumps(told)) < 10_000
    assert told["message"]["artifact"] == outputs() | {"recording": {"kept": True}}
    assert told["message"]["cost"] == 0.05


@pytest.mark.parametrize(
    "price",
    [
        {},
        {"source": "twilio:CA", "parts": {"leg": -1}, "currency": "USD", "final": True, "atMs": 1},
        {"source": "twilio:CA", "parts": {"leg": True}, "currency": "USD", "final": 1, "atMs": 1},
        {"source": "twilio:CA", "parts": [], "currency": "USD", "final": True, "atMs": 1},
    ],
)
def test_what_is_no_price_is_refused(price: dict[str, object]) -> None:
    scene = Scene()
    scene.tell(report())
    found = Found(call_id=CALL, step="price:CA:1", received_at_ms=END, price=price)
    with pytest.raises(BadMessageError):
        facts_of_found(found, [], scene.call)


def test_a_report_of_another_call_is_refused() -> None:
    scene = Scene()
    scene.tell(report())
    other = facts_of(json.loads(report_in(call_of_vapi(id="another"), END)), END)
    found = Found(call_id=CALL, step="report:1", received_at_ms=END, report=b"{}")
    with pytest.raises(BadMessageError):
        facts_of_found(found, other, scene.call)


# -- order and repetition ----------------------------------------------------------------------


def found_report() -> Found:
    told = report_in(call_of_vapi(artifact=outputs()), END + 15 * MINUTE)
    return Found(
        call_id=CALL, step="report:1", received_at_ms=END + 15 * MINUTE, report=told.encode()
    )


def found_price(number: int, micros: int, *, final: bool = False) -> Found:
    price = {
        "source": f"twilio:{LEG}",
        "parts": {"leg": micros},
        "currency": "USD",
        "final": final,
        "atMs": END + number * 15 * MINUTE,
    }
    return Found(
        call_id=CALL, step=f"price:{LEG}:{number}", received_at_ms=END + MINUTE, price=price
    )


LATER: list[dict[str, Any] | Found] = [
    report(**outputs()),
    found_report(),
    found_price(1, 10_000),
    found_price(3, 14_000, final=True),
]


def came_to(order: list[Any]) -> tuple[Any, ...]:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE))
    for one in order:
        if isinstance(one, Found):
            record_facts(CALL, facts_in(one, scene.call), scene.record)
        else:
            scene.tell(one)
    call = scene.call
    assert len(scene.facts(CallEnded)) == 1
    assert len(scene.facts(AnswersTold)) == 1
    assert len(scene.facts(CostTold)) == 3
    assert len(scene.facts(LookedUp)) == 3
    return (
        call.ended_at_ms,
        call.value("ended_reason"),
        call.answers,
        {name: (one.parts, one.final) for name, one in call.costs.told.items()},
        call.value("customer_number"),
    )


def test_report_look_up_and_prices_come_to_the_same_in_every_order() -> None:
    results = [came_to(list(order)) for order in permutations(LATER)]
    assert all(one == results[0] for one in results)
    assert results[0][3][f"twilio:{LEG}"] == ({"leg": 14_000}, True)


@given(st.lists(st.sampled_from(range(len(LATER))), max_size=6))
def test_told_twice_or_ten_times_it_is_the_same(again: list[int]) -> None:
    repeated = [LATER[n] for n in again] + LATER + [LATER[n] for n in reversed(again)]
    assert came_to(repeated) == came_to(LATER)


def test_a_report_that_comes_a_day_late_after_a_look_up_changes_nothing_more() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE))
    record_facts(CALL, facts_in(found_report(), scene.call), scene.record)
    before = scene.call
    scene.clock.at_ms = END + 24 * 60 * MINUTE
    scene.tell(report(END + 2_000, **outputs({"summary": "Another.", "achieved": "nothing"})))
    after = scene.call
    assert (after.answers, after.costs, after.registers["summary"]) == (
        before.answers,
        before.costs,
        before.registers["summary"],
    )
