"""The official client orders, follows, redirects and ends calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioRestException

from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import CALLER, OURS, PERSON, Stage, person

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = "+13105550102"
NOWHERE = "+13105550199"


@pytest.fixture
def stage() -> Iterator[Stage]:
    people = [person(after_ms=6000), person(number=BUSY, does="busy")]
    with Stage(people, calls_per_second=1000) as made:
        yield made


def refused(stage: Stage, sid: str, **change: Any) -> int:
    with pytest.raises(TwilioRestException) as problem:
        stage.client.calls(sid).update(**change)
    return int(problem.value.code or 0)


def test_a_call_is_ordered_rings_is_answered_and_ends(stage: Stage) -> None:
    stage.says("/answered", "<Say>Hello there.</Say><Pause length='20'/>")
    told = ["initiated", "ringing", "answered", "completed"]
    status = f"{stage.door.url}/status"

    call = stage.order(status_callback=status, status_callback_event=told)
    shown = (call.status, call.direction, call.from_formatted, call.queue_time)
    assert shown == ("queued", "outbound-api", "(415) 555-0100", "0")
    stage.twilio.advance(5)
    assert stage.client.calls(call.sid).fetch().status == "ringing"
    stage.twilio.advance(5)
    assert stage.client.calls(call.sid).fetch().status == "in-progress"
    stage.twilio.advance(30)

    ended = stage.client.calls(call.sid).fetch()
    assert (ended.status, ended.duration) == ("completed", "21")
    hooks = stage.door.at("/status")
    statuses = ["initiated", "ringing", "in-progress", "completed"]
    assert [hook["CallStatus"] for hook in hooks] == statuses
    assert [hook["SequenceNumber"] for hook in hooks] == list("0123")
    assert (hooks[-1]["CallDuration"], hooks[-1]["Duration"]) == ("21", "1")
    assert [hook["CallStatus"] for hook in stage.door.at("/answered")] == ["in-progress"]
    assert all(hook.genuine for hook in stage.door.hooks)


@pytest.mark.parametrize(
    ("to", "status", "sip"), [(BUSY, "busy", "486"), (NOWHERE, "failed", "404")]
)
def test_a_telephone_that_is_not_answered_says_why(
    stage: Stage, to: str, status: str, sip: str
) -> None:
    call = stage.order(to=to, status_callback=f"{stage.door.url}/status")
    stage.twilio.advance(60)

    assert stage.client.calls(call.sid).fetch().status == status
    [hook] = stage.door.at("/status")
    assert (hook["CallStatus"], hook["SipResponseCode"], hook["CallDuration"]) == (status, sip, "0")
    assert stage.door.at("/answered") == []


def test_a_telephone_rings_as_long_as_was_asked_for(stage: Stage) -> None:
    stage.says("/answered", "<Pause length='100'/>")
    short, long = stage.order(timeout=5), stage.order(timeout=7)

    stage.twilio.advance(5.2)
    assert stage.client.calls(short.sid).fetch().status == "ringing"
    stage.twilio.advance(2)
    assert stage.client.calls(short.sid).fetch().status == "no-answer"
    assert stage.client.calls(long.sid).fetch().status == "in-progress"


def test_a_telephone_can_ring_longer_than_was_asked_for(stage: Stage) -> None:
    stage.says("/answered", "<Pause length='100'/>")
    stage.twilio.switches.ring_more_seconds = 5
    call = stage.order(timeout=5)  # which is answered after six
    stage.twilio.advance(10)
    assert stage.client.calls(call.sid).fetch().status == "in-progress"


@pytest.mark.parametrize("how", ["canceled", "completed"])
def test_a_call_that_rings_can_be_taken_back(stage: Stage, how: str) -> None:
    call = stage.order()
    stage.twilio.advance(3)

    assert stage.client.calls(call.sid).update(status=how).status == "canceled"
    stage.twilio.advance(60)
    assert stage.door.at("/answered") == []


def test_to_cancel_a_call_in_progress_does_nothing_and_to_complete_it_ends_it(
    stage: Stage,
) -> None:
    stage.says("/answered", "<Pause length='100'/>")
    call = stage.order()
    stage.twilio.advance(10)

    assert stage.client.calls(call.sid).update(status="canceled").status == "in-progress"
    assert stage.client.calls(call.sid).update(status="completed").status == "completed"


def test_a_live_call_is_redirected_by_address_and_by_twiml(stage: Stage) -> None:
    stage.says("/answered", "<Pause length='100'/>")
    stage.says("/elsewhere", "<Say>Somewhere else.</Say><Pause length='100'/>")
    call = stage.order()
    stage.twilio.advance(10)

    stage.client.calls(call.sid).update(url=f"{stage.door.url}/elsewhere", method="POST")
    stage.twilio.advance(5)
    assert len(stage.door.at("/elsewhere")) == 1
    stage.client.calls(call.sid).update(twiml="<Response><Say>By hand.</Say></Response>")
    stage.twilio.advance(5)

    heard = [each["words"] for each in stage.noted("hears", call.sid) if each["words"]]
    assert heard == ["Somewhere else.", "By hand."]
    assert stage.client.calls(call.sid).fetch().status == "completed"


def test_a_call_that_is_not_in_progress_cannot_be_redirected(stage: Stage) -> None:
    call = stage.order()
    assert refused(stage, call.sid, twiml="<Response/>") == 21220
    stage.twilio.advance(60)

    for change in ({"twiml": "<Response/>"}, {"status": "completed"}, {"status": "canceled"}):
        assert refused(stage, call.sid, **change) == 21220


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "123"}, 21211),
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"from_": "+19995550100"}, 21210),
        ({"from_": "Acme"}, 21212),
        ({"from_": CALLER, "call_token": "made up"}, 21212),
        ({"url": ""}, 21205),
        ({"url": "voice/answered"}, 21205),
        ({"method": "PUT"}, 21209),
        ({"timeout": 0}, 21208),
        ({"send_digits": "1a"}, 21206),
        ({"machine_detection": "Maybe"}, 21234),
        ({"async_amd": "true", "machine_detection": "Enable"}, 21262),
        ({"url": "", "twiml": f"<Response><Say>{'x' * 4000}</Say></Response>"}, 32018),
        ({"status_callback_event": ["connected"]}, 20422),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_wrong_order_is_refused_with_its_code(
    stage: Stage, change: dict[str, Any], code: int
) -> None:
    with pytest.raises(TwilioRestException) as problem:
        stage.order(**change)
    assert (problem.value.code, problem.value.status) == (code, 400)
    assert stage.client.calls.list() == []


def test_a_number_can_be_refused_on_request(stage: Stage) -> None:
    stage.twilio.switches.refused[PERSON] = 21215
    with pytest.raises(TwilioRestException, match="not authorized to call") as problem:
        stage.order()
    assert problem.value.code == 21215


def test_the_callers_own_number_is_shown_with_the_token_of_the_call(stage: Stage) -> None:
    stage.says("/voice", "<Say>Hello.</Say><Pause length='60'/>")
    stage.comes_in()
    stage.twilio.advance(1)
    token = stage.door.at("/voice")[0]["CallToken"]

    assert stage.order(from_=CALLER, call_token=token)._from == CALLER
    wrong: list[tuple[int, dict[str, str]]] = [
        (21210, {"from_": CALLER}),
        (21212, {"from_": "+12125550188", "call_token": token}),  # of another caller's call
    ]
    for code, change in wrong:
        with pytest.raises(TwilioRestException) as problem:
            stage.order(**change)
        assert problem.value.code == code


def test_calls_are_listed_by_what_was_asked_for_page_by_page(stage: Stage) -> None:
    first = [stage.order().sid for _ in range(5)]
    stage.twilio.advance(120)
    later = [stage.order(to=BUSY).sid for _ in range(2)]
    stage.twilio.advance(0)
    now = stage.client.calls(later[0]).fetch().date_created

    def listed(**asked: Any) -> list[str]:
        return [call.sid or "" for call in stage.client.calls.list(**asked)]

    assert listed() == [*reversed(later), *reversed(first)]
    assert listed(page_size=2) == listed()
    assert listed(to=BUSY) == later[::-1]
    assert listed(status="completed") == first[::-1]
    assert listed(start_time_after=now - timedelta(seconds=5)) == later[::-1]
    assert listed(start_time_before=now - timedelta(seconds=5)) == first[::-1]
    assert listed(from_=OURS, limit=3) == listed()[:3]
    assert listed(parent_call_sid=first[0]) == []


def test_only_a_call_that_is_over_can_be_deleted(stage: Stage) -> None:
    call = stage.order(to=BUSY)
    with pytest.raises(TwilioRestException) as problem:
        stage.client.calls(call.sid).delete()
    assert problem.value.code == 20009
    stage.twilio.advance(60)

    assert stage.client.calls(call.sid).delete()
    with pytest.raises(TwilioRestException) as problem:
        stage.client.calls(call.sid).fetch()
    assert (problem.value.code, problem.value.status) == (20404, 404)


def test_a_call_has_a_time_limit_from_the_order_or_later(stage: Stage) -> None:
    stage.says("/answered", "<Pause length='600'/>")
    limited, unlimited = stage.order(time_limit=30), stage.order()
    stage.twilio.advance(6.5)
    stage.client.calls(unlimited.sid).update(time_limit=60)

    stage.twilio.advance(31)
    assert stage.client.calls(limited.sid).fetch().status == "completed"
    assert stage.client.calls(unlimited.sid).fetch().status == "in-progress"
    stage.twilio.advance(30)
    assert stage.client.calls(unlimited.sid).fetch().status == "completed"


def test_orders_beyond_a_call_a_second_wait_for_their_turn() -> None:
    with Stage([person(after_ms=100)], calls_per_second=1) as stage:
        calls = [stage.order(timeout=20) for _ in range(4)]
        assert [call.queue_time for call in calls] == ["0", "1000", "2000", "3000"]
        assert stage.client.calls(calls[3].sid).update(status="canceled").status == "canceled"
        stage.twilio.advance(10)

        rings = stage.noted("rings")
        assert [ring["v_ms"] for ring in rings] == [300, 1300, 2300]


def test_an_order_whose_turn_does_not_come_within_a_day_is_given_up() -> None:
    with Stage([person()], calls_per_second=1 / 100_000) as stage:
        first, second = stage.order(), stage.order()
        assert second.queue_time == "100000000"
        stage.twilio.advance(24 * 60 * 60 - 1)
        assert stage.client.calls(second.sid).fetch().status == "queued"
        stage.twilio.advance(1)
        assert stage.client.calls(second.sid).fetch().status == "canceled"
        assert stage.client.calls(first.sid).fetch().status == "completed"


def test_an_order_may_bring_its_document_along(stage: Stage) -> None:
    call = stage.order(url="", twiml="<Response><Say>By hand.</Say></Response>")
    stage.twilio.advance(20)
    assert [one["words"] for one in stage.noted("hears", call.sid)] == ["By hand."]
    assert stage.client.calls(call.sid).fetch().status == "completed"


@pytest.mark.parametrize(
    ("does", "detection", "answered_by"),
    [
        ("answers", "Enable", "human"),
        ("voicemail", "Enable", "machine_start"),
        ("voicemail", "DetectMessageEnd", "machine_end_beep"),
    ],
)
def test_a_machine_is_told_from_a_person(does: str, detection: str, answered_by: str) -> None:
    words = "You have reached us. Leave a message after the tone and we shall ring you back."
    greeting = Step(say=words, pause_ms=0)
    with Stage([person(greeting, does=does)]) as stage:
        stage.says("/answered", "<Pause length='30'/>")
        held = stage.order(machine_detection=detection).sid
        stage.order(
            machine_detection=detection,
            async_amd="true",
            async_amd_status_callback=f"{stage.door.url}/amd",
        )
        stage.twilio.advance(60)

        told_by = {hook["CallSid"]: hook.fields for hook in stage.door.at("/answered")}
        assert len(told_by) == 2
        assert told_by.pop(held)["AnsweredBy"] == answered_by
        assert all("AnsweredBy" not in fields for fields in told_by.values())
        [told] = stage.door.at("/amd")
        assert told["AnsweredBy"] == answered_by
        greeting_ms = len(words.split()) * 260 if detection == "DetectMessageEnd" else 0
        assert int(told["MachineDetectionDuration"]) == max(2500, greeting_ms)
