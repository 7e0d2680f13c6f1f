"""Whether somebody whose place is kept may be rung now: lists, switch, hours, and his own calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contact_center.permission.domain.permission import Permission
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.opening_hours import (
    Hours,
    OpeningHours,
    Span,
)
from contact_center.visits.domain.visit_parts import Ending, Outcome
from tests.unit.dialing.dialing_scene import NOW_MS
from tests.unit.reception.callback_scene import (
    ANN,
    MINUTE_MS,
    CallbackScene,
)
from tests.unit.reception.desk import ALWAYS


def permits(scene: CallbackScene, **known: Any) -> None:
    scene.tables.set_permission(ANN, Permission(**known))


def due(scene: CallbackScene) -> None:
    scene.waits("ann")
    scene.keeps("ann")
    scene.waits("bob")
    scene.frees_line()


def test_who_is_on_our_own_list_is_not_called_and_somebody_is_told(
    scene: CallbackScene,
) -> None:
    due(scene)
    permits(scene, suppressed_at=datetime(2026, 1, 5, tzinfo=UTC), suppression_source="asked")
    assert scene.serves() == 1
    assert scene.rung == []
    assert scene.state("bob") == "serving"
    scene.tick()
    assert scene.ending("CA-ann") == Ending(Outcome.CALLBACK_FAILED, "suppressed")
    assert [one.visit_id for one in scene.queue.kept_places(10).entries] == ["v-CA-ann"]


def test_while_dialing_is_stopped_nobody_is_called_and_the_place_is_not_lost(
    scene: CallbackScene,
) -> None:
    scene.tables.set_switch(stopped=True)
    due(scene)
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")
    scene.tables.set_switch(stopped=False)
    scene.hangs_up("CA-bob")
    scene.tick(MINUTE_MS)
    assert scene.rung == ["ann"]


def test_stopped_in_the_moment_of_the_claim_nobody_is_rung(scene: CallbackScene) -> None:
    due(scene)

    def stop(_change: object) -> None:
        scene.tables.set_switch(stopped=True)

    scene.queue.before_commit = stop
    scene.serves()
    assert scene.rung == []
    assert scene.holders in ([], ["visit:v-CA-bob"])


def test_out_of_calling_hours_he_is_called_when_they_begin(scene: CallbackScene) -> None:
    due(scene)
    scene.clock.at_ms = NOW_MS + 10 * 60 * MINUTE_MS  # 22:00 where he is
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")
    assert scene.entry("ann").due_at_ms == NOW_MS + 20 * 60 * MINUTE_MS  # 8:00


def test_who_talks_with_us_at_that_moment_is_not_called(scene: CallbackScene) -> None:
    due(scene)
    customer = scene.tables.customer(ANN)
    scene.tables.customers[ANN] = customer.talking("call:x", NOW_MS + 300_000, NOW_MS)
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")


def test_the_call_in_which_he_asked_does_not_keep_him_busy_though_its_end_was_never_told(
    scene: CallbackScene,
) -> None:
    due(scene)
    customer = scene.tables.customer(ANN)
    talks = customer.talking("visit:v-CA-ann", NOW_MS + 120 * MINUTE_MS, NOW_MS)
    scene.tables.customers[ANN] = talks
    scene.phone.legs["CA-ann"] = LegStatus.IN_PROGRESS
    scene.serves()
    assert scene.state("ann") == "resting"  # he hears our goodbye
    scene.hangs_up("CA-bob")
    scene.tick(2 * MINUTE_MS)
    assert scene.rung == ["ann"]


@pytest.mark.parametrize(
    ("leg", "rung"),
    [(LegStatus.COMPLETED, True), (LegStatus.IN_PROGRESS, False), (None, False)],
)
def test_another_call_of_his_whose_end_nobody_told_keeps_him_busy_only_while_its_leg_is_there(
    scene: CallbackScene,
    leg: LegStatus | None,
    rung: bool,  # noqa: FBT001
) -> None:
    due(scene)
    customer = scene.tables.customer(ANN)
    talks = customer.talking("visit:v-CA-else", NOW_MS + 120 * MINUTE_MS, NOW_MS)
    scene.tables.customers[ANN] = talks
    if leg is not None:  # None: nothing is known of it
        scene.phone.legs["CA-else"] = leg
    scene.serves()
    assert (scene.rung == ["ann"]) is rung
    talks_on = [holder for holder, _ in scene.tables.customer(ANN).talks]
    assert ("visit:v-CA-else" in talks_on) is not rung


def test_of_whose_leg_nobody_answers_he_is_believed_to_talk(scene: CallbackScene) -> None:
    due(scene)
    customer = scene.tables.customer(ANN)
    talks = customer.talking("visit:v-CA-else", NOW_MS + 120 * MINUTE_MS, NOW_MS)
    scene.tables.customers[ANN] = talks
    scene.phone.away = True
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")


def test_a_try_counts_for_caps_and_keeps_the_dialer_away(called: CallbackScene) -> None:
    customer = called.tables.customer(ANN)
    assert [name for name, _ in customer.rung] == ["kept:v-CA-ann.1"]
    assert customer.busy_at(called.clock.now_ms())


def test_while_it_is_closed_nobody_is_called(scene: CallbackScene) -> None:
    spans = tuple([(Span(18 * 60, 24 * 60),)] * 7)
    hours: Hours = replace(ALWAYS, week=spans)
    judge = replace(scene.calls.judge, hours=OpeningHours(hours, {}))
    object.__setattr__(scene.calls, "judge", judge)
    due(scene)
    scene.serves()
    assert (scene.rung, scene.state("ann")) == ([], "resting")
    assert scene.entry("ann").due_at_ms == NOW_MS + 60 * MINUTE_MS
