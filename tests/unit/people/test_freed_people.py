"""Whoever becomes ready for a caller is told of at once, by a hint: once, and whatever breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.ports import QueueUnavailableError
from contact_center.people.domain.people import (
    Happening,
    NobodyWaitsError,
    Person,
    PersonEvent,
    PersonState,
)
from contact_center.people.domain.person_steps import BUSY_LEASE_MS
from contact_center.people.services.call_back_for import let_go
from contact_center.people.services.change_person import (
    PersonParts,
    change_person,
    free_overdue,
    offer_caller,
)
from contact_center.people.services.people_desk import PeopleDesk
from contact_center.people.services.people_ports import NobodyWaits
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.people_book import FakePersonBook
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.people.offer_stage import CALLER_LEG, Stage
from tests.unit.people.test_people import HELD, IN_STATE, NOW_MS, colleague, roster

if TYPE_CHECKING:
    from contact_center.visits.services.reception_jobs import ReceptionJobs

ADA = colleague("ada", "sales")
OFF, READY, RINGING, BUSY, WRAPPING, AWAY = (IN_STATE[state] for state in PersonState)
FREE = ReceptionJob(JobKind.PERSON)


class Down:
    def send(self, _: ReceptionJob) -> None:
        raise QueueUnavailableError


class Scene:
    def __init__(self, person: Person, jobs: ReceptionJobs | None = None) -> None:
        self.book = FakePersonBook({"ada": person})
        self.clock, self.metrics = FakeClock(NOW_MS), CountedMetrics()
        self.jobs = FakeReceptionJobs()
        self.parts = PersonParts(
            book=self.book, clock=self.clock, metrics=self.metrics, hints=jobs or self.jobs
        )

    def happens(self, event: PersonEvent) -> PersonState:
        happening = Happening(event=event, offer_id=HELD.offer_id, reason="lunch")
        return change_person("ada", happening, self.parts).person.state


BECOMES_READY = [
    (OFF, PersonEvent.LOG_IN),
    (AWAY, PersonEvent.LOG_IN),
    (AWAY, PersonEvent.BACK),
    (WRAPPING, PersonEvent.WRAPPED),
    (RINGING, PersonEvent.MISSED),
    (RINGING, PersonEvent.DECLINED),
    (RINGING, PersonEvent.WITHDRAWN),
    (BUSY, PersonEvent.WITHDRAWN),
    (replace(BUSY, held=replace(HELD, wrap_seconds=0)), PersonEvent.BRIDGED_END),
]
STAYS_OUT_OF_REACH = [
    (READY, PersonEvent.LOG_OUT),
    (READY, PersonEvent.GO_AWAY),
    (READY, PersonEvent.LOG_IN),
    (RINGING, PersonEvent.RUNG),
    (RINGING, PersonEvent.ACCEPTED),
    (BUSY, PersonEvent.LOG_OUT),
    (replace(RINGING, missed=1), PersonEvent.MISSED),
    (replace(BUSY, then=PersonState.AWAY), PersonEvent.BRIDGED_END),
]


@pytest.mark.parametrize(("person", "event"), BECOMES_READY)
def test_whoever_becomes_ready_is_hinted_at_once(person: Person, event: PersonEvent) -> None:
    scene = Scene(person)
    assert scene.happens(event) is PersonState.READY
    scene.happens(event)  # told again
    assert scene.jobs.sent == [FREE]


@pytest.mark.parametrize(("person", "event"), STAYS_OUT_OF_REACH)
def test_of_whoever_is_not_to_be_had_nothing_is_told(person: Person, event: PersonEvent) -> None:
    scene = Scene(person)
    scene.happens(event)
    assert scene.jobs.sent == []


def test_who_writes_down_is_hinted_at_when_that_is_over_and_not_sooner() -> None:
    scene = Scene(replace(BUSY, held=replace(HELD, wrap_seconds=45)))
    assert scene.happens(PersonEvent.BRIDGED_END) is PersonState.WRAPPING
    scene.happens(PersonEvent.BRIDGED_END)
    assert scene.jobs.sent == [ReceptionJob(JobKind.PERSON, in_seconds=45)]
    scene.clock.advance(45_000)
    assert offer_caller(ADA, HELD, 30, scene.parts).state is PersonState.RINGING


def test_a_hint_that_cannot_be_sent_is_counted_and_the_person_is_ready() -> None:
    scene = Scene(OFF, Down())
    assert scene.happens(PersonEvent.LOG_IN) is PersonState.READY
    assert scene.book.people["ada"].state is PersonState.READY
    assert scene.metrics.of("hint_unsent") == [{"kind": "person"}]


def test_what_was_not_written_is_not_hinted_at() -> None:
    scene = Scene(OFF)
    scene.book.before_write = lambda: scene.book.people.update(
        ada=replace(READY, version=OFF.version + 1)
    )
    scene.happens(PersonEvent.LOG_IN)  # by the telephone as well, a moment sooner
    assert scene.jobs.sent == []


def test_who_asks_for_the_next_caller_looks_himself_and_is_overtaken_by_no_hint() -> None:
    scene = Scene(WRAPPING)
    desk = PeopleDesk(roster=roster(ADA), people=scene.parts, callers=NobodyWaits())
    with pytest.raises(NobodyWaitsError):
        desk.next_caller("ada")
    assert scene.book.people["ada"].state is PersonState.READY
    assert scene.jobs.sent == []


def test_who_was_held_for_a_call_that_was_not_made_is_not_hinted_at_without_end() -> None:
    scene = Scene(RINGING)
    let_go("ada", HELD.offer_id, scene.parts)
    assert scene.book.people["ada"].state is PersonState.READY
    assert scene.jobs.sent == []


def test_a_tick_that_looks_anyhow_needs_no_hints() -> None:
    scene = Scene(WRAPPING)
    scene.clock.advance(10**9)
    assert free_overdue(scene.parts.unhinted) == 1
    assert scene.jobs.sent == []


def test_whose_lease_was_over_is_busy_again_once_the_talk_is_proved_to_go_on() -> None:
    stage = Stage()
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.comes_in("CA-person-1")
    stage.comes_in(CALLER_LEG)
    assert stage.state() is PersonState.BUSY
    stage.clock.advance(BUSY_LEASE_MS + 1)
    assert free_overdue(stage.parts.people) == 1
    assert stage.state() is PersonState.WRAPPING
    stage.later(1)  # the tick that was lost came at last
    assert stage.state() is PersonState.BUSY
    stage.leg_ends(LegStatus.COMPLETED, sequence=9)
    assert stage.state() is PersonState.READY


def test_whose_lease_was_over_is_busy_as_soon_as_both_are_seen_in_the_room() -> None:
    stage = Stage()
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.telephone.in_rooms |= {"CA-person-1", CALLER_LEG}  # and nobody is told of either
    stage.clock.advance(BUSY_LEASE_MS + 1)
    assert free_overdue(stage.parts.people) == 1
    stage.later(1)
    assert stage.state() is PersonState.BUSY


def test_a_talk_whose_end_was_told_as_it_was_looked_up_keeps_nobody() -> None:
    stage = Stage()
    stage.ask()
    stage.answers()
    stage.presses("1")
    stage.comes_in("CA-person-1")
    stage.comes_in(CALLER_LEG)
    stage.clock.advance(BUSY_LEASE_MS + 1)
    free_overdue(stage.parts.people)
    find_leg = stage.telephone.find_leg

    def ends_just_then(leg: str) -> Any:
        stage.telephone.find_leg = find_leg  # type: ignore[method-assign]
        found = find_leg(leg)
        stage.leg_ends(LegStatus.COMPLETED, sequence=9)
        return found

    stage.telephone.find_leg = ends_just_then  # type: ignore[method-assign]
    stage.later(1)
    assert stage.state() is PersonState.READY
