"""Other people's telephones: who is reached, who is joined to whom, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import CALLER, OURS, PERSON, Stage, person

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = "+13105550102"
BUSY = "+13105550103"
NEVER = "+13105550104"
MACHINE = "+13105550105"
DECLINES = "+13105550106"
TALKER = "+13105550107"
STAYS = "<Pause length='600'/>"
ACCEPTS = Step(wait_for="asked", pause_ms=1500, press="1")
TALKS = Step(wait_for="joined", pause_ms=10_000, hang_up=True)
WHISPER = "url='/whisper'"


@pytest.fixture
def stage() -> Iterator[Stage]:
    people = [
        person(ACCEPTS, TALKS, after_ms=6000),
        person(ACCEPTS, TALKS, number=SECOND, after_ms=3000),
        person(TALKS, number=TALKER),
        person(number=BUSY, does="busy"),
        person(number=NEVER, does="no_answer"),
        person(
            Step(pause_ms=0, say="You have reached my voicemail. Leave a message."),
            number=MACHINE,
            does="voicemail",
            after_ms=2000,
        ),
        person(Step(wait_for="asked", press="2"), number=DECLINES, after_ms=2000),
    ]
    with Stage(people) as made:
        made.says("/whisper", "<Gather action='/key' numDigits='1' timeout='4'/><Hangup/>")
        made.door.answers["/key"] = lambda hook: (
            "<Response/>" if hook["Digits"] == "1" else "<Response><Hangup/></Response>"
        )
        made.says("/dialled", "<Say>You are back with us.</Say>" + STAYS)
        yield made


def dials(stage: Stage, inside: str, **attributes: str) -> str:
    more = " ".join(f"{name}='{value}'" for name, value in attributes.items())
    stage.says("/voice", f"<Dial action='/dialled' {more}>{inside}</Dial>")
    return stage.comes_in()


def result(stage: Stage) -> tuple[str, str]:
    [hook] = stage.door.at("/dialled")
    return hook["DialCallStatus"], hook["DialBridged"]


def test_a_person_who_accepts_is_joined_and_the_caller_comes_back_afterwards(
    stage: Stage,
) -> None:
    told = "initiated ringing answered completed"
    number = f"<Number {WHISPER} statusCallback='/leg' statusCallbackEvent='{told}'>"
    sid = dials(stage, f"{number}{PERSON}</Number>", answerOnBridge="true")
    stage.twilio.advance(7)
    assert stage.twilio.leg(sid).status == "ringing"  # not answered before the bridge
    stage.twilio.advance(20)

    [dialled] = stage.door.at("/dialled")
    assert result(stage) == ("completed", "true")
    assert int(dialled["DialCallDuration"]) in range(10, 14)
    assert dialled["CallStatus"] == "in-progress"
    child = dialled["DialCallSid"]
    shown = stage.client.calls(child).fetch()
    assert (shown.parent_call_sid, shown.direction, shown.status) == (
        sid,
        "outbound-dial",
        "completed",
    )
    [whisper] = stage.door.at("/whisper")
    assert (whisper["CallSid"], whisper["ParentCallSid"]) == (child, sid)
    assert [hook["CallStatus"] for hook in stage.door.at("/leg")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    [bridged] = stage.noted("bridged")
    assert bridged["v_ms"] == 300 + 6000 + 1500


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (BUSY, ("busy", "false")),
        (NEVER, ("no-answer", "false")),
        ("+13105550999", ("failed", "false")),
        (DECLINES, ("completed", "false")),  # was answered: only DialBridged tells
        (MACHINE, ("completed", "false")),
    ],
)
def test_who_does_not_accept_never_gets_the_caller(
    stage: Stage, number: str, status: tuple[str, str]
) -> None:
    dials(stage, f"<Number {WHISPER}>{number}</Number>", timeout="20")
    stage.twilio.advance(30)
    assert result(stage) == status
    assert stage.noted("bridged") == []


def test_without_a_whisper_voicemail_swallows_the_caller(stage: Stage) -> None:
    dials(stage, f"<Number>{MACHINE}</Number>")
    stage.twilio.advance(30)
    assert len(stage.noted("bridged")) == 1
    assert stage.door.at("/dialled") == []


def test_a_person_rings_for_as_long_as_configured(stage: Stage) -> None:
    dials(stage, f"<Number>{NEVER}</Number>", timeout="20")
    stage.twilio.advance(20.2)
    assert stage.door.at("/dialled") == []
    stage.twilio.advance(0.2)
    assert result(stage) == ("no-answer", "false")


def test_of_several_the_first_to_answer_wins_and_the_others_stop(stage: Stage) -> None:
    numbers = (PERSON, SECOND, NEVER)
    dials(stage, "".join(f"<Number {WHISPER}>{number}</Number>" for number in numbers))
    stage.twilio.advance(4)

    def status(number: str) -> str:
        [call] = stage.client.calls.list(to=number)
        return str(call.status)

    assert [status(number) for number in numbers] == ["canceled", "in-progress", "canceled"]
    stage.twilio.advance(20)
    assert result(stage) == ("completed", "true")


def test_one_after_the_other_until_somebody_answers(stage: Stage) -> None:
    numbers = (BUSY, NEVER, SECOND)
    inside = "".join(f"<Number {WHISPER}>{number}</Number>" for number in numbers)
    dials(stage, inside, sequential="true", timeout="10")
    stage.twilio.advance(60)

    assert result(stage) == ("completed", "true")
    rings = [ring["number"] for ring in stage.noted("rings")]
    assert rings == list(numbers)


def test_when_the_caller_hangs_up_the_persons_telephone_stops_ringing(stage: Stage) -> None:
    stage.says("/voice", f"<Dial action='/dialled'>{PERSON}</Dial>")
    stage.comes_in(Step(pause_ms=3000, hang_up=True))
    stage.twilio.advance(10)

    [child] = stage.client.calls.list(to=PERSON)
    assert child.status == "canceled"
    assert result(stage)[0] == "canceled"
    assert stage.door.at("/dialled")[0]["CallStatus"] == "completed"


def test_when_the_caller_hangs_up_in_the_talk_both_calls_are_over(stage: Stage) -> None:
    stage.says("/voice", f"<Dial action='/dialled'>{PERSON}</Dial>")
    caller = stage.comes_in(Step(wait_for="joined", pause_ms=4000, hang_up=True))
    stage.twilio.advance(20)
    assert {call.status for call in stage.client.calls.list()} == {"completed"}
    assert stage.noted("parted", caller)[0]["lasted_ms"] == 4000


@pytest.mark.parametrize("asked", [True, False])
def test_a_redirect_takes_the_caller_out_of_the_talk_and_the_action_is_asked_first(
    stage: Stage, *, asked: bool
) -> None:
    stage.twilio.switches.dial_action_when_cut = asked
    caller = dials(stage, PERSON)
    stage.says("/elsewhere", "<Say>Elsewhere.</Say>" + STAYS)
    stage.twilio.advance(8)
    assert len(stage.noted("bridged")) == 1
    stage.client.calls(caller).update(url=f"{stage.door.url}/elsewhere")
    stage.twilio.advance(2)

    [child] = stage.client.calls.list(to=PERSON)
    assert child.status == "completed"
    told = [one["DialCallStatus"] for one in stage.door.at("/dialled")]
    assert told == (["completed"] if asked else [])  # as of a talk that was over by itself
    paths = [one.path for one in stage.door.hooks if one.path in {"/dialled", "/elsewhere"}]
    assert paths == [*(["/dialled"] if asked else []), "/elsewhere"]
    assert stage.client.calls(caller).fetch().status == "in-progress"


def test_a_redirect_out_of_a_room_is_told_like_a_room_that_is_over(stage: Stage) -> None:
    stage.says("/voice", "<Dial action='/dialled'><Conference>room</Conference></Dial>")
    caller = stage.comes_in()
    stage.says("/elsewhere", STAYS)
    stage.twilio.advance(2)
    stage.client.calls(caller).update(url=f"{stage.door.url}/elsewhere")
    stage.twilio.advance(2)
    assert [one["DialCallStatus"] for one in stage.door.at("/dialled")] == ["answered"]


@pytest.mark.parametrize("ends", ["hang_up", "redirect"])
def test_a_ring_that_is_cut_short_is_told_as_cancelled(stage: Stage, ends: str) -> None:
    caller = dials(stage, NEVER)
    stage.says("/elsewhere", STAYS)
    stage.twilio.advance(2)
    if ends == "redirect":
        stage.client.calls(caller).update(url=f"{stage.door.url}/elsewhere")
    else:
        stage.client.calls(caller).update(status="completed")
    stage.twilio.advance(2)
    assert [one["DialCallStatus"] for one in stage.door.at("/dialled")] == ["canceled"]


def test_a_person_who_is_redirected_goes_there_and_the_caller_comes_back(stage: Stage) -> None:
    caller = dials(stage, PERSON)
    stage.says("/elsewhere", "<Say>Elsewhere.</Say>" + STAYS)
    stage.twilio.advance(8)
    [child] = stage.client.calls.list(to=PERSON)
    stage.client.calls(child.sid).update(url=f"{stage.door.url}/elsewhere")
    stage.twilio.advance(2)

    assert stage.client.calls(child.sid).fetch().status == "in-progress"
    assert stage.client.calls(caller).fetch().status == "in-progress"
    assert result(stage) == ("completed", "true")


def test_a_talk_has_a_time_limit(stage: Stage) -> None:
    dials(stage, PERSON, timeLimit="5")
    stage.twilio.advance(12)
    assert result(stage) == ("completed", "true")
    assert stage.noted("parted")[0]["lasted_ms"] == 5000


def test_the_person_sees_the_callers_number_or_ours(stage: Stage) -> None:
    dials(stage, BUSY)
    stage.twilio.advance(5)
    dials(stage, BUSY, callerId=OURS)
    stage.twilio.advance(5)
    assert [call._from for call in stage.client.calls.list(to=BUSY)] == [OURS, CALLER]


def test_the_first_in_the_queue_is_told_and_talked_to(stage: Stage) -> None:
    stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
    stage.says("/wait", "<Pause length='10'/>")
    stage.says("/about", "<Say>You are being connected.</Say>")
    first, second = stage.comes_in(), stage.comes_in()
    stage.twilio.advance(5)
    stage.says("/answered", "<Dial action='/dialled'><Queue url='/about'>support</Queue></Dial>")
    taker = stage.order(to=TALKER).sid
    stage.twilio.advance(30)

    [about] = stage.door.at("/about")
    assert (about["CallSid"], about["DequeingCallSid"]) == (first, taker)
    [bridged] = stage.noted("bridged")
    assert {bridged["call"], bridged["with_call"]} == {first, taker}
    [done] = stage.door.at("/result")
    assert (done["CallSid"], done["QueueResult"]) == (first, "bridged")
    assert [parted["lasted_ms"] for parted in stage.noted("parted")] == [10_000]
    assert stage.client.calls(second).fetch().status == "in-progress"
    [queue] = stage.client.queues.list()
    assert queue.current_size == 1


def test_who_dials_an_empty_queue_waits_for_the_next_caller(stage: Stage) -> None:
    stage.client.queues.create(friendly_name="support")
    stage.says("/voice", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
    stage.says("/wait", "<Pause length='10'/>")
    stage.says("/answered", "<Dial action='/dialled' timeout='15'><Queue>support</Queue></Dial>")
    taker = stage.order(to=TALKER).sid
    stage.twilio.advance(10)
    caller = stage.comes_in()
    stage.twilio.advance(5)
    [bridged] = stage.noted("bridged")
    assert {bridged["call"], bridged["with_call"]} == {caller, taker}

    stage.order(to=TALKER)
    stage.twilio.advance(60)
    assert stage.door.at("/dialled")[-1]["DialCallStatus"] == "no-answer"


def test_a_sip_address_says_what_its_host_answered(stage: Stage) -> None:
    dials(stage, "<Sip>sip:nobody@pbx.example.com?X-visit=7</Sip>")
    stage.twilio.advance(5)
    [dialled] = stage.door.at("/dialled")
    assert (dialled["DialCallStatus"], dialled["DialSipResponseCode"]) == ("failed", "404")


def test_headers_of_a_sip_address_are_not_without_end(stage: Stage) -> None:
    dials(stage, f"<Sip>sip:nobody@pbx.example.com?X-visit={'7' * 1024}</Sip>")
    stage.twilio.advance(5)
    assert stage.door.at("/fallback")[0]["ErrorCode"] == "21227"
