"""A dial that misses its slot goes to the back of the queue: once, and never out of sight."""

from __future__ import annotations

import pytest

from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.place_call import Placing
from contact_center.kernel.ports import QueueUnavailableError
from tests.unit.dialing.dialing_scene import TIMINGS, Scene


def after_a_missed_slot() -> Scene:
    """A scene whose dialer slept past its slot and then as it should."""
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1
    assert scene.dial() is Placing.SENT_AGAIN
    scene.sleeper.oversleeps_ms = 0
    return scene


def test_a_tick_just_after_does_not_send_its_job_a_second_time() -> None:
    scene = after_a_missed_slot()
    for _ in range(3):
        scene.clock.advance(1_000)
        scene.tick()

    assert [job for job, _ in scene.jobs.sent] == [scene.newest_job()]


def test_its_job_is_served_at_once() -> None:
    scene = after_a_missed_slot()

    assert scene.dial() is Placing.POSTED
    assert scene.attempt.state is AttemptState.PLACED


def test_a_job_that_was_lost_after_it_was_sent_is_sent_again_by_a_tick() -> None:
    scene = after_a_missed_slot()
    scene.jobs.sent.clear()
    scene.clock.advance(TIMINGS.job_lost_ms)
    scene.tick()

    assert [job for job, _ in scene.jobs.sent] == [scene.newest_job()]


def test_nothing_is_lost_when_its_job_cannot_be_sent() -> None:
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1
    send = scene.jobs.send

    def down(*_sent: object) -> None:
        raise QueueUnavailableError

    scene.jobs.send = down  # type: ignore[method-assign,assignment]
    with pytest.raises(QueueUnavailableError):  # the job it came from is shown again
        scene.dial()
    assert scene.free()
    scene.jobs.send = send  # type: ignore[method-assign]
    scene.clock.advance(TIMINGS.job_lost_ms)
    scene.tick()  # and if that is lost too, there is the table

    assert [job for job, _ in scene.jobs.sent] == [scene.newest_job()]
    assert scene.attempt.state is AttemptState.QUEUED
