"""A caller at our own number wants a person: from his words at Vapi to a telephone that rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.instants import iso
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.services.change_person import change_person
from contact_center.queue.domain.waiting import EntryState, WaitsFor
from contact_center.reception.services.colleagues import look_after_wishes
from contact_center.visits.adapters.control_urls import StoredControlUrls
from contact_center.visits.adapters.dynamodb_messages import DynamoDBMessages
from contact_center.visits.domain.department_messages import DepartmentMessage
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.twilio import simulator
from local.twilio.telephones.people_format import Person, Ring
from local.vapi.scripts.callers_format import Step
from tests.fakes.raw_server import RawServer, answer
from tests.functional.twilio.reception_rig import ReceptionRig, with_config
from tests.functional.twilio.test_admission import talking
from tests.functional.twilio.test_called_back import ANN, KEEPS
from tests.functional.twilio.test_receptionist import Receptionist
from tests.twilio_scene import CALLER, OURS, until
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.vapi.calls.call import Call
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

BEN = "+14155550121"  # of people.toml, for support
RINGS_ON = Person(name="Ben", numbers=(BEN,), rings=(Ring(does="no_answer"),))
A_PERSON = Step(say="Can I speak to a human being, please?")


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    with ReceptionRig(account, monkeypatch, people=(RINGS_ON,)) as made:
        made.vapi.people[CALLER] = caller(A_PERSON, number=CALLER, patience_ms=600_000)
        yield made


@pytest.fixture
def receptionist(rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> Iterator[Receptionist]:
    made = Receptionist(rig, capsys)
    made.start()
    yield made
    made.close()


def wants_a_person(rig: ReceptionRig) -> tuple[str, Call]:
    """A caller who has said so, and whom the router has heard."""
    leg, call = talking(rig)

    def heard() -> bool:
        rig.route_all()
        return bool(rig.visit(leg).wishes)

    until(heard)
    return leg, call


def test_with_nobody_logged_in_he_is_told_so_once_and_stays(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg, call = wants_a_person(rig)
    hints = [job for job in rig.jobs() if job.kind is JobKind.ASK]
    assert {job.visit_id for job in hints} == {f"v-{leg}"}
    assert receptionist.take(*hints) == receptionist.take(*hints) == []
    visit = rig.visit(leg)
    [told] = visit.told.values()
    assert told.what == "nobody_ready"
    assert call.status == "in-progress"
    assert {line["outcome"] for line in receptionist.said() if "wish_answered" in line} == {"sent"}


def test_whoever_is_ready_is_rung_and_his_hanging_up_ends_the_ringing(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    assert receptionist.app is not None
    offers = receptionist.app.PARTS.jobs.offers
    change_person("ben", Happening(event=PersonEvent.LOG_IN), offers.people)
    leg, _ = wants_a_person(rig)
    hints = [job for job in rig.jobs() if job.kind is JobKind.ASK]
    assert receptionist.take(*hints) == receptionist.take(*hints) == []
    [offer] = offers.book.of_visit(f"v-{leg}")
    assert (offer.person_id, offer.ended) == ("ben", None)
    found = offers.deeds.telephone.find_legs(BEN, OURS, 0)
    assert [one.leg for one in found.legs] == [offer.leg]

    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()
    assert receptionist.take(*rig.jobs()) == []
    [offer] = offers.book.of_visit(f"v-{leg}")
    assert offer.ended is OfferOutcome.CALLER_GONE
    ended = offers.deeds.telephone.find_leg(offer.leg)
    assert ended is not None
    assert ended.status is LegStatus.CANCELLED


@pytest.mark.parametrize(("token", "shown"), [(None, CALLER), ("of another call", OURS)])
def test_people_see_the_caller_s_own_number_where_twilio_lets_them(  # noqa: PLR0913, PLR0917
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    token: str | None,
    shown: str,
) -> None:
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    with_config(monkeypatch, tmp_path, people={"shows_callers": True})
    if token is not None:
        monkeypatch.setattr(simulator, "call_token", lambda _leg: token)
    with ReceptionRig(account, monkeypatch, people=(RINGS_ON,)) as rig:
        rig.vapi.people[CALLER] = caller(A_PERSON, number=CALLER, patience_ms=600_000)
        receptionist = Receptionist(rig, capsys)
        receptionist.start()
        assert receptionist.app is not None
        offers = receptionist.app.PARTS.jobs.offers
        change_person("ben", Happening(event=PersonEvent.LOG_IN), offers.people)
        leg, _ = wants_a_person(rig)
        receptionist.take(*[job for job in rig.jobs() if job.kind is JobKind.ASK])
        [offer] = offers.book.of_visit(f"v-{leg}")
        assert (offer.person_id, offer.ended) == ("ben", None)
        assert rig.twilio.leg(offer.leg).from_ == shown
        receptionist.close()


def test_a_wish_whose_hint_was_lost_is_found_by_the_tick(
    rig: ReceptionRig, receptionist: Receptionist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_after_wishes, "HINTED_WITHIN_MS", 0)
    leg, _ = wants_a_person(rig)
    assert JobKind.ASK in {job.kind for job in rig.jobs()}  # and nobody takes it
    assert rig.visit(leg).told == {}
    tick = ReceptionJob(JobKind.TICK)
    assert receptionist.take(tick) == receptionist.take(tick) == []
    [told] = rig.visit(leg).told.values()
    assert told.what == "nobody_ready"


def test_who_asks_again_while_nobody_is_there_keeps_a_place_by_a_key(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    again = Step(say="Then put me through to a person, please.")
    rig.vapi.people[ANN] = caller(A_PERSON, again, number=ANN, patience_ms=600_000)
    leg = rig.comes_in(KEEPS, from_=ANN)
    rig.twilio.advance(5)
    for wishes in (1, 2):
        until(lambda count=wishes: heard_wishes(rig, leg) == count)  # type: ignore[misc]
        receptionist.take(*(job for job in rig.jobs() if job.kind is JobKind.ASK))
    rig.twilio.advance(40)
    assert {one.what for one in rig.visit(leg).told.values()} == {"may_be_called", "callback"}
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    assert (entry.state, entry.waits_for, entry.number) == (EntryState.KEPT, WaitsFor.PERSON, ANN)
    assert not rig.twilio.leg(leg).live
    until(lambda: rig.holders() == [])
    assert rig.visit(leg).ending is None  # until he was called


def test_who_waits_for_somebody_who_is_away_hears_the_message_of_the_department_first(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    assert receptionist.app is not None
    people = receptionist.app.PARTS.jobs.offers.people
    for event in (PersonEvent.LOG_IN, PersonEvent.GO_AWAY):
        change_person("ben", Happening(event=event), people)
    again = Step(say="Then put me through to a person, please.")
    rig.vapi.people[CALLER] = caller(A_PERSON, again, number=CALLER, patience_ms=600_000)
    leg, _ = talking(rig)
    messages = DynamoDBMessages(rig.account.lean(), rig.account.dialing_table)
    messages.write({"support": DepartmentMessage(text="Many are calling.", on_ms=1)}, 0)
    for wishes in (1, 2):
        until(lambda count=wishes: heard_wishes(rig, leg) == count)  # type: ignore[misc]
        receptionist.take(*(job for job in rig.jobs() if job.kind is JobKind.ASK))

    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    assert (entry.state, entry.waits_for) == (EntryState.WAITING, WaitsFor.PERSON)
    assert rig.visit(leg).heard == {"support"}


def test_whom_twilio_does_not_ring_is_counted_as_not_reached(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    assert receptionist.app is not None
    offers = receptionist.app.PARTS.jobs.offers
    change_person("ben", Happening(event=PersonEvent.LOG_IN), offers.people)
    leg, _ = wants_a_person(rig)
    invalid = answer("400 Bad Request", b'{"code": 21211, "message": "Invalid", "status": 400}')
    with RawServer(invalid) as twilio:
        receptionist.start(TWILIO_BASE_URL=twilio.url)
        receptionist.take(*(job for job in rig.jobs() if job.kind is JobKind.ASK))

    offers = receptionist.app.PARTS.jobs.offers
    [offer] = offers.book.of_visit(f"v-{leg}")
    assert (offer.person_id, offer.ended) == ("ben", OfferOutcome.FAILED)
    assert offers.book.outcomes((iso(offer.asked_at_ms) or "")[:10])[OfferOutcome.FAILED] == 1


def heard_wishes(rig: ReceptionRig, leg: str) -> int:
    rig.route_all()
    return len(rig.visit(leg).wishes)


def test_a_call_that_is_over_is_steered_no_more(rig: ReceptionRig) -> None:
    _, call = wants_a_person(rig)
    urls = StoredControlUrls(rig.account.lean(), rig.account.calls_table)
    assert (urls.of_call(call.call_id) or "").startswith(rig.vapi.url)
    assert urls.of_call("call-of-nobody") is None
    over = {"type": "status-update", "status": "ended", "call": {"id": call.call_id}}
    rig.router.deliver_until_taken({"message": over})
    assert urls.of_call(call.call_id) is None
