"""Colleagues whose telephones are at addresses of SIP log in and ask for the next caller by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.people.domain.people import PersonState
from contact_center.visits.domain.visit_parts import Stage
from contact_center.visits.services.reception_jobs import JobKind
from local.vapi.scripts.line_steps import LineStep
from tests.functional.twilio.people_house import PINS, House
from tests.functional.twilio.reception_rig import SIP_DOMAIN, with_config
from tests.twilio_scene import OURS, person
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

ADAS = f"sip:ada@{SIP_DOMAIN}"
PIN, WRONG = PINS["ada"], "471143"


@pytest.fixture
def house(account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[House]:
    """Ada's telephone is registered at a SIP domain of ours."""
    roster = load_contact_center().compiled_people["people"]
    people = {**roster, "ada": {**roster["ada"], "address": ADAS}}
    with_config(monkeypatch, tmp_path, people={"people": people})
    with House(account, monkeypatch, (person(number=ADAS, does="no_answer"),)) as made:
        yield made


def calls(
    house: House, pressed: str | None, from_: str = ADAS, username: str | None = "ada"
) -> str:
    """The telephone calls, its owner keys something and waits; returns the leg."""
    keyed = [] if pressed is None else [pressed]
    steps = [LineStep(wait_for="asked", pause_ms=500, press=one) for one in keyed]
    leg = house.rig.comes_in_by_sip(*steps, from_=from_, username=username)
    house.rig.twilio.advance(20)
    return leg


def test_the_pin_logs_in_and_the_next_time_out(house: House) -> None:
    words = house.roster.words
    first = calls(house, f"{PIN}#")
    assert (house.heard(first)[-1], house.state()) == (words.logged_in, PersonState.READY)
    assert house.hints() == [(JobKind.PERSON, None)]  # once that telephone can be rung
    second = calls(house, f"{PIN}#")
    assert (house.heard(second)[-1], house.state()) == (words.logged_out, PersonState.OFF)
    assert not house.rig.vapi.calls


def test_the_key_for_it_has_the_next_caller_ring_that_telephone_once_it_is_free(
    house: House,
) -> None:
    house.logs_in("ada")
    house.wraps_up("ada")
    assert house.has_the_next_caller_ring(calls(house, "1#"))


def test_a_wrong_pin_is_refused_and_five_of_them_lock_whose_telephone_it_is(house: House) -> None:
    for pressed in (*[f"{WRONG}#"] * 5, f"{PIN}#"):
        assert house.heard(calls(house, pressed))[-1] == house.roster.words.refused
    assert house.state() is PersonState.OFF


@pytest.mark.parametrize("shown", [f'"Ada" <{ADAS}>', f"sip:ADA@{SIP_DOMAIN}:5060;transport=tls"])
@pytest.mark.parametrize("username", ["ada", None])
def test_however_the_telephone_writes_its_address_it_is_hers(
    house: House, shown: str, username: str | None
) -> None:
    calls(house, f"{PIN}#", shown, username)
    assert house.state() is PersonState.READY


@pytest.mark.parametrize(
    ("shown", "username"),
    [
        (ADAS, "eve"),  # has shown eve's password
        ("sip:ada@elsewhere.example", "ada"),
        (f"sip:eve@{SIP_DOMAIN}", "eve"),
        ("sip:anonymous@anonymous.invalid", None),
    ],
)
def test_who_is_not_she_is_asked_for_no_pin_and_is_a_caller_without_a_number(
    house: House, shown: str, username: str | None
) -> None:
    # a customer of an order has to have a number
    house.rig.vapi.people[OURS] = caller(number=OURS, patience_ms=600_000)
    leg = calls(house, None, shown, username)
    assert "PIN" not in house.rig.twiml()[0]
    assert "<Stream" in house.rig.twiml()[0]
    visit = house.rig.visit(leg)
    assert (visit.state, visit.caller) == (Stage.TALKING, None)
