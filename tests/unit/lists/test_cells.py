"""A cell says the same whatever a spreadsheet, an export or a copy put around it."""

from __future__ import annotations

import pytest

from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.lists.domain.cells import (
    code_in,
    first_number,
    is_nothing,
    is_nothing_to_say,
    said_by,
    shape,
    unseen,
    yes_or_no,
)
from contact_center.lists.domain.countries import calling_code_of, region_of
from contact_center.lists.domain.time_zone_names import zone_of

SAME_NUMBER = {
    "marks of direction": "\u202a+12125555501\u202c",
    "isolates": "\u2066+1 212 555 5501\u2069",
    "zero width": "\u200b212-555-5501\u200b",
    "zero width within": "212\u200b555\u200d5501",
    "soft hyphen within": "212\xad555\xad5501",
    "byte order mark": "\ufeff2125555501",
    "blanks that do not break": "\xa0(212)\xa0555\xa05501\xa0",
    "narrow blanks": "212\u202f555\u202f5501",
    "ideographic blank": "212\u3000555\u30005501",
    "a minus sign": "212\u2212555\u22125501",
    "figure dashes": "212\u2012555\u20125501",
    "a full stop of another script": "212\u2024555\u20245501",
    "an apostrophe": "'2125555501",
    "a curly apostrophe": "\u20192125555501",
    "a formula": '="+12125555501"',
    "a formula with a blank": '= "2125555501"',
    "tel:": "tel:+12125555501",
    "TEL: in capitals": "TEL: 212-555-5501",
    "callto:": "callto:+12125555501",
    "p: of lead ads": "p:+12125555501",
    "tel: after an apostrophe": "'tel:+12125555501",
    "a figure": "2125555501.0",
    "a figure of two places": "12125555501.00",
    "wide signs": "\uff0b\uff11 \uff08\uff12\uff11\uff12\uff09 \uff15\uff15\uff15 5501",
    "Arabic digits": "\u0662\u0661\u0662 555 5501",
    "what dials abroad": "0012125555501",
    "zeros of a program in C": "2125555501\x00\x00",
    "dots": "212.555.5501",
    "a tab and a line end": "\t2125555501\r\n",
}
NO_NUMBER = {
    "an extension": "212-555-5511 x123",
    "two numbers": "212-555-5512 / 212-555-5513",
    "two with a comma": "212-555-5514, 212-555-5515",
    "letters": "1-800-FLOWERS",
    "a rounded figure": "2.12556E+09",
    "a decimal": "2125555501.5",
    "an e-mail": "ann@example.com",
    "a date": "6/1/2025",
}


@pytest.mark.parametrize("cell", SAME_NUMBER.values(), ids=SAME_NUMBER.keys())
def test_a_number_that_is_plainly_one_is_read(cell: str) -> None:
    written, several = first_number(said_by(cell))

    assert parse_phone_number(written).e164 == "+12125555501"
    assert not several


@pytest.mark.parametrize("cell", NO_NUMBER.values(), ids=NO_NUMBER.keys())
def test_what_is_not_one_number_alone_is_none(cell: str) -> None:
    with pytest.raises(BadNumberError):
        parse_phone_number(first_number(said_by(cell))[0])


def test_of_google_s_several_values_the_first_is_taken_and_said_so() -> None:
    assert first_number("(212) 555-2317 ::: (212) 555-2318") == ("(212) 555-2317", True)


NOTHING = (
    "NULL,null,(null),N/A,#N/A,n/a,nan,NaN,NAN,undefined,None,#REF!,#VALUE!,#DIV/0!,NA,\\N,-,--,"
)


@pytest.mark.parametrize("word", NOTHING.split(","))
def test_a_program_s_word_for_nothing_is_none(word: str) -> None:
    assert is_nothing(word)


@pytest.mark.parametrize("word", ["Nan", "Na", "Nullmeier", "Ann", "No", "0", "X", "Nina"])
def test_a_person_s_name_is_not_nothing(word: str) -> None:
    assert not is_nothing(word)


def test_what_people_say_for_none_stays_something_to_say() -> None:
    assert [is_nothing_to_say(word) for word in ("none", "-", "NULL", "#N/A", "")] == [
        False,
        False,
        True,
        True,
        True,
    ]


YES = (
    "1,1.0,y,Y,yes,YES,Yes,true,TRUE,t,x,X,✓,on,ja,sí,oui,DNC,Opt out,opted-out,Do Not Call,checked"
)
NO = "0,0.0,n,N,no,NO,false,FALSE,off,nein,non,NULL,N/A,-,unchecked,"
DOUBT = "maybe,2,2025-06-01,ok,call later,until June,?!"


@pytest.mark.parametrize(
    ("word", "said"),
    [(word, True) for word in YES.split(",")]
    + [(word, False) for word in NO.split(",")]
    + [(word, None) for word in DOUBT.split(",")],
)
def test_a_mark_says_yes_or_no_or_cannot_be_told(word: str, said: bool | None) -> None:  # noqa: FBT001
    assert yes_or_no(word) is said


def test_a_shape_shows_what_is_wrong_and_not_what_it_says() -> None:
    assert shape("212-555-5511 x123") == "999-999-9999 a999"
    assert shape("Ada O'Neil") == "Aaa A'Aaaa"
    assert shape("\u200b212\u3164") == "U+200B999U+3164"
    assert shape("6" * 100) == "9" * 60 + "…"
    assert unseen("212\u2800555\x07") == ["U+0007", "U+2800"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("z:10001", "10001"), ("'02139", "02139"), ("10001.0", "10001"), ("K1A", "K1A")],
)
def test_a_code_is_read_as_it_was_before_a_spreadsheet_had_it(cell: str, code: str) -> None:
    assert code_in(said_by(cell)) == code


def test_a_soft_line_break_is_a_blank_and_formula_signs_are_none_of_a_name() -> None:
    assert said_by("first\x0bsecond") == "first second"
    assert said_by('="Ann ""Annie"" Field"') == 'Ann "Annie" Field'


@pytest.mark.parametrize(
    ("word", "region"),
    [
        ("US", "US"),
        ("us", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("United States of America", "US"),
        ("Vereinigte Staaten", "US"),
        ("GBR", "GB"),
        ("UK", "GB"),
        ("United Kingdom", "GB"),
        ("Großbritannien", "GB"),
        ("Canada", "CA"),
        ("CAN", "CA"),
        ("Puerto Rico", "PR"),
        ("México", "MX"),
        ("DE", "DE"),
        ("NA", "NA"),
        ("Nowhere", None),
        ("ZZ", None),
    ],
)
def test_a_country_is_known_by_its_codes_and_names(word: str, region: str | None) -> None:
    assert region_of(word) == region


@pytest.mark.parametrize(
    ("word", "code"),
    [("44", "44"), ("+44", "44"), ("0044", "44"), ("(+1)", "1"), ("1.0", "1"), ("999", None),
     ("US", None), ("0", None), ("4412", None)],
)  # fmt: skip
def test_a_calling_code_is_known_however_it_is_written(word: str, code: str | None) -> None:
    assert calling_code_of(word) == code


@pytest.mark.parametrize(
    ("word", "zone"),
    [
        ("America/Denver", "America/Denver"),
        ("america/los_angeles", "America/Los_Angeles"),
        ("America/Los Angeles", "America/Los_Angeles"),
        ("us_slash_pacific", "US/Pacific"),
        ("US/Eastern", "US/Eastern"),
        ("america_slash_new_york", "America/New_York"),
        ("EST", None),
        ("UTC-5", None),
        ("Etc/GMT+5", None),
        ("Pacific", None),
    ],
)
def test_a_time_zone_is_known_as_lists_write_it_and_an_abbreviation_is_none(
    word: str, zone: str | None
) -> None:
    assert zone_of(word) == zone
