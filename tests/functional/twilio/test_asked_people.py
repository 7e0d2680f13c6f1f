"""A person is asked about a caller: rung, told, and given him on a key; else he stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonState
from contact_center.people.services.carry_out_offer import path_of
from contact_center.visits.domain.visit_parts import Ending, Outcome, visit_of
from contact_center.visits.services.reception_jobs import JobKind
from local.twilio.webhooks.mail import Faults
from local.vapi.scripts.line_steps import LineStep
from tests.functional.twilio.people_house import House
from tests.functional.twilio.test_admission import signed
from tests.twilio_scene import OURS, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.telephones.people_format import Person
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ADA, BEN = "+14155550120", "+14155550121"
TAKES = LineStep(wait_for="asked", pause_ms=2_000, press="1")
DECLINES = LineStep(wait_for="asked", pause_ms=2_000, press="2")
PRESSES_ANOTHER = LineStep(wait_for="asked", pause_ms=2_000, press="7")
LEAVES = LineStep(wait_for="asked", pause_ms=2_000, hang_up=True)

type Open = Callable[..., House]


@pytest.fixture
def opened(account: Account, monkeypatch: pytest.MonkeyPatch) -> Open:
    def house(*people: Person) -> House:
        return House(account, monkeypatch, people)

    return house


@pytest.fixture(params=[False, True], ids=["bypass", "sip"])
def opened_either(
    request: pytest.FixtureRequest, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Open:
    """Both ways to put callers through, which are alike for them."""

    def house(*people: Person) -> House:
        return House(account, monkeypatch, people, by_sip=request.param)

    return house


def ada(*steps: LineStep, **more: object) -> Person:
    return person(*steps, number=ADA, **more)


def test_who_presses_1_has_the_caller_and_the_visit_was_transferred(opened_either: Open) -> None:
    with opened_either(ada(TAKES)) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        assert house.state() is PersonState.RINGING
        house.goes_on(20, lambda: house.offer(leg).ended is not None)

        offer = house.offer(leg)
        assert (offer.ended, offer.key) == (OfferOutcome.ANSWERED, "1")
        assert house.state() is PersonState.BUSY
        [brief] = house.answered(leg, "brief")
        assert "A caller for" in brief
        assert "number ending in 0 1 9 9" in brief
        assert house.rig.vapi.calls  # and the assistant was with him until then

        house.hangs_up(leg)
        house.goes_on(2)
        assert house.rig.visit(leg).ending == Ending(Outcome.TRANSFERRED, "person")
        assert house.state() is PersonState.WRAPPING
        told = house.offer(leg).told
        assert told is not None
        assert told.ended


def test_the_caller_hears_a_goodbye_when_the_person_hangs_up(opened_either: Open) -> None:
    with opened_either(
        ada(TAKES, LineStep(wait_for="joined", pause_ms=5_000, hang_up=True))
    ) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        house.goes_on(30)
        assert house.offer(leg).ended is OfferOutcome.ANSWERED
        assert ["Goodbye." in one for one in house.answered(leg, "after")] == [True]
        assert house.rig.visit(leg).ending == Ending(Outcome.TRANSFERRED, "person")
        assert house.state() is PersonState.WRAPPING


def test_at_the_door_nothing_is_sent_to_a_telephone_and_one_hint_a_request(opened: Open) -> None:
    with opened(ada(TAKES)) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        house.rig.twilio.advance(4)  # answers, and is told
        assert house.hints() == []
        house.rig.twilio.advance(4)  # presses the key
        assert house.offer(leg).said is not None
        assert house.hints()[0] == (JobKind.OFFER, visit_of(leg))
        assert not house.offer(leg).moved


@pytest.mark.parametrize(
    ("telephone", "outcome", "heard"),
    [
        (ada(DECLINES), OfferOutcome.DECLINED, "Thank you. Goodbye."),
        (ada(PRESSES_ANOTHER, DECLINES), OfferOutcome.DECLINED, "Thank you. Goodbye."),
        (ada(), OfferOutcome.VOICEMAIL, "Thank you."),
        (ada(LEAVES), OfferOutcome.DECLINED, None),
        (ada(does="busy"), OfferOutcome.BUSY, None),
        (ada(does="no_answer"), OfferOutcome.NO_ANSWER, None),
        (ada(does="unreachable"), OfferOutcome.FAILED, None),
    ],
    ids=["2", "another key, then 2", "nothing", "hangs up", "busy", "no answer", "unreachable"],
)
def test_whatever_else_the_caller_stays_with_the_assistant(
    opened: Open, telephone: Person, outcome: OfferOutcome, heard: str | None
) -> None:
    with opened(telephone) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        house.goes_on(60, lambda: house.offer(leg).ended is not None)
        house.goes_on(3)

        assert house.offer(leg).ended is outcome
        said = house.heard(house.offer(leg).leg or "")
        assert heard is None or heard in said[-1]
        assert house.state() is PersonState.READY
        assert house.answered(leg, "after") == []
        assert not house.rig.twilio.leg(leg).ended
        assert not house.rig.visit(leg).endings
        hinted = house.hinted + [(job.kind, job.visit_id) for job in house.asked.sent]
        assert (JobKind.ASK, visit_of(leg)) in hinted  # and the next one may be asked


def test_when_the_caller_hangs_up_the_telephone_rings_no_longer(opened_either: Open) -> None:
    with opened_either(ada(does="no_answer")) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        house.rig.twilio.advance(4)
        house.hangs_up(leg)
        assert house.offer(leg).ended is OfferOutcome.CALLER_GONE
        assert (JobKind.OFFER, visit_of(leg)) in house.look()
        house.rig.twilio.advance(1)
        assert house.rig.twilio.leg(house.offer(leg).leg or "").ended
        assert house.state() is PersonState.READY
        ending = house.rig.visit(leg).ending
        assert ending is not None
        assert ending.outcome is not Outcome.TRANSFERRED


@pytest.mark.parametrize("known", [True, False], ids=["known", "told later"])
def test_a_key_in_the_moment_the_caller_leaves_hears_that_he_has(
    opened: Open, *, known: bool
) -> None:
    with opened(ada(TAKES)) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        house.rig.twilio.advance(4)
        if not known:
            house.rig.twilio.with_faults(Faults(late_every=1, late_ms=60_000))
        house.hangs_up(leg)
        if known:  # and nobody has ended the ring yet
            assert house.offer(leg).ended is OfferOutcome.CALLER_GONE
            assert "The caller has left" in presses_1(house, leg)
        house.goes_on(20, lambda: house.offer(leg).ended is not None)
        assert house.offer(leg).ended is OfferOutcome.CALLER_GONE
        persons_leg = house.rig.twilio.leg(house.offer(leg).leg or "")
        house.goes_on(30, lambda: persons_leg.ended)
        assert persons_leg.ended
        assert "The caller has left" in house.heard(persons_leg.sid)[-1]
        house.goes_on(60, lambda: house.state() is PersonState.READY)  # when its end is told
        assert house.state() is PersonState.READY


def presses_1(house: House, leg: str) -> str:
    """What Ada hears to a key that comes at this very moment."""
    fields = {"From": OURS, "To": ADA, "CallStatus": "in-progress", "Digits": "1"}
    persons_leg = house.offer(leg).leg or ""
    return signed(house.rig, path_of(visit_of(leg), "key"), persons_leg, **fields)[2]


def test_a_key_after_the_time_for_it_takes_nobody_from_the_next_who_is_asked(opened: Open) -> None:
    telephones = (ada(), person(TAKES, number=BEN))
    with opened(*telephones) as house:
        house.logs_in("ada", "ben")
        leg = house.talks()
        house.ask(leg)
        house.rig.twilio.advance(4)  # Ada listens, and takes her time
        house.later(60)
        assert house.offer(leg).ended is OfferOutcome.VOICEMAIL
        house.ask(leg, "ben")
        house.rig.twilio.advance(4)
        path = f"/twilio/transfer/{visit_of(leg)}/key"
        adas = house.offer(leg).leg or ""
        fields = {"CallStatus": "in-progress", "Digits": "1"}
        late = signed(house.rig, path, adas, **fields)
        assert "The caller has left" in late[2]
        house.goes_on(20, lambda: house.offer(leg, 2).ended is not None)
        assert house.offer(leg, 2).ended is OfferOutcome.ANSWERED
        assert house.offer(leg).ended is OfferOutcome.VOICEMAIL
        assert (house.state("ada"), house.state("ben")) == (PersonState.READY, PersonState.BUSY)


def test_a_caller_whose_person_never_came_gets_a_place_again(opened: Open) -> None:
    quick = LineStep(wait_for="joined", pause_ms=10, hang_up=True)
    with opened(ada(TAKES, quick)) as house:
        house.logs_in("ada")
        leg = house.talks()
        path = f"/twilio/transfer/{visit_of(leg)}/after"
        status, _, said = signed(house.rig, path, leg, CallStatus="in-progress")
        assert status == 200
        assert "<Enqueue" in said
        assert signed(house.rig, path, leg, CallStatus="completed")[2].count("<") == 2


@pytest.mark.parametrize("step", ["brief", "key", "after"])
def test_of_a_visit_that_there_is_not_something_safe_is_heard(opened: Open, step: str) -> None:
    with opened() as house:
        path = f"/twilio/transfer/v-CA{'7' * 32}/{step}"
        status, kind, said = signed(house.rig, path, "CA" + "8" * 32, CallStatus="in-progress")
        assert (status, kind) == (200, "text/xml")
        assert "<Hangup" in said
        assert "Goodbye." in said


@pytest.mark.parametrize("path", ["v-CA1/brief", "v-CA1/room", f"v-CA{'7' * 32}/room", "x"])
def test_an_address_that_there_is_not_is_answered_like_a_failure(opened: Open, path: str) -> None:
    with opened() as house:
        status, _, said = signed(
            house.rig, f"/twilio/transfer/{path}", "CA" + "8" * 32, CallStatus="in-progress"
        )
        assert status == 200
        assert "<Hangup" in said


def test_news_that_cannot_be_read_is_named_and_news_of_nobody_is_taken(opened: Open) -> None:
    with opened() as house:
        path = f"/twilio/transfer/v-CA{'7' * 32}"
        leg = "CA" + "8" * 32
        assert signed(house.rig, f"{path}/status", leg, CallStatus="flown")[0] == 400
        assert signed(house.rig, f"{path}/status", leg, CallStatus="completed")[0] == 200
        assert signed(house.rig, f"{path}/conference", leg)[0] == 400
