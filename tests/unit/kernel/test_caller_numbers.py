"""Whose number a call shows: however it is written, and nobody's where it is withheld."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberFormat

from contact_center.kernel import caller_numbers
from contact_center.kernel.caller_numbers import caller_number, is_shared
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number

ADA = "+12125556401"


@pytest.mark.parametrize(
    "shown",
    [
        ADA,
        "12125556401",
        "2125556401",
        "+1 (212) 555-6401",
        "1-212-555-6401",
        "212.555.6401",
        "+1\N{NO-BREAK SPACE}212\N{NON-BREAKING HYPHEN}555\N{NON-BREAKING HYPHEN}6401",
        "\N{LEFT-TO-RIGHT EMBEDDING}+12125556401\N{POP DIRECTIONAL FORMATTING}",
        "\N{FULLWIDTH PLUS SIGN}12125556401",
        "+2125556401",  # somebody put the plus before a number without a country
        "0012125556401",
        "01112125556401",
        "%2B12125556401",
        "tel:+1-212-555-6401",
        "sip:+12125556401@carrier.example",
        "sips:12125556401@192.0.2.4:5061;transport=tls",
        '"Ada" <sip:2125556401@carrier.example>;tag=1',
        "Ada <+12125556401>",
        "+12125556401@carrier.example",
        "+12125556401;ext=5",
        "2125556401 x12",
    ],
)
def test_a_number_is_the_same_however_it_is_written(shown: str) -> None:
    assert caller_number(shown) == ADA


@pytest.mark.parametrize(
    "shown",
    [
        None,
        12_125_556_401.0,
        "",
        "   ",
        "anonymous",
        "Anonymous",
        "sip:anonymous@anonymous.invalid",
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        "Restricted",
        "RESTRICTED",
        "unknown",
        "Unavailable",
        "private",
        "blocked",
        "withheld",
        "asserted-identity",
        "No Caller ID",
        "+266696687",
        "266696687",
        "+7378742833",
        "7378742833",
        "+17378742833",
        "+86282452253",
        "86282452253",
        "+2562533",
        "+8656696",
        "+464",
        "+256",
        "0000000000",
        "+10000000000",
        "1234567890",
        "5555555555",
        "+18888888888",
        "911",
        "sip:ada@example.com",
        "client:ada",
        "+" + "1" * 40,
        "1" * 4_000,
    ],
)
def test_what_stands_in_place_of_a_number_is_nobodys(shown: object) -> None:
    assert caller_number(shown) is None


@pytest.mark.parametrize("word", caller_numbers._WITHHELD)  # its spelling is what Twilio shows
def test_nobody_whose_number_is_withheld_can_be_dialled(word: str) -> None:
    spelled = word.translate(caller_numbers._KEYPAD)
    with pytest.raises(BadNumberError):
        parse_phone_number(f"+{spelled}")


def test_every_number_that_can_be_dialled_is_a_caller_s_number_and_stays_as_it_is() -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in range(11):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
            try:
                parse_phone_number(e164)
            except BadNumberError:
                continue
            for form in (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966):
                written = phonenumbers.format_number(example, form)
                assert caller_number(written) == e164, written
            assert caller_number(e164) == e164


def test_the_lengths_of_numbers_are_the_library_s() -> None:
    known: dict[str, frozenset[int]] = {}
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        lengths: set[int] = set()
        for region in regions:
            metadata = (
                PhoneMetadata.metadata_for_nongeo_region(code)
                if region == "001"
                else PhoneMetadata.metadata_for_region(region)
            )
            assert metadata is not None
            assert metadata.general_desc is not None
            lengths |= set(metadata.general_desc.possible_length)
        known[str(code)] = frozenset(lengths - {-1})
    del known[caller_numbers.NORTH_AMERICA]
    assert caller_numbers._lengths() == known


@pytest.mark.parametrize(("number", "shared"), [("+18005550142", True), (ADA, False)])
def test_a_freephone_number_is_a_whole_company_s(number: str, *, shared: bool) -> None:
    assert is_shared(number) is shared
