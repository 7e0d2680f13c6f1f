"""HubSpot's limits are waited for as it says, and properties of ours are made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from contact_center.crm.hubspot.properties import NotUniqueError, ensure_properties
from contact_center.records.services.effect_ports import BudgetSpentError, Delivered, Later, Refused
from local.crm.faults import Fault, Mishap
from local.crm.simulator import HubSpotSimulator
from tests.crm_scene import CUSTOMER, HubSpotScene

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def scene() -> Iterator[HubSpotScene]:
    with HubSpotScene() as made:
        made.contact(phone=CUSTOMER)
        made.deliver(effect_id="e-0")
        yield made


@dataclass
class Counting:
    """A budget that is spent after so many requests."""

    left: int
    taken: list[str] = field(default_factory=list)

    def take(self, kind: str = "request") -> None:
        if len(self.taken) >= self.left:
            raise BudgetSpentError
        self.taken.append(kind)


# -- what all workers together may ask ------------------------------------------------------------


def test_every_request_is_asked_of_the_budget_and_a_search_by_its_own_name(
    scene: HubSpotScene,
) -> None:
    scene.budget = budget = Counting(100)
    before = len(scene.hubspot.asked())

    assert isinstance(scene.deliver(customer="+14155550199", effect_id="e-9"), Delivered)

    asked = scene.hubspot.asked()[before:]
    assert budget.taken.count("search") == sum(line.endswith("/search") for line in asked) == 1
    assert len(budget.taken) == len(asked)


@pytest.mark.parametrize("left", range(4))
def test_where_the_budget_is_spent_nothing_more_leaves_and_the_rest_is_done_later(
    scene: HubSpotScene, left: int
) -> None:
    scene.budget = Counting(left)
    before = len(scene.hubspot.asked())

    with pytest.raises(BudgetSpentError):
        scene.deliver(customer="+14155550199", effect_id="e-9")

    assert len(scene.hubspot.asked()) == before + left
    scene.budget = None
    assert isinstance(scene.deliver(customer="+14155550199", effect_id="e-9"), Delivered)
    assert len(scene.hubspot.records("calls")) == 2


# -- too often ----------------------------------------------------------------------------------


def test_ten_seconds_that_are_used_up_are_waited_for(scene: HubSpotScene) -> None:
    scene.hubspot.limits.in_ten_seconds = 4
    scene.clock.advance(10_000)

    assert isinstance(scene.deliver(), Delivered)
    assert isinstance(scene.deliver(effect_id="e-2"), Later)
    assert scene.deliver(effect_id="e-2") == Later("rate", 10_000)
    scene.clock.advance(10_000)
    assert isinstance(scene.deliver(effect_id="e-2"), Delivered)
    assert len(scene.hubspot.records("calls")) == 3


def test_a_day_that_is_used_up_is_waited_for_longer(scene: HubSpotScene) -> None:
    scene.hubspot.limits.in_a_day = 1
    assert scene.deliver() == Later("daily_limit", 3_600_000)


def test_the_search_has_a_limit_of_its_own(scene: HubSpotScene) -> None:
    scene.hubspot.limits.searches_in_a_second = 0
    assert scene.deliver(customer="+14155550188") == Later("rate", 1_000)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, (("Retry-After", "7"),), Later("rate", 7_000)),
        (423, (), Later("locked", 2_000)),
        (477, (("Retry-After", "3600"),), Later("migration", 3_600_000)),
        (429, (("Retry-After", "999999999"),), Later("rate", 86_400_000)),
        (429, (("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),), Later("rate", 10_000)),
    ],
)
def test_a_wait_that_is_told_is_kept(
    scene: HubSpotScene, status: int, headers: tuple[tuple[str, str], ...], expected: Later
) -> None:
    scene.hubspot.faults.add(
        Fault(mishap=Mishap.STATUS, method="POST", status=status, headers=headers)
    )
    assert scene.deliver() == expected


# -- properties of ours -------------------------------------------------------------------------


def test_properties_of_ours_are_made_once() -> None:
    with HubSpotScene() as scene:
        scene.hubspot.stop()
        scene.hubspot = HubSpotSimulator(now_ms=scene.clock.now_ms, with_ours=False).start()
        assert scene.deliver() == Refused("property_not_unique", "HTTP 400 VALIDATION_ERROR")

        made = ensure_properties(scene.api)

        assert made == [
            "contacts.switchboard_customer",
            *(f"{kind}.switchboard_effect" for kind in ("calls", "notes", "tasks", "deals")),
        ]
        assert ensure_properties(scene.api) == []
        assert isinstance(scene.deliver(), Delivered)


def test_a_property_that_is_not_unique_is_told_and_not_used() -> None:
    with HubSpotScene() as scene:
        known = scene.hubspot.portal.definitions
        del known.properties["calls"]["switchboard_effect"]
        known.add(
            "calls",
            {
                "name": "switchboard_effect",
                "label": "Made by hand",
                "type": "string",
                "fieldType": "text",
                "groupName": "information",
            },
        )
        with pytest.raises(NotUniqueError, match="switchboard_effect of calls"):
            ensure_properties(scene.api)
