"""Callers who are put through by SIP: whatever Vapi tells of them, nobody loses his call."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel.environment import SettingsError
from contact_center.visits.domain.visit_parts import Ending, Outcome, PostState, Stage
from local.vapi.calls.bypass import BorrowedLine
from local.vapi.calls.sip import NOWHERE, PROVIDER, TRANSPORT, VARIABLES
from tests.functional.twilio.reception_rig import SIP_ADDRESS, STAYS_LONG, ReceptionRig
from tests.functional.twilio.test_admission import ended, hang_up, signed, talking
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.vapi.calls.call import Call
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

AFTER = "/twilio/voice/assistant/1"
ONE_MOMENT = {"error": "One moment, please."}
STRANGER = "+12125550142"


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch, by_sip=True) as made:
        yield made


def put_through(rig: ReceptionRig) -> str:
    """A caller whose leg was sent to Vapi, and came back unless an assistant has him."""
    leg = rig.comes_in()
    rig.twilio.advance(2)
    until(lambda: all(call.call_id in rig.given for call in rig.vapi.calls.values()))
    until(lambda: all(call.status != "ringing" for call in rig.vapi.calls.values()))
    rig.twilio.settle()
    return leg


def claim_of(rig: ReceptionRig) -> str:
    """What the header of the last document says."""
    said = [body for _, _, body in rig.answers if "X-Visit-Post=" in body][-1]
    return said.partition("X-Visit-Post=")[2].partition("<")[0]


def calls_directly(rig: ReceptionRig, **headers: str) -> Call:
    """Somebody calls the SIP address from anywhere: nobody is asked who he is."""
    line = BorrowedLine(call_sid="x", ended=lambda: None, caller_left=lambda: None)
    who = replace(STAYS_LONG, number=STRANGER)
    call = rig.vapi.take_sip(who, SIP_ADDRESS, headers, line)
    assert call is not None
    assert call.wait(LIVENESS_SECONDS)
    return call


@pytest.mark.parametrize("shown_in", [VARIABLES, TRANSPORT, PROVIDER])
def test_wherever_vapi_shows_the_header_the_call_is_the_visit_s(
    rig: ReceptionRig, shown_in: str
) -> None:
    rig.vapi.account.sip_headers_in = shown_in
    leg, call = talking(rig)
    rig.route_all()
    assert rig.holders() == [f"visit:v-{leg}"]
    visit = rig.visit(leg)
    assert (visit.state, visit.call_id) == (Stage.TALKING, call.call_id)
    assert visit.posts[f"v-{leg}.1"].state is PostState.PLACED
    hang_up(rig, leg)
    assert rig.holders() == []
    ended(rig, call)
    assert rig.holders() == []
    assert rig.visit(leg).posts[f"v-{leg}.1"].state is PostState.OVER


def test_what_only_the_first_message_told_is_known_of_all_that_follow(rig: ReceptionRig) -> None:
    leg, call = talking(rig)
    rig.vapi.account.sip_headers_in = NOWHERE
    [invite] = [call.record.invite]
    assert invite is not None
    call.record.invite = replace(invite, shown_in=NOWHERE)
    rig.route_all()
    hang_up(rig, leg)
    ended(rig, call)
    assert rig.holders() == []
    record = rig.router.history(call.call_id).record
    assert record is not None
    assert record.value("visit_post") == f"v-{leg}.1"
    assert rig.visit(leg).posts[f"v-{leg}.1"].state is PostState.OVER


def test_where_vapi_tells_nothing_the_caller_waits_and_no_line_is_counted_for_it(
    rig: ReceptionRig,
) -> None:
    rig.vapi.account.sip_headers_in = NOWHERE
    # However long Vapi speaks before it hangs up, that was no talk.
    rig.monkeypatch.setattr("contact_center.reception.services.follow_visit.SHORTEST_TALK_MS", 0)
    leg = put_through(rig)
    [call] = rig.vapi.calls.values()
    assert rig.given == {call.call_id: ONE_MOMENT}
    [said] = rig.after_assistant()
    assert "You are the next caller in line." in said
    assert rig.holders() == []
    assert rig.visit(leg).state is Stage.WAITING
    ended(rig, call)  # and what Vapi tells of it afterwards takes none
    assert rig.holders() == []
    hang_up(rig, leg)
    assert rig.visit(leg).ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")


def test_while_vapi_is_asked_a_call_that_names_nobody_takes_no_line(rig: ReceptionRig) -> None:
    rig.vapi.account.sip_headers_in = NOWHERE
    put_through(rig)
    asked, *_ = rig.told.bodies
    assert asked["message"]["type"] == "assistant-request"
    rig.router.deliver(asked)  # its end is lost
    assert rig.holders() == []


def test_after_four_calls_that_came_to_nothing_he_goes_elsewhere(rig: ReceptionRig) -> None:
    rig.vapi.account.sip_headers_in = NOWHERE
    leg = put_through(rig)
    for number in (2, 3, 4):
        assert rig.serve() == 1
        rig.twilio.advance(2)
        until(lambda number=number: len(rig.after_assistant()) == number)  # type: ignore[misc]
        rig.twilio.settle()
    assert "<Enqueue" not in rig.after_assistant()[-1]
    assert rig.visit(leg).state is Stage.ELSEWHERE
    assert len(rig.vapi.calls) == 4
    assert rig.holders() == []


def test_a_place_that_he_had_is_his_when_vapi_knows_nobody(rig: ReceptionRig) -> None:
    rig.vapi.account.sip_headers_in = NOWHERE
    leg = put_through(rig)
    place_ms = rig.visit(leg).place_ms
    assert rig.serve() == 1
    rig.twilio.advance(2)
    until(lambda: len(rig.after_assistant()) == 2)
    assert rig.visit(leg).place_ms == place_ms


@pytest.mark.parametrize("says", ["nothing", "another visit", "a wrong proof", "the same proof"])
def test_who_calls_the_address_himself_is_nobody_s_visit(rig: ReceptionRig, says: str) -> None:
    leg, call = talking(rig)
    claim = claim_of(rig)
    headers = {
        "nothing": {},
        "another visit": {"X-Visit-Post": claim.replace(leg, "CA" + "7" * 32)},
        "a wrong proof": {"X-Visit-Post": f"v-{leg}.1.{'0' * 32}"},
        "the same proof": {"X-Visit-Post": claim},  # its call has come already
    }[says]
    before = rig.visit(leg)
    stranger = calls_directly(rig, **headers)
    assert rig.given[stranger.call_id] == ONE_MOMENT
    assert rig.visit(leg) == before
    rig.route_all()
    assert rig.holders() == [f"visit:v-{leg}"]
    record = rig.router.history(stranger.call_id).record
    assert record is not None
    assert record.value("visit_post") is None
    assert rig.visit(leg).call_id == call.call_id


def test_a_call_that_comes_after_its_caller_has_gone_is_ended(rig: ReceptionRig) -> None:
    rig.vapi.account.lines = 0  # nobody is there yet
    leg = rig.comes_in()
    claim = claim_of(rig)
    hang_up(rig, leg)
    rig.vapi.account.lines = 10
    late = calls_directly(rig, **{"X-Visit-Post": claim})
    assert rig.given[late.call_id] == ONE_MOMENT
    rig.route_all()
    assert rig.holders() == []


def test_an_address_that_nobody_answers_sends_the_caller_back_to_his_place(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = {"VAPI_SIP_ADDRESS": "sip:switchboard-callers@sip.gone.vapi.ai"}
    with ReceptionRig(account, monkeypatch, elsewhere, by_sip=True) as rig:
        leg = rig.comes_in()
        rig.twilio.advance(5)
        [said] = rig.after_assistant()
        assert "<Enqueue" in said
        assert rig.holders() == []
        post = rig.visit(leg).posts[f"v-{leg}.1"]
        assert (post.state, post.reason) == (PostState.REFUSED, "failed_404")


def test_who_hangs_up_before_an_assistant_has_him_leaves_no_line(rig: ReceptionRig) -> None:
    rig.vapi.account.sip_headers_in = NOWHERE
    leg = rig.comes_in()  # and it has not rung at Vapi yet
    hang_up(rig, leg)
    assert rig.holders() == []
    assert rig.visit(leg).in_doubt == ()  # a call on his own leg is over with it
    assert rig.visit(leg).ending == Ending(Outcome.ABANDONED_WAITING, "before_an_answer")


def test_the_end_of_an_earlier_call_told_late_frees_no_later_line(rig: ReceptionRig) -> None:
    rig.vapi.account.sip_headers_in = NOWHERE
    leg = put_through(rig)
    rig.vapi.account.sip_headers_in = VARIABLES
    assert rig.serve() == 1
    rig.twilio.advance(2)
    until(lambda: rig.visit(leg).state is Stage.TALKING)
    fields = {"CallStatus": "in-progress", "DialCallStatus": "completed", "DialBridged": "true"}
    status, _, said = signed(rig, AFTER, leg, **fields)
    assert (status, "/twilio/queue/result" in said) == (200, True)
    assert rig.holders() == [f"visit:v-{leg}"]
    assert rig.visit(leg).state is Stage.TALKING


@pytest.mark.parametrize("first", ["dial", "report"])
def test_the_line_is_free_with_whichever_end_is_told_first(rig: ReceptionRig, first: str) -> None:
    leg, call = talking(rig)
    rig.route_all()
    dial = {"CallStatus": "completed", "DialCallStatus": "completed", "DialBridged": "true"}
    tells: list[Callable[[], object]] = [
        lambda: signed(rig, AFTER, leg, **dial),
        lambda: ended(rig, call),
    ]
    call.cut_off()
    until(lambda: call.status == "ended")
    for tell in tells if first == "dial" else reversed(tells):
        tell()
        assert rig.holders() == []
    assert rig.visit(leg).posts[f"v-{leg}.1"].state is PostState.OVER


def test_nobody_who_hears_of_the_call_is_told_of_its_proof(
    rig: ReceptionRig, capsys: pytest.CaptureFixture[str]
) -> None:
    leg, call = talking(rig)
    proof = claim_of(rig).rpartition(".")[2]
    rig.route_all()
    hang_up(rig, leg)
    ended(rig, call)
    facts = rig.router.history(call.call_id).facts
    told = [json.dumps(rig.given), capsys.readouterr().out, repr(rig.visit(leg)), repr(facts)]
    told += [body.decode() for body in rig.router.objects().values()]
    assert not [one for one in told if proof in one]


def test_nothing_is_ordered_so_nothing_that_orders_is_needed(rig: ReceptionRig) -> None:
    for name in ("VAPI_PHONE_NUMBER_ID", "VAPI_API_KEY_NAME"):
        rig.monkeypatch.setenv(name, "")
    rig.app.twilio_webhook_parts().close()
    rig.monkeypatch.setenv("VAPI_SIP_ADDRESS", "sip:callers@example.com")
    with pytest.raises(SettingsError, match="VAPI_SIP_ADDRESS must be an address of Vapi's"):
        rig.app.twilio_webhook_parts()


def test_a_second_question_of_vapi_s_is_answered_like_the_first(rig: ReceptionRig) -> None:
    leg, call = talking(rig)
    before = rig.visit(leg)
    asked, *_ = rig.told.bodies
    again: Any = rig.told.answer(asked)
    assert again == (200, rig.given[call.call_id])
    assert "squad" in again[1]
    assert rig.visit(leg) == before
