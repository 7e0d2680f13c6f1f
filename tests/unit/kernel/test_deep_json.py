"""What is nested too deep is cut out, and nothing else changes."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.kernel.deep_json import DEEPEST, cut

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\\\[]{}\n', max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=30,
)


def shallow(value: object, deepest: int) -> object:
    """The same by walking it."""
    if not isinstance(value, list | dict):
        return value
    if deepest == 0:
        return None
    if isinstance(value, list):
        return [shallow(one, deepest - 1) for one in value]
    return {name: shallow(one, deepest - 1) for name, one in value.items()}


@given(value=VALUES, deepest=st.integers(0, 5))
def test_it_is_the_value_without_what_lies_below(value: object, deepest: int) -> None:
    assert json.loads(cut(json.dumps(value), deepest)) == shallow(value, deepest)


@given(text=st.text(alphabet='a"\\\\[]{},:1', max_size=40))
def test_any_text_is_taken_and_none_that_was_json_is_lost(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        cut(text, 2)
        return
    assert json.loads(cut(text, 2)) == shallow(value, 2)


@pytest.mark.parametrize("sign", ["[", '{"a":', '["', '"\\\\"', "\\\\", '"', "[{"])
def test_a_megabyte_of_it_takes_no_time_to_speak_of(sign: str) -> None:
    text = sign * (1_000_000 // len(sign))
    began = time.process_time()
    cut(text)
    assert time.process_time() - began < 5


def test_what_honest_people_send_stays_as_it_is() -> None:
    text = "[" * DEEPEST + "]" * DEEPEST
    assert cut(text) == text
    assert cut(f"[{text}]") == "[" * DEEPEST + "null" + "]" * DEEPEST
