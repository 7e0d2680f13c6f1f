"""Who may not be called is not dialled: by what was known before, and by what changes meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.place_call import Placing
from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.permission.domain.permission import Permission
from tests.unit.dialing.dialing_scene import NOW_MS, NUMBER, Scene
from tests.unit.permission.dialing_examples import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.ledger_ports import Change


def test_who_is_suppressed_is_settled_with_the_reason_and_no_slot_is_spent() -> None:
    scene = Scene()
    scene.queue()
    at = datetime(2026, 11, 20, tzinfo=UTC)
    scene.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,), suppressed_at=at))

    assert scene.dial() is Placing.NOT_NOW

    assert (scene.attempt.disposition, scene.attempt.reason) == (
        Disposition.NOT_CALLED,
        "suppressed",
    )
    assert scene.attempt.next_allowed_at is None
    assert scene.slots.table.slots == []


def test_outside_the_window_it_ends_with_the_time_it_would_be_allowed() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 11 * 3_600_000)
    scene.clock.advance(10 * 3_600_000)  # ten in the evening in New York

    scene.dial()

    assert (scene.attempt.disposition, scene.attempt.reason) == (
        Disposition.NOT_CALLED,
        "outside_window",
    )
    assert scene.attempt.next_allowed_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_a_closed_gate_keeps_it_waiting() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=False)

    assert scene.dial() is Placing.NOT_NOW
    assert (scene.attempt.state, scene.attempt.reason) == (
        AttemptState.QUEUED,
        "campaign_not_running",
    )
    assert scene.attempt.due_at_ms == scene.attempt.not_before_ms == NOW_MS + 60_000


def test_no_call_leaves_once_the_end_of_its_campaign_has_come() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=True, end_at_ms=NOW_MS)  # nobody wrote it down yet

    assert scene.dial() is Placing.NOT_NOW
    assert scene.voice.posted == []
    assert scene.attempt.reason == "campaign_not_running"


def test_a_slot_after_the_end_of_its_campaign_is_not_used() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=True, end_at_ms=NOW_MS + 3_000)

    assert scene.dial(slot_at_ms=NOW_MS + 4_000) is Placing.NOT_NOW
    assert scene.voice.posted == []


def test_until_its_end_a_campaign_calls() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=True, end_at_ms=NOW_MS + 5_000)

    assert scene.dial(slot_at_ms=NOW_MS + 4_000) is Placing.POSTED


def test_a_closed_gate_keeps_nobody_waiting_for_longer_than_the_wish_for_the_call_lasts() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 20_000)
    scene.tables.set_campaign("spring", running=False)

    scene.dial()

    assert scene.attempt.not_before_ms == NOW_MS + 60_000
    assert scene.attempt.due_at_ms == NOW_MS + 20_000


def test_a_number_nobody_may_ring_is_settled() -> None:
    scene = Scene()
    scene.queue()

    def nobody(*_question: object) -> None:
        raise BadNumberError("phone", "is in XX, a country without a row")

    scene.place = replace(
        scene.place,
        judge=replace(scene.judge, may_call=nobody),  # type: ignore[arg-type]
    )
    scene.dial()

    assert scene.attempt.disposition is Disposition.BAD_NUMBER


def _opt_out(scene: Scene) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    scene.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,), suppressed_at=at))


def _pause(scene: Scene) -> None:
    scene.tables.set_campaign("spring", running=False)


def _stop(scene: Scene) -> None:
    scene.tables.set_switch(stopped=True)


def _other_call(scene: Scene) -> None:
    busy = scene.tables.customer(NUMBER).held("another")
    scene.tables.customers[NUMBER] = replace(busy, version=busy.version + 1)


@pytest.mark.parametrize("happens", [_opt_out, _pause, _stop, _other_call])
def test_what_changes_between_reading_and_claiming_stops_the_call(
    happens: Callable[[Scene], None],
) -> None:
    scene = Scene()
    scene.queue()
    commit = scene.tables.commit

    def changed_first(change: Change) -> None:
        if change.after.state is AttemptState.DIALING:
            happens(scene)
        commit(change)

    scene.tables.commit = changed_first  # type: ignore[method-assign]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.voice.posted == []
    assert scene.attempt.state is AttemptState.QUEUED
    assert scene.tables.lines_in_use == 0
