"""What is wrong with one attempt, or with a store, stops no other; ten times set it aside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.services.read_attempts import show_attempt
from contact_center.dialing.services.settle_attempt import resolve_attempt
from contact_center.dialing.services.voice_ports import FoundCall, LookUp, Unknown
from contact_center.kernel.ports import ContentionError, QueueUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, TIMINGS, Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.dialing_ports import DialJob

MINUTE_MS = 60_000


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


def test_one_that_cannot_be_told_of_is_set_aside_after_ten_times_and_stops_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene()
    bad, *others = ended(scene, 5)
    scene.outcomes.poisoned = {bad}

    assert scene.tick().failed == 1
    assert {told.attempt_id for told in scene.outcomes.told} == set(others)
    assert '"error":"OverflowError"' in capsys.readouterr().out
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
