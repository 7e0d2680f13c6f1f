"""What callers say of themselves: cleaned before it is kept, and spelled as it is spoken."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.effect_fields import check_told
from contact_center.records.domain.effects import EffectKind
from contact_center.records.domain.spoken_details import (
    BadDetailError,
    Mark,
    cleaned,
    details_of,
    email_of,
    email_words,
)

MARKUP, CONTROL, FORMULA, CUT = Mark.MARKUP, Mark.CONTROL, Mark.FORMULA, Mark.CUT


@pytest.mark.parametrize(
    ("said", "kept", "marks"),
    [
        ("Ada Lovelace", "Ada Lovelace", set()),
        ("  Ada \t Lovelace\n", "Ada Lovelace", set()),
        ("Zoë O'Brien-Müller, Jr.", "Zoë O'Brien-Müller, Jr.", set()),
        ("李小龍", "李小龍", set()),
        ("<b>Ada</b>", "Ada", {MARKUP}),
        ("<script>alert(1)</script>", "alert(1)", {MARKUP}),
        ("Ada <img src=x onerror=alert(1)", "Ada", {MARKUP}),
        ("Ada &lt;b&gt; &#x3c;", "Ada b", {MARKUP}),
        ("1 < 2 > 1", "1 1", {MARKUP}),
        ("AT&T", "AT&T", set()),
        ("Ada\x00\x07Lovelace", "AdaLovelace", {CONTROL}),
        ("Ada\x1b[31m", "Ada[31m", {CONTROL}),
        ("Ada\u202egnp.exe", "Adagnp.exe", {CONTROL}),  # shown from right to left
        ("A\u200bd\u2060a\ufeff", "Ada", {CONTROL}),  # no width
        ("Ada\ud800", "Ada", {CONTROL}),  # half of a pair
        ("Ada\u2028Lovelace", "Ada Lovelace", set()),
        ("=HYPERLINK(1)", "HYPERLINK(1)", {FORMULA}),
        ("+-@Ada", "Ada", {FORMULA}),
        ("<i>\x00= Ada", "Ada", {MARKUP, CONTROL, FORMULA}),
        ("A" * 81, "A" * 80, {CUT}),
        ("<>", "", {MARKUP}),
        ("unknown", "", set()),
        ("", "", set()),
        (None, "", set()),
        (7, "", set()),
        (["Ada"], "", set()),
    ],
)
def test_a_name_is_kept_as_plain_words_and_what_was_taken_out_has_a_name(
    said: object, kept: str, marks: set[Mark]
) -> None:
    found = cleaned(said, 80)
    assert (found.text, set(found.marks)) == (kept, marks)


@given(st.text())
def test_nothing_that_is_kept_is_markup_control_or_a_formula(said: str) -> None:
    kept = cleaned(said, 80).text
    assert len(kept) <= 80
    assert not set(kept) & set("<>\n\r\t")
    assert not kept.startswith(("=", "+", "-", "@"))
    assert not any(unicodedata.category(each)[0] == "C" for each in kept)
    assert kept == kept.strip()
    assert cleaned(kept, 80).text in {kept, ""}  # once is enough
    kept.encode()


def test_several_are_cleaned_at_once_and_what_is_not_said_is_left_out() -> None:
    said = {"name": "<b>Ada</b>", "company": "unknown", "more": "x"}
    assert details_of(said, {"name": 80, "company": 80}) == ({"name": "Ada"}, frozenset({MARKUP}))


@pytest.mark.parametrize(
    ("said", "address", "words"),
    [
        ("ada@example.com", "ada@example.com", "a d a at example dot com"),
        (" Ada.L@Example.COM ", "Ada.L@example.com", "A d a dot L at example dot com"),
        (
            "a_b-c+1@x1.co.uk",
            "a_b-c+1@x1.co.uk",
            "a underscore b dash c plus 1 at x 1 dot co dot uk",
        ),
        ("o'b@my-firm.io", "o'b@my-firm.io", "o apostrophe b at m y dash f i r m dot io"),
    ],
)
def test_an_address_is_checked_and_spelled(said: str, address: str, words: str) -> None:
    found = email_of(said)
    assert found == address
    assert found is not None
    assert email_words(found) == words
    told = {"email": found, "topic": "prices"}
    check_told(EffectKind.SUBSCRIBE, told)  # whoever delivers it takes it


@pytest.mark.parametrize("said", [None, "", " ", "unknown", "Not sure"])
def test_no_address_is_none(said: object) -> None:
    assert email_of(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada at example dot com",
        "a@b@example.com",
        "ada@exam ple.com",
        "<ada@example.com>",
        "ada@example.com>",
        "ada@-x.com",
        "ada@x-.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..b@example.com",
        "ada@example..com",
        "ada@example.com, bob@example.com",
        "ada@example.com\nbcc: all@example.com",
        "ada\x00@example.com",
        "ada\u202e@example.com",
        "аda@example.com",  # noqa: RUF001 - a Cyrillic letter
        "ada@127.0.0.1",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a@" + "b.c" * 90 + ".com",
        7,
        ["ada@example.com"],
    ],
)
def test_what_is_no_address_is_asked_for_again_and_not_repeated(said: object) -> None:
    with pytest.raises(BadDetailError) as caught:
        email_of(said)
    assert str(caught.value) == "email must be a whole address such as ada@example.com"


def test_an_address_is_kept_and_a_card_is_not() -> None:
    said = {"interest": "paying with 4929 1234 5678 9012, write to ada@example.com"}

    assert details_of(said, {"interest": 200})[0] == {
        "interest": "paying with [card], write to ada@example.com"
    }
