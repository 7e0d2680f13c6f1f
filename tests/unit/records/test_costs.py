"""What a call cost: whole millionths, each source's last word, nothing added that does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.costs import (
    MICROS,
    MOST_USD,
    VAPI_PARTS,
    CallCosts,
    SourceCosts,
    micros_of,
    vapi_parts,
)


def part(kind: Any, cost: Any) -> dict[str, Any]:
    return {"type": kind, "cost": cost}


def test_parts_of_one_type_are_one_and_what_none_names_is_the_rest() -> None:
    told = [part("model", 0.01), part("voice", 0.002), part("model", 0.0005)]

    assert vapi_parts(0.02, told) == ({"model": 10_500, "voice": 2_000, "rest": 7_500}, 0)
    assert vapi_parts(0.0125, told) == ({"model": 10_500, "voice": 2_000}, 0)
    assert vapi_parts(0.001, told) == ({"model": 10_500, "voice": 2_000}, 0)  # parts are known
    assert vapi_parts(None, told) == ({"model": 10_500, "voice": 2_000}, 0)
    assert vapi_parts(0.5, None) == ({"rest": 500_000}, 0)
    assert vapi_parts(0, []) == ({}, 0)


@pytest.mark.parametrize("kind", ["newly-invented", None, 4, ["model"], {"model": 1}])
def test_a_type_that_nobody_knows_is_other(kind: Any) -> None:
    assert vapi_parts(None, [part(kind, 0.1), part(kind, 0.2)]) == ({"other": 300_000}, 0)


@pytest.mark.parametrize(
    "cost", [-0.01, 10_000.01, 1e300, float("inf"), float("nan"), True, "0.1", None, [1], {}]
)
def test_a_figure_that_is_none_is_left_out_and_counted(cost: Any) -> None:
    parts, wrong = vapi_parts(None, [part("model", cost), part("voice", 0.1)])

    assert (parts, wrong) == ({"voice": 100_000}, 1)


@pytest.mark.parametrize("costs", [None, 7, "x", {}, [None, 4, "x", []]])
def test_what_is_no_list_of_parts_has_none(costs: Any) -> None:
    assert vapi_parts(0.25, costs) == ({"rest": 250_000}, 0)


def test_a_total_that_is_none_is_counted_and_the_parts_stand() -> None:
    assert vapi_parts("much", [part("model", 0.1)]) == ({"model": 100_000}, 1)


amounts = st.floats(0, 50, allow_nan=False)


@given(st.lists(st.builds(part, st.sampled_from([*VAPI_PARTS, "new"]), amounts)), amounts)
def test_the_parts_are_at_least_the_whole_and_never_negative(
    told: list[dict[str, Any]], total: float
) -> None:
    parts, wrong = vapi_parts(total, told)

    assert wrong == 0
    assert all(micros >= 0 for micros in parts.values())
    assert sum(parts.values()) >= round(total * MICROS)
    least = sum(round(one["cost"] * MICROS) for one in told)
    assert sum(parts.values()) == max(round(total * MICROS), least)


def test_the_dearest_that_is_believed() -> None:
    assert micros_of(MOST_USD) == MOST_USD * MICROS
    assert micros_of(MOST_USD + 0.01) is None


def test_money_of_another_currency_is_kept_apart() -> None:
    costs = CallCosts(
        {
            "vapi": SourceCosts({"model": 5, "voice": 2}),
            "twilio CA1": SourceCosts({"leg": 70}, "EUR"),
            "twilio CA2": SourceCosts({"leg": 30}, "EUR"),
        }
    )

    assert (costs.micros, costs.apart) == (7, {"EUR": 100})


def test_they_are_final_when_everybody_has_told_the_last_word() -> None:
    last, perhaps = SourceCosts({"leg": 1}), SourceCosts({"leg": 1}, final=False)

    assert CallCosts({"a": last}).final
    assert not CallCosts({"a": last, "b": perhaps}).final
    assert not CallCosts({}).final
