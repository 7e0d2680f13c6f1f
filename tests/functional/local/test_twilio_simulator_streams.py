"""A call joins a stream, or a SIP host, beyond the simulator; both sides can end that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import CALLER, Media, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAM = "wss://media.vapi.test/call-7/transport"
CONNECT = (
    f"<Connect action='/after'><Stream name='vapi' url='{STREAM}' statusCallback='/stream'>"
    "<Parameter name='visit' value='7'/></Stream></Connect><Say>The stream is over.</Say>"
)
STAYS = "<Pause length='600'/>"


@pytest.fixture
def media() -> Media:
    return Media()


@pytest.fixture
def stage(media: Media) -> Iterator[Stage]:
    with Stage(outside=media) as made:
        made.says("/voice", CONNECT)
        made.says("/after", "<Say>And now?</Say>" + STAYS)
        made.says("/elsewhere", "<Say>A person will talk to you.</Say>" + STAYS)
        yield made


def events(stage: Stage) -> list[str]:
    return [hook["StreamEvent"] for hook in stage.door.at("/stream")]


def test_a_stream_is_told_whose_call_it_is(stage: Stage, media: Media) -> None:
    sid = stage.comes_in()
    stage.twilio.advance(5)
    [opened] = media.opened
    assert (opened.call, opened.caller, opened.address) == (sid, CALLER, STREAM)
    assert opened.given == {"visit": "7"}
    assert events(stage) == ["stream-started"]
    assert stage.door.at("/stream")[0]["StreamName"] == "vapi"
    assert stage.twilio.leg(sid).streaming


def test_the_far_side_ends_the_stream_and_the_call_goes_on(stage: Stage, media: Media) -> None:
    sid = stage.comes_in()
    stage.twilio.advance(5)
    media.opened[0].end()
    stage.twilio.settle()
    stage.twilio.advance(5)

    assert events(stage) == ["stream-started", "stream-stopped"]
    assert len(stage.door.at("/after")) == 1
    assert (media.closed_from_here, stage.twilio.leg(sid).status) == (0, "in-progress")


def test_a_redirect_ends_the_stream_and_nobody_asks_the_action(stage: Stage, media: Media) -> None:
    sid = stage.comes_in()
    stage.twilio.advance(5)
    stage.client.calls(sid).update(url=f"{stage.door.url}/elsewhere")
    stage.twilio.advance(5)

    assert media.closed_from_here == 1
    assert len(stage.door.at("/elsewhere")) == 1
    assert stage.door.at("/after") == []
    media.opened[0].end()  # too late, and no harm
    stage.twilio.settle()
    assert stage.twilio.leg(sid).status == "in-progress"


def test_whether_the_action_is_asked_after_a_redirect_can_be_chosen(
    stage: Stage, media: Media
) -> None:
    stage.twilio.switches.connect_action_when_cut = True
    sid = stage.comes_in()
    stage.twilio.advance(5)
    stage.client.calls(sid).update(url=f"{stage.door.url}/elsewhere")
    stage.twilio.advance(5)
    assert (len(stage.door.at("/after")), media.closed_from_here) == (1, 1)
    assert len(stage.door.at("/elsewhere")) == 1


def test_a_caller_who_hangs_up_closes_the_stream(stage: Stage, media: Media) -> None:
    stage.comes_in(Step(wait_for="streaming", pause_ms=3000, hang_up=True))
    stage.twilio.advance(10)
    assert media.closed_from_here == 1
    assert events(stage) == ["stream-started", "stream-stopped"]


def test_where_nobody_listens_the_call_goes_on(stage: Stage, media: Media) -> None:
    media.listens = False
    sid = stage.comes_in()
    stage.twilio.advance(5)
    assert events(stage) == ["stream-error"]
    assert stage.twilio.leg(sid).status == "in-progress"
    assert len(stage.door.at("/after")) == 1


def test_a_sip_host_of_others_takes_the_call_and_ends_it(stage: Stage, media: Media) -> None:
    stage.says(
        "/voice",
        "<Dial action='/after' answerOnBridge='true'>"
        "<Sip>sip:switchboard-router-0001@sip.vapi.test?x-visit=7</Sip></Dial>",
    )
    stage.comes_in()
    stage.twilio.advance(5)
    [opened] = media.opened
    assert (opened.caller, opened.given) == (CALLER, {"x-visit": "7"})
    assert len(stage.noted("bridged")) == 1

    opened.end()
    stage.twilio.settle()
    [after] = stage.door.at("/after")
    assert (after["DialCallStatus"], after["DialSipResponseCode"]) == ("completed", "200")


def test_a_redirect_hangs_up_on_the_sip_host(stage: Stage, media: Media) -> None:
    stage.says("/voice", "<Dial action='/after'><Sip>sip:a@sip.vapi.test</Sip></Dial>")
    sid = stage.comes_in()
    stage.twilio.advance(5)
    stage.client.calls(sid).update(url=f"{stage.door.url}/elsewhere")
    stage.twilio.settle()
    assert media.closed_from_here == 1
    assert len(stage.door.at("/after")) == 1
