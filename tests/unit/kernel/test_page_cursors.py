"""A cursor is taken back by the list that gave it out, and by no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.page_cursors import LONGEST, opened, sealed
from contact_center.kernel.ports import BadCursorError

WORD = st.text(st.characters(codec="utf-8"), max_size=40)


@given(WORD, WORD)
def test_what_was_given_out_is_taken_back(of: str, cursor: str) -> None:
    told = sealed(of, cursor)
    assert told is not None
    if len(told) <= LONGEST:
        assert opened(of, told) == cursor


def test_no_cursor_is_no_cursor() -> None:
    assert sealed("c1", None) is None
    assert opened("c1", None) is None


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadCursorError):
        opened("c2", sealed("c1", "here"))


@given(st.text(max_size=600))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadCursorError):
        opened("c1", text)
