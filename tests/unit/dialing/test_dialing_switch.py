"""The switch: dialing stops, and goes on."""

from __future__ import annotations

from contact_center.dialing.domain.dial_timings import patience
from contact_center.dialing.services.place_call import Placing
from contact_center.dialing.services.stop_dialing import (
    SwitchParts,
    nothing_leaves_after_ms,
    resume_dialing,
    stop_dialing,
)
from tests.fakes.dialing_ledger import FakeSwitchBoard
from tests.unit.dialing.dialing_scene import TIMINGS, Scene


def test_the_switch_stops_and_lets_go_on() -> None:
    scene = Scene()
    scene.queue()
    parts = SwitchParts(switch=FakeSwitchBoard(scene.tables), clock=scene.clock)

    assert stop_dialing(parts).stopped
    assert stop_dialing(parts).version == 1
    assert scene.dial() is Placing.NOT_NOW
    assert scene.attempt.reason == "dialing_stopped"

    assert not resume_dialing(parts).stopped
    scene.clock.advance(60_000)
    assert scene.dial() is Placing.POSTED


def test_nothing_leaves_five_seconds_after_stop() -> None:
    assert nothing_leaves_after_ms(TIMINGS) < 5_000


def test_the_most_patient_dialer_leaves_no_later_than_stop_says() -> None:
    for posts in range(20):
        claimed_before_ms = TIMINGS.claim_before_ms * patience(posts)
        assert claimed_before_ms + TIMINGS.lateness_ms <= nothing_leaves_after_ms(TIMINGS)
