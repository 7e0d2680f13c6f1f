"""A price that grows is booked as the difference, once, whatever is told twice or late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.domain.campaigns import CampaignState, Figures, PlanNote, room_in_caps
from contact_center.campaigns.services.finish_attempt import finish_attempt
from contact_center.campaigns.services.plan_parts import PlanSettings
from contact_center.dialing.domain.call_outcomes import Disposition
from tests.campaign_scene import CampaignScene, numbers

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt

MINUTE_MS = 60_000


def scene_of(contacts: int = 1, cap: float = 0, **settings: int) -> CampaignScene:
    scene = CampaignScene(settings=PlanSettings(**settings))  # type: ignore[arg-type]
    wished: dict[str, Any] = {"spendCap": cap} if cap else {}
    scene.campaign("c1", **wished)
    scene.list_contacts("c1", numbers(212, contacts))
    return scene


def settle_all(scene: CampaignScene) -> list[DialAttempt]:
    return [scene.settled(name, Disposition.COMPLETED) for name in list(scene.ledger.attempts)]


def told(scene: CampaignScene, attempt: DialAttempt, micros: int | None, legs: int) -> None:
    if micros is not None:
        scene.calls.micros[attempt.call_id or ""] = micros
    scene.calls.open_legs[attempt.call_id or ""] = legs
    finish_attempt(attempt, scene.finish)


def money(scene: CampaignScene) -> tuple[int, int, int, int]:
    figures = scene.campaigns.figures["c1"]
    return figures.spent_micros, figures.priced, figures.unpriced, figures.open_legs


def test_what_the_telephone_cost_is_added_when_it_is_known() -> None:
    scene = scene_of()
    scene.tick()
    [attempt] = settle_all(scene)
    told(scene, attempt, None, 1)
    assert money(scene) == (0, 0, 1, 0)
    for micros, legs, expected in (
        (400_000, 1, (400_000, 1, 0, 1)),
        (414_000, 0, (414_000, 1, 0, 0)),
        (414_000, 0, (414_000, 1, 0, 0)),  # twice
        (400_000, 1, (414_000, 1, 0, 0)),  # read before, written after
    ):
        told(scene, attempt, micros, legs)
        assert money(scene) == expected


def test_a_leg_that_costs_nothing_is_open_no_more() -> None:
    scene = scene_of()
    scene.tick()
    [attempt] = settle_all(scene)
    told(scene, attempt, 400_000, 1)
    told(scene, attempt, 400_000, 0)
    assert money(scene) == (400_000, 1, 0, 0)


@given(
    st.lists(
        st.sampled_from([(None, 0), (None, 1), (400_000, 1), (400_000, 0), (414_000, 0)]),
        min_size=1,
        max_size=8,
    )
)
def test_in_any_order_and_number_it_comes_to_the_dearest(
    order: list[tuple[int | None, int]],
) -> None:
    scene = scene_of()
    scene.tick()
    [attempt] = settle_all(scene)
    spent = 0
    for micros, legs in order:
        scene.calls.micros.clear()
        told(scene, attempt, micros, legs)
        assert money(scene)[0] >= spent  # never taken back
        spent = money(scene)[0]
    prices = [micros for micros, _ in order if micros is not None]
    assert spent == max(prices, default=0)
    assert money(scene)[1:3] == ((1, 0) if prices else (0, 1))
    legs_of_priced = [legs for micros, legs in order if micros is not None]
    assert money(scene)[3] == min(legs_of_priced, default=0)


@pytest.mark.parametrize(
    ("figures", "room"),
    [
        (Figures(), 40),  # nothing known: a call is expected to cost all that it does
        (Figures(spent_micros=1_000_000, priced=10), 90),
        (Figures(spent_micros=1_000_000, priced=10, open_legs=10), 56),  # 0.15 a call, 1.50 gone
        (Figures(spent_micros=1_000_000, priced=10, open_legs=10, unpriced=6), 50),
        (Figures(spent_micros=1_000_000, priced=10, open_legs=10, contacts={"in_flight": 56}), 0),
        (Figures(spent_micros=9_600_000, priced=10, open_legs=8), 0),  # what is to come fills it
    ],
)
def test_what_is_to_come_of_the_telephone_is_reckoned_with(figures: Figures, room: int) -> None:
    campaign = scene_of(cap=10).campaigns.campaigns["c1"]
    assert room_in_caps(campaign, PlanNote(), figures, 0, 250_000, 50_000) == (None, room)


@given(
    st.integers(0, 10**7),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 100_000),
)
def test_nothing_is_planned_that_the_reckoning_has_no_room_for(  # noqa: PLR0913, PLR0917
    spent: int, priced: int, unpriced: int, in_flight: int, legs: int, leg: int
) -> None:
    campaign = scene_of(cap=10).campaigns.campaigns["c1"]
    figures = Figures(
        spent_micros=spent if priced else 0,
        priced=priced,
        unpriced=unpriced,
        open_legs=min(legs, priced),
        contacts={"in_flight": in_flight},
    )
    _, room = room_in_caps(campaign, PlanNote(), figures, 0, 250_000, leg)
    gone = figures.spent_micros + figures.open_legs * leg
    each = max(1, gone // priced if priced else 250_000)
    assert room is not None
    assert room == 0 or gone + (unpriced + in_flight + room) * each <= 10_000_000


def test_while_a_leg_is_only_reckoned_nobody_is_called_and_nothing_is_paused() -> None:
    scene = scene_of(10, 1.0, expected_call_micros=400_000, expected_leg_micros=200_000)
    assert scene.tick().planned == 2
    attempts = settle_all(scene)
    for attempt in attempts:
        told(scene, attempt, 300_000, 1)  # 0.60 spent, and 0.40 to come as far as is known
    scene.clock.advance(10 * MINUTE_MS)
    assert scene.tick().planned == 0
    assert scene.campaigns.campaigns["c1"].running
    for attempt in attempts:
        told(scene, attempt, 310_000, 0)  # it was less
    scene.clock.advance(10 * MINUTE_MS)
    assert scene.tick().planned == 1
    [last] = [one for one in settle_all(scene) if one not in attempts][-1:]
    told(scene, last, 390_000, 0)
    scene.clock.advance(10 * MINUTE_MS)
    scene.tick()
    campaign = scene.campaigns.campaigns["c1"]
    assert (campaign.state, campaign.reason) == (CampaignState.PAUSED, "spend_cap")
