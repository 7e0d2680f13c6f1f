"""Whose number can be called back: the door's own verdict, held to that of a trigger."""

from __future__ import annotations

import random

import pytest

from contact_center.configuration.callable_areas import callable_areas
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.kernel.phone_numbers import TOLL_FREE, BadNumberError, parse_phone_number
from contact_center.queue.domain.callable_numbers import CallableNumbers
from tests.unit.permission.dialing_examples import rules

ALLOWING_TESTS = rules()
NUMBERS = CallableNumbers(frozenset(callable_areas(ALLOWING_TESTS)), test_numbers=True)
SPECIAL = ("976", "950", "958", "959", "211", "911", "555", "011", "199", "200", "999", "700")


def as_a_trigger_has_it(text: str) -> str | None:
    """The verdict of who places calls: class, country, plan."""
    try:
        number = parse_phone_number(text)
        ALLOWING_TESTS.check_number(number)
    except BadNumberError:
        return None
    return number.e164 if number.e164.startswith("+1") and number.kind != TOLL_FREE else None


def test_the_door_takes_no_number_that_a_trigger_refuses() -> None:
    chance = random.Random(7)  # noqa: S311
    exchanges = [*SPECIAL, *(f"{chance.randrange(200, 1000)}" for _ in range(4))]
    for area in range(200, 1000):
        for exchange in exchanges:
            line = chance.choice(("1212", "0123", f"{chance.randrange(10_000):04d}"))
            text = f"+1{area}{exchange}{line}"
            mine = NUMBERS.read(text)
            if mine is not None:
                assert mine == as_a_trigger_has_it(text), text


def test_nearly_all_numbers_of_the_plan_are_taken() -> None:
    assert len(NUMBERS.areas) > 350
    assert {"212", "415", "416", "202", "907", "808"} <= NUMBERS.areas
    assert not {"900", "800", "876", "670"} & NUMBERS.areas


@pytest.mark.parametrize(
    ("keyed", "read"),
    [
        ("2122345678", "+12122345678"),
        ("12122345678", "+12122345678"),
        ("+12122345678", "+12122345678"),
        ("212234567", None),
        ("21223456789", None),
        ("011442071234567", None),
        ("+442071234567", None),
        ("911", None),
        ("9002345678", None),
        ("8002345678", None),
        ("2125551212", None),
        ("", None),
        ("*2122345678", None),
    ],
)
def test_what_is_keyed_in(keyed: str, read: str | None) -> None:
    assert NUMBERS.read(keyed) == read


def test_numbers_of_test_ranges_are_for_tests_alone() -> None:
    call_back = load_contact_center().queue_rules.call_back
    assert call_back is not None
    assert call_back.numbers.read("+12125550199") is None
    assert call_back.numbers.read("+14155550123") is None
    assert call_back.numbers.read("+12122345678") == "+12122345678"
    assert NUMBERS.read("+12125550199") == "+12125550199"
