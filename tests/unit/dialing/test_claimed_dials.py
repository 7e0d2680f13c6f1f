"""The claim of a dial: a line, one transaction, and whose it is when its reply is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.place_call import Placing
from contact_center.dialing.services.voice_ports import NotSent
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.permission.domain.calling_hours import STOP_BEFORE_CLOSE_SECONDS
from tests.unit.dialing.dialing_scene import NOW_MS, NUMBER, TIMINGS, Scene

if TYPE_CHECKING:
    from contact_center.dialing.services.ledger_ports import Change

from tests.unit.dialing.dialing_scene import waits


def test_no_line_free_waits_and_judges_nobody() -> None:
    scene = Scene(lines_below=1)
    scene.queue()
    scene.tables.admit("call:inbound", NOW_MS)

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(scene.newest_job(), 15)]
    assert scene.tables.customer(NUMBER).held_by is None


def test_who_finds_no_line_says_so_once_and_since_when() -> None:
    scene = Scene(lines_below=1)
    scene.queue()
    scene.tables.admit("call:inbound", NOW_MS)
    assert waits(scene) == (WaitsFor.SLOT, NOW_MS)

    scene.dial()
    first_at_ms = scene.clock.at_ms
    assert waits(scene) == (WaitsFor.LINE, first_at_ms)

    for offers in (None, [None], None):  # a line, no slot in time, a line
        scene.clock.advance(15_000)
        scene.slots.offers = offers
        assert scene.dial() is Placing.SENT_AGAIN
    assert waits(scene) == (WaitsFor.LINE, first_at_ms)

    scene.tables.leave("call:inbound", scene.clock.at_ms)
    assert scene.dial() is Placing.POSTED
    assert waits(scene) == (None, None)


def test_a_note_that_cannot_be_written_costs_no_job() -> None:
    scene = Scene(lines_below=1)
    scene.queue()
    scene.tables.admit("call:inbound", NOW_MS)
    commit = scene.tables.commit

    def unavailable(change: Change) -> None:
        if change.after.state is AttemptState.QUEUED:
            raise StoreUnavailableError
        commit(change)

    scene.tables.commit = unavailable  # type: ignore[method-assign]

    assert scene.dial() is Placing.SENT_AGAIN
    assert [delay_seconds for _, delay_seconds in scene.jobs.sent] == [15]


def test_a_gate_that_has_opened_is_not_waited_for_any_more() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=False)
    scene.dial()
    assert waits(scene) == (WaitsFor.PAUSE, NOW_MS)

    scene.tables.set_campaign("spring", running=True)
    scene.clock.advance(60_000)
    scene.slots.offers = [None]
    scene.dial()
    assert waits(scene) == (WaitsFor.SLOT, NOW_MS + 60_000)


def test_a_gate_that_stays_closed_is_waited_for_since_it_was_first_met() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_switch(stopped=True)
    for _ in range(3):
        assert scene.dial() is Placing.NOT_NOW
        assert waits(scene) == (WaitsFor.STOP, NOW_MS)
        scene.clock.advance(60_000)


def test_a_conflict_is_no_denial() -> None:
    scene = Scene()
    scene.queue()

    def conflict(change: Change) -> None:
        raise ContentionError(change.after.attempt_id)

    scene.tables.commit = conflict  # type: ignore[method-assign]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.attempt.state is AttemptState.QUEUED


def test_a_claim_of_another_dialer_is_not_taken_for_ours() -> None:
    """The reply to ours was lost, and what stands there now was written by somebody else."""
    scene = Scene()
    scene.queue()
    commit = scene.tables.commit

    def another_was_faster(change: Change) -> None:
        scene.tables.commit = commit  # type: ignore[method-assign]
        commit(replace(change, after=replace(change.after, token="theirs")))
        raise StoreUnavailableError

    scene.tables.commit = another_was_faster  # type: ignore[method-assign]

    with pytest.raises(StoreUnavailableError):
        scene.dial()
    assert scene.voice.posted == []
    assert (scene.attempt.state, scene.attempt.token) == (AttemptState.DIALING, "theirs")


@pytest.mark.parametrize("failures", [1, 2])
def test_a_claim_that_certainly_did_not_ring_is_taken_back_though_the_table_fails_twice(
    failures: int,
) -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = NotSent("rate")
    commit, left = scene.tables.commit, [failures]

    def throttled(change: Change) -> None:
        if change.before.state is AttemptState.DIALING and left[0]:
            left[0] -= 1
            raise StoreUnavailableError
        commit(change)

    scene.tables.commit = throttled  # type: ignore[method-assign]

    assert scene.dial() is Placing.POSTED
    assert scene.attempt.state is AttemptState.QUEUED
    assert scene.free()


@pytest.mark.parametrize(("before_close_ms", "leaves"), [(-100, False), (100, True)])
def test_it_is_judged_for_the_slot_and_not_for_the_moment_of_the_claim(
    before_close_ms: int, *, leaves: bool
) -> None:
    """The window closes in the two seconds between them."""
    scene = Scene()
    closes_at_ms = NOW_MS + (9 * 3_600 - STOP_BEFORE_CLOSE_SECONDS) * 1_000  # at 21:00
    scene.queue(expires_at_ms=closes_at_ms + 24 * 3_600_000)
    scene.clock.at_ms = closes_at_ms - 2_000
    scene.slots.offers = [closes_at_ms - before_close_ms]

    scene.dial()

    assert bool(scene.voice.posted) is leaves


@pytest.mark.parametrize("written", [True, False])
def test_when_the_reply_to_a_claim_is_lost_its_token_tells(written: bool) -> None:  # noqa: FBT001
    scene = Scene()
    scene.queue()
    commit = scene.tables.commit

    def reply_lost(change: Change) -> None:
        scene.tables.commit = commit  # type: ignore[method-assign]
        if written:
            commit(change)
        raise StoreUnavailableError

    scene.tables.commit = reply_lost  # type: ignore[method-assign]

    if written:
        assert scene.dial() is Placing.POSTED
    else:
        with pytest.raises(StoreUnavailableError):
            scene.dial()
    assert len(scene.voice.posted) == written


def test_a_missed_instant_is_given_up() -> None:
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.voice.posted == []
    assert scene.free()
    assert scene.attempt.state is AttemptState.QUEUED


def test_who_misses_slots_is_given_more_time_before_the_next() -> None:
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1
    waits_ms = []
    for _ in range(7):
        began_ms = scene.clock.at_ms
        scene.dial()
        waits_ms.append(scene.attempt.slot_at_ms - began_ms)

    assert scene.attempt.posts == 7
    assert waits_ms[0] < 2_000 <= waits_ms[-1]
    assert waits_ms[-1] <= 5 * TIMINGS.reserve_lead_ms + 1_020
