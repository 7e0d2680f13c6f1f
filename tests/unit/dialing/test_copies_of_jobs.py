"""However often a queue delivers and a sender sends, one copy of a waiting job goes on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    Deferred,
    DialAttempt,
    Withdrawn,
)
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.place_call import Placing, place_call
from contact_center.kernel.ports import QueueUnavailableError, StoreUnavailableError
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, TIMINGS, Scene, in_state

if TYPE_CHECKING:
    from collections.abc import Callable

HALF_AN_HOUR_MS = 1_800_000
MINUTE_MS = 60_000


class DoublingQueue:
    """Each message is delivered so often; each that is sent is in it so often."""

    def __init__(self, scene: Scene, deliveries: int, sends: int) -> None:
        self.scene, self.deliveries, self.sends = scene, deliveries, sends
        self.came_to = Counter[Placing]()
        self._shown: list[tuple[float, int, DialJob]] = []
        self._numbers = count()
        self.put(DialJob(ATTEMPT), 0)

    def put(self, job: DialJob, delay_seconds: int) -> None:
        shown_ms = self.scene.clock.at_ms + 1_000 * delay_seconds
        for _ in range(self.sends):
            heappush(self._shown, (shown_ms, next(self._numbers), job))

    def run(self, until_ms: int) -> None:
        clock = self.scene.clock
        while self._shown and self._shown[0][0] <= until_ms:
            shown_ms, _, job = heappop(self._shown)
            clock.at_ms = max(clock.at_ms, round(shown_ms))
            for _ in range(self.deliveries):
                self.came_to[deliver(self.scene, job)] += 1
                while self.scene.jobs.sent:
                    self.put(*self.scene.jobs.sent.pop())
            assert sum(self.came_to.values()) < 5_000, "copies multiply"


def deliver(scene: Scene, job: DialJob) -> Placing:
    return place_call(job, scene.clock.at_ms + 30_000, scene.place)


def without_a_line() -> Scene:
    scene = Scene(lines_below=1)
    scene.queue(expires_at_ms=NOW_MS + 10 * HALF_AN_HOUR_MS)
    scene.tables.admit("call:inbound", NOW_MS)
    return scene


def without_a_slot() -> Scene:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 10 * HALF_AN_HOUR_MS)
    scene.slots.offers = [None] * 1_000
    return scene


def by_a_wrong_clock() -> Scene:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 10 * HALF_AN_HOUR_MS)
    scene.clock_check.off = True
    return scene


WAITS = pytest.mark.parametrize("waiting", [without_a_line, without_a_slot, by_a_wrong_clock])


@WAITS
@pytest.mark.parametrize(("deliveries", "sends"), [(1, 1), (2, 1), (1, 2), (2, 2), (3, 3)])
def test_work_on_a_job_that_waits_does_not_grow(
    waiting: Callable[[], Scene], deliveries: int, sends: int
) -> None:
    scene = waiting()
    queue = DoublingQueue(scene, deliveries, sends)

    queue.run(NOW_MS + HALF_AN_HOUR_MS)

    rounds = queue.came_to[Placing.SENT_AGAIN]
    assert 50 <= rounds <= HALF_AN_HOUR_MS // 15_000 + 1  # as often as if nothing were doubled
    assert sum(queue.came_to.values()) <= (rounds + 1) * deliveries * sends


def test_whoever_waited_is_dialled_once_there_is_a_line() -> None:
    scene = without_a_line()
    queue = DoublingQueue(scene, deliveries=2, sends=2)
    queue.run(NOW_MS + HALF_AN_HOUR_MS)
    scene.tables.leave("call:inbound", scene.clock.at_ms)

    queue.run(scene.clock.at_ms + MINUTE_MS)

    assert queue.came_to[Placing.POSTED] == 1
    assert len(scene.voice.posted) == 1


def test_an_overtaken_copy_costs_one_reading() -> None:
    scene = without_a_line()
    deliver(scene, DialJob(ATTEMPT))
    scene.jobs.sent.clear()
    scene.tables.circumstances = None  # type: ignore[method-assign,assignment]
    scene.slots.reserve = None  # type: ignore[method-assign,assignment]
    version = scene.attempt.version

    assert deliver(scene, DialJob(ATTEMPT)) is Placing.OVERTAKEN
    assert (scene.attempt.version, scene.jobs.sent) == (version, [])


@pytest.mark.parametrize("apart_ms", [1, -1])
def test_of_two_deliveries_at_once_one_goes_on(apart_ms: int) -> None:
    scene = without_a_slot()
    send, children = scene.jobs.send, list[DialJob]()

    def meanwhile(job: DialJob, delay_seconds: int = 0) -> None:
        children.append(job)
        if len(children) == 1:  # the first has read, and has not written
            scene.clock.at_ms += apart_ms
            deliver(scene, DialJob(ATTEMPT))
        send(job, delay_seconds)

    scene.jobs.send = meanwhile  # type: ignore[method-assign]
    deliver(scene, DialJob(ATTEMPT))
    assert len(children) == 2
    assert scene.attempt.job_at_ms == max(job.sent_at_ms for job in children)

    came_to = [deliver(scene, job) for job in list(children)]

    assert sorted(came_to) == [Placing.OVERTAKEN, Placing.SENT_AGAIN]


def test_a_copy_that_is_faster_than_the_note_of_it_goes_on() -> None:
    scene = without_a_line()
    send = scene.jobs.send

    def at_once(job: DialJob, delay_seconds: int = 0) -> None:
        scene.jobs.send = send  # type: ignore[method-assign]
        scene.tables.leave("call:inbound", scene.clock.at_ms)
        assert deliver(scene, job) is Placing.POSTED
        send(job, delay_seconds)

    scene.jobs.send = at_once  # type: ignore[method-assign]

    assert deliver(scene, DialJob(ATTEMPT)) is Placing.SENT_AGAIN
    assert scene.attempt.state is AttemptState.PLACED


def test_a_copy_of_which_nothing_could_be_written_goes_on() -> None:
    scene = without_a_line()
    commit = scene.tables.commit

    def down(*_change: object) -> None:
        raise StoreUnavailableError

    scene.slots.offers = [None]
    scene.tables.commit = down  # type: ignore[method-assign,assignment]
    assert deliver(scene, DialJob(ATTEMPT)) is Placing.SENT_AGAIN
    scene.tables.commit = commit  # type: ignore[method-assign]
    scene.slots.offers = None

    [(copy, _)] = scene.jobs.sent
    assert deliver(scene, copy) is Placing.SENT_AGAIN
    assert deliver(scene, DialJob(ATTEMPT)) is Placing.OVERTAKEN


def test_a_copy_that_cannot_be_sent_is_not_noted_and_its_parent_goes_on() -> None:
    scene = without_a_line()
    send = scene.jobs.send

    def down(*_sent: object) -> None:
        raise QueueUnavailableError

    scene.jobs.send = down  # type: ignore[method-assign,assignment]
    with pytest.raises(QueueUnavailableError):
        deliver(scene, DialJob(ATTEMPT))
    scene.jobs.send = send  # type: ignore[method-assign]

    assert deliver(scene, DialJob(ATTEMPT)) is Placing.SENT_AGAIN


def test_a_copy_that_was_lost_is_replaced_by_the_reconciler_and_overtaken_if_it_turns_up() -> None:
    scene = without_a_line()
    deliver(scene, DialJob(ATTEMPT))
    [(lost, _)] = scene.jobs.sent
    scene.jobs.sent.clear()
    scene.clock.advance(TIMINGS.send_again_ms)
    scene.tick()
    [(sent, _)] = scene.jobs.sent

    assert deliver(scene, lost) is Placing.OVERTAKEN
    assert deliver(scene, sent) is Placing.SENT_AGAIN


def test_two_ticks_at_once_leave_one_copy() -> None:
    scene = without_a_line()
    scene.clock.advance(TIMINGS.send_again_ms)
    send, once = scene.jobs.send, [None]

    def meanwhile(job: DialJob, delay_seconds: int = 0) -> None:
        send(job, delay_seconds)
        if once:
            once.pop()
            scene.clock.advance(1)
            scene.tick()

    scene.jobs.send = meanwhile  # type: ignore[method-assign]
    scene.tick()
    jobs = [job for job, _ in scene.jobs.sent]
    assert len(jobs) == 2

    came_to = [deliver(scene, job) for job in jobs]

    assert Placing.OVERTAKEN in came_to or jobs[0] == jobs[1]


def test_the_first_wait_for_a_slot_costs_no_write_the_second_does() -> None:
    scene = Scene()
    scene.queue()
    scene.slots.offers = [NOW_MS + 15_000]
    deliver(scene, DialJob(ATTEMPT))
    [(waits, _)] = scene.jobs.sent
    assert waits == DialJob(ATTEMPT, NOW_MS + 15_000)
    assert scene.attempt.version == 1

    deliver(scene, waits)  # before its time
    assert scene.jobs.sent[1][0] == scene.newest_job(NOW_MS + 15_000)
    assert scene.attempt.version == 2
    assert deliver(scene, waits) is Placing.OVERTAKEN


def test_a_missed_slot_leaves_one_copy() -> None:
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1
    assert deliver(scene, DialJob(ATTEMPT)) is Placing.SENT_AGAIN
    scene.sleeper.oversleeps_ms = 0

    assert [job for job, _ in scene.jobs.sent] == [scene.newest_job()]
    assert deliver(scene, DialJob(ATTEMPT)) is Placing.OVERTAKEN
    assert deliver(scene, scene.newest_job()) is Placing.POSTED


@pytest.mark.parametrize("told_ms", [0, 5, 7])
def test_the_newest_copy_stays_the_newest_whatever_is_told_later(told_ms: int) -> None:
    queued = DialAttempt(request=in_state(AttemptState.QUEUED).request, job_at_ms=6)
    dialing = replace(in_state(AttemptState.DIALING), job_at_ms=6)
    waits = Deferred(now_ms=NOW_MS, job_at_ms=told_ms)
    back = Withdrawn(posts=1, reason="late", now_ms=NOW_MS, not_before_ms=0, job_at_ms=told_ms)

    assert next_step(queued, waits, TIMINGS).job_at_ms == max(6, told_ms)
    assert next_step(dialing, back, TIMINGS).job_at_ms == max(6, told_ms)


def test_a_copy_counts_as_newer_than_what_a_faster_clock_sent() -> None:
    attempt = replace(in_state(AttemptState.QUEUED), job_at_ms=NOW_MS + 12)

    assert attempt.next_job_ms(NOW_MS) == NOW_MS + 13
    assert attempt.next_job_ms(NOW_MS + 20) == NOW_MS + 20
