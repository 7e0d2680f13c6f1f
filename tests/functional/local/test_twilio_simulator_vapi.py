"""One caller on both simulators' lines: Twilio carries the call, Vapi speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.twilio.to_vapi import ToVapi
from local.vapi.simulator import VapiSimulator
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import CALLER, Stage, twiml, until
from tests.vapi_scene import KEY, SAYS_BILLING, Scene, caller, squad
from tests.webhook_stub import post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.calls.call import Call

STAYS = "<Pause length='600'/>"
SIP = "sip:switchboard-router-0001@sip.vapi.ai?x-visit=7"


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


@pytest.fixture
def vapi(scene: Scene) -> Iterator[VapiSimulator]:
    """Calls by the real clock: they last for as long as nobody ends them."""
    with VapiSimulator(server_url=scene.webhook.url, lines=2) as running:
        running.people[CALLER] = caller(number=CALLER, patience_ms=600_000)
        yield running


@pytest.fixture
def stage(vapi: VapiSimulator) -> Iterator[Stage]:
    with Stage(outside=ToVapi(vapi)) as made:
        made.door.answers["/voice"] = lambda _: twiml(
            order(vapi)["phoneCallProviderDetails"]["twiml"]
            .removeprefix("<Response>")
            .removesuffix("</Response>")
            + "<Redirect>/after</Redirect>"
        )
        made.says("/after", "<Say>Vapi is gone.</Say>" + STAYS)
        made.says("/elsewhere", "<Say>One moment.</Say>" + STAYS)
        yield made


def order(vapi: VapiSimulator) -> Any:
    body = {
        **squad(),
        "phoneNumberId": vapi.phone_number_id,
        "customer": {"number": CALLER},
        "metadata": {"visit": "7"},
        "phoneCallProviderBypassEnabled": True,
    }
    status, answered = post(f"{vapi.url}/call", body, **KEY)
    assert status == 201
    return answered


def joined(stage: Stage, vapi: VapiSimulator) -> tuple[str, Call]:
    """A caller who comes in and is connected to the assistant."""
    sid = stage.comes_in()
    stage.twilio.advance(1)
    [call] = vapi.calls.values()
    until(lambda: call.status == "in-progress")
    return sid, call


def test_the_stream_of_a_bypass_answer_joins_vapis_call(stage: Stage, vapi: VapiSimulator) -> None:
    sid, call = joined(stage, vapi)
    shown = call.record.call(call.status)
    assert shown["transport"]["callSid"] == sid
    assert shown["metadata"] == {"visit": "7"}
    assert stage.twilio.leg(sid).streaming
    assert vapi.account.free_lines == 1


def test_a_redirect_ends_vapis_call_and_frees_its_line(stage: Stage, vapi: VapiSimulator) -> None:
    sid, call = joined(stage, vapi)
    stage.client.calls(sid).update(url=f"{stage.door.url}/elsewhere")
    assert call.wait(LIVENESS_SECONDS)
    stage.twilio.advance(5)

    assert call.record.ended_reason == "customer-ended-call"
    assert vapi.account.free_lines == 2
    assert stage.client.calls(sid).fetch().status == "in-progress"
    assert (len(stage.door.at("/elsewhere")), stage.door.at("/after")) == (1, [])


def test_when_vapi_hangs_up_the_caller_is_still_ours(stage: Stage, vapi: VapiSimulator) -> None:
    sid, call = joined(stage, vapi)
    status, _ = post(f"{vapi.url}/{call.call_id}/control", {"type": "end-call"})
    assert status == 200
    assert call.wait(LIVENESS_SECONDS)
    stage.twilio.advance(1)

    assert len(stage.door.at("/after")) == 1
    assert stage.client.calls(sid).fetch().status == "in-progress"


def test_when_the_caller_hangs_up_both_calls_are_over(scene: Scene) -> None:
    scene.on_words = scene.hand_to_billing
    with scene.simulator() as vapi, Stage(outside=ToVapi(vapi)) as stage:
        vapi.people[CALLER] = caller(SAYS_BILLING, number=CALLER)
        stage.door.answers["/voice"] = lambda _: order(vapi)["phoneCallProviderDetails"]["twiml"]
        sid = stage.comes_in()
        stage.twilio.advance(1)
        [call] = vapi.calls.values()
        assert call.wait(LIVENESS_SECONDS)
        stage.twilio.settle()

        assert call.reached_at_ms is not None
        assert stage.client.calls(sid).fetch().status == "completed"
        assert [hook["CallStatus"] for hook in stage.door.at("/over")] == ["completed"]


def test_a_call_that_nobody_joins_ends_by_itself(scene: Scene) -> None:
    with VapiSimulator(server_url=scene.webhook.url, call_speed=1000) as vapi:
        order(vapi)
        [call] = vapi.calls.values()
        assert call.wait(LIVENESS_SECONDS)
        assert call.record.ended_reason == (
            "phone-call-provider-bypass-enabled-but-no-call-received"
        )
        assert [message["status"] for message in scene.webhook.messages("status-update")] == [
            "ended"
        ]


def test_one_call_has_one_line(stage: Stage, vapi: VapiSimulator) -> None:
    joined(stage, vapi)
    [call] = vapi.calls.values()
    again = call.record.call("queued")["phoneCallProviderDetails"]["twiml"]
    stage.door.answers["/voice"] = again
    late = stage.comes_in()
    stage.twilio.advance(1)
    assert [entry["call"] for entry in stage.noted("stream-error")] == [late]


def test_vapi_does_not_transfer_a_call_whose_line_is_not_its_own(
    stage: Stage, vapi: VapiSimulator
) -> None:
    _, call = joined(stage, vapi)
    command = {"type": "transfer", "destination": {"type": "number", "number": "+13105550101"}}
    status, body = post(f"{vapi.url}/{call.call_id}/control", command)
    assert status == 400
    assert "does not transfer" in body["message"][0]


def test_a_call_by_sip_is_one_that_comes_in_with_its_headers(
    stage: Stage, vapi: VapiSimulator, scene: Scene
) -> None:
    stage.says("/voice", f"<Dial action='/after' answerOnBridge='true'><Sip>{SIP}</Sip></Dial>")
    sid, call = joined(stage, vapi)
    [asked] = [m for m in scene.webhook.messages() if m["type"] == "assistant-request"]
    assert asked["call"]["assistantOverrides"] == {"variableValues": {"visit": "7"}}
    assert asked["call"]["type"] == "inboundPhoneCall"
    assert asked["phoneNumber"]["sipUri"] == SIP.partition("?")[0]
    assert asked["customer"]["number"] == CALLER

    post(f"{vapi.url}/{call.call_id}/control", {"type": "end-call"})
    assert call.wait(LIVENESS_SECONDS)
    stage.twilio.settle()
    [after] = stage.door.at("/after")
    assert (after["DialCallStatus"], after["DialBridged"]) == ("completed", "true")
    assert stage.client.calls(sid).fetch().status == "in-progress"
