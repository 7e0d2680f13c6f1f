"""Our grammar of TwiML beside the official package's writer and Twilio's own documents."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest
from twilio.twiml import voice_response as official

from local.twilio.twiml.grammar import DocumentError, Place, grammar, read_twiml

if TYPE_CHECKING:
    from pathlib import Path

# Where the package writes each verb, and what it calls what we call words.
WRITERS = {
    "Say": (official.VoiceResponse.say, "message"),
    "Play": (official.VoiceResponse.play, "url"),
    "Pause": (official.VoiceResponse.pause, ""),
    "Gather": (official.VoiceResponse.gather, ""),
    "Record": (official.VoiceResponse.record, ""),
    "Dial": (official.VoiceResponse.dial, "number"),
    "Number": (official.Dial.number, "phone_number"),
    "Sip": (official.Dial.sip, "sip_url"),
    "Conference": (official.Dial.conference, "name"),
    "Queue": (official.Dial.queue, "name"),
    "Enqueue": (official.VoiceResponse.enqueue, "name"),
    "Leave": (official.VoiceResponse.leave, ""),
    "Redirect": (official.VoiceResponse.redirect, "url"),
    "Reject": (official.VoiceResponse.reject, ""),
    "Hangup": (official.VoiceResponse.hangup, ""),
    "Connect": (official.VoiceResponse.connect, ""),
    "Stream": (official.Connect.stream, ""),
    "Parameter": (official.Stream.parameter, ""),
}
LONG = f"<Parameter name='a' value='{'x' * 500}'/>"
NOT_SIMULATED = {"t17-conversationrelay.xml", "t18-refer.xml"}
PLACES = {
    "t02-queue-wait.xml": Place.WAIT,
    "t03-queue-leave.xml": Place.WAIT,
    "t07-whisper-accept.xml": Place.WHISPER,
}


def test_we_know_the_verbs_that_we_say_we_know() -> None:
    assert set(WRITERS) == set(grammar())


@pytest.mark.parametrize("verb", sorted(WRITERS))
def test_a_verbs_attributes_are_those_of_the_official_package(verb: str) -> None:
    writer, words = WRITERS[verb]
    parameters = [*inspect.signature(writer).parameters][1:-1]
    named = {re.sub(r"_(\w)", lambda m: m[1].upper(), each) for each in parameters if each != words}
    assert set(grammar()[verb].get("attributes", {})) == named
    assert bool(words) == ("words" in grammar()[verb])


def test_what_the_official_package_writes_is_read() -> None:
    response = official.VoiceResponse()
    gather = response.gather(num_digits=1, action="/key", timeout=5, input="dtmf speech")
    gather.say("Press 1 & wait.", voice="Polly.Joanna-Neural")
    dial = response.dial(action="/dialled", answer_on_bridge=True, timeout=20)
    dial.number("+13105550142", url="/whisper", status_callback_event="ringing completed")
    dial = response.dial()
    dial.conference("room", start_conference_on_enter=False, beep=False, wait_url="")
    response.connect().stream(url="wss://media.example.com/1").parameter(name="a", value="b")
    response.enqueue("support", wait_url="/wait", action="/result")

    verbs = read_twiml(str(response), Place.CALL)
    assert [verb.name for verb in verbs] == ["Gather", "Dial", "Dial", "Connect", "Enqueue"]
    assert verbs[0].get("input") == ["dtmf", "speech"]
    assert verbs[0].inside[0].words == "Press 1 & wait."
    assert verbs[2].inside[0].attributes == {
        "startConferenceOnEnter": False,
        "beep": "false",
        "waitUrl": "",
    }


def documents(shared: Path) -> list[Path]:
    return sorted((shared / "contracts/twilio/samples").glob("*.xml"))


def test_every_sample_document_is_played(shared: Path) -> None:
    read = {}
    for file in documents(shared):
        place = PLACES.get(file.name, Place.CALL)
        if file.name in NOT_SIMULATED:
            with pytest.raises(DocumentError, match=r"no verb|not allowed"):
                read_twiml(file.read_bytes(), place)
        else:
            read[file.name] = read_twiml(file.read_bytes(), place)
    assert len(read) == 16
    assert read["t16-empty.xml"] == []


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<say>x</say>", "say is no verb"),
        ("<Say/>", "Say is empty"),
        ("<Say tone='loud'>x</Say>", "no attribute tone"),
        ("words", "neither words"),
        ("<Pause length='1.5'/>", "whole 1 600"),
        ("<Pause/>words", "words after Pause"),
        ("<Play/>", "either an address or digits"),
        ("<Gather numDigits='0'/>", "whole 1 1000"),
        ("<Gather input='keys'/>", "some dtmf speech"),
        ("<Gather finishOnKey='x'/>", "keys"),
        ("<Dial/>", "either a number"),
        ("<Dial><Queue>a</Queue><Queue>b</Queue></Dial>", "one Conference or Queue"),
        ("<Dial timeout='0'>+13105550101</Dial>", "whole 1 600"),
        ("<Redirect method='PUT'>/x</Redirect>", "method"),
        ("<Reject reason='tired'/>", "one rejected busy"),
        ("<Hangup>x</Hangup>", "no words of its own"),
        ("<Connect/>", "exactly one Stream"),
        ("<Connect><Stream/></Connect>", "no url"),
        ("<Connect><Stream url='ws://a.example'/></Connect>", "wss"),
        ("<Connect><Stream url='wss://a.example/?x=1'/></Connect>", "wss"),
        (
            f"<Connect><Stream url='wss://a.example'>{LONG}</Stream></Connect>",
            "fewer than 500",
        ),
        ("<Pause/><Reject/>", "first verb"),
        ("<Enqueue waitUrl='/wait'/>", "Enqueue is empty"),
    ],
)
def test_what_is_not_of_the_grammar_is_refused(inside: str, what: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(what)):
        read_twiml(f"<Response>{inside}</Response>", Place.CALL)


@pytest.mark.parametrize(
    ("place", "verbs"),
    [
        (Place.WAIT, "Play Say Pause Hangup Redirect Leave Gather"),
        (Place.WHISPER, "Play Say Pause Hangup Redirect Gather"),
        (Place.HOLD, "Play Say Pause Redirect"),
    ],
)
def test_each_place_has_verbs_of_its_own(place: Place, verbs: str) -> None:
    written: dict[str, Any] = {
        "Say": "<Say>x</Say>",
        "Play": "<Play>/x.mp3</Play>",
        "Dial": "<Dial>+13105550101</Dial>",
        "Enqueue": "<Enqueue>x</Enqueue>",
        "Redirect": "<Redirect>/x</Redirect>",
        "Connect": "<Connect><Stream url='wss://a.example'/></Connect>",
    }
    for name in ("Pause", "Gather", "Record", "Leave", "Reject", "Hangup"):
        written[name] = f"<{name}/>"
    allowed = set()
    for name, text in written.items():
        try:
            read_twiml(f"<Response>{text}</Response>", place)
        except DocumentError:
            continue
        allowed.add(name)
    assert allowed == set(verbs.split())
