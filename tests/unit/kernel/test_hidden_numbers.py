"""No telephone number is left in a text that is not to show any, and nothing else is lost."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.hidden_numbers import _FOUND, _hidden, hide_numbers

if TYPE_CHECKING:
    from uuid import UUID

EARLIEST = datetime(1970, 1, 1)  # noqa: DTZ001 - hypothesis wants none


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+12125550123", "+1212•••0123"),
        ("+442079460958", "+44•••0958"),
        ("call me on +12125550123, please", "call me on +1212•••0123, please"),
        ("+1212555", "•••"),  # a mask would show all of it
        ("2125550123", "•••"),
        ("5550123", "•••"),
        ("(212) 555-0123", "•••"),
        ("it is 212 555 0123.", "it is •••."),
        ("212.555.0123 or 212/555/0123", "••• or •••"),
        ("+1 212-555-0123", "•••"),
        ("212 \u2013 555 \u2013 0123", "•••"),
        ("212, 555, 0123", "•••"),
        ("2 1 2 5 5 5 0 1 2 3", "•••"),
        ("tel2125550123x", "tel•••x"),
        ("1.2125550123", "•••"),
        ("\uff12\uff11\uff12\uff15\uff15\uff15\uff10\uff11\uff12\uff13", "•••"),
        ("two one two, five five five, oh one two three please", "••• please"),
        ("Two-one-two double five five oh 1 2 3", "•••"),
        ("https://crm.example/2125550123", "https://crm.example/•••"),
        ("form of 2026-03-01, call 555 0123 99", "form of 2026-03-01, call •••"),
    ],
)
def test_a_number_is_masked_or_hidden_however_it_is_written(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "web form, version 4",
        "2026-03-01",
        "2026-07-08T17:00:00.123456+00:00",
        "2026-11-22T17:00:00.000Z",
        "12345678-1234-4234-8234-123456789012",
        "123456789012345678901234",
        "0123456789abcdef0123456789abcdef.12",
        "https://www.ecfr.gov/current/title-47/section-64.1200",
        "+1212•••0123",
        "customer-ended-call",
        "room 101, 3 people, 12:30",
        "one or two of them",
    ],
)
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert hide_numbers(text) == text


@given(st.uuids(), st.binary(min_size=12, max_size=16), st.datetimes(EARLIEST))
def test_names_and_times_that_machines_write_stay_whole(
    name: UUID, token: bytes, at: datetime
) -> None:
    for text in (
        str(name),
        token.hex(),
        f"{token.hex()}.{token.hex()}",
        f"{at:%Y-%m-%dT%H:%M:%SZ}",
    ):
        assert hide_numbers(text) == text


@given(
    st.text("0123456789", min_size=7, max_size=15),
    st.sampled_from(["", " ", "-", ".", ", ", " - ", "/"]),
    st.text("xyz .,:;!?()", max_size=9),
    st.text("xyz .,:;!?()", max_size=9),
)
def test_no_row_of_seven_digits_is_left(digits: str, gap: str, before: str, after: str) -> None:
    shown = hide_numbers(before + gap.join(digits) + after)

    assert len(re.findall(r"\d", shown)) == 0


ONE_WORD = st.one_of(
    st.text("0123456789\u0661onetwo", max_size=12),
    st.lists(st.sampled_from(["one", "two", "oh", "double", "7"]), max_size=9).map("".join),
    st.text(max_size=12),
)


@given(ONE_WORD)
def test_what_is_not_looked_at_closely_would_have_stayed_as_it_is(text: str) -> None:
    assert hide_numbers(text) == _FOUND.sub(_hidden, text)
