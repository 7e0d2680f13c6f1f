"""The message of a department that very many call: heard first, and once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.kernel.spoken import longest_seconds
from contact_center.reception.services.follow_visit import SHORTEST_TALK_MS, assistant_let_go
from contact_center.reception.services.leave_music import leave_music
from contact_center.visits.domain.visit_merge import merged, post_told
from contact_center.visits.domain.visit_parts import Post, PostState, Stage
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell
from tests.unit.reception.desk import ID, LEG, WAITS, Desk

BUSY_DAY = "Very many people are calling today."


def test_who_is_admitted_hears_the_message_first_and_once() -> None:
    desk = Desk()
    say(desk, "support", BUSY_DAY)
    assert desk.admit() == desk.admit() == f"{BUSY_DAY} | JoinAssistant"
    assert desk.visit.heard == {"support"}


def test_who_begins_to_wait_hears_it_then_and_not_again_when_served() -> None:
    desk = Desk(lines=0)
    say(desk, "support", BUSY_DAY)
    assert desk.admit() == f"{BUSY_DAY} | {WAITS}"
    desk.reception = replace(desk.reception, lines=replace(desk.reception.lines, below=1))
    desk.serving = replace(desk.serving, lines=1)
    desk.serve()
    assert desk.sent_for == [LEG]
    assert leave_music(LEG, desk.reception) == "JoinAssistant"


@pytest.mark.parametrize(
    ("after_ms", "said"), [(400, WAITS), (2_900, WAITS), (SHORTEST_TALK_MS, "Pause | GoTo")]
)
def test_an_assistant_who_is_not_there_after_the_message_was_never_there(
    after_ms: int, said: str
) -> None:
    desk = Desk()
    long = " ".join([BUSY_DAY] * 8)
    say(desk, "support", long)
    desk.admit()
    desk.clock.advance(longest_seconds(long) * 1_000 + after_ms)
    assert assistant_let_go(LEG, desk.reception) == said


def test_whose_next_assistant_comes_without_a_message_is_listened_to_at_once() -> None:
    desk = Desk()
    say(desk, "support", " ".join([BUSY_DAY] * 8))
    desk.admit()
    desk.clock.advance(1_000)
    assert assistant_let_go(LEG, desk.reception) == WAITS
    placed = Post(state=PostState.PLACED, at_ms=desk.clock.now_ms(), call_id="call-2")
    talks = Visit(visit_id=ID, stage=Stage.TALKING, stage_ms=desk.clock.now_ms() + 1)
    tell(desk.visits, merged(talks, post_told(f"{ID}.2", placed)))
    desk.clock.advance(SHORTEST_TALK_MS + 1)
    assert assistant_let_go(LEG, desk.reception) == "Pause | GoTo"


def test_a_message_of_another_department_is_not_said() -> None:
    desk = Desk()
    say(desk, "sales", BUSY_DAY)
    assert desk.admit() == "JoinAssistant"
    assert desk.visit.heard == frozenset()


def test_who_goes_elsewhere_does_not_hear_it() -> None:
    desk = Desk(lines=0, most=0)
    say(desk, "support", BUSY_DAY)
    assert BUSY_DAY not in desk.admit()
    assert desk.visit.heard == frozenset()


class Says:
    """Messages."""

    def __init__(self, department: str, text: str) -> None:
        self._said = {department: text}

    def of(self, department: str) -> str | None:
        return self._said.get(department)


def say(desk: Desk, department: str, text: str) -> None:
    desk.reception = replace(desk.reception, messages=Says(department, text))
