"""What operators see of people and ask of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from contact_center.people.domain.people import (
    Happening,
    NobodyWaitsError,
    NoPersonError,
    Person,
    PersonEvent,
    PersonState,
    PersonStateError,
)
from contact_center.people.domain.person_steps import BUSY_LEASE_MS
from contact_center.people.services.change_person import PersonParts, offer_caller
from contact_center.people.services.people_desk import PeopleDesk
from contact_center.people.services.people_ports import NobodyWaits
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.people_book import FakePersonBook
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.unit.people.test_people import HELD, IN_STATE, NOW_MS, colleague, roster

OFF, READY, AWAY = PersonState.OFF, PersonState.READY, PersonState.AWAY
ADA = colleague("ada", "sales", "billing")
BY_SIP = replace(colleague("ben", "sales"), address="sip:ben@example.com")


@dataclass
class OneWaits:
    """WaitingCallers: one caller waits."""

    parts: PersonParts
    asked: list[str] = field(default_factory=list)

    def offer_next(self, person_id: str) -> str | None:
        self.asked.append(person_id)
        offer_caller(ADA, HELD, 30, self.parts)
        return HELD.visit_id


WISH = {
    READY: Happening(event=PersonEvent.LOG_IN),
    OFF: Happening(event=PersonEvent.LOG_OUT),
    AWAY: Happening(event=PersonEvent.GO_AWAY, reason="lunch"),
}


class Scene:
    def __init__(self, *people: Person) -> None:
        self.book = FakePersonBook({one.person_id: one for one in people})
        self.clock = FakeClock(NOW_MS)
        self.parts = PersonParts(book=self.book, clock=self.clock, metrics=CountedMetrics())
        self.desk = PeopleDesk(roster=roster(ADA, BY_SIP), people=self.parts, callers=NobodyWaits())


def test_everybody_is_shown_as_configured_and_as_they_stand() -> None:
    scene = Scene(replace(IN_STATE[PersonState.BUSY], then=AWAY, then_reason="lunch"))
    told = scene.desk.everybody(whole=True)
    assert told == {
        "people": [
            {
                "id": "ada",
                "name": "ada",
                "departments": ["sales", "billing"],
                "number": ADA.number,
                "sipAddress": None,
                "ringSeconds": 20,
                "state": "busy",
                "since": "2026-11-18T11:06:40.000Z",
                "reason": None,
                "afterwards": "away",
                "missedOffers": 0,
                "visitId": "v-1",
            },
            {
                "id": "ben",
                "name": "ben",
                "departments": ["sales"],
                "number": None,
                "sipAddress": "sip:ben@example.com",
                "ringSeconds": 20,
                "state": "off",
                "since": None,
                "reason": None,
                "afterwards": None,
                "missedOffers": 0,
                "visitId": None,
            },
        ],
        "unreadable": [],
    }


@pytest.mark.parametrize("state", [OFF, AWAY])
def test_whose_telephone_rings_as_he_leaves_is_told_of_and_nobody_else(state: PersonState) -> None:
    scene, jobs = Scene(IN_STATE[PersonState.RINGING]), FakeReceptionJobs()
    desk = replace(scene.desk, people=replace(scene.parts, hints=jobs))
    for _ in range(2):
        desk.change("ada", WISH[state])
    assert jobs.sent == [ReceptionJob(JobKind.OFFER, HELD.visit_id)]


def test_a_lease_that_is_over_is_not_shown_as_a_talk() -> None:
    scene = Scene(IN_STATE[PersonState.BUSY])
    scene.clock.advance(BUSY_LEASE_MS)
    assert scene.desk.person("ada", whole=True)["state"] == "wrapping"


def test_whoever_may_only_look_is_told_no_address() -> None:
    scene = Scene()
    assert scene.desk.person("ben", whole=False)["sipAddress"] is None


def test_one_that_cannot_be_read_is_named_and_hides_no_other() -> None:
    scene = Scene()
    scene.book.unreadable = {"ada"}
    told = scene.desk.everybody(whole=True)
    assert told["unreadable"] == ["ada"]
    assert len(told["people"]) == 1  # type: ignore[arg-type]


def test_an_operator_logs_somebody_in_sends_them_away_and_out() -> None:
    scene = Scene()
    assert scene.desk.change("ada", WISH[READY])["state"] == "ready"
    away = scene.desk.change("ada", WISH[AWAY])
    assert (away["state"], away["reason"]) == ("away", "lunch")
    assert scene.desk.change("ada", WISH[READY])["reason"] is None
    assert scene.desk.change("ada", WISH[OFF])["state"] == "off"
    with pytest.raises(PersonStateError):
        scene.desk.change("ada", WISH[AWAY])


def test_whoever_writes_down_is_ready_when_an_operator_says_so() -> None:
    scene = Scene(IN_STATE[PersonState.WRAPPING])
    assert scene.desk.change("ada", WISH[READY])["state"] == "ready"


def test_who_talks_leaves_after_the_talk() -> None:
    scene = Scene(IN_STATE[PersonState.BUSY])
    told = scene.desk.change("ada", WISH[OFF])
    assert (told["state"], told["afterwards"], told["visitId"]) == ("busy", "off", "v-1")


@pytest.mark.parametrize("state", [READY, PersonState.WRAPPING])
def test_the_next_caller_comes_on_request(state: PersonState) -> None:
    scene = Scene(IN_STATE[state])
    callers = OneWaits(scene.parts)
    told = replace(scene.desk, callers=callers).next_caller("ada")
    assert (told["state"], told["visitId"]) == ("ringing", "v-1")
    assert callers.asked == ["ada"]


@pytest.mark.parametrize("state", [OFF, AWAY, PersonState.RINGING, PersonState.BUSY])
def test_who_cannot_take_anybody_is_offered_nobody(state: PersonState) -> None:
    scene = Scene(IN_STATE[state])
    callers = OneWaits(scene.parts)
    with pytest.raises(PersonStateError) as caught:
        replace(scene.desk, callers=callers).next_caller("ada")
    assert caught.value.state is state
    assert callers.asked == []
    assert scene.book.people["ada"] == IN_STATE[state]


def test_where_nobody_waits_the_person_is_ready_for_who_comes() -> None:
    scene = Scene(IN_STATE[PersonState.WRAPPING])
    with pytest.raises(NobodyWaitsError):
        scene.desk.next_caller("ada")
    assert scene.book.people["ada"].state is READY


def test_there_is_nobody_of_another_key() -> None:
    desk = Scene().desk
    with pytest.raises(NoPersonError):
        desk.person("eve", whole=True)
    with pytest.raises(NoPersonError):
        desk.change("eve", WISH[READY])
    with pytest.raises(NoPersonError):
        desk.next_caller("eve")
