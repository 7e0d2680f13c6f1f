"""A caller at our own number: one visit, one line, one call at Vapi, and a named end."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from contact_center.aws.connection import AwsConnection
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.kernel.environment import SettingsError
from contact_center.visits.domain.visit_parts import (
    CAME_TO_NOTHING,
    Ending,
    Outcome,
    PostState,
    Stage,
)
from local.twilio.simulator import AUTH_TOKEN
from local.twilio.webhooks.mail import Faults
from local.vapi.scripts.line_steps import LineStep
from tests.contract.twilio.twilio_signing import signature
from tests.functional.twilio.reception_rig import ReceptionRig, no_queue, with_config
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import CALLER, OURS, person, until
from tests.vapi_scene import SAYS_BILLING, caller
from tests.webhook_stub import post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.vapi.calls.call import Call
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

OTHER_NUMBER = "+13105550101"
NEVER_OPEN = {
    "zone": "UTC",
    "week": [[]] * 7,
    "special_days": {},
    "closing": {"action": "message", "say": "We are closed.", "number": None},
}
VOICEMAIL = {"action": "voicemail", "say": "Nobody is free.", "number": None}
RINGS_ANOTHER = {"action": "number", "say": "Nobody is free.", "number": OTHER_NUMBER}


@pytest.fixture(params=[False, True], ids=["bypass", "sip"])
def by_sip(request: pytest.FixtureRequest) -> bool:
    """Both ways to put callers through, which are alike for them."""
    return bool(request.param)


@pytest.fixture
def either(
    account: Account, monkeypatch: pytest.MonkeyPatch, *, by_sip: bool
) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch, by_sip=by_sip) as made:
        yield made


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch) as made:
        yield made


def talking(rig: ReceptionRig, **more: Any) -> tuple[str, Call]:
    """A caller who was connected with the assistant."""
    leg = rig.comes_in(**more)
    rig.twilio.advance(5)
    [call] = rig.vapi.calls.values()
    until(lambda: call.status == "in-progress" and bool(rig.told.bodies))
    return leg, call


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of AWS by whoever has no boto3, as it happens."""
    asked: list[str] = []
    call = AwsConnection.call

    def noted(self: AwsConnection, target: str, body: bytes, content_type: str) -> Any:
        asked.append(target.rpartition(".")[2])
        return call(self, target, body, content_type)

    monkeypatch.setattr(AwsConnection, "call", noted)
    return asked


def ended(rig: ReceptionRig, call: Call) -> None:
    assert call.wait(LIVENESS_SECONDS)
    rig.twilio.settle()
    rig.route_all()


def hang_up(rig: ReceptionRig, leg: str) -> None:
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()


def test_a_ring_is_answered_with_three_reads_and_one_transaction_at_most(
    either: ReceptionRig, requests: list[str]
) -> None:
    requests.clear()
    either.comes_in()  # the first: nothing of departments' messages is remembered
    assert len(either.twiml()) == 1
    reads = [one for one in requests if one in {"GetItem", "BatchGetItem", "Query"}]
    assert 0 < len(reads) <= 3, requests
    assert requests.count("TransactWriteItems") == 1


def test_one_call_is_one_visit_one_line_and_one_call_at_vapi(either: ReceptionRig) -> None:
    rig = either
    leg, call = talking(rig)
    visit = rig.visit(leg)
    assert (visit.state, visit.caller, visit.called) == (Stage.TALKING, CALLER, OURS)
    assert visit.call_id == call.call_id
    rig.route_all()  # what Vapi tells of the call counts no second line
    assert rig.holders() == [f"visit:v-{leg}"]

    if not rig.by_sip:
        asked = call.record.asked
        assert asked["metadata"] == {"visitId": f"v-{leg}", "visitPost": f"v-{leg}.1"}
        assert asked["customer"] == {"number": CALLER}
    assert len(rig.vapi.calls) == 1
    record = rig.router.history(call.call_id).record
    assert record is not None
    assert record.value("direction") == "inbound"
    assert record.value("visit_post") == f"v-{leg}.1"
    assert (
        rig.app.PARTS.door.reception()
        .lines.customers.customer(CALLER)
        .busy_at(time.time_ns() // 1_000_000)
    )


def test_a_caller_who_has_talked_and_hung_up_was_served(either: ReceptionRig) -> None:
    rig = either
    rig.vapi.people[CALLER] = caller(SAYS_BILLING, number=CALLER, patience_ms=1_500)
    leg, call = talking(rig)
    ended(rig, call)
    visit = rig.visit(leg)
    assert visit.ending == Ending(Outcome.SERVED, "customer-ended-call")
    assert visit.posts[f"v-{leg}.1"].state is PostState.OVER
    assert rig.holders() == []
    rig.route_all()
    assert rig.holders() == []


def test_whom_the_assistant_lets_go_of_hears_goodbye_and_was_served(either: ReceptionRig) -> None:
    rig = either
    leg, call = talking(rig)
    rig.monkeypatch.setattr("contact_center.reception.services.follow_visit.SHORTEST_TALK_MS", 0)
    status, _ = post(f"{rig.vapi.url}/{call.call_id}/control", {"type": "end-call"})
    assert status == 200
    assert call.wait(LIVENESS_SECONDS)
    until(lambda: bool(rig.after_assistant()))
    rig.route_all()  # why it let go is told
    rig.twilio.advance(30)
    assert "Goodbye" in rig.after_assistant()[-1]
    ending = rig.visit(leg).ending
    assert ending is not None
    assert ending.outcome is Outcome.SERVED
    assert rig.holders() == []


def test_whose_assistant_dies_in_the_talk_is_not_told_goodbye(rig: ReceptionRig) -> None:
    leg, call = talking(rig)
    follow_visit = "contact_center.reception.services.follow_visit"
    rig.monkeypatch.setattr(f"{follow_visit}.SHORTEST_TALK_MS", 0)
    rig.monkeypatch.setattr(f"{follow_visit}.HERE_STILL_MS", 0)  # our clock goes by itself
    dies = "call.in-progress.error-vapifault-worker-died"
    call.timeline.soon(partial(call.end, dies))
    assert call.wait(LIVENESS_SECONDS)
    until(lambda: bool(rig.after_assistant()))
    rig.route_all()
    rig.twilio.advance(3)
    assert "<Enqueue" in rig.after_assistant()[-1]
    assert rig.visit(leg).state is Stage.WAITING


def test_an_assistant_who_is_gone_at_once_was_never_there(either: ReceptionRig) -> None:
    rig = either
    leg, call = talking(rig)
    post(f"{rig.vapi.url}/{call.call_id}/control", {"type": "end-call"})
    assert call.wait(LIVENESS_SECONDS)
    until(lambda: bool(rig.after_assistant()))
    [said] = rig.after_assistant()
    assert "<Enqueue" in said
    if not rig.by_sip:
        assert rig.serve() == 0  # the line is that call's until Vapi has told of its end
    rig.route_all()
    assert rig.holders() == []
    assert rig.serve() == 1
    rig.twilio.advance(1)
    assert rig.holders() == [f"visit:v-{leg}"]
    assert rig.visit(leg).posts.keys() == {f"v-{leg}.1", f"v-{leg}.2"}


def test_refused_by_vapi_the_line_is_freed_and_the_caller_told(
    account: Account, monkeypatch: pytest.MonkeyPatch, *, by_sip: bool
) -> None:
    with ReceptionRig(account, monkeypatch, lines=0, by_sip=by_sip) as rig:
        leg = rig.comes_in()
        rig.twilio.advance(5)
        assert rig.holders() == []
        visit = rig.visit(leg)
        assert visit.posts[f"v-{leg}.1"].state in CAME_TO_NOTHING
        assert visit.state is Stage.WAITING
        [said] = rig.after_assistant() if by_sip else rig.twiml()
        assert "You are the next caller in line." in said
        assert "<Enqueue" in said
        hang_up(rig, leg)
        assert rig.visit(leg).ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")


def test_an_order_that_can_never_be_obeyed_frees_its_line_too(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"VAPI_PHONE_NUMBER_ID": "8f0c31d0-2db0-4fb8-95d4-27cb56a2d7bf"}
    with ReceptionRig(account, monkeypatch, wrong) as rig:
        leg = rig.comes_in()
        assert rig.holders() == []
        post_ = rig.visit(leg).posts[f"v-{leg}.1"]
        assert (post_.state, post_.reason) == (PostState.REFUSED, "configuration")


def test_in_doubt_the_line_stays_taken_and_nothing_is_ordered_again(rig: ReceptionRig) -> None:
    rig.vapi.rest.switches.drop_accepted_calls = True
    leg = rig.comes_in()
    hang_up(rig, leg)
    visit = rig.visit(leg)
    assert visit.ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")
    assert visit.in_doubt == (f"v-{leg}.1",)
    assert rig.holders() == [f"visit:v-{leg}"]
    assert len(rig.vapi.calls) == 1


def test_what_vapi_tells_of_a_call_in_doubt_frees_its_line(rig: ReceptionRig) -> None:
    rig.vapi.rest.switches.drop_accepted_calls = True
    leg = rig.comes_in()
    hang_up(rig, leg)
    [call] = rig.vapi.calls.values()
    call.delete()
    call.cut_off()
    ended(rig, call)
    assert rig.holders() == []
    assert rig.visit(leg).in_doubt == ()


def test_when_every_line_is_in_use_vapi_is_not_asked(
    account: Account, monkeypatch: pytest.MonkeyPatch, *, by_sip: bool
) -> None:
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}, by_sip=by_sip) as rig:
        lines = DynamoDBLines(account.client("dynamodb"), account.dialing_table, CALLING_ACCOUNT)
        for each in ("call:a", "call:b"):
            lines.admit(each, 1)
        leg = rig.comes_in()
        assert "<Enqueue" in rig.twiml()[0]
        assert not rig.vapi.calls
        hang_up(rig, leg)
        assert rig.visit(leg).ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")
        assert rig.holders() == ["call:a", "call:b"]


def test_a_caller_while_closed_is_a_visit_like_any_other(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_config(monkeypatch, tmp_path, hours={"company": NEVER_OPEN})
    with ReceptionRig(account, monkeypatch) as rig:
        leg = rig.comes_in()
        assert "We are closed." in rig.twiml()[0]
        rig.twilio.advance(60)
        assert rig.visit(leg).ending == Ending(Outcome.CLOSED, "hours")
        assert rig.holders() == []
        assert not rig.vapi.calls


def test_a_message_is_left_and_known(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_config(monkeypatch, tmp_path, queue=no_queue(VOICEMAIL))
    with ReceptionRig(account, monkeypatch, lines=0) as rig:
        leg = rig.comes_in(LineStep(wait_for="asked", say="Please ring me back about my bill."))
        rig.twilio.advance(60)
        visit = rig.visit(leg)
        assert visit.ending == Ending(Outcome.VOICEMAIL, "message")
        assert len(visit.recordings) == 1
        [left] = visit.messages.values()
        assert left.text == "Please ring me back about my bill."
        assert (left.seconds or 0) > 0
        assert visit.left_ms == left.at_ms
        assert "Thank you. Goodbye." in rig.twiml("/twilio/voice/message")[0]


def test_nothing_said_after_the_tone_is_no_message(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_config(monkeypatch, tmp_path, queue=no_queue(VOICEMAIL))
    with ReceptionRig(account, monkeypatch, lines=0) as rig:
        leg = rig.comes_in()
        rig.twilio.advance(180)
        assert rig.visit(leg).ending == Ending(Outcome.FAILED, "full")


@pytest.mark.parametrize(
    ("does", "ending"),
    [
        ("answers", Ending(Outcome.TRANSFERRED, "other_number")),
        ("busy", Ending(Outcome.FAILED, "busy")),
        ("no_answer", Ending(Outcome.FAILED, "no_answer")),
    ],
)
def test_another_number_rings_and_what_came_of_it_is_known(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, ending: Ending
) -> None:
    with_config(monkeypatch, tmp_path, queue=no_queue(RINGS_ANOTHER))
    steps = [LineStep(wait_for="joined", hang_up=True)] if does == "answers" else []
    who = person(*steps, number=OTHER_NUMBER, does=does)
    with ReceptionRig(account, monkeypatch, people=(who,), lines=0) as rig:
        leg = rig.comes_in()
        rig.twilio.advance(120)
        outcome, cause = rig.visit(leg).ending or (None, None)
        assert outcome is ending.outcome
        assert cause == ending.cause or outcome is Outcome.FAILED  # the earliest reason stands
        assert bool(rig.twiml("/twilio/voice/number"))


@pytest.mark.parametrize("shown", ["+266696687", "Anonymous", "Restricted", ""])
def test_a_withheld_number_is_a_visit_without_a_customer(either: ReceptionRig, shown: str) -> None:
    rig = either
    shows = shown if rig.by_sip else OURS  # a customer of an order has to have a number
    rig.vapi.people[shows] = caller(number=shows, patience_ms=600_000)
    leg, call = talking(rig, from_=shown)
    if not rig.by_sip:
        assert call.record.asked["customer"] == {"number": OURS}
    rig.route_all()
    visit = rig.visit(leg)
    assert (visit.caller, visit.state) == (None, Stage.TALKING)
    record = rig.router.history(call.call_id).record
    assert record is not None
    assert record.value("customer_number") is None
    hang_up(rig, leg)
    assert rig.holders() == []


def test_a_repetition_hears_the_same_and_changes_nothing(either: ReceptionRig) -> None:
    rig = either
    rig.twilio.with_faults(Faults(repeat_every=1))
    leg, _ = talking(rig)
    first, second = rig.twiml()
    assert first == second
    assert len(rig.vapi.calls) == 1
    assert rig.holders() == [f"visit:v-{leg}"]
    [hook, *_] = [hook for hook, _, _ in rig.answers if hook.path == "/twilio/voice"]
    before = rig.visit(leg)
    assert rig.handle(hook.path, hook.body, hook.headers)[2] == first
    assert rig.visit(leg) == before


@pytest.mark.parametrize(
    "faults",
    [Faults(double_every=1), Faults(late_every=1, late_ms=20_000), Faults(swap_every=2)],
    ids=["doubled", "late", "swapped"],
)
def test_the_end_is_told_in_any_way_and_frees_one_line_once(
    either: ReceptionRig, faults: Faults
) -> None:
    rig = either
    other = DynamoDBLines(
        rig.account.client("dynamodb"), rig.account.dialing_table, CALLING_ACCOUNT
    )
    other.admit("call:other", 1)
    rig.twilio.with_faults(faults)
    leg, call = talking(rig)
    hang_up(rig, leg)
    rig.twilio.advance(40)
    assert rig.holders() == ["call:other"]
    ended(rig, call)
    assert rig.holders() == ["call:other"]
    ending = rig.visit(leg).ending
    assert ending is not None
    assert ending.outcome in {Outcome.SERVED, Outcome.ABANDONED_TALKING}


def test_an_end_that_is_lost_at_twilio_is_told_by_vapi(either: ReceptionRig) -> None:
    rig = either
    rig.twilio.with_faults(Faults(lose_every=1))
    leg, call = talking(rig)
    hang_up(rig, leg)
    assert rig.holders() == [f"visit:v-{leg}"]
    ended(rig, call)
    assert rig.holders() == []


def test_a_ring_that_is_told_after_its_end_takes_no_line(rig: ReceptionRig) -> None:
    leg = "CA" + "7" * 32
    status = {"CallStatus": "completed", "SequenceNumber": "0"}
    assert signed(rig, "/twilio/call-status", leg, **status)[0] == 200
    assert signed(rig, "/twilio/voice", leg, CallStatus="ringing", From=CALLER, To=OURS)[0] == 200
    assert rig.holders() == []
    assert not rig.vapi.calls


@pytest.mark.parametrize("path", ["/twilio/call-status", "/webhook/call-completed"])
def test_both_addresses_of_the_status_are_one(rig: ReceptionRig, path: str) -> None:
    leg, _ = talking(rig)
    assert signed(rig, path, leg, CallStatus="completed", SequenceNumber="4")[0] == 200
    assert rig.visit(leg).state is Stage.ENDED
    assert rig.holders() == []


def signed(
    rig: ReceptionRig, path: str, leg: str, token: str = AUTH_TOKEN, **fields: str
) -> tuple[int, str, str]:
    """A webhook as Twilio sends it, or as somebody who has another key does."""
    sent = {"CallSid": leg, "AccountSid": rig.twilio.account_sid, **fields}
    proof = signature(rig.door.url + path, list(sent.items()), token)
    return rig.handle(path, urlencode(sent).encode(), {"x-twilio-signature": proof})


def stored(rig: ReceptionRig) -> int:
    client = rig.account.client("dynamodb", watched=False)
    tables = (rig.account.calls_table, rig.account.dialing_table)
    return sum(client.scan(TableName=table)["Count"] for table in tables)


def test_who_is_not_twilio_gets_one_answer_and_leaves_nothing(rig: ReceptionRig) -> None:
    leg = "CA" + "9" * 32
    fields = {"CallStatus": "ringing", "From": CALLER, "To": OURS}
    forged = signed(rig, "/twilio/voice", leg, token="another key", **fields)
    unsigned = rig.handle("/twilio/voice", b"CallSid=CA1", {})
    large = rig.handle("/twilio/voice", b"a=" + b"b" * 65_536, {"x-twilio-signature": "x"})
    other = signed(rig, "/twilio/voice", leg, **{**fields, "AccountSid": "AC" + "5" * 32})
    assert {forged, unsigned, large, other} == {forged}
    assert forged[0] == 403
    assert stored(rig) == 0
    assert not rig.vapi.calls


def test_a_token_is_taken_while_it_is_being_replaced(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ReceptionRig(account, monkeypatch) as rig:
        rotated = json.dumps({"current": "the new one", "previous": AUTH_TOKEN})
        account.client("secretsmanager").put_secret_value(SecretId="twilio", SecretString=rotated)
        rig.app.PARTS.close()
        monkeypatch.setattr(rig.app, "PARTS", rig.app.twilio_webhook_parts())
        assert rig.comes_in()
        assert "<Connect" in rig.twiml()[0]


def test_whatever_breaks_the_caller_hears_what_is_true_and_goes_on(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_config(monkeypatch, tmp_path, reception={"nobody_free": RINGS_ANOTHER})
    with ReceptionRig(account, monkeypatch) as rig:
        account.client("dynamodb").delete_table(TableName=account.calls_table)
        status, kind, said = signed(
            rig, "/twilio/voice", "CA" + "3" * 32, CallStatus="ringing", From=CALLER, To=OURS
        )
        assert (status, kind) == (200, "text/xml")
        assert "something went wrong" in said
        assert OTHER_NUMBER in said
        assert CALLER not in said
        told = signed(rig, "/twilio/call-status", "CA" + "3" * 32, CallStatus="completed")
        assert told[0] == 503


def test_an_odd_form_is_answered_and_named(rig: ReceptionRig) -> None:
    assert signed(rig, "/twilio/voice", "CA1", CallStatus="ringing")[0] == 200
    status, _, said = signed(rig, "/twilio/call-status", "CA1", CallStatus="completed")
    assert (status, "CallSid" in said) == (400, True)
    assert stored(rig) == 0


def test_calls_that_are_vapi_s_are_not_taken_here(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ReceptionRig(account, monkeypatch, {"TWILIO_ADMISSION": "vapi"}) as rig:
        rig.comes_in()
        assert "not taken here" in rig.twiml()[0]
        rig.twilio.advance(30)
        assert stored(rig) == 0


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("TWILIO_ADMISSION", "sip", "VAPI_SIP_ADDRESS is required by TWILIO_ADMISSION=sip"),
        ("TWILIO_ADMISSION", "both", "must be one of bypass, sip, vapi"),
        ("TWILIO_PHONE_NUMBER", "", "^$"),
        ("TWILIO_ACCOUNT_SID", "AC1", "TWILIO_ACCOUNT_SID must be AC"),
        ("VAPI_PHONE_NUMBER_ID", "", "VAPI_PHONE_NUMBER_ID is required"),
        ("PUBLIC_BASE_URL", "", "PUBLIC_BASE_URL is required"),
        ("TWILIO_ACCOUNT_SID", "", "TWILIO_ACCOUNT_SID is required"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_at_the_start(
    rig: ReceptionRig, setting: str, value: str, named: str
) -> None:
    rig.monkeypatch.setenv(setting, value)
    if named == "^$":  # without a number nobody rings here
        parts = rig.app.twilio_webhook_parts()
        assert parts.door.reception is None
        parts.close()
        return
    with pytest.raises(SettingsError, match=named):
        rig.app.twilio_webhook_parts()


def test_nothing_private_is_logged(rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> None:
    leg, _ = talking(rig)
    hang_up(rig, leg)
    logged = capsys.readouterr().out
    assert "visit_began" in logged
    for private in (CALLER, CALLER[1:], "wss://", AUTH_TOKEN):
        assert private not in logged
