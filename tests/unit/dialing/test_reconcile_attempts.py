"""Every attempt comes to an end, whatever was lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.services.read_attempts import show_attempt
from contact_center.dialing.services.reconcile_attempts import reconcile_attempts
from contact_center.dialing.services.settle_attempt import resolve_attempt
from contact_center.dialing.services.voice_ports import FoundCall, LookUp, NotSent, Placed, Unknown
from contact_center.kernel.ports import ContentionError, QueueUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, TIMINGS, Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.dialing_ports import DialJob

MINUTE_MS = 60_000


def after_unknown() -> Scene:
    """A scene whose POST was answered by nobody, when its lease is over."""
    scene = Scene()
    scene.queue()
    scene.voice.outcome = Unknown("timeout")
    scene.dial()
    scene.clock.advance(TIMINGS.lease_ms + 1)
    return scene


def after_placed() -> Scene:
    """A scene whose call was placed, long after it must be over."""
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms + 1_000)
    return scene


def found(*, ended: bool, complete: bool = True) -> LookUp:
    call = FoundCall(
        call_id="call-9",
        name=f"{ATTEMPT}.1",
        ended=ended,
        rang_at_ms=NOW_MS + 20_000,
        ended_at_ms=NOW_MS + 30_000 if ended else None,
        ended_reason="customer-did-not-answer" if ended else None,
    )
    return LookUp(complete=complete, calls=(call,))


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


def test_trouble_with_one_does_not_stop_the_next() -> None:
    scene = Scene()
    scene.queue()
    other = scene.queue  # two attempts are due; the first cannot be read
    other(attempt_id="0" * 32, contact_id="contact-0")
    scene.clock.advance(MINUTE_MS)
    read = scene.tables.read

    def broken(attempt_id: str) -> object:
        if attempt_id == "0" * 32:
            raise RuntimeError("an item nobody can read")
        return read(attempt_id)

    scene.tables.read = broken  # type: ignore[assignment,method-assign]
    done = scene.tick()

    assert (done.seen, done.failed) == (2, 1)
    assert scene.jobs.sent == [(scene.newest_job(), 1)]


def ended(scene: Scene, count: int) -> list[str]:
    """So many attempts whose call has ended busy and of which nobody was told."""
    names = []
    for n in range(1, count + 1):
        name = attempt_id("spring", "contact-1", n)
        scene.tables.attempts[name] = replace(
            scene.queue(attempt_id=name, n=n),
            state=AttemptState.SETTLED,
            disposition=Disposition.BUSY,
            due_at_ms=NOW_MS,
        )
        names.append(name)
    return names


@pytest.mark.parametrize("contended", [False, True])
def test_an_end_that_is_corrected_while_it_is_told_is_told_again(*, contended: bool) -> None:
    scene = Scene()
    if contended:  # others are at one of them in this moment: each goes alone
        scene.tables.commit_all = in_conflict  # type: ignore[assignment,method-assign]
    [name] = ended(scene, 1)
    report_all = scene.outcomes.report_all

    def corrected(attempts: Sequence[DialAttempt]) -> frozenset[str]:
        told = report_all(attempts)
        known = scene.tables.attempts[name]
        end = replace(known, disposition=Disposition.COMPLETED, version=known.version + 1)
        scene.tables.attempts[name] = end
        return frozenset(told)

    scene.outcomes.report_all = corrected  # type: ignore[method-assign]
    scene.tick()
    assert not scene.tables.attempts[name].reported
    scene.outcomes.report_all = report_all  # type: ignore[method-assign]
    scene.tick()

    ends = [told.disposition for told in scene.outcomes.told]
    assert ends == [Disposition.BUSY, Disposition.COMPLETED]
    assert scene.tables.attempts[name].reported


def in_conflict(_changes: object) -> None:
    raise ContentionError


def test_one_that_cannot_be_told_of_is_set_aside_after_ten_times_and_stops_nobody() -> None:
    scene = Scene()
    bad, *others = ended(scene, 5)
    scene.outcomes.poisoned = {bad}

    assert scene.tick().failed == 1
    assert {told.attempt_id for told in scene.outcomes.told} == set(others)
    for _ in range(TIMINGS.stumbles):
        scene.clock.advance(TIMINGS.longest_pause_ms)
        scene.tick()

    aside = scene.tables.attempts[bad]
    assert (aside.set_aside, aside.state, aside.reported) == (True, AttemptState.SETTLED, False)
    assert (aside.trouble or "").startswith("OverflowError at dialing_scene.py:")
    assert scene.metrics.of("attempt_doubtful") == [{}]
    shown = show_attempt(aside)
    assert (shown["setAside"], shown["trouble"], shown["failures"]) == (True, aside.trouble, 10)
    assert scene.tick().seen == 0


def test_a_store_that_is_down_for_a_day_sets_nothing_aside() -> None:
    scene = Scene()
    names = ended(scene, 3)
    scene.outcomes.fails = True
    for _ in range(24 * 60):
        scene.clock.advance(MINUTE_MS)
        scene.tick()
    scene.outcomes.fails = False

    assert scene.tick().failed == 0
    assert {told.attempt_id for told in scene.outcomes.told} == set(names)


def test_while_a_store_is_down_the_others_do_not_wait_for_it_one_by_one() -> None:
    scene = Scene()
    ended(scene, 3)
    scene.outcomes.fails = True
    asked, report = [0], scene.outcomes.report

    def counted(attempt: DialAttempt) -> None:
        asked[0] += 1
        report(attempt)

    scene.outcomes.report_all = lambda _: frozenset()  # type: ignore[assignment,method-assign]
    scene.outcomes.report = counted  # type: ignore[method-assign]

    assert (scene.tick().failed, asked) == (3, [1])


def test_a_queue_that_is_down_for_hours_sets_nothing_aside() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 10 * 3_600_000)

    def down(job: DialJob, delay_seconds: int = 0) -> None:
        raise QueueUnavailableError(job, delay_seconds)

    scene.jobs.send = down  # type: ignore[method-assign]
    for _ in range(4 * TIMINGS.stumbles):
        scene.clock.advance(10 * MINUTE_MS)
        assert scene.tick().failed == 1

    assert (scene.attempt.state, scene.attempt.failures) == (AttemptState.QUEUED, 0)


@pytest.mark.parametrize("settled", [True, False])
def test_an_attempt_that_cannot_be_read_leaves_its_list_after_ten_times(*, settled: bool) -> None:
    scene = Scene()
    bad, *others = ended(scene, 3)
    if not settled:
        lost = replace(scene.tables.attempts[bad], state=AttemptState.DIALING, line=True)
        scene.tables.attempts[bad] = lost
    scene.tables.unreadable = {bad}

    assert scene.tick().failed == 1
    assert {told.attempt_id for told in scene.outcomes.told} == set(others)
    for _ in range(TIMINGS.stumbles):
        scene.clock.advance(TIMINGS.longest_pause_ms)
        scene.tick()

    assert scene.metrics.of("attempt_doubtful") == [{}]
    assert scene.tables.attempts[bad].due_at_ms is None


def test_one_that_breaks_while_it_is_looked_up_is_doubtful_after_ten_times() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = Unknown("timeout")
    scene.dial()
    scene.voice.find_calls = broken_search  # type: ignore[method-assign]
    for _ in range(TIMINGS.stumbles + 1):
        scene.clock.advance(TIMINGS.longest_pause_ms)
        scene.tick()

    assert (scene.attempt.state, scene.attempt.set_aside) == (AttemptState.DOUBTFUL, True)
    assert scene.free()
    resolve_attempt(ATTEMPT, rang=True, parts=scene.ledger)
    scene.tick()
    assert scene.attempt.reported


def broken_search(name: str, since_ms: int) -> LookUp:
    raise ZeroDivisionError(name, since_ms)


def test_a_line_that_breaks_keeps_no_other_from_being_freed() -> None:
    scene = Scene()
    for call in ("in-1", "in-2"):
        scene.hear(call_id=call, name=None)
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms)

    def get_call(call_id: str) -> FoundCall | None:
        if call_id == "in-1":
            raise ValueError(call_id)
        return None

    scene.voice.get_call = get_call  # type: ignore[method-assign]

    assert scene.tick().lines_freed == 1
    assert list(scene.tables.leases) == ["call:in-1"]
    assert scene.metrics.of("line_not_freed") == [{}]

    for _ in range(STUMBLES + 2):
        scene.clock.advance(60_000)
        scene.tick()
    assert scene.metrics.of("line_not_freed") == [{}] * STUMBLES
    assert scene.ledger.troubles.aside(Thing.LINE) == ["call:in-1"]


# -- lines of calls that came in -------------------------------------------------------------


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


# -- what is told of calls -------------------------------------------------------------------


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
