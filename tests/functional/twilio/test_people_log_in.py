"""Colleagues log in and out by calling our own number and keying a PIN."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from contact_center.people.domain.people import PersonState
from contact_center.twilio.repetitions import IDEMPOTENCY_TOKEN
from contact_center.visits.services.reception_jobs import JobKind
from local.twilio.simulator import AUTH_TOKEN
from local.twilio.webhooks.mail import Faults
from local.vapi.scripts.line_steps import LineStep
from tests.contract.twilio.twilio_signing import signature
from tests.functional.twilio.people_house import PINS, House
from tests.functional.twilio.test_admission import signed
from tests.log_lines import but_instants
from tests.twilio_scene import CALLER, OURS, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ADA, BEN = "+14155550120", "+14155550121"
PIN, WRONG = PINS["ada"], "471143"
FIVE = 5


@pytest.fixture
def house(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with House(account, monkeypatch, (person(number=ADA, does="no_answer"),)) as made:
        yield made


def keys(pressed: str) -> LineStep:
    return LineStep(wait_for="asked", pause_ms=500, press=pressed)


def calls(house: House, pressed: str | None, number: str = ADA) -> str:
    """Somebody calls, keys something and waits; returns the leg."""
    steps = () if pressed is None else (keys(pressed),)
    leg = house.rig.comes_in(*steps, from_=number)
    house.rig.twilio.advance(20)
    return leg


def test_a_colleague_logs_in_by_telephone_and_the_next_time_out(house: House) -> None:
    words = house.roster.words
    first = calls(house, f"{PIN}#")
    assert house.state() is PersonState.READY
    assert house.heard(first)[-1] == words.logged_in
    assert house.rig.twilio.leg(first).ended
    assert house.hints() == [(JobKind.PERSON, None)]  # once that telephone can be rung

    second = calls(house, f"{PIN}#")
    assert house.heard(second)[-1] == words.logged_out
    assert house.state() is PersonState.OFF
    assert not house.rig.vapi.calls  # no assistant was asked for


def test_five_wrong_pins_lock_the_telephone_for_fifteen_minutes(house: House) -> None:
    for _ in range(FIVE):
        assert house.heard(calls(house, f"{WRONG}#"))[-1] == house.roster.words.refused
    assert house.heard(calls(house, f"{PIN}#"))[-1] == house.roster.words.refused
    assert house.state() is PersonState.OFF
    house.clock.advance(15 * 60_000 - 1)
    assert house.heard(calls(house, f"{PIN}#"))[-1] == house.roster.words.refused
    house.clock.advance(1)
    assert house.heard(calls(house, f"{PIN}#"))[-1] == house.roster.words.logged_in
    assert house.state() is PersonState.READY


@pytest.mark.parametrize("pressed", [None, "*"])
def test_a_colleague_who_waits_or_presses_the_star_is_any_caller(
    house: House, pressed: str | None
) -> None:
    calls(house, pressed)
    assert "PIN" in house.rig.twiml()[0]
    assert "<Stream" in house.rig.twiml("/twilio/people/caller")[0]
    assert len(house.rig.vapi.calls) == 1


def test_who_is_no_colleague_is_asked_for_no_pin(house: House) -> None:
    house.rig.comes_in(from_=CALLER)
    assert "PIN" not in house.rig.twiml()[0]
    assert "<Stream" in house.rig.twiml()[0]


def test_without_a_secret_of_pins_nobody_is_asked_for_one(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with House(account, monkeypatch, environment={"PEOPLE_PINS_NAME": ""}) as house:
        house.rig.comes_in(from_=ADA)
        assert "<Stream" in house.rig.twiml()[0]
        heard = signed(house.rig, "/twilio/people", "CA" + "7" * 32, **key_fields(PIN))[2]
        assert "/twilio/people/caller" in heard
        assert house.state() is PersonState.OFF


def test_from_any_other_telephone_a_number_of_its_own_asks_for_the_pin(house: House) -> None:
    fields = {"CallStatus": "ringing", "From": CALLER, "To": OURS}
    asked = signed(house.rig, "/twilio/people", "CA" + "7" * 32, **fields)[2]
    assert "<Gather" in asked
    assert "PIN" in asked


def key_fields(pressed: str, number: str = ADA) -> dict[str, str]:
    return {"CallStatus": "in-progress", "From": number, "To": OURS, "Digits": pressed}


def test_by_the_key_for_it_the_next_caller_rings_the_own_telephone_once_it_is_free(
    house: House,
) -> None:
    house.logs_in("ada")
    house.wraps_up("ada")
    assert house.has_the_next_caller_ring(calls(house, "1#"))


def test_who_logs_in_is_hinted_at_when_the_own_telephone_is_free(house: House) -> None:
    path, leg = "/twilio/people", "CA" + "7" * 32
    signed(house.rig, path, leg, **key_fields(PIN))
    assert house.state() is PersonState.READY
    assert house.hints() == []
    over = {"CallStatus": "completed", "From": ADA, "To": OURS}
    signed(house.rig, "/twilio/call-status", leg, **over)
    assert house.hints() == [(JobKind.PERSON, None)]
    signed(house.rig, "/twilio/call-status", leg, **over | {"From": CALLER})
    assert house.hints() == []  # whoever that was


@pytest.mark.parametrize("token", ["", "a-token-of-twilio-s"])
def test_keys_that_are_told_twice_log_nobody_in_and_out_again(house: House, token: str) -> None:
    path, leg = "/twilio/people", "CA" + "7" * 32
    sent = {"CallSid": leg, "AccountSid": house.rig.twilio.account_sid, **key_fields(PIN)}
    proof = signature(house.rig.door.url + path, list(sent.items()), AUTH_TOKEN)
    headers = {"x-twilio-signature": proof, IDEMPOTENCY_TOKEN: token}
    heard = {house.rig.handle(path, urlencode(sent).encode(), headers) for _ in range(3)}
    assert len(heard) == 1
    assert house.roster.words.logged_in in next(iter(heard))[2]
    assert house.state() is PersonState.READY


def test_told_twice_by_twilio_it_is_the_same(house: House) -> None:
    house.rig.twilio.with_faults(Faults(repeat_every=1))
    calls(house, f"{PIN}#")
    assert house.state() is PersonState.READY


def test_who_logs_out_while_it_rings_is_rung_no_longer(house: House) -> None:
    house.logs_in("ada")
    leg = house.talks()
    house.ask(leg)
    house.rig.twilio.advance(2)
    signed(house.rig, "/twilio/people", "CA" + "7" * 32, **key_fields(PIN))
    assert house.state() is PersonState.OFF
    house.look()
    house.rig.twilio.advance(1)
    offer = house.offer(leg)
    assert offer.withdrawn == "logged_out"
    assert house.rig.twilio.leg(offer.leg or "").ended


def test_a_secret_that_cannot_be_had_is_said_and_no_number_is_logged(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with House(account, monkeypatch, environment={"PEOPLE_PINS_NAME": "nowhere"}) as house:
        status, _, heard = signed(house.rig, "/twilio/people", "CA" + "7" * 32, **key_fields(PIN))
        assert status == 200
        assert house.roster.words.unavailable in heard
        assert house.state() is PersonState.OFF
    logged = but_instants(capsys.readouterr().out)
    assert PIN not in logged
    assert ADA not in json.dumps(logged)
