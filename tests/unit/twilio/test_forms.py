"""The form of a webhook is what the library reads in it, or it is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.field_errors import BadMessageError
from contact_center.twilio.forms import MOST_FIELDS, Form

FIELDS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), max_size=12)
ODD = st.text(alphabet="ab=&%+;2Fé \x00", max_size=40).map(lambda text: text.encode())


def pairs_in(body: bytes) -> list[tuple[str, str]] | None:
    """The fields by name, each with its values in order; None: it is refused."""
    try:
        form = Form.of(body)
    except BadMessageError:
        return None
    return [(name, value) for name in form for value in form.getall(name)]


def by_the_library(body: bytes) -> list[tuple[str, str]] | None:
    try:
        found = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    names = dict.fromkeys(name for name, _ in found)
    return [(name, value) for name in names for other, value in found if other == name]


@given(fields=FIELDS)
def test_what_was_sent_is_read(fields: list[tuple[str, str]]) -> None:
    body = urlencode(fields).encode()

    assert pairs_in(body) == by_the_library(body)
    assert sorted(pairs_in(body) or []) == sorted(fields)


@given(body=st.one_of(ODD, st.binary(max_size=40)))
def test_any_bytes_are_read_as_the_library_does(body: bytes) -> None:
    assert pairs_in(body) == by_the_library(body)


@pytest.mark.parametrize(("count", "is_read"), [(MOST_FIELDS, True), (MOST_FIELDS + 1, False)])
def test_a_form_of_too_many_fields_is_refused(count: int, *, is_read: bool) -> None:
    body = "&".join(["a=1"] * count).encode()

    assert (pairs_in(body) is not None) is is_read
