"""Whatever a call is called, a path can carry it and gives it back."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contact_center.kernel.path_ids import named_by, path_id


@given(name=st.text(min_size=1, max_size=256))
@example(name="a/b")
@example(name="..")
@example(name="~")
@example(name="a%2Fb?x#y")
@example(name="\ud800")
def test_a_name_comes_back_from_a_path(name: str) -> None:
    word = path_id(name)
    assert word is not None
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", word)
    assert word not in {".", ".."}
    assert named_by(word) == name
    assert path_id(None) is None


@given(word=st.text(max_size=40))
def test_any_word_is_taken(word: str) -> None:
    named = named_by(word)
    assert named == word or word.startswith("~")


@pytest.mark.parametrize("name", ["019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202", "call_1", "c"])
def test_vapis_own_ids_stay_as_they_are(name: str) -> None:
    assert path_id(name) == name
