"""What was read a moment ago is not read again; where it has changed since, that is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.people.domain.offer_facts import CallerLeft
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import Happening, PersonEvent, PersonState
from contact_center.people.services.change_person import change_person
from contact_center.people.services.tell_offer import tell_offer
from contact_center.queue.domain.waiting import EntryState, Left, LeftBecause, Offered, WaitsFor
from contact_center.queue.services.change_entry import change_entry
from tests.unit.people.offer_stage import ADA, FIRST, VISIT, Stage, dies
from tests.unit.queue.queue_scene import NOW_MS, Scene

if TYPE_CHECKING:
    import pytest


def test_an_offer_that_has_changed_since_is_told_as_it_stands() -> None:
    stage = Stage()
    known = stage.ask()
    stage.answers()
    told = tell_offer(VISIT, FIRST, [CallerLeft()], stage.parts, known=known)
    assert told.answered_at_ms is not None
    assert told.ended is OfferOutcome.CALLER_GONE


def test_a_person_who_has_changed_since_is_judged_as_he_stands() -> None:
    stage = Stage()
    known = stage.people.read(ADA.person_id)
    stage.ask()
    away = Happening(event=PersonEvent.LOG_OUT)
    step = change_person(ADA.person_id, away, stage.parts.people, known)
    assert step.let_go is not None, "whoever rang meanwhile is let go"
    assert stage.people.read(ADA.person_id).state is PersonState.OFF


def test_an_entry_that_has_changed_since_is_changed_as_it_stands() -> None:
    ended = []
    for is_known in (True, False):
        scene = Scene()
        scene.enter("CA-caller", waits_for=WaitsFor.PERSON)
        known = scene.queue.read(VISIT) if is_known else None
        offered = Offered(token=FIRST, person_id=ADA.person_id, until_ms=NOW_MS + 60_000)
        change_entry(VISIT, offered, scene.waiting)
        ended.append(change_entry(VISIT, Left(LeftBecause.SERVED), scene.waiting, known=known))
    assert ended[0] == ended[1] == scene.queue.read(VISIT)
    assert ended[0] is not None
    assert ended[0].state is EntryState.LEFT


def test_whoever_is_known_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    known, person = stage.ask(), stage.people.read(ADA.person_id)
    for book in (stage.book, stage.people):
        monkeypatch.setattr(book, "read", dies)
    told = tell_offer(VISIT, FIRST, [CallerLeft()], stage.parts, known=known, person=person)
    assert told.ended is OfferOutcome.CALLER_GONE
