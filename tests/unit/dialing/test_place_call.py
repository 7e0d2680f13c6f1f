"""One dial: its slot, the time there is for it, and what is not dialled at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.place_call import Placing
from contact_center.dialing.services.voice_ports import NotSent
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, TIMINGS, Scene

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt


def test_what_was_claimed_is_not_read_again_to_write_that_it_was_placed() -> None:
    scene = Scene()
    scene.queue()
    read, found = scene.tables.read, list[AttemptState]()

    def counted(attempt_id: str) -> DialAttempt | None:
        attempt = read(attempt_id)
        found.extend([] if attempt is None else [attempt.state])
        return attempt

    scene.tables.read = counted  # type: ignore[method-assign]
    assert scene.dial() is Placing.POSTED
    assert set(found) == {AttemptState.QUEUED}
    assert scene.attempt.state is AttemptState.PLACED


def test_what_was_told_of_a_call_before_its_post_was_answered_stands() -> None:
    scene = Scene()
    scene.queue()
    told: list[DialAttempt | None] = []
    scene.voice.on_post = lambda: told.append(scene.hear(rang_at_ms=NOW_MS + 9_000))
    assert scene.dial() is Placing.POSTED
    placed = scene.attempt
    assert [placed] == told
    assert (placed.state, placed.counts_at_ms) == (AttemptState.PLACED, NOW_MS + 9_000)
    assert scene.tables.customer(NUMBER).rung == ((f"{ATTEMPT}.1", NOW_MS + 9_000),)


def test_a_call_is_placed_at_its_slot_under_the_name_of_its_post() -> None:
    scene = Scene()
    scene.queue()
    left_at_ms: list[int] = []
    scene.voice.on_post = lambda: left_at_ms.append(scene.clock.at_ms)

    assert scene.dial(NOW_MS + 5_000) is Placing.POSTED

    assert [request.name for request in scene.voice.posted] == [f"{ATTEMPT}.1"]
    assert left_at_ms == [NOW_MS + 5_000]
    assert (scene.attempt.state, scene.attempt.call_id) == (AttemptState.PLACED, "call-1")
    customer = scene.tables.customer(NUMBER)
    assert (customer.held_by, customer.rung) == (ATTEMPT, ((f"{ATTEMPT}.1", NOW_MS + 5_000),))
    assert list(scene.tables.leases) == [f"{ATTEMPT}.1"]
    assert scene.voice.connections == 0


def test_the_connection_is_told_how_late_it_may_write() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial(NOW_MS + 5_000) is Placing.POSTED

    assert scene.voice.latest_ms == NOW_MS + 5_000 + TIMINGS.lateness_ms


def test_the_evidence_of_the_verdict_is_kept() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()

    assert scene.attempt.evidence["purpose"] == "marketing"


def test_without_a_slot_a_fresh_one_is_reserved() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial() is Placing.POSTED
    assert scene.attempt.slot_at_ms >= NOW_MS + TIMINGS.reserve_lead_ms


@pytest.mark.parametrize("slot_ms", [NOW_MS - 1_000, NOW_MS + 100])
def test_a_slot_that_cannot_be_met_is_replaced(slot_ms: int) -> None:
    scene = Scene()
    scene.queue()
    scene.dial(slot_ms)

    assert scene.attempt.slot_at_ms >= NOW_MS + TIMINGS.reserve_lead_ms


def test_a_slot_before_the_instant_it_was_put_off_to_meanwhile_is_given_up() -> None:
    scene = Scene()
    scene.queue()
    until = scene.sleeper.until

    def put_off(at_ms: int) -> None:
        put_off_to_ms = NOW_MS + 10_000
        scene.tables.attempts[ATTEMPT] = replace(scene.attempt, not_before_ms=put_off_to_ms)
        until(at_ms)

    scene.sleeper.until = put_off  # type: ignore[method-assign]

    assert scene.dial(NOW_MS + 9_000) is Placing.SENT_AGAIN
    assert scene.voice.posted == []


def test_a_slot_that_was_used_is_never_used_again() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = NotSent("capacity")
    scene.dial(NOW_MS + 9_000)
    scene.tables.attempts[ATTEMPT] = replace(scene.attempt, not_before_ms=0)
    scene.clock.at_ms = NOW_MS + 8_500  # a second job with the same slot, by a clock that is behind
    scene.slots.offers = [NOW_MS + 12_000]

    scene.dial(NOW_MS + 9_000)

    assert scene.attempt.posts == 2
    assert scene.attempt.slot_at_ms == NOW_MS + 12_000


def test_a_far_slot_is_waited_for_in_the_queue() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial(NOW_MS + 60_000) is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(scene.newest_job(NOW_MS + 60_000), 58)]
    assert scene.clock.at_ms == NOW_MS


def test_no_slot_in_time_sends_the_job_again() -> None:
    scene = Scene()
    scene.queue()
    scene.slots.offers = [None]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(scene.newest_job(), 15)]


def test_with_little_time_left_nothing_is_begun() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial(NOW_MS + 5_000, seconds_left=17.9) is Placing.SENT_AGAIN
    assert scene.attempt.state is AttemptState.QUEUED
    assert scene.jobs.sent == [(scene.newest_job(NOW_MS + 5_000), 0)]


@pytest.mark.parametrize("state", [one for one in AttemptState if one is not AttemptState.QUEUED])
def test_what_is_not_queued_is_not_dialled(state: AttemptState) -> None:
    scene = Scene()
    scene.tables.attempts[ATTEMPT] = replace(scene.queue(), state=state)

    assert scene.dial() is Placing.NOTHING_TO_DO
    assert scene.voice.posted == []


def test_a_job_of_no_attempt_is_done() -> None:
    assert Scene().dial() is Placing.NOTHING_TO_DO


def test_an_attempt_that_waited_too_long_is_given_up() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS)

    assert scene.dial() is Placing.NOT_NOW
    assert scene.attempt.disposition is Disposition.EXPIRED


def test_an_attempt_sent_away_for_a_while_is_not_dialled_before() -> None:
    scene = Scene()
    scene.tables.attempts[ATTEMPT] = replace(scene.queue(), not_before_ms=NOW_MS + 60_000)

    assert scene.dial() is Placing.NOT_YET
