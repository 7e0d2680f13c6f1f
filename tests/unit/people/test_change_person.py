"""One event told to a person's record: judged on what stands, written once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.people.domain.people import (
    Happening,
    Held,
    Person,
    PersonEvent,
    PersonState,
    PersonStateError,
)
from contact_center.people.domain.person_steps import BUSY_LEASE_MS, TELLING_MS
from contact_center.people.services.change_person import (
    TRIES,
    PersonParts,
    change_person,
    free_overdue,
    offer_caller,
)
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.people_book import FakePersonBook
from tests.fakes.troubles import FakeTroubles
from tests.unit.people.test_people import HELD, IN_STATE, NOW_MS, OTHER, colleague

ADA = colleague("ada", "sales")
READY, RINGING, BUSY = (
    IN_STATE[one] for one in (PersonState.READY, PersonState.RINGING, PersonState.BUSY)
)


class Desk:
    def __init__(self, *people: Person) -> None:
        self.book = FakePersonBook({one.person_id: one for one in people})
        self.clock, self.metrics = FakeClock(NOW_MS), CountedMetrics()
        self.troubles = FakeTroubles()
        self.parts = PersonParts(
            book=self.book, clock=self.clock, metrics=self.metrics, troubles=self.troubles
        )

    @property
    def ada(self) -> Person:
        return self.book.people["ada"]


def test_an_event_is_written_on_what_was_read() -> None:
    desk = Desk(READY)
    person = offer_caller(ADA, HELD, 45, desk.parts)
    assert person == desk.ada
    assert person.version == READY.version + 1
    assert person.held == replace(HELD, wrap_seconds=45)
    assert person.lease_ms == NOW_MS + 20_000 + TELLING_MS


def test_what_changes_nothing_writes_nothing() -> None:
    desk = Desk(RINGING)
    old = Happening(event=PersonEvent.MISSED, offer_id=OTHER.offer_id)
    assert change_person("ada", old, desk.parts).person == RINGING
    assert desk.ada is RINGING


def test_of_two_offers_at_once_the_second_is_refused() -> None:
    desk = Desk(READY)

    def offer_meanwhile() -> None:
        offer_caller(ADA, OTHER, 30, desk.parts)

    desk.book.before_write = offer_meanwhile
    with pytest.raises(PersonStateError):
        offer_caller(ADA, HELD, 30, desk.parts)
    assert desk.ada.held == OTHER


def test_an_offer_whose_answer_got_lost_is_taken_when_it_is_made_again() -> None:
    desk = Desk(READY)
    first = offer_caller(ADA, HELD, 30, desk.parts)
    desk.clock.advance(5_000)
    assert offer_caller(ADA, HELD, 30, desk.parts) == first


def test_who_is_overtaken_again_and_again_gives_up_and_writes_nothing() -> None:
    desk = Desk(READY)
    asked = 0

    def overtake() -> None:
        nonlocal asked
        asked += 1
        desk.book.people["ada"] = replace(desk.ada, version=desk.ada.version + 1)
        desk.book.before_write = overtake

    desk.book.before_write = overtake
    with pytest.raises(ContentionError):
        change_person("ada", Happening(event=PersonEvent.LOG_OUT), desk.parts)
    assert (asked, desk.ada.state) == (TRIES, PersonState.READY)


def test_being_made_away_is_counted_once() -> None:
    desk = Desk(replace(RINGING, missed=1))
    missed = Happening(event=PersonEvent.MISSED, offer_id=HELD.offer_id)
    assert change_person("ada", missed, desk.parts).set_away
    assert not change_person("ada", missed, desk.parts).set_away
    assert desk.metrics.of("person_set_away") == [{}]


def test_a_store_that_does_not_answer_is_not_hidden() -> None:
    desk = Desk(READY)
    desk.book.down = True
    with pytest.raises(StoreUnavailableError):
        offer_caller(ADA, HELD, 30, desk.parts)


def test_a_freed_person_is_told_of_once_and_one_that_cannot_be_read_stops_no_other() -> None:
    names = ("ada", "bad", "cy")
    desk = Desk(*(replace(BUSY, person_id=name) for name in names))
    desk.book.unreadable = {"bad"}
    desk.clock.advance(BUSY_LEASE_MS - 1)
    assert free_overdue(desk.parts) == 0
    assert desk.ada.state is PersonState.BUSY

    desk.clock.advance(1)
    assert free_overdue(desk.parts) == 2
    assert [desk.book.people[name].state for name in names] == ["wrapping", "busy", "wrapping"]
    assert desk.metrics.of("person_freed_by_lease") == [{"state": "busy"}] * 2
    assert len(desk.metrics.of("person_not_freed")) == 2  # it was looked at twice
    desk.clock.advance(30_000)
    free_overdue(desk.parts)
    assert list(desk.book.due(desk.clock.now_ms() + 10**9, 10)) == ["bad"]


def test_a_person_who_cannot_be_freed_is_set_aside_after_ten_ticks_and_no_other_is() -> None:
    desk = Desk(*(replace(BUSY, person_id=name) for name in ("ada", "bad")))
    desk.book.unreadable = {"bad"}
    for _ in range(STUMBLES + 2):
        desk.clock.advance(BUSY_LEASE_MS if desk.ada.state is PersonState.BUSY else 60_000)
        free_overdue(desk.parts)
    assert len(desk.metrics.of("person_not_freed")) == STUMBLES
    assert desk.troubles.aside(Thing.PERSON) == ["bad"]
    assert "at people_book.py" in desk.troubles.read(Thing.PERSON, "bad").cause
    assert desk.ada.state is PersonState.READY


def test_a_lost_end_of_a_talk_leaves_room_for_the_next_caller() -> None:
    """Nobody ticks: whoever offers reads the person as it stands."""
    desk = Desk(BUSY)
    desk.clock.advance(BUSY_LEASE_MS + 30_000)
    ringing = offer_caller(ADA, OTHER, 30, desk.parts)
    assert (ringing.state, ringing.held) == (PersonState.RINGING, OTHER)


def test_conditions_are_those_of_the_store() -> None:
    book = FakePersonBook()
    with pytest.raises(ConditionLostError):
        book.write(READY, RINGING)
    assert Held(offer_id="o", visit_id="v").wrap_seconds == 0
