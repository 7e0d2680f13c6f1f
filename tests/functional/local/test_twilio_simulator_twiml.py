"""The Twilio simulator plays TwiML as Twilio does, and refuses what Twilio refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import OURS, Stage, twiml

if TYPE_CHECKING:
    from collections.abc import Iterator

PRESSES_1 = Step(wait_for="asked", press="1")
STAYS = "<Pause length='600'/>"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


def heard(stage: Stage, sid: str) -> list[str]:
    return [each["words"] for each in stage.noted("hears", sid) if each["words"]]


def status(stage: Stage, sid: str) -> str:
    return stage.twilio.leg(sid).status


def test_the_voice_url_is_asked_and_its_document_played_to_the_end(stage: Stage) -> None:
    stage.says("/voice", "<Say>Welcome.</Say><Play>/tune.mp3</Play><Say>Goodbye.</Say>")
    sid = stage.comes_in(extra={"StirVerstat": "TN-Validation-Passed-A"})
    stage.twilio.advance(30)

    [asked] = stage.door.at("/voice")
    assert (asked["CallStatus"], asked["Direction"], asked["To"]) == ("ringing", "inbound", OURS)
    assert asked["StirVerstat"] == "TN-Validation-Passed-A"
    assert (asked["FromZip"], asked["FromCountry"]) == ("", "US")  # blank, and sent all the same
    assert heard(stage, sid) == ["Welcome.", "Goodbye."]
    [over] = stage.door.at("/over")
    assert (over["CallStatus"], over["CallSid"]) == ("completed", sid)
    assert "CallToken" not in over.fields


def test_a_pause_does_not_answer_and_a_rejected_call_never_was(stage: Stage) -> None:
    stage.says("/voice", "<Pause length='5'/><Say>Now.</Say>")
    rings = stage.comes_in()
    stage.twilio.advance(3)
    assert status(stage, rings) == "ringing"
    stage.twilio.advance(2.1)
    assert status(stage, rings) == "in-progress"

    stage.says("/voice", "<Reject reason='busy'/>")
    rejected = stage.comes_in()
    stage.twilio.advance(1)
    assert status(stage, rejected) == "busy"
    assert stage.twilio.leg(rejected).answered_at is None


def test_a_redirect_leads_to_another_document_and_hangup_ends(stage: Stage) -> None:
    stage.says("/voice", "<Redirect method='GET'>next</Redirect><Say>Never.</Say>")
    stage.says("/next", "<Say>Once.</Say><Hangup/><Say>Never.</Say>")
    sid = stage.comes_in()
    stage.twilio.advance(10)

    assert [hook.method for hook in stage.door.at("/next")] == ["GET"]
    assert heard(stage, sid) == ["Once."]
    assert all(hook.genuine for hook in stage.door.hooks)


def test_keys_end_the_prompt_and_go_to_the_action(stage: Stage) -> None:
    stage.says(
        "/voice",
        "<Gather numDigits='1' action='/key'><Say>Press one. Or do not. It is up to you.</Say>"
        "</Gather><Say>Nothing came.</Say>",
    )
    stage.says("/key", "<Say>Thanks.</Say>")
    sid = stage.comes_in(PRESSES_1)
    stage.twilio.advance(20)

    [key] = stage.door.at("/key")
    assert (key["Digits"], key["msg"], key["CallStatus"]) == ("1", "Gather End", "in-progress")
    assert heard(stage, sid) == ["Press one. Or do not. It is up to you.", "Thanks."]
    assert stage.noted("key", sid)[0]["v_ms"] < 1500  # while the prompt was still spoken


@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "finished_on"),
    [
        ("", "123#", "123", "#"),
        ("finishOnKey='*'", "12*", "12", "*"),
        ("numDigits='4'", "12345", "1234", ""),
        ("timeout='2'", "12", "12", ""),
    ],
)
def test_digits_are_gathered_until_the_key_the_number_or_silence(
    stage: Stage, attributes: str, keys: str, digits: str, finished_on: str
) -> None:
    stage.says("/voice", f"<Gather action='/key' {attributes}/>")
    stage.comes_in(Step(wait_for="asked", press=keys))
    stage.twilio.advance(20)

    assert [(key["Digits"], key["FinishedOnKey"]) for key in stage.door.at("/key")] == [
        (digits, finished_on)
    ]


def test_nothing_gathered_falls_through_unless_the_action_wants_it(stage: Stage) -> None:
    stage.says("/voice", "<Gather action='/key' timeout='3'/><Say>Nothing came.</Say>")
    sid = stage.comes_in()
    stage.twilio.advance(10)
    assert (heard(stage, sid), stage.door.at("/key")) == (["Nothing came."], [])

    stage.says("/voice", "<Gather action='/key' actionOnEmptyResult='true' timeout='3'/>")
    stage.comes_in()
    stage.twilio.advance(10)
    assert [key["Digits"] for key in stage.door.at("/key")] == [""]


def test_words_are_gathered_where_they_are_asked_for(stage: Stage) -> None:
    stage.says("/voice", "<Gather input='dtmf speech' action='/said'/>" + STAYS)
    stage.comes_in(Step(wait_for="asked", say="I want to talk to a person."))
    stage.twilio.advance(10)
    [said] = stage.door.at("/said")
    assert said["SpeechResult"] == "I want to talk to a person."
    assert 0 < float(said["Confidence"]) < 1

    stage.says("/voice", "<Gather action='/keys-alone'/>" + STAYS)
    stage.comes_in(Step(wait_for="asked", say="Hello?"))
    stage.twilio.advance(30)
    assert stage.door.at("/keys-alone") == []


def test_keys_that_nobody_asked_for_are_lost(stage: Stage) -> None:
    stage.says("/voice", "<Say>One two three four.</Say><Gather action='/key' timeout='3'/>")
    sid = stage.comes_in(Step(wait_for="now", pause_ms=300, press="1"))
    stage.twilio.advance(10)
    assert stage.door.at("/key") == []
    assert [key["heard"] for key in stage.noted("key", sid)] == [False]


def test_a_message_is_recorded_until_silence_and_an_empty_one_is_none(stage: Stage) -> None:
    stage.says(
        "/voice",
        "<Record action='/recorded' timeout='3' recordingStatusCallback='/recording' "
        "transcribe='true' transcribeCallback='/text'/><Say>Nothing was said.</Say>",
    )
    silent = stage.comes_in()
    stage.twilio.advance(10)
    assert heard(stage, silent) == ["Nothing was said."]
    assert stage.door.at("/recorded") == []

    sid = stage.comes_in(Step(wait_for="asked", say="Please call me back about my bill."))
    stage.twilio.advance(20)
    [recorded], [recording], [text] = map(stage.door.at, ("/recorded", "/recording", "/text"))
    assert recorded["CallSid"] == sid
    assert 4 <= int(recorded["RecordingDuration"]) <= 7
    assert recording["RecordingSid"] == recorded["RecordingSid"]
    assert recording["RecordingUrl"].endswith(recorded["RecordingSid"])
    assert text["TranscriptionText"] == "Please call me back about my bill."


@pytest.mark.parametrize(
    ("asked", "longest", "words", "status"),
    [
        ("true", 119, 600, "completed"),
        ("true", 120, 600, "failed"),
        ("true", 119, 1, "failed"),
        ("false", 119, 30, None),
        (None, 119, 30, None),
    ],
)
def test_words_are_told_where_they_are_asked_for_and_the_recording_has_the_length_for_it(
    stage: Stage, asked: str | None, longest: int, words: int, status: str | None
) -> None:
    wants = "" if asked is None else f"transcribe='{asked}'"
    stage.says(
        "/voice",
        f"<Record action='/recorded' timeout='1' maxLength='{longest}' {wants} "
        "transcribeCallback='/text' playBeep='false'/>",
    )
    stage.comes_in(Step(wait_for="asked", pause_ms=0, say="Hello " * words))
    stage.twilio.advance(300)
    assert len(stage.door.at("/recorded")) == 1
    told = stage.door.at("/text")
    assert [one["TranscriptionStatus"] for one in told] == ([] if status is None else [status])
    assert all(("TranscriptionText" in one.fields) is (status == "completed") for one in told)


def test_a_caller_who_hangs_up_while_recording_has_left_a_message(stage: Stage) -> None:
    stage.says("/voice", "<Record action='/recorded'/>")
    says = Step(wait_for="asked", say="It is urgent.")
    stage.comes_in(says, Step(pause_ms=1000, hang_up=True))
    stage.twilio.advance(20)
    [recorded] = stage.door.at("/recorded")
    assert (recorded["Digits"], recorded["CallStatus"]) == ("hangup", "completed")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, "text/xml", twiml("")), "11200"),
        ((404, "text/xml", twiml("")), "11200"),
        ((200, "text/html", twiml("")), "12300"),
        ((200, "", twiml("")), "12300"),
        ((200, "application/xml", twiml("<Say>x</Say>" * 6000)), "11750"),
        ((200, "text/xml", "<Response><Say>"), "12100"),
        ((200, "text/xml", ""), "12100"),
        ((200, "text/xml", "<!DOCTYPE x><Response/>"), "12100"),
        ((200, "text/xml", "<Answer/>"), "12102"),
        ((200, "text/xml", twiml("<Sing>La.</Sing>")), "12200"),
        ((200, "text/xml", twiml("<Say>x</Say><Reject/>")), "12200"),
        ((200, "text/xml", twiml("<Leave/>")), "12200"),
        ((200, "text/xml", twiml("<Gather><Dial>+13105550101</Dial></Gather>")), "13320"),
        ((200, "text/xml", twiml("<Dial><Say>x</Say></Dial>")), "13215"),
        ((200, "text/xml", twiml("<Dial>12</Dial>")), "13223"),
        ((200, "text/xml", twiml("<Dial callerId='+19995550100'>+13105550101</Dial>")), "13214"),
        ((200, "text/xml", twiml(f"<Say>{'x' * 4001}</Say>")), "13521"),
        ((200, "text/xml", twiml(f"<Say>{'é' * 2001}</Say>")), "13521"),
        ((200, "text/xml", twiml(f"<Enqueue>{'x' * 65}</Enqueue>")), "14205"),
        ((302, "text/xml", "http://127.0.0.1:9/x"), "11205"),
    ],
    ids=lambda value: str(value)[:70],
)
def test_a_document_that_cannot_be_played_leads_to_the_fallback(
    stage: Stage, answer: Any, code: str
) -> None:
    stage.door.answers["/voice"] = answer
    stage.says("/fallback", "<Say>Sorry about that.</Say>")
    sid = stage.comes_in()
    stage.twilio.advance(10)

    [asked] = stage.door.at("/fallback")
    assert (asked["ErrorCode"], asked["CallSid"]) == (code, sid)
    assert asked["ErrorUrl"] == f"{stage.door.url}/voice"
    assert heard(stage, sid)[-1] == "Sorry about that."
    assert asked.genuine


def test_when_the_fallback_fails_too_the_caller_hears_so_and_the_call_ends(stage: Stage) -> None:
    for path in ("/voice", "/fallback"):
        stage.door.answers[path] = (500, "text/xml", "")
    sid = stage.comes_in()
    stage.twilio.advance(10)
    assert "application error" in heard(stage, sid)[0]
    assert status(stage, sid) == "completed"
    assert len(stage.noted("application-error", sid)) == 1


def test_a_document_that_only_leads_to_itself_comes_to_an_end(stage: Stage) -> None:
    stage.says("/voice", "<Redirect>/voice</Redirect>")
    stage.says("/fallback", "<Say>Enough.</Say>")
    sid = stage.comes_in()
    stage.twilio.advance(10)
    assert stage.door.at("/fallback")[0]["ErrorCode"] == "14106"
    assert heard(stage, sid) == ["Enough."]


def test_addresses_in_twiml_given_by_rest_are_relative_to_nothing(stage: Stage) -> None:
    stage.says("/voice", "<Say>Hello.</Say>" + STAYS)
    stage.says("/fallback", "<Say>Sorry.</Say>")
    sid = stage.comes_in()
    stage.twilio.advance(5)
    stage.client.calls(sid).update(twiml="<Response><Redirect>/next</Redirect></Response>")
    stage.twilio.advance(5)
    assert stage.door.at("/fallback")[0]["ErrorCode"] == "11100"
    assert stage.door.at("/next") == []


@pytest.mark.parametrize(
    "verb", ["<Record/>", "<Dial>+13105550101</Dial>", "<Enqueue>other</Enqueue>", "<Reject/>"]
)
def test_a_wait_document_may_not_do_everything(stage: Stage, verb: str) -> None:
    stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
    stage.says("/wait", verb)
    sid = stage.comes_in()
    stage.twilio.advance(5)
    assert [hook["QueueResult"] for hook in stage.door.at("/result")] == ["error"]
    assert stage.noted("document-error", sid)[0]["code"] == 12200


def test_a_waiting_caller_leaves_by_the_wait_document(stage: Stage) -> None:
    stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
    stage.says("/wait", "<Gather action='/key' numDigits='1' timeout='4'/>")
    stage.says("/key", "<Leave/>")
    stage.says("/result", "<Say>We shall call you back.</Say>")
    sid = stage.comes_in(Step(wait_for="asked", pause_ms=6000, press="1"))
    stage.twilio.advance(20)

    assert len(stage.door.at("/wait")) == 2
    assert stage.door.at("/key")[0]["QueuePosition"] == "1"
    [result] = stage.door.at("/result")
    assert (result["QueueResult"], result["CallStatus"]) == ("leave", "in-progress")
    assert heard(stage, sid) == ["We shall call you back."]


def test_without_an_action_the_next_verb_follows_the_queue(stage: Stage) -> None:
    stage.says("/voice", "<Enqueue waitUrl='/wait'>support</Enqueue><Say>On we go.</Say>")
    stage.says("/wait", "<Say>Please wait.</Say><Leave/>")
    sid = stage.comes_in()
    stage.twilio.advance(20)
    assert heard(stage, sid) == ["Please wait.", "On we go."]


def test_an_empty_wait_document_is_not_asked_for_without_end(stage: Stage) -> None:
    stage.says("/voice", "<Enqueue waitUrl='/wait'>support</Enqueue>")
    stage.says("/wait", "")
    stage.comes_in()
    stage.twilio.advance(10)
    assert len(stage.door.at("/wait")) == 11  # once a second


def test_nested_verbs_of_a_conference_wait_are_fewer_still(stage: Stage) -> None:
    stage.says("/voice", "<Dial><Conference waitUrl='/music'>room</Conference></Dial>")
    stage.says("/music", "<Gather/>")
    sid = stage.comes_in()
    stage.twilio.advance(5)
    assert stage.noted("hold-error", sid)[0]["code"] == 13238
    assert status(stage, sid) == "in-progress"


def test_what_is_taken_and_not_played_is_said(stage: Stage) -> None:
    stage.says("/voice", "<Dial record='record-from-answer'>+13105550101</Dial>")
    sid = stage.comes_in()
    stage.twilio.advance(1)
    assert [each["what"] for each in stage.noted("unplayed", sid)] == [["Dial record"]]
    stage.order(record=True, send_digits="1")
    assert stage.noted("unplayed")[-1]["what"] == ["Record", "SendDigits"]
