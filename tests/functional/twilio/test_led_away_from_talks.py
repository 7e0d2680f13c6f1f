"""A caller is led away from a talk: Twilio asks what comes after it all the same (Twilio §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.services.change_person import change_person
from contact_center.queue.domain.wait_documents import RESULT_PATH
from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.reception.services import follow_visit
from contact_center.visits.domain.courtesies import OFFER_CALL
from contact_center.visits.domain.visit_parts import Stage
from contact_center.visits.services.reception_jobs import JobKind
from local.twilio.telephones.people_format import Person, Ring
from local.vapi.scripts.callers_format import Step
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_admission import signed, talking
from tests.functional.twilio.test_called_back import ANN, KEEPS
from tests.functional.twilio.test_people_found import A_PERSON, BEN
from tests.functional.twilio.test_receptionist import Receptionist
from tests.twilio_scene import CALLER, until
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

RINGS_ON = Person(name="Ben", numbers=(BEN,), rings=(Ring(does="no_answer"),))
AGAIN = Step(say="Then put me through to a person, please.")


@pytest.fixture(params=[False, True], ids=["bypass", "sip"])
def rig(
    request: pytest.FixtureRequest, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReceptionRig]:
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    monkeypatch.setattr(follow_visit, "SHORTEST_TALK_MS", 0)
    with ReceptionRig(account, monkeypatch, people=(RINGS_ON,), by_sip=request.param) as made:
        made.twilio.switches.connect_action_when_cut = True
        yield made


@pytest.fixture
def receptionist(rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> Iterator[Receptionist]:
    made = Receptionist(rig, capsys)
    made.start()
    yield made
    made.close()


def test_who_is_led_to_a_place_for_a_person_keeps_it(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    assert receptionist.app is not None
    people = receptionist.app.PARTS.jobs.offers.people
    for event in (PersonEvent.LOG_IN, PersonEvent.GO_AWAY):
        change_person("ben", Happening(event=event), people)
    rig.vapi.people[CALLER] = caller(A_PERSON, AGAIN, number=CALLER, patience_ms=600_000)
    leg, _ = talking(rig)

    def led_there() -> bool:
        rig.route_all()
        receptionist.take(*(job for job in rig.jobs() if job.kind is JobKind.ASK))
        return rig.serving.waiting.queue.read(f"v-{leg}") is not None

    until(led_there)
    rig.twilio.settle()

    assert len(rig.after_assistant()) == 1
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    assert (entry.state, entry.waits_for) == (EntryState.WAITING, WaitsFor.PERSON)
    assert rig.visit(leg).state is Stage.WAITING


def test_what_is_asked_of_who_was_led_out_of_the_music_serves_nobody(rig: ReceptionRig) -> None:
    for number in range(10):  # as many as there are lines
        rig.comes_in(from_=f"+1212555010{number}")
    leg = rig.comes_in()
    rig.twilio.advance(5)
    before = rig.visit(leg)
    assert (before.state, len(before.posts)) == (Stage.WAITING, 1)
    fields = {"CallStatus": "in-progress", "QueueResult": "redirected", "QueueTime": "5"}
    for _ in range(2):
        status, _, said = signed(rig, RESULT_PATH, leg, **fields, QueueSid="QU" + "0" * 32)
        assert (status, f"{RESULT_PATH}</Redirect>" in said) == (200, True)
    assert rig.visit(leg) == before


def test_who_is_led_to_the_offer_of_a_call_keeps_a_place_for_a_person(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    rig.vapi.people[ANN] = caller(A_PERSON, AGAIN, number=ANN, patience_ms=600_000)
    leg = rig.comes_in(KEEPS, from_=ANN)
    rig.twilio.advance(5)

    def led_there() -> bool:
        rig.route_all()
        receptionist.take(*(job for job in rig.jobs() if job.kind is JobKind.ASK))
        return bool(rig.twiml(OFFER_CALL))

    until(led_there)
    rig.twilio.advance(40)
    assert len(rig.after_assistant()) == 1
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    assert (entry.state, entry.waits_for) == (EntryState.KEPT, WaitsFor.PERSON)
    assert not rig.twilio.leg(leg).live
