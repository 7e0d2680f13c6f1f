"""The sample webhooks: let in as they are and for our own addresses, and read into our words."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.instants import BELIEVED_AHEAD_MS
from contact_center.kernel.ports import RawRequest
from contact_center.twilio.forms import Form
from contact_center.twilio.repetitions import repetition_key
from contact_center.twilio.webhook_check import WebhookCheck
from contact_center.twilio.webhooks import (
    leg_of,
    read_caller,
    read_dial_end,
    read_keys,
    read_message,
    read_room,
    read_status,
    read_wait_end,
)
from contact_center.visits.domain.legs import (
    CallerRang,
    DialEnded,
    KeysPressed,
    LegChanged,
    LegStatus,
    MessageLeft,
    RoomChanged,
    RoomStep,
    WaitEnd,
    WaitEnded,
)
from tests.contract.twilio.twilio_signing import BASE_URL, TOKEN, WEBHOOKS, webhook
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.secret_store import FakeSecretStore

NOW_MS = 1_795_023_000_000
CALLER_LEG = "CA" + "1" * 32
PERSON_LEG = "CA" + "3" * 32
OUTBOUND_LEG = "CA" + "2" * 32
CALLER, OURS, PERSON = "+12125550199", "+14155550123", "+13105550142"
ROOM = f"xfer-{CALLER_LEG}"


def check() -> WebhookCheck:
    return WebhookCheck(BASE_URL, FakeSecretStore.holding(TOKEN).fetch, CountedMetrics())


def sent(name: str) -> RawRequest:
    said = WEBHOOKS[name]
    path = said["url"].removeprefix(BASE_URL)
    return RawRequest("POST", path, "any.example", said["headers"], said["body"].encode())


def form(name: str) -> Form:
    return Form.of(WEBHOOKS[name]["body"].encode())


def changed(name: str, **fields: str) -> Form:
    said = form(name)
    rest = [(each, value) for each in said for value in said.getall(each) if each not in fields]
    return Form([*rest, *fields.items()])


def test_every_sample_is_there() -> None:
    assert len(WEBHOOKS) == 49


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_sample_is_let_in_as_it_is(name: str) -> None:
    found = check().check(sent(name), NOW_MS)

    assert found.refusal is None
    assert found.form.text("AccountSid") == "AC" + "a" * 32


@pytest.mark.parametrize(
    "path", ["/twilio/voice", "/twilio/transfer/visit-1/key", "/webhook/call-completed"]
)
@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_sample_signed_for_an_address_of_ours_is_let_in_there_alone(name: str, path: str) -> None:
    said = form(name)
    fields = [(each, value) for each in said for value in said.getall(each)]
    request = webhook(path, fields)
    elsewhere = RawRequest("POST", f"{path}/", request.host, request.headers, request.body)

    assert check().check(request, NOW_MS).refusal is None
    assert check().check(elsewhere, NOW_MS).refusal is not None


def test_no_two_samples_are_repetitions_of_one_another() -> None:
    keys = {repetition_key(sent(name), form(name)) for name in WEBHOOKS}
    assert len(keys) == len(WEBHOOKS)


# -- read into words of ours -------------------------------------------------------------------


def test_a_caller() -> None:
    rang = read_caller(form("01-inbound-voice-url"))

    assert rang == CallerRang(
        leg=CALLER_LEG,
        status=LegStatus.RINGING,
        caller=CALLER,
        caller_proved=True,
        called=OURS,
        forwarded_from=None,
        call_token=form("01-inbound-voice-url").text("CallToken"),
    )
    assert not any(private in repr(rang) for private in (CALLER, "parentCallInfoToken"))


@pytest.mark.parametrize(
    "number",
    [
        "+266696687",
        "+7378742833",
        "+86282452253",
        "+8656696",
        "+2562533",
        "Anonymous",
        "Restricted",
        "",
        "sip:someone@example.com",
        "client:joey",
        "+1",
        "+012125550199",
        "+1212555019912345",
    ],
)
def test_a_caller_who_shows_no_number_has_none(number: str) -> None:
    rang = read_caller(changed("01-inbound-voice-url", From=number))
    assert rang.caller is None


@pytest.mark.parametrize(
    "number", ["12125550199", " +1 (212) 555-0199", f"sip:{CALLER}@carrier.example"]
)
def test_a_caller_s_number_is_read_as_everywhere(number: str) -> None:
    assert read_caller(changed("01-inbound-voice-url", From=number)).caller == CALLER


def test_an_anonymous_and_a_forwarded_caller() -> None:
    assert read_caller(form("01b-inbound-anonymous")).caller is None
    assert read_caller(form("01c-inbound-forwarded")).forwarded_from == form(
        "01c-inbound-forwarded"
    ).text("ForwardedFrom")


@pytest.mark.parametrize(
    "verdict",
    [
        "TN-Validation-Passed-B",
        "TN-Validation-Passed-A-Diverted",
        "TN-Validation-Failed-A",
        "No-TN-Validation",
        "NULL",
        "",
        "tn-validation-passed-a",
    ],
)
def test_no_other_verdict_of_the_carrier_is_proof(verdict: str) -> None:
    assert not read_caller(changed("01-inbound-voice-url", StirVerstat=verdict)).caller_proved


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("05-status-initiated", (LegStatus.INITIATED, 0)),
        ("05-status-ringing", (LegStatus.RINGING, 1)),
        ("05-status-in-progress", (LegStatus.IN_PROGRESS, 2)),
        ("05-status-completed", (LegStatus.COMPLETED, 3)),
        ("05-status-busy", (LegStatus.BUSY, 2)),
        ("05-status-no-answer", (LegStatus.NO_ANSWER, 2)),
        ("05-status-failed", (LegStatus.FAILED, 1)),
        ("05-status-canceled", (LegStatus.CANCELLED, 2)),
    ],
)
def test_a_status_callback(name: str, told: tuple[LegStatus, int]) -> None:
    found = read_status(form(name), NOW_MS)

    assert found.leg == OUTBOUND_LEG
    assert (found.status, found.sequence) == told
    assert found.ended == (told[0] not in {"initiated", "ringing", "in_progress"})


def test_what_a_status_callback_mentions_beside() -> None:
    assert read_status(form("05-status-completed-amd-human"), NOW_MS).answered_by == "human"
    child = read_status(form("05y-child-leg-status-answered"), NOW_MS)
    assert (child.leg, child.at_ms) == (PERSON_LEG, 1_795_023_009_000)
    own = read_status(form("05z-inbound-number-status-completed"), NOW_MS)
    assert own == LegChanged(
        leg=CALLER_LEG,
        status=LegStatus.COMPLETED,
        sequence=0,
        at_ms=1_795_023_118_000,
        seconds=131,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"SequenceNumber": "-1"},
        {"SequenceNumber": "1e3"},
        {"Timestamp": "yesterday"},
        {"Timestamp": "Fri, 31 Dec 1200 00:00:00 +0000"},
        {"Timestamp": f"Fri, 31 Dec {'9' * 20} 00:00:00 +0000"},
        {"CallDuration": "١٢"},
        {"AnsweredBy": "Ada Example"},
        {"SipResponseCode": "9" * 30},
    ],
)
def test_what_is_mentioned_beside_in_another_form_is_as_good_as_absent(
    fields: dict[str, str],
) -> None:
    blank = dict.fromkeys(fields, "")
    assert read_status(changed("05-status-completed", **fields), NOW_MS) == read_status(
        changed("05-status-completed", **blank), NOW_MS
    )


@pytest.mark.parametrize("said", ["Thu, 31 Dec 2099 23:59:59 +0000", "2099-12-31T23:59:59Z"])
def test_no_time_is_believed_to_be_much_later_than_its_arrival(said: str) -> None:
    status = read_status(changed("05-status-ringing", Timestamp=said), NOW_MS)
    room = read_room(changed("10-conference-conference-end", Timestamp=said), NOW_MS)
    assert status.at_ms == room.at_ms == NOW_MS + BELIEVED_AHEAD_MS


def test_a_wait() -> None:
    assert leg_of(form("02-enqueue-wait-url")) == CALLER_LEG


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("bridged", WaitEnd.BRIDGED),
        ("bridging-in-process", WaitEnd.BRIDGED),
        ("error", WaitEnd.FAILED),
        ("system-error", WaitEnd.FAILED),
        ("hangup", WaitEnd.HUNG_UP),
        ("leave", WaitEnd.LEFT),
        ("queue-full", WaitEnd.FULL),
        ("redirected", WaitEnd.REDIRECTED),
        ("redirected-from-bridged", WaitEnd.REDIRECTED),
    ],
)
def test_the_end_of_a_wait(name: str, how: WaitEnd) -> None:
    found = read_wait_end(form(f"03-enqueue-action-{name}"))
    assert isinstance(found, WaitEnded)
    assert (found.leg, found.how) == (CALLER_LEG, how)


@pytest.mark.parametrize(
    ("name", "how", "bridged"),
    [
        ("04-dial-action-busy", LegStatus.BUSY, False),
        ("04-dial-action-canceled", LegStatus.CANCELLED, False),
        ("04-dial-action-completed", LegStatus.COMPLETED, True),
        ("04-dial-action-failed", LegStatus.FAILED, False),
        ("04-dial-action-no-answer", LegStatus.NO_ANSWER, False),
        ("04b-dial-action-conference", LegStatus.COMPLETED, None),
    ],
)
def test_the_end_of_a_dial(name: str, how: LegStatus, bridged: bool | None) -> None:  # noqa: FBT001 - an example
    found = read_dial_end(form(name))
    assert (found.leg, found.how, found.bridged) == (CALLER_LEG, how, bridged)


def test_the_end_of_a_dial_to_a_sip_address_says_what_the_network_answered() -> None:
    assert read_dial_end(form("04c-dial-action-sip-vapi-failed")) == DialEnded(
        leg=CALLER_LEG,
        status=LegStatus.IN_PROGRESS,
        other=PERSON_LEG,
        how=LegStatus.FAILED,
        seconds=0,
        sip_code=503,
        bridged=False,
    )


def test_keys() -> None:
    pressed = read_keys(form("09-gather-digits"))
    assert pressed == KeysPressed(leg=CALLER_LEG, status=LegStatus.IN_PROGRESS, keys="1")
    assert "'1'" not in repr(pressed)
    assert read_keys(changed("09-gather-digits", Digits="")).keys == ""
    with pytest.raises(BadMessageError, match="Digits"):
        read_keys(changed("09-gather-digits", Digits="1; DROP"))


@pytest.mark.parametrize(
    ("name", "step", "leg", "sequence"),
    [
        ("10-conference-conference-start", RoomStep.BEGAN, None, 2),
        ("10-conference-participant-join", RoomStep.JOINED, CALLER_LEG, 1),
        ("10-conference-participant-leave", RoomStep.LEFT, PERSON_LEG, 5),
        ("10-conference-conference-end", RoomStep.ENDED, None, 6),
    ],
)
def test_a_room(name: str, step: RoomStep, leg: str | None, sequence: int) -> None:
    found = read_room(form(name), NOW_MS)
    assert isinstance(found, RoomChanged)
    assert (found.room, found.room_id) == (ROOM, "CF" + "5" * 32)
    assert (found.step, found.leg, found.sequence) == (step, leg, sequence)


def test_nobody_came_or_went_when_somebody_is_muted() -> None:
    muted = changed("10-conference-participant-join", StatusCallbackEvent="participant-mute")
    assert read_room(muted, NOW_MS).step is RoomStep.OTHER


def test_a_message() -> None:
    assert read_message(form("12-recording-completed")) == MessageLeft(
        leg=CALLER_LEG, recording="RE" + "7" * 32, seconds=118
    )


READERS: list[tuple[Any, str, str]] = [
    (read_caller, "01-inbound-voice-url", "CallStatus"),
    (read_wait_end, "03-enqueue-action-leave", "QueueResult"),
    (read_wait_end, "03-enqueue-action-leave", "CallStatus"),
    (read_dial_end, "04-dial-action-busy", "DialCallStatus"),
    (lambda said: read_status(said, NOW_MS), "05-status-busy", "CallStatus"),
    (lambda said: read_room(said, NOW_MS), "10-conference-participant-join", "FriendlyName"),
    (lambda said: read_room(said, NOW_MS), "10-conference-participant-join", "CallSid"),
    (leg_of, "02-enqueue-wait-url", "CallSid"),
    (read_message, "12-recording-completed", "CallSid"),
    (read_keys, "09-gather-digits", "CallSid"),
]


@pytest.mark.parametrize(("read", "name", "field"), READERS)
def test_without_its_news_a_webhook_is_refused_by_the_field_s_name(
    read: Any, name: str, field: str
) -> None:
    read(form(name))
    for value in ("", "nonsense of +14155550123") if field != "FriendlyName" else ("",):
        with pytest.raises(BadMessageError) as raised:
            read(changed(name, **{field: value}))
        assert raised.value.field == field
        assert "nonsense" not in str(raised.value)


def test_of_a_field_that_is_there_twice_nobody_can_say_what_it_is() -> None:
    """The signature is the same whichever came first."""
    twice = Form([("CallSid", CALLER_LEG), ("CallSid", PERSON_LEG), ("CallStatus", "busy")])
    with pytest.raises(BadMessageError, match="CallSid is required, once"):
        read_status(twice, NOW_MS)
    same = Form([("CallSid", CALLER_LEG), ("CallSid", CALLER_LEG), ("CallStatus", "busy")])
    assert read_status(same, NOW_MS).leg == CALLER_LEG
