"""Our room `twilio/` beside the strict Twilio of this machine: each takes what the other sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from contact_center.dialing.services.voice_ports import Placed, Refused
from contact_center.kernel.ports import RawRequest
from contact_center.records.services.price_ports import LegPrice
from contact_center.twilio.api import TwilioApi
from contact_center.twilio.forms import Form
from contact_center.twilio.repetitions import repetition_key
from contact_center.twilio.twiml import TwimlWriter
from contact_center.twilio.webhook_check import WebhookCheck
from contact_center.twilio.webhooks import (
    leg_of,
    read_caller,
    read_dial_end,
    read_keys,
    read_message,
    read_room,
    read_status,
    read_wait_end,
)
from contact_center.visits.domain.instructions import (
    AskKeys,
    EnterRoom,
    GoTo,
    HangUp,
    Instruction,
    JoinAssistant,
    LeaveWait,
    Pause,
    Play,
    RingAssistant,
    RingNumber,
    Speak,
    TakeMessage,
    Wait,
)
from contact_center.visits.domain.legs import LegStatus, RoomStep, WaitEnd, latest
from contact_center.visits.services.telephone_ports import Done, Gone, LegRequest
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from local.twilio.twiml.grammar import Place, read_twiml
from local.vapi.scripts.line_steps import LineStep as Step
from tests.fakes.counted_metrics import CountedMetrics
from tests.twilio_scene import CALLER, OURS, PERSON, Hook, Stage, person
from twilio_fallback import app as fallback

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = "+13105550102"
FAR_MS = 2**42
WRITER = TwimlWriter("https://contact.example.com", "Polly.Joanna-Neural", "en-US")


class Token:
    """The simulator's."""

    def current(self) -> str:
        return AUTH_TOKEN

    def has_changed(self, used: str) -> bool:
        return used != AUTH_TOKEN


@pytest.fixture
def stage() -> Iterator[Stage]:
    people = [person(after_ms=6000), person(number=BUSY, does="busy")]
    with Stage(people, calls_per_second=1000) as made:
        yield made


def api(stage: Stage) -> TwilioApi:
    writer = TwimlWriter(stage.door.url)
    return TwilioApi(ACCOUNT_SID, Token(), writer, stage.door.url, stage.twilio.url)


def answers(stage: Stage, path: str, *instructions: Instruction) -> None:
    """From now on our door answers a path so."""
    stage.door.answers[path] = TwimlWriter(stage.door.url).answer(instructions)


def rung(stage: Stage, to: str = PERSON) -> str:
    placed = api(stage).ring(wish(to))
    assert isinstance(placed, Placed)
    return placed.call_id


def wish(to: str) -> LegRequest:
    return LegRequest(
        to=to, caller_id=OURS, answered="/answered", events="/status", ring_seconds=20
    )


def forms(stage: Stage, path: str) -> list[Form]:
    return [Form(hook.fields.items()) for hook in stage.door.at(path)]


def request_of(hook: Hook) -> RawRequest:
    body = urlencode(list(hook.fields.items())).encode()
    return RawRequest("POST", hook.path, "any.example", hook.headers, body)


def assert_genuine(stage: Stage) -> None:
    """Every webhook that came is let in by our check."""
    check = WebhookCheck(stage.door.url, lambda: AUTH_TOKEN, CountedMetrics())
    assert stage.door.hooks
    assert [
        hook.path for hook in stage.door.hooks if check.check(request_of(hook), 1).refusal
    ] == []


STEPS: list[Instruction] = [
    Speak("Hello & <goodbye>"),
    Play("https://a.example/b.mp3"),
    Pause(3),
    AskKeys(sounds=(Speak("Press 1."), Pause(1)), to="/key"),
    AskKeys(sounds=(), to="/pin", most_keys=None),
    JoinAssistant(url="wss://phone.vapi.ai/1/transport", parameters={"a": "b"}, after="/after"),
    RingAssistant(address="sip:router@sip.vapi.ai", headers={"X-visit": "v1"}, after="/after"),
    RingNumber(number=PERSON, caller_id=OURS, ring_seconds=25, after="/after"),
    Wait(queue="support", music="/wait", after="/result"),
    EnterRoom(room="visit-1", opens=True, closes=False, music="/wait", events="/e", after="/a"),
    EnterRoom(room="visit-1", opens=False, closes=True, muted=True),
    TakeMessage(recorded="/recorded", after="/after"),
    GoTo("/voice"),
    HangUp(),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_every_document_is_one_that_twilio_takes(step: Instruction) -> None:
    read_twiml(WRITER.answer([step]), Place.CALL)


def test_a_wait_document_is_one_that_twilio_takes() -> None:
    ask = AskKeys(sounds=(Speak("Press 1."),), to="/key")
    read_twiml(WRITER.wait_answer([Speak("You are next."), ask, Pause(5), LeaveWait()]), Place.WAIT)


@pytest.mark.parametrize("document", [fallback.SORRY, fallback.THANKS, fallback.RUNG])
def test_what_is_said_when_nothing_works_is_one_that_twilio_takes(document: str) -> None:
    read_twiml(document, Place.CALL)


def test_a_leg_rings_is_found_redirected_and_ended(stage: Stage) -> None:
    answers(stage, "/answered", Speak("Hello."), Pause(30))
    twilio, leg = api(stage), rung(stage)
    stage.twilio.advance(5)
    found = twilio.find_leg(leg)
    assert found is not None
    assert found.status is LegStatus.RINGING
    stage.twilio.advance(5)
    look_up = twilio.find_legs(PERSON, OURS, found.created_at_ms or 0)
    assert (look_up.complete, [one.leg for one in look_up.legs]) == (True, [leg])

    assert twilio.redirect(leg, [Speak("Now."), Pause(5)]) == Done()
    stage.twilio.advance(1)
    assert twilio.hang_up(leg) == Done()
    stage.twilio.advance(2)

    assert twilio.redirect(leg, [HangUp()]) == Gone()
    assert twilio.find_leg("CA" + "0" * 32) is None
    told = [read_status(form, FAR_MS) for form in forms(stage, "/status")]
    assert [each.status for each in told] == ["initiated", "ringing", "in_progress", "completed"]
    assert latest(reversed(told)).ended
    statuses = stage.door.at("/status")
    keys = {repetition_key(request_of(hook), Form(hook.fields.items())) for hook in statuses}
    assert len(keys) == len(statuses)
    assert_genuine(stage)


def test_whom_we_ring_while_our_door_is_down_hears_why_from_us(stage: Stage) -> None:
    stage.door.answers["/answered"] = (500, "text/plain", "down")
    stage.door.answers["/twilio/fallback"] = (200, "text/xml", fallback.RUNG)

    rung(stage)
    stage.twilio.advance(20)

    [asked] = stage.door.at("/twilio/fallback")
    assert asked["Direction"] == "outbound-api"
    event = {"body": urlencode(list(asked.fields.items()))}
    assert fallback.lambda_handler(event, None)["body"] == fallback.RUNG


def test_a_leg_is_cancelled_while_it_rings(stage: Stage) -> None:
    leg = rung(stage)
    stage.twilio.advance(2)
    assert api(stage).cancel(leg) == Done()
    stage.twilio.advance(2)
    assert read_status(forms(stage, "/status")[-1], FAR_MS).status is LegStatus.CANCELLED


def test_a_number_that_is_none_is_refused(stage: Stage) -> None:
    outcome = api(stage).ring(wish("123"))
    assert isinstance(outcome, Refused)
    assert outcome.reason == "bad_number"


def test_a_caller_waits_and_is_brought_into_a_room(stage: Stage) -> None:
    answers(stage, "/voice", Wait(queue="support", music="/wait", after="/result"))
    answers(stage, "/wait", Speak("Hold on."), Pause(3))
    leg = stage.comes_in()
    stage.twilio.advance(10)
    rang = read_caller(forms(stage, "/voice")[0])
    assert (rang.leg, rang.caller, rang.called) == (leg, CALLER, OURS)
    assert leg_of(forms(stage, "/wait")[0]) == leg

    room = EnterRoom(room="visit-1", opens=True, closes=True, events="/events", after="/after")
    assert api(stage).in_room("visit-1") == frozenset()
    assert api(stage).redirect(leg, [room]) == Done()
    stage.twilio.advance(2)
    assert api(stage).in_room("visit-1") == {leg}
    assert read_wait_end(forms(stage, "/result")[0]).how is WaitEnd.REDIRECTED
    api(stage).hang_up(leg)
    stage.twilio.advance(3)
    assert api(stage).in_room("visit-1") == frozenset()

    told = [read_room(form, FAR_MS) for form in forms(stage, "/events")]
    assert (RoomStep.JOINED, leg) in {(each.step, each.leg) for each in told}
    assert {each.room for each in told} == {"visit-1"}
    assert_genuine(stage)


@pytest.mark.parametrize("words", ["Please call me back.", ""])
def test_a_key_a_busy_line_and_a_message(stage: Stage, words: str) -> None:
    ask = AskKeys(sounds=(Speak("Press 1."),), to="/key")
    answers(stage, "/voice", ask)
    ring = RingNumber(number=BUSY, caller_id=OURS, ring_seconds=20, after="/dialled")
    answers(stage, "/key", ring)
    answers(stage, "/dialled", TakeMessage(recorded="/recorded", after="/left", most_seconds=5))
    presses: list[Any] = [Step(wait_for="asked", press="1")]
    speaks: list[Any] = [Step(wait_for="asked", say=words)] if words else []
    leg = stage.comes_in(*presses, *speaks)
    stage.twilio.advance(60)

    assert read_keys(forms(stage, "/key")[0]).keys == "1"
    assert read_dial_end(forms(stage, "/dialled")[0]).how is LegStatus.BUSY
    left = read_message(forms(stage, "/left")[0])  # asked for as well when nothing was said
    assert (left.leg, left.recording is not None) == (leg, bool(words))
    assert len(forms(stage, "/recorded")) == len(speaks)
    assert_genuine(stage)


def test_what_a_leg_cost_is_known_a_while_after_its_end(stage: Stage) -> None:
    stage.says("/voice", '<Say>Hello.</Say><Pause length="65"/><Hangup/>')
    leg = stage.comes_in()
    assert api(stage).price_of(leg) == LegPrice(None, "USD")

    stage.twilio.advance(80)
    stage.twilio.settle()
    assert api(stage).price_of(leg) == LegPrice(None, "USD")  # it is over, and not priced yet
    stage.twilio.advance(61)

    assert api(stage).price_of(leg) == LegPrice(2 * 8_500, "USD")  # two minutes were begun
    assert api(stage).price_of("CA" + "0" * 32) is None
