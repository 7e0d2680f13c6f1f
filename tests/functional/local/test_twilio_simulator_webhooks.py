"""What the Twilio simulator sends: signed, repeated as agreed, and wrong in order when asked to."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from twilio.request_validator import RequestValidator

from local.twilio.simulator import TwilioSimulator
from local.twilio.telephones.account import Number
from local.twilio.webhooks.mail import Faults
from local.twilio.webhooks.signing import Signer
from local.vapi.scripts.line_steps import LineStep as Step
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import CALLER, OURS, Stage, person, twiml, until

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = ["initiated", "ringing", "answered", "completed"]
SHARED_KEY = "webhooks_sharedkey_1"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage([person(after_ms=1000)], calls_per_second=1000) as made:
        yield made


def follow(stage: Stage, faults: Faults, calls: int = 1) -> list[tuple[str, str]]:
    """Order calls and return what came of them: event and idempotency token."""
    stage.twilio.with_faults(faults)
    for _ in range(calls):
        stage.order(status_callback=f"{stage.door.url}/status", status_callback_event=EVENTS)
        stage.twilio.advance(20)
    return [
        (hook["CallStatus"], hook.headers["i-twilio-idempotency-token"])
        for hook in stage.door.at("/status")
    ]


def test_every_kind_of_webhook_is_accepted_by_the_official_validator(stage: Stage) -> None:
    stage.says(
        "/voice",
        "<Gather action='/key' timeout='2'/><Record action='/recorded' timeout='2' "
        "recordingStatusCallback='/recording'/>",
    )
    stage.says(
        "/recorded",
        "<Dial action='/dialled'><Conference statusCallback='/events' "
        "statusCallbackEvent='start end join leave'>Müller &amp; Söhne</Conference></Dial>",
    )
    stage.says("/answered", "<Enqueue waitUrl='/wait?a=b%27c' action='/result'>q</Enqueue>")
    stage.says("/wait", "<Pause length='5'/><Leave/>")
    stage.comes_in(
        Step(wait_for="asked", pause_ms=3000, say="Größe: 5"),
        extra={
            "CallerName": "O'Brien, Łukasz",
            "StirVerstat": "TN-Validation-Passed-A",
        },
    )
    stage.twilio.advance(10)
    stage.order(
        machine_detection="Enable",
        method="GET",
        status_callback=f"{stage.door.url}/status",
        status_callback_event=EVENTS,
    )
    stage.twilio.advance(20)
    [conference] = stage.client.conferences.list()
    stage.client.conferences(conference.sid).update(status="completed")
    stage.twilio.settle()

    kinds = {hook.path for hook in stage.door.hooks}
    assert kinds >= {"/voice", "/recorded", "/recording", "/events", "/wait", "/result", "/status"}
    assert kinds >= {"/answered", "/dialled", "/over"}
    assert [hook.path for hook in stage.door.hooks if not hook.genuine] == []
    tokens = [hook.headers["i-twilio-idempotency-token"] for hook in stage.door.hooks]
    assert len(set(tokens)) == len(tokens)


def test_a_shared_key_signs_by_sha_256_and_says_which_it_is() -> None:
    with Stage([person()], signer=Signer("another key", SHARED_KEY)) as stage:
        stage.comes_in()
        stage.twilio.advance(1)
        [hook] = stage.door.at("/voice")
        settings = hook.headers["x-twilio-webhooks-signature-settings"]
        assert settings == f"key={SHARED_KEY},algorithm=HMAC_SHA256"
        assert not hook.genuine  # not by the account's token
        assert RequestValidator("another key").validate(
            f"{stage.door.url}/voice",
            dict(hook.fields),
            hook.headers["x-twilio-signature"],
            algorithm="HMAC_SHA256",
        )


def test_callbacks_come_in_order_when_nothing_is_asked_for(stage: Stage) -> None:
    told = [event for event, _ in follow(stage, Faults(), calls=2)]
    assert told == ["initiated", "ringing", "in-progress", "completed"] * 2


def test_callbacks_are_lost_on_request(stage: Stage) -> None:
    told = [event for event, _ in follow(stage, Faults(lose_every=2))]
    assert told == ["initiated", "in-progress"]
    assert len(stage.noted("webhook-lost")) == 2


def test_callbacks_are_doubled_on_request_with_the_same_token(stage: Stage) -> None:
    told = follow(stage, Faults(double_every=4))
    events = [event for event, _ in told]
    assert events == ["initiated", "ringing", "in-progress", "completed", "completed"]
    assert told[3] == told[4]
    assert len(dict.fromkeys(token for _, token in told)) == 4


def test_callbacks_come_late_on_request(stage: Stage) -> None:
    told = [event for event, _ in follow(stage, Faults(late_every=2, late_ms=15_000))]
    assert told == ["initiated", "in-progress", "ringing", "completed"]


def test_callbacks_change_places_on_request(stage: Stage) -> None:
    told = follow(stage, Faults(swap_every=3))
    sequence = [hook["SequenceNumber"] for hook in stage.door.at("/status")]
    assert [event for event, _ in told] == ["initiated", "ringing", "completed", "in-progress"]
    assert sequence == list("0132")


def test_a_question_for_twiml_is_repeated_on_request_with_the_same_token(stage: Stage) -> None:
    stage.twilio.with_faults(Faults(repeat_every=2))
    answers = iter(["<Redirect>/next</Redirect>", "<Say>Lost.</Say>", "<Say>Heard.</Say>"])
    stage.door.answers["/voice"] = stage.door.answers["/next"] = lambda _: twiml(next(answers))
    sid = stage.comes_in()
    stage.twilio.advance(5)

    first, second = stage.door.at("/next")
    token = "i-twilio-idempotency-token"
    assert first.headers[token] == second.headers[token]
    assert first.fields == second.fields
    assert [one["words"] for one in stage.noted("hears", sid)] == ["Heard."]


def test_faults_are_of_the_kinds_asked_for(stage: Stage) -> None:
    told = follow(stage, Faults(lose_every=1, kinds=("conference",)))
    assert len(told) == 4


@pytest.mark.parametrize(
    ("fragment", "answers", "attempts"),
    [
        ("", [500, 200], 1),  # an error of the server is not asked for again
        ("#rc=3&rp=5xx", [500, 500, 200], 3),
        ("#rc=1&rp=5xx", [500, 500, 200], 2),
        ("#rc=5&rp=4xx,ct", [404, 500, 200], 2),
        ("#rc=2&rp=all", [404, 500, 200], 3),
        ("#rc=0&rp=all", [500, 200], 1),
        ("#rc=9", [200], 0),  # no such number of repetitions
        ("#rp=6xx", [200], 0),
    ],
)
def test_a_callback_is_repeated_as_its_address_says(
    stage: Stage, fragment: str, answers: list[int], attempts: int
) -> None:
    left = iter(answers)
    stage.door.answers["/status"] = lambda _: (next(left), "text/plain", "")
    stage.order(status_callback=f"{stage.door.url}/status{fragment}")
    stage.twilio.advance(20)
    hooks = stage.door.at("/status")
    assert len(hooks) == attempts
    assert len({hook.headers["i-twilio-idempotency-token"] for hook in hooks}) == min(attempts, 1)
    assert all(hook.genuine for hook in hooks)  # the fragment is not signed


def test_an_answer_that_takes_too_long_is_none(stage: Stage) -> None:
    stage.door.before["/slow"] = lambda: time.sleep(0.5)
    stage.says("/voice", "<Redirect>/slow#rt=100&amp;rc=0</Redirect>")
    stage.comes_in()
    stage.twilio.advance(5)
    assert stage.door.at("/fallback")[0]["ErrorCode"] == "11200"


def test_all_attempts_together_have_a_budget(stage: Stage) -> None:
    stage.door.before["/status"] = lambda: time.sleep(0.2)
    stage.door.answers["/status"] = (500, "text/plain", "")
    stage.order(status_callback=f"{stage.door.url}/status#tt=300&rc=5&rp=all")
    stage.twilio.advance(20)
    assert len(stage.door.at("/status")) <= 2  # and not six


@pytest.mark.parametrize(("url", "code"), [("http://127.0.0.1:9/x", "11205")])
def test_where_nobody_listens_the_fallback_is_asked(url: str, code: str) -> None:
    with Stage() as stage:
        number = Number(number="+14155550111", voice_url=url, fallback_url=f"{stage.door.url}/f")
        stage.twilio.account.numbers[number.number] = number
        stage.twilio.place_inbound(CALLER, number.number)
        stage.twilio.advance(5)
        assert stage.door.at("/f")[0]["ErrorCode"] == code
        attempts = [one["attempt"] for one in stage.noted("webhook") if one["url"] == url]
        assert attempts == [1, 2]  # no connection is the one thing that is tried again


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
def test_a_redirection_is_followed(stage: Stage, status: int, method: str) -> None:
    stage.door.answers["/voice"] = (status, "text/xml", "/moved")
    stage.says("/moved", "<Say>Here.</Say>")
    stage.comes_in()
    stage.twilio.advance(5)
    [moved] = stage.door.at("/moved")
    assert (moved.method, moved["CallStatus"], moved.genuine) == (method, "ringing", True)


@pytest.mark.parametrize("status", [300, 304, 308])
def test_other_redirections_are_no_answer(stage: Stage, status: int) -> None:
    stage.door.answers["/voice"] = (status, "text/xml", "/moved")
    stage.says("/moved", "<Say>Here.</Say>")
    stage.comes_in()
    stage.twilio.advance(5)
    assert stage.door.at("/moved") == []
    assert stage.noted("document-error")[0]["code"] == 11216


def test_many_callers_are_answered_beside_each_other() -> None:
    """With a clock that goes by itself: nobody is answered before all thirty have asked."""
    together = threading.Barrier(30)
    with Stage() as stage:
        stage.door.before["/voice"] = lambda: together.wait(LIVENESS_SECONDS)
        number = Number(number=OURS, voice_url=f"{stage.door.url}/voice")
        with TwilioSimulator(numbers=[number], speed=100.0) as twilio:
            sids = [twilio.place_inbound(CALLER, OURS) for _ in range(30)]
            until(lambda: all(twilio.leg(sid).ended for sid in sids))
        assert {hook["CallSid"] for hook in stage.door.at("/voice")} == set(sids)


def test_a_telephone_that_calls_a_sip_domain_is_told_of_by_its_address() -> None:
    domain = "acme.sip.twilio.com"
    with Stage() as stage:
        stage.says("/by-sip", "<Pause length='1'/>")
        asks = Number(number=domain, voice_url=f"{stage.door.url}/by-sip")
        with TwilioSimulator(numbers=[], speed=None, sip_domains={domain: asks}) as twilio:
            twilio.place_sip("sip:ada@acme.sip.twilio.com", f"sip:desk@{domain}", username="ada")
            twilio.advance(5)
            with pytest.raises(ValueError, match="no SIP domain"):
                twilio.place_sip("sip:ada@acme.sip.twilio.com", "sip:desk@elsewhere.example")
    [hook] = stage.door.hooks
    assert hook.genuine
    said = [hook[name] for name in ("From", "To", "SipDomain", "SipUsername")]
    assert said == ["sip:ada@acme.sip.twilio.com", f"sip:desk@{domain}", domain, "ada"]
    assert "CallToken" not in hook.fields
