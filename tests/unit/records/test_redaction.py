"""What is taken out of words, what stands for it, and what is left as it was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.redaction import (
    Redacted,
    redact,
    redact_unfinished,
    redact_wholly,
)
from contact_center.records.domain.redaction_kinds import MARKS, Kind, Redaction
from contact_center.records.domain.redaction_values import redacted_value

KEPT_AS_SAID = (
    "I was charged twice on my last invoice and I want a refund",
    "I have two lines and need 3 more for 25 people",
    "the appointment is on 2026-12-01 at 10:30",
    "2026-12-01 10:30 works, or 12/03/2026",
    "it was between 1990 and 2000, I think",
    "two thousand four hundred fifty six dollars and seventy eight cents",
    "I paid $1,234.50 on March 3rd",
    "my zip is 90210 and the order is 4711",
    "look at acme.com for the prices",
    "I am at home. Call me at five",
    "meet me at the store dot com thing",
    "may I have one of the first three?",
    "Can you check 1 or 2 of them, or all 30?",
    "the fourth of July sale",
)


def words_without(*kinds: Kind) -> Redaction:
    return Redaction(frozenset(Kind) - frozenset(kinds))


@pytest.mark.parametrize("text", KEPT_AS_SAID)
def test_ordinary_words_and_figures_are_left_alone(text: str) -> None:
    assert redact(text) == Redacted(text)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("it's 4111 1111 1111 1111, thanks", "it's [card], thanks"),
        (
            "4111-1111-1111-1112 is not valid and goes as well",
            "[card] is not valid and goes as well",
        ),
        ("4111111111111", "[card]"),
        ("1234567890123456789", "[card]"),
        ("four one double one, triple one one, forty one eleven eleven twelve oh one", "[card]"),
        (
            "the first half is 4111 1111 and the second half is 1111 1111",
            "the first half is [card]",
        ),
        ("\uff14\uff11\uff11\uff11 1111 1111 1111", "[card]"),
        ("security code 123", "security code [card]"),
        ("the account is 12345678", "the account is [account]"),
        ("my account number is 123456", "my account number is [account]"),
        ("GB29 NWBK 6016 1331 9268 19", "[account]"),
        ("my social is 123-45-6789", "my social is [social security number]"),
        ("last four of my social, 6789", "last four of my social, [social security number]"),
        ("one two three four five six seven eight nine", "[social security number]"),
        ("call me at (415) 555-2671 please", "call me at [phone] please"),
        ("+1 415 555 2671", "[phone]"),
        ("555-2671", "[phone]"),
        ("four one five five five five two six seven one", "[phone]"),
        ("write to jane.smith+1@acme.co.uk now", "write to [email] now"),
        ("j o h n dot smith five at gmail dot com", "[email]"),
        ("my email is john smith at gmail dot com thanks", "my email is [email] thanks"),
        ("john under score smith at acme dot com", "[email]"),
        ("b as in boy o b at yahoo dot com", "[email]"),
        ("info at acme dot co dot uk", "[email]"),
        ("I was born on March 3rd, 1985", "I was born on [date of birth]"),
        ("the third of March nineteen eighty five", "the [date of birth]"),
        ("date of birth 03/04/15", "date of birth [date of birth]"),
        ("03/04/1985", "[date of birth]"),
        ("my birthday is May 5th", "my birthday is [date of birth]"),
        ("since 12/03/2026, born 03/04/1985", "since 12/03/2026, born [date of birth]"),
        ("March 3rd 2026 or March 3rd 1985", "March 3rd 2026 or [date of birth]"),
    ],
)
def test_what_nobody_is_to_keep_becomes_a_mark_that_says_what_it_was(said: str, kept: str) -> None:
    assert redact(said).text == kept
    assert redact(said.upper()).text.lower() == kept.lower()


def test_a_row_of_thirteen_to_nineteen_digits_goes_whatever_its_check_digit() -> None:
    for length in range(13, 20):
        for last in "0123456789":
            assert redact("5" * (length - 1) + last).text == "[card]"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.ACCOUNT, "the account is 12345678"),
        (Kind.SSN, "my social is 123-45-6789"),
        (Kind.EMAIL, "jane at gmail dot com"),
        (Kind.PHONE, "(415) 555-2671"),
        (Kind.BIRTH_DATE, "born on March 3rd, 1985"),
    ],
)
def test_what_an_owner_keeps_stays_and_all_else_goes(kind: Kind, said: str) -> None:
    assert redact(said, words_without(kind)).text == said
    assert redact(f"{said}; 4111 1111 1111 1111", words_without(kind)).text.endswith("[card]")
    others = words_without(*(set(Kind) - {kind, Kind.CARD}))
    assert MARKS[kind] in redact(said, others).text


def test_nobody_keeps_card_numbers() -> None:
    compiled = {kind.value: True for kind in Kind} | {"seconds_between_turns": 30}
    assert Redaction.from_dict(compiled).kinds == frozenset(Kind)
    with pytest.raises(ValueError, match="card must be true"):
        Redaction.from_dict(compiled | {"card": False})
    assert redact("4111 1111 1111 1111", Redaction(frozenset({Kind.CARD}))).text == "[card]"


def test_a_mark_knows_how_many_digits_stood_behind_it() -> None:
    one = redact("it's 4111 1111 1111 1111 and 12")
    assert one == Redacted("it's [card]", (18,))
    two = redact("it's 4111 1111 1111 1111. My telephone at work: 415 555 2671")
    assert two == Redacted("it's [card]. My telephone at work: [phone]", (16, 10))


NUMBERS = st.sampled_from(
    [
        *("4111 1111 1111 1111", "four one one", "555-2671", "[card]", "[phone]", "at", "dot", "["),
        *("jane at acme dot com", "03/04/1985", "born", "my social is", "12", "double seven"),
        "march third",
    ]
)
TEXTS = st.lists(NUMBERS | st.text(max_size=12), max_size=12).map(" ".join)


@given(TEXTS)
def test_redacting_what_was_redacted_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once.text, behind=once.behind).text == once.text
    assert redact(once.text).text == once.text


@given(st.text())
def test_any_text_can_be_redacted_and_one_without_figures_and_words_for_them_stays(
    text: str,
) -> None:
    redact_unfinished(text)
    redact_wholly(text)
    plain = "".join(sign for sign in text if sign in "xyz ,.")
    assert redact(plain).text == plain


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my card is 4111 11", "my card is [number]"),
        ("my card is four", "my card is [number]"),
        ("my email is john dot smith at", "my email is [email]"),
        ("my email is john dot smith at gmail", "my email is [email]"),
        ("march third", "[date of birth]"),
        ("I have 2 cars and", "I have 2 cars and"),
        ("I'm at home", "I'm at home"),
    ],
)
def test_words_that_are_still_being_said_lose_what_may_become_a_number(
    said: str, kept: str
) -> None:
    assert redact_unfinished(said) == kept


def test_what_a_key_is_made_of_is_the_same_for_every_number() -> None:
    made = {redact_wholly(f"my code is {code:04d} okay") for code in range(300)}
    assert made == {"my code is [number] okay"}
    assert redact_wholly("yes please") == "yes please"


def test_values_of_any_shape_lose_it_in_names_and_figures_as_well() -> None:
    value = {
        "card": 4111111111111111,
        "4111 1111 1111 1111": ["mail jane@acme.com", {"deep": 4111111111111111.0}],
        "amount": 12.5,
        "count": 7,
        "sure": True,
        "nothing": None,
    }
    assert redacted_value(value) == {
        "card": "[card]",
        "[card]": ["mail [email]", {"deep": "[card]"}],
        "amount": 12.5,
        "count": 7,
        "sure": True,
        "nothing": None,
    }
