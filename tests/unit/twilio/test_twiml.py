"""Instructions written as TwiML: every verb, what is escaped, and what is too long."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.twilio.twiml import MOST_REMEMBERED, TooLongError, TwimlWriter
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
    WaitInstruction,
)

BASE_URL = "https://contact.example.com"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
WRITER = TwimlWriter(BASE_URL, "Polly.Joanna-Neural", "en-US")
PLAIN = TwimlWriter(BASE_URL)


def written(*instructions: Instruction) -> str:
    document = PLAIN.answer(instructions)
    assert document.startswith(f"{HEAD}<Response")
    return document.removeprefix(f"{HEAD}<Response>").removesuffix("</Response>")


@pytest.mark.parametrize(
    ("step", "verb"),
    [
        (Speak("One moment."), "<Say>One moment.</Say>"),
        (Play(f"{BASE_URL}/hold.mp3"), f"<Play>{BASE_URL}/hold.mp3</Play>"),
        (Pause(3), '<Pause length="3" />'),
        (GoTo("/twilio/voice"), f'<Redirect method="POST">{BASE_URL}/twilio/voice</Redirect>'),
        (LeaveWait(), "<Leave />"),
        (HangUp(), "<Hangup />"),
        (
            Wait(queue="support", music="/twilio/queue/wait", after="/twilio/queue/result"),
            (
                f'<Enqueue action="{BASE_URL}/twilio/queue/result" method="POST"'
                f' waitUrl="{BASE_URL}/twilio/queue/wait">support</Enqueue>'
            ),
        ),
        (
            AskKeys(sounds=(Speak("Press 1."), Pause(2), Play("https://a.example/b")), to="/key"),
            (
                f'<Gather action="{BASE_URL}/key" input="dtmf" method="POST" numDigits="1"'
                ' timeout="5"><Say>Press 1.</Say><Pause length="2" /><Play>https://a.example/b</Play></Gather>'
            ),
        ),
        (
            AskKeys(sounds=(), to="/pin", most_keys=None, patience_seconds=9),
            f'<Gather action="{BASE_URL}/pin" input="dtmf" method="POST" timeout="9" />',
        ),
        (
            JoinAssistant(
                url="wss://phone.vapi.ai/1/transport",
                attributes={"track": "both_tracks", "statusCallback": "https://api.vapi.ai/x"},
                parameters={"callId": "1&2"},
                after="/after",
            ),
            (
                f'<Connect action="{BASE_URL}/after" method="POST">'
                '<Stream statusCallback="https://api.vapi.ai/x" track="both_tracks"'
                ' url="wss://phone.vapi.ai/1/transport">'
                '<Parameter name="callId" value="1&amp;2" /></Stream></Connect>'
            ),
        ),
        (
            RingAssistant(
                address="sip:router@sip.vapi.ai",
                longest_seconds=630,
                headers={"X-visit": "v 1", "X-queue": "a&b"},
                after="/after",
            ),
            (
                f'<Dial action="{BASE_URL}/after" answerOnBridge="true" method="POST"'
                ' timeLimit="630" timeout="20">'
                "<Sip>sip:router@sip.vapi.ai?X-visit=v+1&amp;X-queue=a%26b</Sip></Dial>"
            ),
        ),
        (
            RingNumber(
                number="+13105550142", caller_id="+14155550123", ring_seconds=25, after="/after"
            ),
            (
                f'<Dial action="{BASE_URL}/after" answerOnBridge="true" callerId="+14155550123"'
                ' method="POST" timeLimit="14400" timeout="25"><Number>+13105550142</Number></Dial>'
            ),
        ),
        (
            EnterRoom(
                room="visit-1",
                opens=False,
                closes=True,
                music="/twilio/queue/wait",
                events="/twilio/transfer/1/conference",
                after="/after",
            ),
            (
                f'<Dial action="{BASE_URL}/after" method="POST"><Conference beep="false"'
                ' endConferenceOnExit="true" muted="false" startConferenceOnEnter="false"'
                f' statusCallback="{BASE_URL}/twilio/transfer/1/conference#rc=3&amp;rp=5xx,ct,rt"'
                ' statusCallbackEvent="start end join leave"'
                f' waitUrl="{BASE_URL}/twilio/queue/wait">visit-1</Conference></Dial>'
            ),
        ),
        (
            EnterRoom(room="r", opens=False, closes=False, after="/menu", star_leaves=True),
            (
                f'<Dial action="{BASE_URL}/menu" hangupOnStar="true" method="POST">'
                '<Conference beep="false" endConferenceOnExit="false" muted="false"'
                ' startConferenceOnEnter="false">r</Conference></Dial>'
            ),
        ),
        (
            EnterRoom(room="r", opens=True, closes=False, muted=True, coaching="CA1"),
            (
                '<Dial><Conference beep="false" coach="CA1" endConferenceOnExit="false"'
                ' muted="true" startConferenceOnEnter="true">r</Conference></Dial>'
            ),
        ),
        (
            TakeMessage(recorded="/recorded", after="/after", most_seconds=90),
            (
                f'<Record action="{BASE_URL}/after" finishOnKey="#" maxLength="90" method="POST"'
                ' playBeep="true"'
                f' recordingStatusCallback="{BASE_URL}/recorded#rc=3&amp;rp=5xx,ct,rt"'
                f' timeout="5" /><Redirect method="POST">{BASE_URL}/after</Redirect>'
            ),
        ),
        (
            TakeMessage(recorded="/recorded", after="/after", transcribed="/words"),
            (
                f'<Record action="{BASE_URL}/after" finishOnKey="#" maxLength="119" method="POST"'
                ' playBeep="true"'
                f' recordingStatusCallback="{BASE_URL}/recorded#rc=3&amp;rp=5xx,ct,rt"'
                f' timeout="5" transcribe="true"'
                f' transcribeCallback="{BASE_URL}/words#rc=3&amp;rp=5xx,ct,rt" />'
                f'<Redirect method="POST">{BASE_URL}/after</Redirect>'
            ),
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_a_step_is_one_verb(step: Instruction, verb: str) -> None:
    assert written(step) == verb


def test_steps_stand_in_their_order() -> None:
    assert written(Speak("Bye."), HangUp()) == "<Say>Bye.</Say><Hangup />"
    assert PLAIN.answer([]) == f"{HEAD}<Response />"


def test_all_that_is_spoken_has_one_voice() -> None:
    spoken = WRITER.answer([Speak("One."), AskKeys(sounds=(Speak("Two."),), to="/key")])
    assert spoken.count('<Say language="en-US" voice="Polly.Joanna-Neural">') == 2


def test_a_document_that_goes_by_rest_names_every_address_in_full() -> None:
    wait = Wait(queue="q", music="/a", after="/b")
    ring = RingNumber(number="+13105550142", caller_id="+14155550123", ring_seconds=5, after="/c")
    room = EnterRoom(room="r", opens=True, closes=True, music="/d", events="/e", after="/f")
    document = PLAIN.by_rest([wait, ring, room, TakeMessage(recorded="/g", after="/h"), GoTo("/i")])
    for path in "abcdefghi":
        assert f"{BASE_URL}/{path}" in document
    assert '"/' not in document


@given(text=st.text())
def test_whatever_is_to_be_spoken_the_document_can_be_read(text: str) -> None:
    document = PLAIN.answer([Speak(text), HangUp()])

    *say, hang_up = ET.fromstring(document)  # noqa: S314 - our own document
    assert ([each.tag for each in say], hang_up.tag) == (["Say"] * len(say), "Hangup")
    heard = "".join(text for each in say for text in each.itertext())
    assert set(heard) <= set(text) | {"\n"}
    allowed = [
        each for each in text if each not in "\ufffe\uffff" and not "\ud800" <= each <= "\udfff"
    ]
    assert [each for each in heard if is_shown(each)] == [
        each for each in allowed if is_shown(each)
    ]


def is_shown(character: str) -> bool:
    return character > " " and not character.isspace()


@pytest.mark.parametrize("text", ["</Say><Dial>+19005550100</Dial>", "&bell;", "]]>", '"quoted"'])
def test_what_is_spoken_is_never_a_verb(text: str) -> None:
    (say,) = ET.fromstring(PLAIN.answer([Speak(text)]))  # noqa: S314 - our own document
    assert (say.text, len(say)) == (text, 0)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\uffffb", "a\x0bb"])
def test_what_xml_cannot_hold_is_left_out(text: str) -> None:
    assert written(Speak(text)) == "<Say>ab</Say>"


def test_a_document_that_twilio_would_refuse_is_not_made() -> None:
    frame = len(PLAIN.by_rest([Speak("x")])) - 1
    assert len(PLAIN.by_rest([Speak("x" * (4_000 - frame))])) == 4_000
    with pytest.raises(TooLongError):
        PLAIN.by_rest([Speak("x" * (4_001 - frame))])
    assert len(PLAIN.answer([Speak("é" * 2_000)] * 16).encode()) < 65_536
    with pytest.raises(TooLongError):
        PLAIN.answer([Speak("é" * 2_000)] * 17)
    with pytest.raises(TooLongError, match="a text has more than 4000 bytes"):
        PLAIN.answer([Speak("é" * 2_001)])


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00"])
def test_where_there_is_nothing_to_say_nothing_is_said(text: str) -> None:
    assert written(Speak(text), HangUp()) == "<Hangup />"


def test_a_wait_document_is_one_as_any() -> None:
    steps: list[WaitInstruction] = [Speak("You are next."), Play("https://a.example/b")]
    assert PLAIN.wait_answer(steps) == PLAIN.answer(steps)


def test_a_wait_document_is_written_once_and_another_is_another() -> None:
    writer = TwimlWriter(BASE_URL)
    first: list[WaitInstruction] = [Speak("You are next."), Play("https://a.example/b")]
    assert writer.wait_answer(first) is writer.wait_answer(iter(first))
    for other in ([first[1], first[0]], first[:1], [Speak("You are next!"), first[1]], []):
        assert writer.wait_answer(other) == writer.answer(other) != writer.answer(first)
    assert TwimlWriter("https://b.example").wait_answer([GoTo("/x")]) != writer.wait_answer(
        [GoTo("/x")]
    )


def test_no_more_wait_documents_are_kept_than_are_worth_it() -> None:
    writer = TwimlWriter(BASE_URL)
    for number in range(2 * MOST_REMEMBERED + 3):
        steps: list[WaitInstruction] = [Speak(f"You are number {number}.")]
        assert f"number {number}." in writer.wait_answer(steps)
        assert len(writer._waits) <= MOST_REMEMBERED
