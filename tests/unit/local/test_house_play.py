"""The shipped full house can be played; where it cannot, or is not wanted, it is left out."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from local.demo.demo import DEPARTMENTS, read_departments, read_house
from local.demo.house.play import CALLERS, LINES, TELEPHONES, cannot_be_played, house_play
from local.twilio.telephones.people_format import PEOPLE, load_person
from local.vapi.scripts.callers_format import load_callers

if TYPE_CHECKING:
    import pytest


def test_the_shipped_house_has_more_callers_than_lines_and_two_people() -> None:
    play = house_play(read_departments(DEPARTMENTS))
    assert cannot_be_played(play) == ""
    assert len({one.number for one in play.callers}) == len(play.callers) == 11 > LINES
    assert len({one.number for one in play.people}) == len(TELEPHONES)
    assert all(one.expects.visit for one in play.callers)
    assert play.words.told(0, play.words.next) is not None


def test_its_story_has_who_declines_a_machine_impatience_and_a_line_that_drops() -> None:
    ends = [one.expects.visit for one in load_callers(CALLERS)]
    assert {"served", "transferred", "abandoned_waiting", "abandoned_talking"} <= set(ends)
    ada, _ = (load_person(PEOPLE / file) for file in TELEPHONES)
    assert [ring.does for ring in ada.rings] == ["answers", "voicemail", "answers"]
    assert ada.rings[0].steps[0].press == "2"


def test_with_fewer_people_it_says_what_is_needed() -> None:
    play = house_play(read_departments(DEPARTMENTS))
    alone = replace(play, people=play.people[:1])
    assert cannot_be_played(alone) == (
        "No full house: it needs two people with a number in config/people.toml who both take "
        "callers of billing; there are 1."
    )


def test_who_does_not_want_it_is_asked_for_no_people(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_house(Namespace(no_house=True), {}) is None
    monkeypatch.setenv("HOUSE", "0")
    assert read_house(Namespace(), {}) is None
    monkeypatch.setenv("HOUSE", "1")
    assert read_house(Namespace(), {}) is not None
