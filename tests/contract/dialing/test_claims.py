"""A claim takes attempt, customer and line together, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.dial_circumstances import CampaignGate
from contact_center.dialing.services.ledger_ports import (
    Change,
    FreeLine,
    TakeLine,
)
from contact_center.permission.domain.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

from tests.contract.dialing.ledger_world import (
    CAMPAIGN,
    NOW_MS,
    NUMBER,
    World,
    claim,
    claim_change,
    claimed,
    lost_by,
    queued,
    ready,
    settle,
)


def test_a_claim_takes_attempt_customer_and_line_together(world: World) -> None:
    dialing = claim(world, ready(world))
    customer = world.ledger.customer(NUMBER)
    assert (customer.held_by, customer.version) == (dialing.attempt_id, 1)
    assert customer.rung == ((dialing.name, NOW_MS + 300),)
    assert [lease.holder for lease in world.lines.held()] == [dialing.name]


def test_the_end_frees_customer_and_line_together(world: World) -> None:
    settle(world, claim(world, ready(world)))
    customer = world.ledger.customer(NUMBER)
    assert (customer.held_by, customer.version) == (None, 2)
    assert len(customer.rung) == 1
    assert world.lines.held() == []


def test_an_attempt_that_moved_on_is_not_claimed(world: World) -> None:
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    settle(world, claim(world, attempt))
    change = claim_change(attempt, judged, "late")
    assert "attempt" in lost_by(world, change)


def test_a_customer_who_was_rung_meanwhile_is_not_rung(world: World) -> None:
    first, second = ready(world), queued(n=2)
    world.ledger.enqueue(second)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    claim(world, first)
    assert lost_by(world, claim_change(second, judged)) == {"customer"}
    assert world.ledger.read(second.attempt_id) == second
    assert len(world.lines.held()) == 1


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("permission", lambda world: world.permit(NUMBER, Permission(version=3))),
        (
            "campaign",
            lambda world: world.campaign(
                CampaignGate(campaign_id=CAMPAIGN, running=False, version=4)
            ),
        ),
        (
            "campaign",  # paused and resumed: what was judged is not what stands
            lambda world: world.campaign(
                CampaignGate(campaign_id=CAMPAIGN, running=True, version=5)
            ),
        ),
        ("switch", lambda world: world.switch.set(stopped=True, at_ms=NOW_MS)),
    ],
)
def test_what_changed_after_the_judgement_refuses_the_claim(
    world: World, what: str, change: Callable[[World], None]
) -> None:
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    change(world)
    assert lost_by(world, claim_change(attempt, judged)) == {what}
    assert world.ledger.read(attempt.attempt_id) == attempt
    assert world.ledger.customer(NUMBER).version == 0
    assert world.lines.held() == []


def test_a_permission_that_appeared_after_the_judgement_refuses_the_claim(world: World) -> None:
    world.campaign(CampaignGate(campaign_id=CAMPAIGN, running=True, version=3))
    attempt = queued()
    world.ledger.enqueue(attempt)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    world.permit(NUMBER, Permission(version=1))
    assert lost_by(world, claim_change(attempt, judged)) == {"permission"}


def test_a_resumed_switch_lets_claims_through(world: World) -> None:
    attempt = ready(world)
    assert world.switch.set(stopped=True, at_ms=NOW_MS).stopped
    assert world.ledger.circumstances(NUMBER, None).switch.stopped
    assert not world.switch.set(stopped=False, at_ms=NOW_MS).stopped
    claim(world, attempt)


def test_setting_the_switch_to_what_it_is_changes_nothing(world: World) -> None:
    first = world.switch.set(stopped=True, at_ms=NOW_MS)
    assert world.switch.set(stopped=True, at_ms=NOW_MS + 1) == first
    assert world.switch.read() == first


def test_no_line_is_taken_beyond_those_left_for_dialing(world: World) -> None:
    world.lines.admit("call:inbound", NOW_MS)
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert lost_by(world, claim_change(attempt, judged, below=1)) == {"line"}
    assert world.ledger.customer(NUMBER).version == 0
    claim(world, attempt, below=2)
    assert len(world.lines.held()) == 2


def test_a_call_that_rings_already_is_counted_whatever_the_limit(world: World) -> None:
    attempt = queued()
    world.ledger.enqueue(attempt)
    after = claimed(attempt)
    world.lines.admit("call:inbound", NOW_MS)
    line = TakeLine(holder=after.name, below=None)
    world.ledger.commit(Change(before=attempt, after=after, line=line))
    assert len(world.lines.held()) == 2


def test_a_line_is_freed_once(world: World) -> None:
    attempt = claim(world, ready(world))
    line = FreeLine(holder=attempt.name)
    freed = replace(attempt, line=False, version=attempt.version + 1)
    world.ledger.commit(Change(before=attempt, after=freed, line=line))
    again = Change(before=freed, after=replace(freed, version=freed.version + 1), line=line)
    assert lost_by(world, again) == {"line"}
