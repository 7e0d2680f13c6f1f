"""Every attempt comes to an end, whatever was lost on the way."""

from __future__ import annotations

from dataclasses import replace

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.services.reconcile_attempts import reconcile_attempts
from contact_center.dialing.services.settle_attempt import resolve_attempt
from contact_center.dialing.services.voice_ports import LookUp
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, TIMINGS, Scene
from tests.unit.dialing.lost_calls import after_placed, after_unknown, found

MINUTE_MS = 60_000


def test_a_queued_attempt_whose_job_was_lost_gets_another_job() -> None:
    scene = Scene()
    scene.queue()
    scene.clock.advance(MINUTE_MS)

    assert scene.tick().seen == 1
    assert scene.jobs.sent == [(scene.newest_job(), 1)]

    scene.clock.advance(MINUTE_MS)
    scene.tick()
    assert len(scene.jobs.sent) == 1  # not every minute: a backlog would feed itself


def test_a_queued_attempt_that_waited_too_long_is_given_up() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + MINUTE_MS)
    scene.clock.advance(MINUTE_MS)
    scene.tick()

    assert scene.attempt.disposition is Disposition.EXPIRED


def test_one_that_is_being_dialled_is_left_alone() -> None:
    scene = after_unknown()
    scene.clock.at_ms -= 10_000

    assert scene.tick().seen == 0
    assert scene.voice.asked == []


def test_it_is_looked_up_by_the_name_of_its_post_from_before_its_claim() -> None:
    scene = after_unknown()
    scene.tick()

    ((name, since_ms),) = scene.voice.asked
    assert name == f"{ATTEMPT}.1"
    assert since_ms <= NOW_MS - 58_000  # its clock may be a minute behind


def test_a_call_that_is_found_alive_is_placed() -> None:
    scene = after_unknown()
    scene.voice.found = found(ended=False)
    scene.tick()

    assert (scene.attempt.state, scene.attempt.call_id) == (AttemptState.PLACED, "call-9")
    assert scene.tables.customer(NUMBER).rung == ((f"{ATTEMPT}.1", NOW_MS + 20_000),)


def test_a_call_that_is_found_ended_settles_it() -> None:
    scene = after_unknown()
    scene.voice.found = found(ended=True)
    scene.tick()

    assert scene.attempt.disposition is Disposition.NO_ANSWER
    assert scene.free()


def test_what_was_found_counts_even_when_the_list_was_not_complete() -> None:
    scene = after_unknown()
    scene.voice.found = found(ended=False, complete=False)
    scene.tick()

    assert scene.attempt.state is AttemptState.PLACED


def test_nothing_is_begun_that_a_slow_provider_would_not_let_be_ended() -> None:
    scene = after_unknown()
    needed_ms = TIMINGS.post_ms + TIMINGS.ending_ms
    for left_ms, seen in ((needed_ms - 1, 0), (needed_ms, 1)):
        done = reconcile_attempts(scene.clock.at_ms + left_ms, scene.reconcile)
        assert done.seen == seen


def test_two_calls_of_one_name_are_an_alarm() -> None:
    scene = after_unknown()
    twice = found(ended=False).calls
    later = replace(twice[0], call_id="call-10", rang_at_ms=scene.clock.at_ms)
    scene.voice.found = LookUp(complete=True, calls=(*twice, later))
    scene.tick()

    assert len(scene.metrics.of("rang_twice")) == 1
    assert [at_ms for _, at_ms in scene.tables.customer(NUMBER).rung] == [later.rang_at_ms]


def test_nothing_found_for_long_enough_is_unknown_and_is_never_posted_again() -> None:
    scene = after_unknown()
    for _ in range(3):
        scene.tick()
        scene.clock.advance(MINUTE_MS)

    assert scene.attempt.disposition is Disposition.UNKNOWN
    assert scene.free()
    assert scene.tables.customer(NUMBER).rung  # it may have rung: the caps count it
    scene.dial()
    assert len(scene.voice.posted) == 1


def test_nothing_is_unknown_before_the_provider_has_had_time_to_list_it() -> None:
    """Three empty look-ups in a row say nothing while its list may lag."""
    scene = after_unknown()
    every_ms = TIMINGS.settle_ms // 10
    for _ in range(9):
        scene.tick()
        scene.tables.attempts[ATTEMPT] = replace(scene.attempt, due_at_ms=scene.clock.at_ms)
        scene.clock.advance(every_ms)
        assert scene.attempt.state is AttemptState.DIALING
    assert scene.attempt.empty_look_ups > TIMINGS.empty_look_ups

    scene.clock.advance(2 * every_ms)
    scene.tick()

    assert scene.attempt.disposition is Disposition.UNKNOWN


def test_what_can_be_seen_is_waited_for_longer_than_it_may_take() -> None:
    """Vapi lists a call within seconds, late ones within two minutes; clocks are off by less."""
    assert TIMINGS.settle_ms >= 120_000
    assert TIMINGS.provider_clock_ms >= 60_000
    assert TIMINGS.empty_look_ups >= 3
    assert TIMINGS.lease_ms > TIMINGS.function_ms


def test_two_ticks_at_once_count_one_look_up() -> None:
    scene = after_unknown()
    find = scene.voice.find_calls

    def meanwhile(name: str, since_ms: int) -> LookUp:
        scene.voice.find_calls = find  # type: ignore[method-assign]
        scene.tick()  # another reconciler is faster
        return find(name, since_ms)

    scene.voice.find_calls = meanwhile  # type: ignore[method-assign]
    scene.tick()

    assert scene.attempt.empty_look_ups == 1


def test_ten_failed_look_ups_are_a_person_s() -> None:
    scene = after_unknown()
    scene.voice.found = LookUp(complete=False, calls=())
    for _ in range(12):
        scene.tick()
        scene.clock.advance(MINUTE_MS)

    assert scene.attempt.state is AttemptState.DOUBTFUL
    assert scene.free()
    assert len(scene.metrics.of("attempt_doubtful")) == 1

    resolve_attempt(ATTEMPT, rang=False, parts=scene.ledger)
    assert scene.attempt.disposition is Disposition.FAILED
    assert scene.tables.customer(NUMBER).rung == ()


def test_a_call_whose_end_was_never_told_is_asked_for() -> None:
    scene = after_placed()
    scene.voice.call = replace(found(ended=True).calls[0], call_id="call-1")
    scene.tick()

    assert scene.attempt.disposition is Disposition.NO_ANSWER
    assert scene.free()


def test_a_call_that_still_lasts_is_asked_for_again() -> None:
    scene = after_placed()
    scene.voice.call = replace(found(ended=False).calls[0], call_id="call-1")
    scene.tick()

    assert scene.attempt.state is AttemptState.PLACED
    assert scene.attempt.due_at_ms == scene.clock.at_ms + MINUTE_MS


def test_a_call_the_provider_has_forgotten_is_unknown() -> None:
    scene = after_placed()
    scene.tick()

    assert scene.attempt.disposition is Disposition.UNKNOWN
    assert scene.free()


def test_a_silent_provider_leaves_a_call_open_and_then_to_a_person() -> None:
    scene = after_placed()
    scene.voice.reachable = False
    states = []
    for _ in range(11):
        scene.tick()
        states.append(scene.attempt.state)
        scene.clock.advance(MINUTE_MS)

    assert states[:9] == [AttemptState.PLACED] * 9
    assert states[9:] == [AttemptState.DOUBTFUL] * 2
    assert scene.free()


def test_an_end_is_told_to_those_who_plan_until_they_took_note() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.hear(ended=True, ended_reason="customer-busy")
    scene.outcomes.fails = True

    assert scene.tick().failed == 1
    scene.outcomes.fails = False
    scene.tick()
    scene.tick()

    assert [told.disposition for told in scene.outcomes.told] == [Disposition.BUSY]
    assert scene.attempt.reported
