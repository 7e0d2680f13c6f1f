"""Callers who wait for a line: a place, music, a line that comes free, and a named end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.queue.services.serve_next import serve_next
from contact_center.visits.domain.visit_parts import Ending, Outcome, Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.twilio.webhooks.mail import Faults
from tests.functional.twilio.reception_rig import ReceptionRig, no_queue, with_config
from tests.twilio_scene import CALLER, until
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.vapi.calls.call import Call
    from tests.emulator import Account
    from tests.twilio_scene import Answer, Hook

pytestmark = pytest.mark.emulator

WAIT, RESULT = "/twilio/queue/wait", "/twilio/queue/result"
SERVE = ReceptionJob(JobKind.SERVE)
OTHERS = ("+12125550141", "+12125550142", "+12125550143")
LAST = "+12125550144"
STAYS = "call:a"  # has a line for as long as anybody looks
LATER = {"action": "message", "say": "Please ring tomorrow.", "number": None}


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    """Two lines, which others have."""
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as made:
        take_all(made)
        yield made


@pytest.fixture(params=[False, True], ids=["bypass", "sip"])
def either(
    request: pytest.FixtureRequest, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReceptionRig]:
    """Both ways to put callers through, which are alike for them."""
    settings = {"CALL_LINES": "2"}
    with ReceptionRig(account, monkeypatch, settings, by_sip=request.param) as made:
        take_all(made)
        yield made


def lines(rig: ReceptionRig) -> DynamoDBLines:
    return DynamoDBLines(rig.account.client("dynamodb"), rig.account.dialing_table, CALLING_ACCOUNT)


def take_all(rig: ReceptionRig) -> None:
    for holder in (STAYS, "call:other"):
        lines(rig).admit(holder, 1)


def holders(rig: ReceptionRig) -> list[str]:
    """Who holds the line that comes free."""
    return [holder for holder in rig.holders() if holder != STAYS]


def hang_up(rig: ReceptionRig, leg: str) -> None:
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()


def documents(rig: ReceptionRig, path: str) -> list[str]:
    return [body for hook, _, body in rig.answers if hook.path.startswith(path)]


def comes_in(rig: ReceptionRig, number: str = CALLER, **more: Any) -> str:
    rig.vapi.people[number] = caller(number=number, patience_ms=600_000)
    return rig.comes_in(from_=number, **more)


def joined(rig: ReceptionRig) -> Call:
    """The one call at Vapi, whose sound has come."""
    [call] = [call for call in rig.vapi.calls.values() if call.status != "ended"]
    until(lambda: call.status == "in-progress")
    return call


def test_a_caller_hears_his_place_waits_and_gets_the_line_that_comes_free(
    either: ReceptionRig,
) -> None:
    rig = either
    leg = comes_in(rig)
    assert "You are the next caller in line." in rig.twiml()[0]
    assert rig.jobs() == [SERVE]
    assert rig.serve() == 0  # there is none
    rig.twilio.advance(40)
    heard = documents(rig, WAIT)
    assert len(heard) >= 2
    assert all("Thank you for waiting." in one for one in heard)
    assert rig.visit(leg).state is Stage.WAITING

    lines(rig).leave("call:other", 2)
    assert rig.serve() == 1
    rig.twilio.advance(1)
    call = joined(rig)
    if not rig.by_sip:
        assert call.record.asked["metadata"] == {"visitId": f"v-{leg}", "visitPost": f"v-{leg}.2"}
    assert holders(rig) == [f"visit:v-{leg}"]
    visit = rig.visit(leg)
    assert (visit.state, visit.call_id) == (Stage.TALKING, call.call_id)
    rig.route_all()  # what Vapi tells of the call counts no second line
    assert holders(rig) == [f"visit:v-{leg}"]

    hang_up(rig, leg)
    assert holders(rig) == []
    assert rig.jobs() == [SERVE]  # and the next one may have it
    assert rig.visit(leg).ending is not None


def test_callers_are_served_in_the_order_of_their_places(rig: ReceptionRig) -> None:
    legs = [comes_in(rig, number) for number in OTHERS]
    assert ["You are number 3 in line." in one for one in rig.twiml()] == [False, False, True]
    lines(rig).leave("call:other", 2)
    for leg in legs:
        assert rig.serve() == 1
        rig.twilio.advance(1)
        assert holders(rig) == [f"visit:v-{leg}"]
        hang_up(rig, leg)
    assert rig.serve() == 0
    assert holders(rig) == []


@pytest.mark.parametrize(
    ("patience_seconds", "order"), [(300, [0, 3, 1, 2]), (0, [0, 1, 2, 3])], ids=["weight", "place"]
)
def test_a_full_department_starves_no_other_and_nobody_is_overtaken_beyond_the_patience(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    patience_seconds: int,
    order: list[int],
) -> None:
    with_config(monkeypatch, tmp_path, queue={"patience_seconds": patience_seconds})
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as rig:
        take_all(rig)
        legs = [comes_in(rig, number) for number in (*OTHERS, LAST)]
        place_ms = rig.visit(legs[3]).place_ms or 0
        elsewhere = WaitAsked(
            visit_id=f"v-{legs[3]}",
            department="billing",
            waits_for=WaitsFor.LINE,
            leg=legs[3],
            place_ms=place_ms,
        )
        enter_queue(elsewhere, rig.serving.waiting)  # he came last, and another department's
        lines(rig).leave("call:other", 2)
        served = []
        for _ in legs:
            assert rig.serve() == 1
            rig.twilio.advance(1)
            [holder] = holders(rig)
            leg = holder.removeprefix("visit:v-")
            served.append(legs.index(leg))
            hang_up(rig, leg)
        assert served == order


def test_what_has_been_told_is_not_told_again_until_it_changes(rig: ReceptionRig) -> None:
    first, second = comes_in(rig, OTHERS[0]), comes_in(rig, OTHERS[1])
    rig.twilio.advance(70)
    hang_up(rig, first)
    rig.twilio.advance(70)
    of_second = [
        body
        for hook, _, body in rig.answers
        if hook.path.startswith(WAIT) and hook["CallSid"] == second
    ]
    told = [bool(re.search("next caller in line", one)) for one in of_second]
    assert sum(told) == 1
    assert not told[0]


def test_who_hangs_up_while_waiting_is_in_no_queue_and_the_next_one_is_served(
    rig: ReceptionRig,
) -> None:
    first, second = comes_in(rig, OTHERS[0]), comes_in(rig, OTHERS[1])
    hang_up(rig, first)
    assert rig.visit(first).ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")
    lines(rig).leave("call:other", 2)
    assert rig.serve() == 1
    assert holders(rig) == [f"visit:v-{second}"]


def test_an_end_that_twilio_never_told_costs_the_next_caller_nothing(rig: ReceptionRig) -> None:
    first, second = comes_in(rig, OTHERS[0]), comes_in(rig, OTHERS[1])
    rig.twilio.with_faults(Faults(lose_every=1))
    rig.twilio.do(rig.twilio.leg(first).hang_up)
    rig.twilio.settle()
    rig.twilio.with_faults(Faults())
    lines(rig).leave("call:other", 2)
    assert rig.serve() == 1  # the first was gone (21220), the line free again, the second served
    assert holders(rig) == [f"visit:v-{second}"]
    entry = rig.serving.waiting.queue.read(f"v-{first}")
    assert entry is not None
    assert entry.because is LeftBecause.GONE


def test_who_is_served_before_twilio_has_his_first_document_hears_it_and_keeps_his_place(
    rig: ReceptionRig,
) -> None:
    answered = rig.door.otherwise
    assert callable(answered)
    served: list[int] = []

    def answers_late(hook: Hook) -> str | Answer:
        document = answered(hook)
        if hook.path == "/twilio/voice":  # which Twilio has not: the leg still rings
            lines(rig).leave("call:other", 2)
            served.append(serve_next(rig.serving))
        return document

    rig.door.otherwise = answers_late
    leg = comes_in(rig)
    assert served == [0]  # 21220, and he is there
    assert (rig.twilio.leg(leg).live, holders(rig)) == (True, [])
    entry = rig.serving.waiting.queue.read(f"v-{leg}")
    assert entry is not None
    assert (entry.state, entry.failures) == (EntryState.WAITING, 0)
    assert rig.serve() == 1
    rig.twilio.advance(1)
    assert joined(rig)
    assert len([body for _, _, body in rig.answers if "You are the next" in body]) == 1


def test_refused_by_vapi_once_served_he_is_back_at_his_place(rig: ReceptionRig) -> None:
    leg = comes_in(rig)
    place_ms = rig.visit(leg).place_ms
    lines(rig).leave("call:other", 2)
    rig.vapi.rest.switches.drop_accepted_calls = False
    rig.vapi.account.lines = 0
    assert rig.serve() == 1
    rig.twilio.advance(1)
    assert "<Enqueue" in documents(rig, RESULT)[-1]
    assert holders(rig) == []
    visit = rig.visit(leg)
    assert (visit.state, visit.place_ms) == (Stage.WAITING, place_ms)
    rig.vapi.account.lines = 10
    assert rig.serve() == 1
    rig.twilio.advance(1)
    assert joined(rig)
    assert holders(rig) == [f"visit:v-{leg}"]


@pytest.mark.parametrize(
    "faults", [Faults(double_every=1), Faults(repeat_every=1)], ids=["doubled", "repeated"]
)
def test_the_redirect_told_twice_is_one_call(either: ReceptionRig, faults: Faults) -> None:
    rig = either
    leg = comes_in(rig)
    lines(rig).leave("call:other", 2)
    rig.twilio.with_faults(faults)
    assert rig.serve() == 1
    rig.twilio.advance(1)
    assert joined(rig)
    assert len(rig.vapi.calls) == 1
    assert holders(rig) == [f"visit:v-{leg}"]
    answered = set(documents(rig, RESULT))
    assert len(answered) == 1


def test_a_queue_without_room_sends_callers_where_the_owner_says(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_config(monkeypatch, tmp_path, queue=no_queue(LATER))
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as rig:
        take_all(rig)
        leg = comes_in(rig)
        assert "Please ring tomorrow." in rig.twiml()[0]
        rig.twilio.advance(30)
        assert rig.visit(leg).ending == Ending(Outcome.FAILED, "full")


def test_who_waits_for_a_person_as_it_closes_hears_so_and_waits_no_longer(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = {
        "zone": "UTC",
        "week": [[]] * 7,
        "special_days": {},
        "closing": {"action": "message", "say": "Support is closed.", "number": None},
    }
    with_config(monkeypatch, tmp_path, hours={"departments": {"support": closed}})
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as rig:
        take_all(rig)
        leg = comes_in(rig)
        wish = WaitAsked(
            visit_id=f"v-{leg}", department="support", waits_for=WaitsFor.PERSON, leg=leg
        )
        enter_queue(wish, rig.serving.waiting)  # before it closed
        rig.twilio.advance(40)
        assert "Support is closed." in documents(rig, RESULT)[-1]
        assert rig.visit(leg).ending == Ending(Outcome.FAILED, "closed")


def test_while_the_table_is_away_a_caller_stays_in_the_music(rig: ReceptionRig) -> None:
    comes_in(rig)
    rig.account.client("dynamodb").delete_table(TableName=rig.account.dialing_table)
    before = len(documents(rig, WAIT))
    rig.twilio.advance(60)
    heard = documents(rig, WAIT)[before:]
    assert heard
    assert all("Thank you for waiting." in one for one in heard)
