"""What is told of a call, in whatever order and however late."""

from __future__ import annotations

from dataclasses import replace

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, Scene
from tests.unit.dialing.lost_calls import after_unknown

MINUTE_MS = 60_000


def test_a_call_found_after_it_was_settled_takes_its_line_again_until_it_ends() -> None:
    scene = after_unknown()
    for _ in range(3):
        scene.tick()
        scene.clock.advance(MINUTE_MS)

    scene.hear()
    assert list(scene.tables.leases) == [f"{ATTEMPT}.1"]
    assert scene.tables.customer(NUMBER).held_by == ATTEMPT

    scene.hear(ended=True, ended_reason="customer-ended-call")
    assert scene.free()
    assert scene.attempt.disposition is Disposition.COMPLETED


def test_a_call_found_late_does_not_take_the_customer_from_another() -> None:
    scene = after_unknown()
    for _ in range(3):
        scene.tick()
        scene.clock.advance(MINUTE_MS)
    held = scene.tables.customer(NUMBER).held("another")
    scene.tables.customers[NUMBER] = held

    scene.hear()
    scene.hear(ended=True, ended_reason="customer-busy")

    assert scene.tables.customer(NUMBER).held_by == "another"


def test_the_end_of_an_earlier_post_does_not_end_the_present_one() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.tables.attempts[ATTEMPT] = replace(scene.attempt, posts=2)
    scene.tables.leases = {f"{ATTEMPT}.2": NOW_MS}

    scene.hear(call_id="ghost", ended=True, ended_reason="customer-busy")

    assert scene.attempt.state is AttemptState.PLACED
    assert list(scene.tables.leases) == [f"{ATTEMPT}.2"]


def test_a_conversation_is_remembered_of_the_customer() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.hear(ended=True, ended_reason="customer-ended-call", ended_at_ms=NOW_MS + 90_000)

    assert scene.tables.customer(NUMBER).conversation_at_ms == NOW_MS + 90_000


def test_a_conversation_that_is_told_of_after_all_is_remembered_as_well() -> None:
    scene = after_unknown()
    for _ in range(3):
        scene.tick()
        scene.clock.advance(MINUTE_MS)
    assert scene.attempt.disposition is Disposition.UNKNOWN

    scene.hear(ended=True, ended_reason="customer-ended-call", ended_at_ms=NOW_MS + 90_000)

    assert scene.tables.customer(NUMBER).conversation_at_ms == NOW_MS + 90_000


def test_an_end_whose_reason_is_told_later_is_a_conversation_then() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.hear(ended=True, ended_reason=None, ended_at_ms=NOW_MS + 90_000)
    assert scene.tables.customer(NUMBER).conversation_at_ms is None

    scene.hear(ended=True, ended_reason="customer-ended-call", ended_at_ms=NOW_MS + 90_000)

    assert scene.tables.customer(NUMBER).conversation_at_ms == NOW_MS + 90_000


def test_a_reason_nobody_knows_is_counted() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.hear(ended=True, ended_reason="a-reason-of-next-year")

    assert scene.attempt.disposition is Disposition.UNKNOWN
    assert len(scene.metrics.of("ended_reason_unknown")) == 1


def test_a_reason_nobody_knows_is_counted_of_a_call_that_nobody_here_placed() -> None:
    scene = Scene()
    scene.hear(name=None, ended=True, ended_reason="a-reason-of-next-year")

    assert len(scene.metrics.of("ended_reason_unknown")) == 1


def test_a_voice_that_is_not_to_be_had_is_noticed_after_the_ring_so_the_ring_counts() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.hear(ended=True, ended_reason="pipeline-error-eleven-labs-quota-exceeded")

    assert scene.attempt.disposition is Disposition.CONFIGURATION
    assert len(scene.tables.customer(NUMBER).rung) == 1
