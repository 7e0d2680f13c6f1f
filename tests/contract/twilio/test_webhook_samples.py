"""What the simulator sends has the fields of Twilio's own webhooks, and is signed as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.twilio.webhooks.signing import Signer
from local.vapi.scripts.line_steps import LineStep as Step
from tests.twilio_scene import Stage, person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.twilio_scene import Hook

# Not of every call: what the network adds when it does, and what has no value here.
SOMETIMES = {"StirVerstat", "StirPassportToken", "CallToken", "ForwardedFrom", "CallerName"}
RECORD = "<Record action='/recorded' recordingStatusCallback='/recording' timeout='1'/>"
EVENTS = ["initiated", "ringing", "answered", "completed"]


def sample(shared: Path, name: str) -> dict[str, Any]:
    file = shared / "contracts/twilio/samples" / f"{name}.json"
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def names(shared: Path, name: str) -> set[str]:
    return {field for field, _ in sample(shared, name)["form"]} - SOMETIMES


@pytest.fixture
def hooks() -> dict[str, Hook]:
    """The last webhook of each path, of a day at work."""
    with Stage([person(after_ms=1000)], calls_per_second=1000) as stage:
        stage.says("/voice", "<Gather action='/key' numDigits='1'/>")
        stage.says("/key", "<Enqueue action='/result' waitUrl='/wait'>support</Enqueue>")
        stage.says("/wait", "<Gather input='speech' action='/said' timeout='3'/><Leave/>")
        stage.says("/said", "<Leave/>")
        stage.says("/result", "<Dial action='/dialled'>+13105550999</Dial>")
        stage.says(
            "/dialled",
            RECORD,
        )
        steps = [
            Step(wait_for="asked", press="1"),
            Step(wait_for="asked", say="A person, please."),
            Step(wait_for="asked", say="My message."),
        ]
        stage.comes_in(*steps)
        stage.says(
            "/answered",
            "<Dial><Conference statusCallback='/events' statusCallbackEvent="
            "'start end join leave'>room</Conference></Dial>",
        )
        status = f"{stage.door.url}/status"
        amd = {"machine_detection": "Enable"}
        first = stage.order(status_callback=status, status_callback_event=EVENTS, **amd)
        stage.order()
        stage.twilio.advance(40)
        stage.client.calls(first.sid).update(status="completed")
        stage.twilio.settle()
        stage.door.answers["/voice"] = (500, "", "")
        stage.comes_in()
        stage.twilio.advance(40)
        last = {hook.path: hook for hook in stage.door.hooks}
        for hook in stage.door.at("/events"):
            last[hook["StatusCallbackEvent"]] = hook
        last["first of /voice"] = stage.door.at("/voice")[0]
        return last


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("01-inbound-voice-url", "first of /voice"),
        ("02-enqueue-wait-url", "/wait"),
        ("03-enqueue-action-leave", "/result"),
        ("04-dial-action-failed", "/dialled"),
        ("05-status-completed", "/status"),
        ("05z-inbound-number-status-completed", "/over"),
        ("08-fallback-url", "/fallback"),
        ("09-gather-digits", "/key"),
        ("10-conference-participant-join", "participant-join"),
        ("10-conference-participant-leave", "participant-leave"),
        ("10-conference-conference-start", "conference-start"),
        ("12-recording-completed", "/recording"),
    ],
)
def test_a_webhook_has_the_fields_of_the_real_one(
    shared: Path, hooks: dict[str, Hook], name: str, path: str
) -> None:
    ours, theirs = set(hooks[path].fields) - SOMETIMES, names(shared, name)
    more = {"AnsweredBy"}  # of a call whose machine detection has spoken
    if path == "/wait":
        more |= {"SpeechResult"}
    assert theirs - ours - {"ParticipantLabel"} == set()
    assert ours - theirs - more - {"ParticipantLabel"} == set()
    assert hooks[path].genuine


def test_words_and_queue_fields_go_together_while_a_caller_waits(
    shared: Path, hooks: dict[str, Hook]
) -> None:
    said = set(hooks["/said"].fields)
    assert said >= names(shared, "09b-gather-speech")
    assert said >= {"QueuePosition", "QueueTime"}


def test_every_sample_is_signed_as_we_sign(shared: Path) -> None:
    files = sorted((shared / "contracts/twilio/samples").glob("[01]*.json"))
    checked = 0
    for file in files:
        one = json.loads(file.read_text(encoding="utf-8"))
        fields = [(name, value) for name, value in one["form"]]
        signed = Signer(one["auth_token"]).headers(one["url"], fields)
        assert signed["X-Twilio-Signature"] == one["headers"]["x-twilio-signature"], file.name
        checked += 1
    assert checked == 49


def test_every_vector_that_is_valid_is_what_we_would_send(shared: Path) -> None:
    file = shared / "contracts/twilio/vectors.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    rows = [row for key in ("published", "computed") for row in document[key]]
    checked = 0
    for row in rows:
        if not row["valid"] or row.get("lenient") or "params" not in row:
            continue
        key = "webhooks_sharedkey_1" if row.get("algorithm") == "HMAC_SHA256" else ""
        fields = [(name, value) for name, value in row["params"]]
        signed = Signer(row["auth_token"], key).headers(row["url"], fields)
        assert signed["X-Twilio-Signature"] == row["signature"], row
        checked += 1
    assert checked >= 10
