"""What was concluded from an attempt as it was read is not written over what it has become."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.permission.domain.permission import Permission
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.domain.dial_attempts import DialAttempt

HOUR_MS = 3_600_000
OF_NOBODY = "+12120000000"


def in_the_night(scene: Scene) -> None:
    """It may be called in the morning."""
    scene.queue(expires_at_ms=NOW_MS + 48 * HOUR_MS)
    scene.clock.at_ms = NOW_MS + 14 * HOUR_MS


def without_consent(scene: Scene) -> None:
    """It may never be called."""
    scene.queue()
    scene.tables.set_permission(NUMBER, Permission())


def of_no_number(scene: Scene) -> None:
    """Nobody has such a number."""
    scene.queue(number=OF_NOBODY)


def without_a_script(scene: Scene) -> None:
    """Its campaign has no script that could be said."""
    scene.queue()
    scene.snapshots.default = None


def expired(scene: Scene) -> None:
    """It was to be called until an hour ago."""
    scene.queue()
    scene.clock.at_ms = NOW_MS + 2 * HOUR_MS


def without_a_job(scene: Scene) -> None:
    """Its job was lost."""
    scene.queue()
    scene.clock.at_ms = NOW_MS + 60_000


def ended(scene: Scene) -> None:
    """Nobody was told of its end."""
    known = scene.tables.attempts.get(ATTEMPT) or scene.queue()
    scene.tables.attempts[ATTEMPT] = replace(
        known, state=AttemptState.SETTLED, disposition=Disposition.BUSY, due_at_ms=NOW_MS
    )


def ended_since_it_was_listed(scene: Scene) -> None:
    """The list of what is due knew it as one that waits."""
    without_a_job(scene)
    read = scene.tables.read

    def ends(attempt_id: str) -> Any:
        if scene.attempt.state is AttemptState.QUEUED:
            ended(scene)
        return read(attempt_id)

    scene.tables.read = ends  # type: ignore[method-assign]


def dials(scene: Scene) -> None:
    scene.dial()


def looks(scene: Scene) -> None:
    scene.tick()


@pytest.mark.parametrize(
    ("before", "acts"),
    [
        (in_the_night, dials),
        (without_consent, dials),
        (of_no_number, dials),
        (without_a_script, dials),
        (expired, looks),
        (without_a_job, looks),
        (ended, looks),
    ],
    ids=lambda one: one.__name__,
)
def test_who_concludes_from_what_it_was_changes_nothing(
    before: Callable[[Scene], None], acts: Callable[[Scene], None]
) -> None:
    scene = Scene()
    before(scene)
    moved = moves_after_one_look(scene)

    acts(scene)

    assert scene.attempt == moved()


def test_an_end_that_is_told_as_it_changes_is_told_as_it_is_then() -> None:
    scene = Scene()
    ended_since_it_was_listed(scene)
    moved = moves_after_one_look(scene)

    scene.tick()

    assert [told.version for told in scene.outcomes.told] == [1, moved().version]
    assert scene.attempt.reported


def moves_after_one_look(scene: Scene) -> Callable[[], DialAttempt]:
    """Another process writes the attempt as soon as it was read once; returns what that wrote."""
    read, read_many = scene.tables.read, scene.tables.read_many
    written: list[DialAttempt] = []

    def move() -> None:
        known = scene.tables.attempts[ATTEMPT]
        if not written:
            written.append(replace(known, version=known.version + 1))
            scene.tables.attempts[ATTEMPT] = written[0]

    def once(attempt_id: str) -> Any:
        found = read(attempt_id)
        move()
        return found

    def many(attempt_ids: Any) -> Any:
        found = dict(read_many(attempt_ids))
        move()
        return found

    scene.tables.read = once  # type: ignore[method-assign]
    scene.tables.read_many = many  # type: ignore[method-assign]
    return lambda: written[0]
