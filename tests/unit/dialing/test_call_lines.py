"""Lines of calls that came in, and of those that nobody here waits for any more."""

from __future__ import annotations

import pytest

from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.reconcile_attempts import LONGEST_TICK_MS
from contact_center.dialing.services.voice_ports import FoundCall, NotSent, Placed
from tests.unit.dialing.dialing_scene import ATTEMPT, TIMINGS, Scene

MINUTE_MS = 60_000


def test_a_call_of_a_post_that_was_given_up_for_dead_holds_a_line_of_its_own() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = NotSent("connection")
    scene.dial()
    scene.clock.at_ms = scene.attempt.not_before_ms
    scene.voice.outcome = Placed("call-2")
    scene.dial()
    assert scene.attempt.posts == 2

    scene.hear(call_id="call-1", name=f"{ATTEMPT}.1")  # it rings after all
    assert sorted(scene.tables.leases) == [f"{ATTEMPT}.2", "call:call-1"]

    scene.hear(call_id="call-1", name=f"{ATTEMPT}.1", ended=True)
    assert list(scene.tables.leases) == [f"{ATTEMPT}.2"]
    assert scene.attempt.state is AttemptState.PLACED


def test_an_inbound_call_holds_a_line_until_it_ends() -> None:
    scene = Scene()
    scene.hear(call_id="in-1", name=None)
    scene.hear(call_id="in-1", name=None)
    assert scene.tables.lines_in_use == 1

    scene.hear(call_id="in-1", name=None, ended=True)
    scene.hear(call_id="in-1", name=None, ended=True)
    assert scene.tables.lines_in_use == 0


def test_a_beginning_told_after_the_end_takes_no_line() -> None:
    scene = Scene()
    scene.hear(call_id="in-1", name=None, ended=True)
    scene.hear(call_id="in-1", name=None)

    assert scene.free()


@pytest.mark.parametrize("ended", [True, False])
def test_a_line_of_an_inbound_call_whose_end_was_lost_is_freed(ended: bool) -> None:  # noqa: FBT001
    scene = Scene()
    scene.hear(call_id="in-1", name=None)
    scene.voice.call = FoundCall(call_id="in-1", name=None, ended=ended)
    scene.clock.advance(TIMINGS.max_call_ms)
    assert scene.tick().lines_freed == 0

    scene.clock.advance(TIMINGS.call_margin_ms)
    assert scene.tick().lines_freed == ended


def test_a_provider_that_is_slow_about_lost_calls_takes_no_more_of_a_tick_than_there_is() -> None:
    scene = Scene()
    for call_id in ("in-1", "in-2"):
        scene.hear(call_id=call_id, name=None)
    scene.voice.call = FoundCall(call_id="in-1", name=None, ended=True)
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms)
    get_call = scene.voice.get_call

    def slow(call_id: str) -> FoundCall | None:
        scene.clock.advance(LONGEST_TICK_MS + 1)
        return get_call(call_id)

    scene.voice.get_call = slow  # type: ignore[method-assign]
    assert [scene.tick().lines_freed for _ in range(3)] == [1, 1, 0]
