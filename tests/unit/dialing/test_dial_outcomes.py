"""What an answer to the POST, or none, leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.place_call import Placing
from contact_center.dialing.services.voice_ports import NotSent, Placed, Refused, Unknown
from tests.unit.dialing.dialing_scene import NUMBER, Scene

if TYPE_CHECKING:
    from contact_center.dialing.services.voice_ports import PostOutcome

from tests.unit.dialing.dialing_scene import waits

Left = tuple[AttemptState, bool, bool]


OUTCOMES: list[tuple[PostOutcome, Left]] = [
    # the answer, and then: state, whether customer and line are free, whether it counts
    (Placed("call-1"), (AttemptState.PLACED, False, True)),
    (Unknown("timeout"), (AttemptState.DIALING, False, True)),
    (Refused("bad_request"), (AttemptState.SETTLED, True, False)),
    (NotSent("connection"), (AttemptState.QUEUED, True, False)),
    (NotSent("capacity"), (AttemptState.QUEUED, True, False)),
    (NotSent("rate"), (AttemptState.QUEUED, True, False)),
    (NotSent("late"), (AttemptState.QUEUED, True, False)),
]


@pytest.mark.parametrize(("outcome", "left"), OUTCOMES)
def test_what_an_outcome_leaves_behind(outcome: PostOutcome, left: Left) -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = outcome
    scene.dial()

    counts = bool(scene.tables.customer(NUMBER).rung)
    assert (scene.attempt.state, scene.free(), counts) == left


@pytest.mark.parametrize(
    ("outcome", "least_ms", "most_ms"),
    [
        (NotSent("connection"), 30_000, 45_000),
        (NotSent("capacity"), 15_000, 30_000),
        (NotSent("rate", retry_after_ms=7_000), 7_000, 22_000),
        (NotSent("rate"), 58_000, 75_000),
        (NotSent("late"), 0, 15_000),
    ],
)
def test_who_is_sent_away_waits(outcome: NotSent, least_ms: int, most_ms: int) -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = outcome
    scene.dial()

    waits_ms = scene.attempt.not_before_ms - scene.clock.at_ms
    assert least_ms <= waits_ms < most_ms
    assert scene.attempt.due_at_ms == scene.attempt.not_before_ms
    for_what = WaitsFor.LINE if outcome.reason == "capacity" else WaitsFor.PROVIDER
    if outcome.reason == "late":
        for_what = WaitsFor.SLOT
    assert waits(scene) == (for_what, scene.clock.at_ms)


def test_a_wrong_configuration_stops_the_campaign_and_says_so() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = Refused("unauthorized", configuration=True)
    scene.dial()

    assert scene.attempt.disposition is Disposition.CONFIGURATION
    assert scene.tables.stops == [("spring", "unauthorized")]
    assert scene.metrics.of("dial_configuration_wrong") == [{"reason": "unauthorized"}]


def test_without_a_connection_nothing_is_claimed() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.reachable = False

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.attempt.posts == 0
    assert waits(scene) == (WaitsFor.PROVIDER, scene.clock.at_ms)


def test_a_webhook_that_comes_before_the_reply_is_no_trouble() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.on_post = lambda: scene.hear(ended=True, ended_reason="customer-busy")  # type: ignore[assignment]

    scene.dial()

    assert scene.attempt.disposition is Disposition.BUSY
    assert scene.free()


def test_a_second_job_of_an_attempt_that_rings_does_nothing() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()

    assert scene.dial() is Placing.NOTHING_TO_DO
    assert len(scene.voice.posted) == 1
