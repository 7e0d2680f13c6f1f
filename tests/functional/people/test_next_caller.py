"""An operator asks for a person's next caller: the API offers, the receptionist rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.twilio.telephones.people_format import Person, Ring
from tests.functional.operator_api.operator_rig import OperatorRig, start_operator_api
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_receptionist import Receptionist
from tests.twilio_scene import CALLER, OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

NUMBER = "+14155550121"  # Ben's, of people.toml, for support
NEXT = "/api/people/ben/next"
RINGS_ON = Person(name="Ben", numbers=(NUMBER,), rings=(Ring(does="no_answer"),))


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch, people=(RINGS_ON,)) as made:
        yield made


@pytest.fixture
def api(rig: ReceptionRig) -> Iterator[OperatorRig]:
    made = start_operator_api(rig.account, rig.monkeypatch)
    yield made
    made.close()


def waits(rig: ReceptionRig) -> str:
    """A caller who waits in line for somebody of support; returns the leg."""
    leg = rig.comes_in()
    asked = WaitAsked(
        visit_id=visit_of(leg),
        department="support",
        waits_for=WaitsFor.PERSON,
        leg=leg,
        number=CALLER,
    )
    enter_queue(asked, rig.serving.waiting)
    rig.jobs()  # what was hinted at until now
    return leg


def test_the_next_caller_is_offered_at_once_and_the_receptionist_rings_once(
    rig: ReceptionRig, api: OperatorRig, capsys: pytest.CaptureFixture[str]
) -> None:
    leg = waits(rig)
    api.ask("PUT", "/api/people/ben", {"state": "ready"})
    status, told = api.ask("POST", NEXT)
    assert (status, told["state"], told["visitId"]) == (200, "ringing", visit_of(leg))
    entry = rig.serving.waiting.queue.read(visit_of(leg))
    assert entry is not None
    assert (entry.state, entry.person_id) == (EntryState.OFFERED, "ben")
    status, refused = api.ask("POST", NEXT)
    assert (status, refused["reason"]) == (409, "ringing")

    receptionist = Receptionist(rig, capsys)
    receptionist.start()
    assert receptionist.app is not None
    telephone = receptionist.app.PARTS.jobs.offers.deeds.telephone
    assert not telephone.find_legs(NUMBER, OURS, 0).legs
    hints = rig.jobs()
    assert hints == [ReceptionJob(JobKind.PERSON), ReceptionJob(JobKind.OFFER, visit_of(leg))]
    assert receptionist.take(*hints) == receptionist.take(*hints) == []
    assert len(telephone.find_legs(NUMBER, OURS, 0).legs) == 1
    receptionist.close()


def test_a_tick_rings_where_the_hint_was_lost(
    rig: ReceptionRig, api: OperatorRig, capsys: pytest.CaptureFixture[str]
) -> None:
    waits(rig)
    api.ask("PUT", "/api/people/ben", {"state": "ready"})
    api.ask("POST", NEXT)
    assert len(rig.jobs()) == 2  # that he is ready, and the offer
    receptionist = Receptionist(rig, capsys)
    receptionist.start()
    assert receptionist.app is not None
    telephone = receptionist.app.PARTS.jobs.offers.deeds.telephone
    assert receptionist.take(ReceptionJob(JobKind.TICK)) == []
    assert len(telephone.find_legs(NUMBER, OURS, 0).legs) == 1
    receptionist.close()


def test_where_nobody_waits_nothing_rings_and_nobody_is_told(
    rig: ReceptionRig, api: OperatorRig
) -> None:
    api.ask("PUT", "/api/people/ben", {"state": "ready"})
    rig.jobs()
    status, refused = api.ask("POST", NEXT)
    assert (status, refused["reason"], rig.jobs()) == (409, "nobody_waits", [])
    assert api.ask("GET", "/api/people/ben")[1]["state"] == "ready"


def test_who_gets_ready_is_rung_about_whoever_waits_with_no_tick(
    rig: ReceptionRig, api: OperatorRig, capsys: pytest.CaptureFixture[str]
) -> None:
    leg = waits(rig)
    api.ask("PUT", "/api/people/ben", {"state": "ready"})
    assert (hints := rig.jobs()) == [ReceptionJob(JobKind.PERSON)]
    receptionist = Receptionist(rig, capsys)
    receptionist.start()
    assert receptionist.app is not None
    assert receptionist.take(*hints) == receptionist.take(*hints) == []
    offers = receptionist.app.PARTS.jobs.offers
    [offer] = offers.book.of_visit(visit_of(leg))
    assert (offer.person_id, offer.ended) == ("ben", None)
    assert len(offers.deeds.telephone.find_legs(NUMBER, OURS, 0).legs) == 1
    receptionist.close()
