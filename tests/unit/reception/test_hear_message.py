"""The message of a department that very many call: heard first, and once."""

from __future__ import annotations

from dataclasses import replace

from contact_center.reception.services.leave_music import leave_music
from tests.unit.reception.desk import LEG, WAITS, Desk

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
