"""Our own side of Twilio, held to the simulator: what we ask for, write, and let in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Placed, Refused, Unknown
from contact_center.kernel.ports import RawRequest
from contact_center.twilio.api import TwilioApi
from contact_center.twilio.twiml import TwimlWriter
from contact_center.twilio.webhook_check import WebhookCheck
from contact_center.vapi.calls.bypass import joined_assistant
from contact_center.visits.domain.instructions import (
    AskKeys,
    EnterRoom,
    GoTo,
    HangUp,
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
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import UNANSWERED, Done, Gone, LegRequest
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from local.twilio.to_vapi import ToVapi
from local.twilio.twiml.grammar import Place, read_twiml, unplayed
from local.vapi.scripts.line_steps import LineStep as Step
from local.vapi.simulator import VapiSimulator
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.secret_store import FakeSecretStore
from tests.twilio_scene import CALLER, OURS, PERSON, Stage, person
from tests.vapi_scene import KEY, squad
from tests.webhook_stub import post

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE_URL = "https://calls.example.com"
NOWHERE = "http://127.0.0.1:9/vapi/webhook"
REQUEST = LegRequest(
    to=PERSON, caller_id=OURS, answered="/answered", events="/events", ring_seconds=20
)
NOW_MS = 1_795_023_000_000
DOCUMENTS: list[tuple[Any, ...]] = [
    (Speak("Hello & welcome."), Pause(2), Play("https://calls.example.com/tune.mp3"), HangUp()),
    (AskKeys(sounds=(Speak("Press one."),), to="/key"), GoTo("/next")),
    (RingAssistant(address="sip:a@sip.vapi.ai", headers={"X-Visit": "7"}, after="/after"),),
    (RingNumber(number=PERSON, caller_id=OURS, ring_seconds=20, after="/after"),),
    (Wait(queue="support", music="/wait", after="/after"),),
    (EnterRoom(room="r", opens=False, closes=True, music="/wait", events="/room", after="/a"),),
    (EnterRoom(room="r", opens=True, closes=False, muted=True, coaching=f"CA{'1' * 32}"),),
    (TakeMessage(recorded="/recorded", after="/after"),),
    (JoinAssistant(url="wss://a.vapi.ai/1", parameters={"visit": "7"}, after="/after"),),
]


class Token:
    """The simulated account's."""

    def current(self) -> str:
        return AUTH_TOKEN

    def has_changed(self, used: str) -> bool:
        return used != AUTH_TOKEN


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage([person(after_ms=2000)], calls_per_second=1000) as made:
        made.says("/answered", "<Pause length='300'/>")
        yield made


def telephone(stage: Stage) -> TwilioApi:
    writer = TwimlWriter(stage.door.url)
    return TwilioApi(ACCOUNT_SID, Token(), writer, stage.door.url, stage.twilio.url)


def request(**change: Any) -> LegRequest:
    return replace(REQUEST, **change)


def test_a_leg_is_rung_found_steered_and_ended(stage: Stage) -> None:
    api = telephone(stage)
    placed = api.ring(request())
    assert isinstance(placed, Placed)
    leg = placed.call_id
    stage.twilio.advance(1)
    found = api.find_leg(leg)
    assert found is not None
    assert found.status is LegStatus.RINGING
    assert api.redirect(leg, [Speak("Too early.")]) == NotSent(UNANSWERED)

    stage.twilio.advance(3)
    assert api.cancel(leg) == Done()  # somebody has answered: it stays
    room = EnterRoom(room="r", opens=True, closes=False, music="/wait", events="/room", after="/a")
    assert api.redirect(leg, [room]) == Done()
    stage.twilio.advance(1)
    assert [one.friendly_name for one in stage.client.conferences.list()] == ["r"]
    assert api.hang_up(leg) == Done()
    assert api.hang_up(leg) == api.redirect(leg, [Speak("Too late.")]) == Gone()
    assert api.find_leg(f"CA{'0' * 32}") is None
    stage.twilio.settle()
    told = [hook["CallStatus"] for hook in stage.door.at("/events")]
    assert told == ["initiated", "ringing", "in-progress", "completed"]


def test_an_order_whose_answer_is_lost_is_found_by_its_numbers(stage: Stage) -> None:
    api = telephone(stage)
    stage.twilio.switches.lose_answers = 1
    assert isinstance(api.ring(request()), Unknown)
    looked = api.find_legs(PERSON, OURS, 0)
    assert (looked.complete, len(looked.legs)) == (True, 1)
    assert api.cancel(looked.legs[0].leg) == Done()


def test_refusals_have_their_words(stage: Stage) -> None:
    api = telephone(stage)
    assert api.ring(request(caller_id=CALLER)) == Refused(
        "caller_id", configuration=True, code=21210
    )
    stage.twilio.switches.refused[PERSON] = 21216
    assert api.ring(request()) == Refused("blocked", configuration=False, code=21216)
    stage.twilio.switches.refuse_every = 1
    assert isinstance(api.ring(request()), NotSent)
    assert stage.noted("rings") == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda steps: type(steps[0]).__name__)
def test_every_document_that_we_write_is_played_whole(document: tuple[Any, ...]) -> None:
    verbs = read_twiml(TwimlWriter(BASE_URL).answer(document), Place.CALL)
    assert verbs
    assert unplayed(verbs) == []


def test_a_wait_document_of_ours_may_be_one() -> None:
    asks = AskKeys(sounds=(Speak("Press one."),), to="/key")
    text = TwimlWriter(BASE_URL).wait_answer([Speak("Please wait."), asks, LeaveWait()])
    assert [verb.name for verb in read_twiml(text, Place.WAIT)] == ["Say", "Gather", "Leave"]


def test_our_door_lets_in_what_the_simulator_sends(stage: Stage) -> None:
    waits = "<Enqueue action='/result' waitUrl='/wait'>q</Enqueue>"
    number = "<Number statusCallback='/leg'>+13105550999</Number>"
    stage.says("/voice", f"<Gather action='/key' numDigits='1'/>{waits}")
    stage.says("/key", f"<Dial action='/dialled'>{number}</Dial>")
    stage.says("/dialled", waits)
    stage.says("/wait", "<Pause length='5'/><Leave/>")
    stage.comes_in(Step(wait_for="asked", press="1"), extra={"CallerName": "Łukasz O'Brien"})
    telephone(stage).ring(request())
    stage.twilio.advance(30)

    store = FakeSecretStore.holding(AUTH_TOKEN)
    check = WebhookCheck(stage.door.url, store.fetch, CountedMetrics())
    let_in = {}
    for hook in stage.door.hooks:
        raw = RawRequest(hook.method, hook.path, "any.example", hook.headers, hook.body)
        let_in[hook.path] = check.check(raw, NOW_MS).refusal
    assert set(let_in) == {
        *("/voice", "/key", "/dialled", "/leg", "/wait", "/result", "/over"),
        *("/answered", "/events"),
    }
    assert set(let_in.values()) == {None}


def test_the_stream_of_a_bypass_answer_leads_to_vapis_call() -> None:
    with VapiSimulator(server_url=NOWHERE) as vapi, Stage(outside=ToVapi(vapi)) as joined:
        body = {
            **squad(),
            "phoneNumberId": vapi.phone_number_id,
            "customer": {"number": CALLER},
            "phoneCallProviderBypassEnabled": True,
        }
        _, order = post(f"{vapi.url}/call", body, **KEY)
        twiml = order["phoneCallProviderDetails"]["twiml"]
        step = joined_assistant(twiml, vapi.url, "/after")
        assert step is not None
        joined.door.answers["/voice"] = TwimlWriter(joined.door.url).answer([step])
        sid = joined.comes_in()
        joined.twilio.advance(1)
        assert joined.twilio.leg(sid).streaming
        assert vapi.calls[order["id"]].record.call_sid == sid
