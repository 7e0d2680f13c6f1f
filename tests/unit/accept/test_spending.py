"""What test calls may cost, and that a cap is never passed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.accept.spending import LONGEST_SECONDS, MinutePrices, Purse, estimate

PRICES = MinutePrices(
    "2026-05-08",
    {"vapi": 0.05, "vapi_passes_on_at_most": 0.2, "twilio_in": 0.01, "twilio_out": 0.02},
)


def test_a_minute_is_two_calls_at_vapi_and_two_legs_at_twilio() -> None:
    assert PRICES.test_call == pytest.approx(0.53)
    assert PRICES.usd(60) == pytest.approx(0.53)
    assert PRICES.usd(61) == pytest.approx(1.06)
    assert PRICES.twilio_usd(61) == pytest.approx(0.06)


def test_the_estimate_names_the_day_of_its_prices() -> None:
    assert estimate(10, PRICES) == (
        "10 calls of two legs each: about 5.30 USD, at most 10.60 USD "
        "(prices of 2026-05-08: config/aws_prices.toml)"
    )


def test_the_list_in_the_repository_can_be_read() -> None:
    assert 0 < MinutePrices.read().test_call < 1


def test_what_vapi_does_not_tell_is_reckoned_as_the_longest() -> None:
    purse = Purse(PRICES, 5.0)
    purse.pay(None, LONGEST_SECONDS)
    assert purse.spent_usd == pytest.approx(1.06)
    purse.pay(0.1, 60)
    assert purse.spent_usd == pytest.approx(1.19)


def test_nothing_is_spent_where_nothing_costs_anything() -> None:
    purse = Purse(PRICES, None)
    purse.pay(None, LONGEST_SECONDS)
    assert (purse.spent_usd, purse.allows_another()) == (0.0, True)


@given(
    st.floats(0.01, 50),
    st.lists(st.floats(0, PRICES.usd(LONGEST_SECONDS) - PRICES.twilio_usd(LONGEST_SECONDS))),
)
def test_the_cap_is_never_passed(cap_usd: float, told: list[float]) -> None:
    purse = Purse(PRICES, cap_usd)
    for usd in told:
        if not purse.allows_another():
            break
        purse.pay(usd, LONGEST_SECONDS)
    assert purse.spent_usd <= cap_usd + 1e-9
