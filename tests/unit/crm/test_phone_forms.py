"""A number as owners write it is the customer's, and one that looks alike is not."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.crm.hubspot.phone_forms import filter_groups, is_same

FORMATS = st.sampled_from(
    [
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
    ]
)
REGIONS = ["US", "CA", "GB", "DE", "FR", "IT", "AU", "JP", "BR", "IN", "PR", "RU"]
NUMBERS = st.sampled_from(REGIONS).flatmap(
    lambda region: st.integers(0, 99).map(lambda more: _number(region, more))
)


def _number(region: str, more: int) -> phonenumbers.PhoneNumber:
    """A number like the library's own example, with other last digits."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    changed = phonenumbers.PhoneNumber()
    changed.merge_from(example)
    changed.national_number = int(example.national_number or 0) // 100 * 100 + more
    return changed if phonenumbers.is_valid_number(changed) else example


def e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@given(number=NUMBERS, form=FORMATS)
def test_a_number_is_itself_in_every_form(number: phonenumbers.PhoneNumber, form: int) -> None:
    assert is_same(phonenumbers.format_number(number, form), e164(number))


@given(one=NUMBERS, other=NUMBERS, form=FORMATS)
def test_another_number_is_another_in_every_form(
    one: phonenumbers.PhoneNumber, other: phonenumbers.PhoneNumber, form: int
) -> None:
    if form == phonenumbers.PhoneNumberFormat.NATIONAL and one.country_code != other.country_code:
        return  # national digits may be anybody's: read as of the customer's country
    expected = e164(one) == e164(other)
    assert is_same(phonenumbers.format_number(other, form), e164(one)) is expected


@given(number=NUMBERS)
def test_the_search_asks_for_national_digits_and_for_the_whole(
    number: phonenumbers.PhoneNumber,
) -> None:
    national = phonenumbers.national_significant_number(number)
    asked = [
        (one["propertyName"], one["operator"], one["value"])
        for group in filter_groups(e164(number))
        for one in group["filters"]
    ]
    assert asked == [
        ("hs_searchable_calculated_phone_number", "EQ", national),
        ("hs_searchable_calculated_mobile_number", "EQ", national),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", f"*{national}"),
        ("phone", "EQ", e164(number)),
        ("mobilephone", "EQ", e164(number)),
    ]


@pytest.mark.parametrize(
    "written", [None, 7, "", "ask Ada", "+1 415 555 0123 ext 4", "+1415555012", "415 555 0124"]
)
def test_what_is_no_number_or_another_is_nobody_s(written: object) -> None:
    assert not is_same(written, "+14155550123")


def test_a_number_that_is_never_dialled_is_compared_by_its_digits() -> None:
    premium = "+19005550123"
    assert is_same("+1 (900) 555-0123", premium)
    assert not is_same("900 555 0123", premium)
    assert re.fullmatch(r"\*\d+", filter_groups(premium)[2]["filters"][0]["value"])
