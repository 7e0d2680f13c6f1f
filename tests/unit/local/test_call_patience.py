"""How long somebody in a call that is played quickly waits for our server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.vapi.calls.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable

LOSES_PATIENCE, IS_SAID = "loses patience", "is said"


class Held(Timeline):
    """A call's time, put forward by hand."""

    held_ms = 0

    def now_ms(self) -> int:
        return self.held_ms


def played(timeline: Held) -> list[str]:
    """What happens in a call in which words end a second after somebody would have given up."""
    happened: list[str] = []

    def notes(what: str) -> Callable[[int], None]:
        return lambda _: happened.append(what)

    timeline.held_ms = 20_000
    timeline.give_up_at(50_000, notes(LOSES_PATIENCE))
    timeline.at(51_000, notes(IS_SAID))
    timeline.at(10**9, lambda _: timeline.finish())
    timeline.held_ms = 10**9
    timeline.run()
    return happened


@pytest.mark.parametrize("speed", [1.0, 5.0])
def test_patience_is_as_quick_as_the_call_unless_it_is_told_otherwise(speed: float) -> None:
    assert played(Held(speed)) == [LOSES_PATIENCE, IS_SAID]


def test_a_quick_call_has_no_less_patience_with_a_slow_machine() -> None:
    assert played(Held(50.0, waiting_speed=5.0)) == [IS_SAID, LOSES_PATIENCE]


def test_who_should_have_given_up_long_ago_does_so_at_once() -> None:
    timeline = Held(50.0, waiting_speed=5.0)
    timeline.held_ms = 90_000
    given_up: list[int] = []
    timeline.give_up_at(50_000, given_up.append)
    timeline.at(90_000, lambda _: timeline.finish())
    timeline.run()
    assert given_up == [50_000]
