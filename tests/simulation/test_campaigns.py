"""Deterministic histories of whole campaigns: from the list that is handed in to the last call."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from contact_center.campaigns.domain.campaigns import CampaignState
from tests.simulation.fixed_seeds import IN_EVERY_RUN, seeds_of
from tests.simulation.histories import run_history
from tests.simulation.load import CAMPAIGN_SEEDS, MINUTE_MS, Load

# One calm campaign with retries; each of its boundaries is crashed at once.
CRASHED = Load(
    campaigns=1,
    contacts=0,
    triggers=0,
    inbound=0,
    numbers=2,
    account_calls=2,
    faulty_ms=1_000,
    spread_ms=500,
    horizon_ms=26 * 60 * MINUTE_MS,
    expires_ms=8 * MINUTE_MS,
    caps_per_hour=20,
    operators=False,
)

# Three campaigns that all want the same few slots.
SCARCE = Load(
    campaigns=3,
    contacts=0,
    triggers=0,
    inbound=0,
    numbers=240,
    prefixes=3,
    account_calls=1,
    lines=60,
    dialers=12,
    spread_ms=1_000,
    stagger_ms=0,
    horizon_ms=4 * MINUTE_MS,
    operators=False,
)


@pytest.mark.long
@pytest.mark.parametrize("seed", [14, 55])
def test_every_single_crash_of_a_campaign_is_survived(seed: int) -> None:
    whole = run_history(seed, CRASHED)
    assert whole.broken == []
    assert whole.rings >= 2

    failing = {}
    for point in count(1):
        history = run_history(seed, CRASHED, crash_at=point)
        if history.broken:
            failing[point] = history.broken
        if point > history.boundaries:
            break
    assert not failing
    assert point > 150


def test_a_campaign_goes_through_every_part_of_the_system() -> None:
    history = run_history(4, CRASHED, traced=True)
    half = history.system.half
    assert half is not None
    (campaign,) = half.campaigns.campaigns.values()

    trace = "\n".join(history.system.world.trace or ())
    for part in ("operator", "importer", "planner", "dialer", "router", "reconciler"):
        assert f" {part} [" in trace
    assert campaign.state is CampaignState.FINISHED
    assert any(len(one.outcomes) > 1 for one in half.contacts.of(campaign.campaign_id))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 3))]
)
def test_campaigns_that_want_the_same_slots_are_served_by_their_priority(seed: int) -> None:
    history = run_history(seed, SCARCE)
    half, receipts = history.system.half, history.system.provider.receipts
    assert half is not None
    ends_ms = receipts[0].at_ms + 2 * MINUTE_MS  # somebody has rung all of his a minute later
    calls = Counter(one.campaign_id for one in receipts if one.at_ms < ends_ms)
    each = [
        calls[name] / campaign.wish.priority for name, campaign in half.campaigns.campaigns.items()
    ]

    assert sum(calls.values()) > 90
    assert max(each) < 1.3 * min(each)


def test_more_than_forty_of_the_histories_in_every_run_are_about_campaigns() -> None:
    seeds = [seed for group in range(IN_EVERY_RUN) for seed in seeds_of(group)]

    assert sum(seed % 7 in CAMPAIGN_SEEDS for seed in seeds) > 40
