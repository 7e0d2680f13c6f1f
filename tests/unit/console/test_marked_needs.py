"""What the lists have and nobody has marked is marked, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from contact_center.console.domain.needs import Need, NeedKind
from contact_center.console.services.live_parts import MARKED_AGAIN_MS, NEED, LiveParts
from contact_center.console.services.need_ports import FoundNeeds
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Mapping

BROKEN, SOUND = (
    Need(kind=NeedKind.LINE_LOST, of_id=name, since_ms=1) for name in ("broken", "sound")
)


class Marks:
    """The index of needs, in which some cannot be marked."""

    def __init__(self, breaks: Mapping[str, type[Exception]]) -> None:
        self.breaks = breaks
        self.marked: list[str] = []

    def mark(self, need: Need) -> None:
        if need.of_id in self.breaks:
            raise self.breaks[need.of_id]
        self.marked.append(need.of_id)


class Lost:
    """A list of ours."""

    name = "lost"
    requests = 1

    def find(self) -> FoundNeeds:
        return FoundNeeds([BROKEN, SOUND])


def parts_with(marks: Marks, clock: FakeClock | None = None) -> LiveParts:
    nothing = cast("Any", None)
    parts = LiveParts(
        tables=nothing,
        queue=nothing,
        roster=nothing,
        departments=(),
        names=tuple,
        sources=[Lost()],
        marks=marks,
        clock=clock or FakeClock(1),
    )
    parts.begin()
    parts.unmarked += [BROKEN, SOUND]
    return parts


@pytest.mark.parametrize("error", [StoreUnavailableError, StoreRefusedError, KeyError])
def test_one_that_cannot_be_marked_keeps_no_other_from_it_and_no_page_from_its_answer(
    error: type[Exception],
) -> None:
    marks = Marks({BROKEN.of_id: error})
    parts = parts_with(marks)
    parts.mark(5)
    assert (marks.marked, parts.unmarked) == ([SOUND.of_id], [])


def test_what_waits_to_be_marked_waits_once_however_often_it_is_found() -> None:
    clock = FakeClock(MARKED_AGAIN_MS)
    parts = parts_with(Marks({}), clock)
    for _ in range(3):
        clock.advance(MARKED_AGAIN_MS)
        parts.read(f"{NEED} lost", clock.now_ms())
    assert parts.unmarked == [BROKEN, SOUND]
    parts.mark(5)
    clock.advance(MARKED_AGAIN_MS)
    parts.read(f"{NEED} lost", clock.now_ms())
    assert parts.unmarked == [BROKEN, SOUND]  # whoever wrote it anew may have left the mark away


def test_so_many_are_marked_and_the_rest_with_the_next_answer() -> None:
    marks = Marks({})
    parts = parts_with(marks)
    parts.mark(1)
    assert (marks.marked, parts.unmarked) == ([BROKEN.of_id], [SOUND])
