"""Which numbers are dialled at all, and in which bucket they are paced."""

from __future__ import annotations

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import timezone

from contact_center.kernel.phone_numbers import (
    _SAME_CLOCK,
    BadNumberError,
    masked,
    parse_phone_number,
)
from tests.unit.permission.dialing_examples import CONFIG


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("+14155550123", "+14155550123"),
        ("(415) 555-0123", "+14155550123"),
        ("1 415.555.0123", "+14155550123"),
        (" +1\u00a0415\u2011555\u20110123 ", "+14155550123"),
        ("\uff0b14155550123", "+14155550123"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+39 06 12345678", "+390612345678"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, e164: str) -> None:
    assert parse_phone_number(written).e164 == e164


def test_a_number_without_country_code_is_of_the_default_region() -> None:
    assert parse_phone_number("020 7946 0018", "GB").e164 == "+442079460018"
    for region, field in (("US", "phone"), ("US", "callFrom")):  # though it was read before
        with pytest.raises(BadNumberError, match=field):
            parse_phone_number("020 7946 0018", region, field=field)
    assert parse_phone_number("020 7946 0018", "IT").e164 == "+3902079460018"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("+19005551234", "premium"),
        ("+14159765550", "premium"),
        ("+448431234567", "premium"),
        ("+15005550006", "personal"),
        ("+447011234567", "personal"),
        ("+16005550123", "satellite"),
        ("+881612345678", "satellite"),
        ("+882161234567", "satellite"),
        ("+33810123456", "shared-cost"),
        ("+445512345678", "company-wide"),
        ("+447640123456", "pager"),
        ("+41860221234567", "voicemail"),
        ("+448081570000", "freephone number abroad"),
        ("+14159501234", "carrier's access"),
        ("+14159581234", "carrier's test"),
        ("+14159591234", "carrier's test"),
        ("+14159111234", "emergency"),
        ("+14155551212", "directory assistance"),
        ("+15551234567", "no number in use"),
        ("+999123456789", "country code"),
        ("911", "too short"),
        ("112", "too short"),
        ("5550123", "area code"),
        ("+1415555012345678", "too long"),
        ("+33123", "too short"),
        ("-", "not a telephone number"),
        ("+14155550123 x5", "extension"),
        ("1-800-FLOWERS", "no letters"),
        ("4.15555E+09", "no letters"),
        ("415 555 0123 / 415 555 0124 and more words", "one number"),
        ("", "must be a telephone number in text"),
        (None, "must be a telephone number in text"),
        (14155550123, "must be a telephone number in text"),
    ],
)
def test_a_number_that_is_never_dialled_is_refused_with_its_reason(
    text: object, reason: str
) -> None:
    with pytest.raises(BadNumberError, match=reason) as refused:
        parse_phone_number(text, field="customer.phone")

    assert refused.value.field == "customer.phone"
    assert str(refused.value) == f"customer.phone {refused.value.reason}"


@given(st.from_regex(r"\+?[0-9 ().\-]{6,20}", fullmatch=True))
def test_no_error_holds_the_number(text: str) -> None:
    digits = "".join(figure for figure in text if figure.isdigit())
    try:
        parsed = parse_phone_number(text)
    except BadNumberError as refused:
        shown = "".join(figure for figure in str(refused) if figure.isdigit())
        assert len(digits) < 6 or digits[:6] not in shown
    else:
        assert parsed.e164.startswith("+")
        assert 8 <= len(parsed.e164) <= 16
        assert parsed.e164 not in f"{parsed} {parsed!r}"


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("+14155550123", "+1415"),
        ("+18005551234", "+1-toll-free"),
        ("+18335551234", "+1-toll-free"),
        ("+442079460018", "+4420"),
        ("+447400123456", "+447400"),
        ("+4915112345678", "+491511"),
        ("+919876512345", "+919876"),
        ("+6591234567", "+659123"),
        ("+390612345678", "+3906"),
        ("+37061234567", "+370612"),
        ("+35621234567", "+3562123"),
        ("+85221234567", "+8522123"),
    ],
)
def test_numbers_are_paced_by_area(text: str, prefix: str) -> None:
    assert parse_phone_number(text).prefix == prefix


@pytest.mark.parametrize(
    ("text", "country", "kind", "area_code"),
    [
        ("+14155550123", "US", "fixed_or_mobile", "415"),
        ("+16045550123", "CA", "fixed_or_mobile", "604"),
        ("+17875551234", "PR", "fixed_or_mobile", "787"),
        ("+18005551234", "US", "toll_free", None),
        ("+447400123456", "GB", "mobile", None),
        ("+442079460018", "GB", "fixed", None),
        ("+445612345678", "GB", "voip", None),
    ],
)
def test_a_number_tells_country_kind_and_area(
    text: str, country: str, kind: str, area_code: str | None
) -> None:
    parsed = parse_phone_number(text)

    assert (parsed.country, parsed.kind, parsed.area_code) == (country, kind, area_code)
    assert parsed.north_american == text.startswith("+1")


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("+14155550123", True),
        ("+14155559999", True),
        ("+12125550100", True),
        ("+12125550199", True),
        ("+12125550200", False),
        ("+12125551234", False),
        ("+18005550123", False),
        ("+445612345678", False),
    ],
)
def test_ranges_for_tests_are_known(text: str, *, test: bool) -> None:
    assert parse_phone_number(text).test is test


def test_a_number_is_where_the_library_says_that_it_is() -> None:
    def listed(text: str) -> tuple[bool, set[str]] | None:
        try:
            number = parse_phone_number(text)
        except BadNumberError:
            return None
        return number.kind == "toll_free", set(number.listed_zones)

    examples = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in phonenumbers.PhoneNumberType.values()
    ]
    texts = {
        phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.E164): one
        for one in examples
        if one is not None
    }
    said = {text: listed(text) for text in texts}
    callable_ones = {text: one for text, one in said.items() if one is not None}
    assert len(callable_ones) > 400
    for text, (is_toll_free, zones) in callable_ones.items():
        library = set(timezone.time_zones_for_number(texts[text]))
        expected = {_SAME_CLOCK.get(zone, zone) for zone in library}
        assert zones == (set() if is_toll_free else expected), text[:5]


def test_a_masked_number_shows_its_area_and_last_digits() -> None:
    assert masked("+14155550123") == "+1415•••0123"
    assert masked("+447400123456") == "+44•••3456"
    assert str(parse_phone_number("+14155550123")) == "+1415•••0123"


def test_naming_a_number_loads_no_numbering_library() -> None:
    program = (
        "import sys, contact_center.permission.domain.contactability\n"
        "print('phonenumbers' in sys.modules)"
    )
    layer = str(CONFIG.parent.parent)

    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": layer},
    )

    assert done.stdout.strip() == "False"


def test_parsing_loads_neither_places_nor_carriers() -> None:
    parse_phone_number("+14155550123")

    assert not {"phonenumbers.geocoder", "phonenumbers.carrier"} & sys.modules.keys()
