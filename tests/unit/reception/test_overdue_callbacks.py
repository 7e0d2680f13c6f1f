"""Who should have been called back by now is counted, for the alarm, and nobody else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.queue.domain.waiting import EntryState, LeftBecause
from contact_center.queue.services.count_overdue_callbacks import (
    MOST_LOOKED_AT,
    count_overdue_callbacks,
)
from contact_center.visits.domain.opening_hours import Closing, Hours, OpeningHours, WhenClosed
from tests.unit.reception.callback_scene import CallbackScene

LONGEST_MS = 600_000


@pytest.fixture
def scene() -> CallbackScene:
    """Ann has kept her place, and the only line is another's."""
    made = CallbackScene(longest_ms=LONGEST_MS)
    made.waits("ann")
    made.keeps("ann")
    return made


def counted(scene: CallbackScene) -> int:
    found = count_overdue_callbacks(scene.calls)
    assert scene.metrics.of("callback_overdue") == [{}] * found
    return found


def test_who_stands_in_line_longer_than_any_caller_may_is_overdue(scene: CallbackScene) -> None:
    scene.clock.advance(LONGEST_MS)
    assert counted(scene) == 0
    scene.clock.advance(1)
    assert counted(scene) == 1


def test_who_is_being_called_or_rests_between_tries_is_not(scene: CallbackScene) -> None:
    scene.frees_line()
    scene.serves()
    assert scene.entry("ann").state is EntryState.CALLING
    scene.clock.advance(LONGEST_MS + 1)
    assert counted(scene) == 0
    scene.ends("ann")
    assert scene.entry("ann").state is EntryState.RESTING
    scene.clock.advance(LONGEST_MS + 1)
    assert counted(scene) == 0


def test_nobody_is_while_the_department_is_closed(scene: CallbackScene) -> None:
    closing = Closing(action=WhenClosed.MESSAGE, say="Closed.")
    closed = OpeningHours(Hours(zone="UTC", week=((),) * 7, closing=closing), {})
    scene.calls = replace(scene.calls, judge=replace(scene.calls.judge, hours=closed))
    scene.clock.advance(LONGEST_MS + 1)
    assert counted(scene) == 0


def test_those_that_failed_and_that_nobody_attends_to_hide_nobody(scene: CallbackScene) -> None:
    failed = scene.entry("ann")
    for number in range(MOST_LOOKED_AT):
        visit_id = f"v-CA-failed-{number}"
        scene.queue.entries[visit_id] = replace(
            failed, visit_id=visit_id, state=EntryState.LEFT, because=LeftBecause.NOT_REACHED
        )
        scene.queue.failed.append(visit_id)
    scene.clock.advance(LONGEST_MS + 1)
    assert counted(scene) == 1


def test_each_of_them_counts(scene: CallbackScene) -> None:
    scene.waits("bob")
    scene.keeps("bob")
    scene.waits("cat")  # who waits on the line has an alarm of his own
    scene.clock.advance(LONGEST_MS + 1)
    assert counted(scene) == 2
