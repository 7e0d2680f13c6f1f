"""Words that say that a life is in danger, and others that only sound like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contact_center.understanding.domain.emergencies import Emergencies, tells_of_danger

AMERICA = Emergencies(number="911")
EXAMPLES = Path("layers/contact_center/python/contact_center/config/examples")


@pytest.mark.parametrize(
    "said",
    [
        "I need an ambulance",
        "Can you call an ambulance, please?",
        "Please send the police!",
        "We need the fire department right now.",
        "My wife is not breathing, call 911!",
        "I can\u2019t breathe.",
        "My husband just collapsed",
        "My father has collapsed",
        "I think my mother is having a heart attack.",
        "he's having a stroke",
        "our house is on fire",
        "There's a fire in my kitchen",
        "Somebody is breaking into my house, I need the police",
        "someone has a gun",
        "I'm going to kill myself.",
        "I want to end my life",
        "i feel suicidal",
        "This is a medical emergency.",
        "my son has overdosed",
        "dial nine one one",
        "The baby isn't breathing",
    ],
)
def test_a_life_in_danger(said: str) -> None:
    assert tells_of_danger(said, AMERICA)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "This is an emergency, my internet is down.",
        "My phone says emergency calls only.",
        "I was charged for an ambulance.",
        "I have a question about my ambulance bill.",
        "I don't need an ambulance, I need a refund.",
        "We did not call the police about it.",
        "No need to call an ambulance.",
        "I need the police report for my claim",
        "Last year my husband had a heart attack and we stopped paying.",
        "My router is dying.",
        "The battery died.",
        "I'm dying to know when it comes.",
        "This bill is killing me.",
        "The app collapsed when I opened it.",
        "I got fired.",
        "My laptop caught fire last week.",
        "Do you sell fire alarms?",
        "I want to end my contract.",
        "I'm breathing down their necks",
        "the firewall is on",
        "I want to kill my subscription.",
        "Put me through to the emergency desk.",
        "My number ends in 911.",
        "If you call here again, I'll call the police.",
        "We are closed. If this is an emergency hang up and dial nine one one.",
    ],
)
def test_no_life_in_danger(said: str) -> None:
    assert not tells_of_danger(said, AMERICA)


def test_none_of_the_examples_of_the_departments_is_taken_for_one() -> None:
    said = [
        line
        for file in sorted(EXAMPLES.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len(said) > 200
    assert [line for line in said if tells_of_danger(line, AMERICA)] == []


# -- in another country ----------------------------------------------------------------------

SPAIN = Emergencies(number="112", words=("ayuda, no respira", "llamen a una ambulancia"))


@pytest.mark.parametrize(
    "said",
    [
        "\u00a1Ayuda! No respira.",
        "Por favor, LLAMEN a una ambulancia",
        "please dial 112",
        "I need an ambulance",
    ],
)
def test_an_owner_s_own_words_count_in_any_language(said: str) -> None:
    assert tells_of_danger(said, SPAIN)


@pytest.mark.parametrize(
    "said", ["Una ambulancia me lo cobr\u00f3", "La ayudante no respiraba", "my room is 112", ""]
)
def test_nothing_else_of_them_does(said: str) -> None:
    assert not tells_of_danger(said, SPAIN)


def test_the_number_of_an_owner_s_country_is_known_and_said_digit_by_digit() -> None:
    korea = Emergencies(number="119")
    assert tells_of_danger("Somebody call 1 1 9!", korea)
    assert not tells_of_danger("Somebody call 119!", AMERICA)
    assert korea.spoken_number == "1 1 9"
