"""How what is there differs from what is wanted."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.provisioning.domain.differences import (
    Difference,
    differences,
    said_besides,
)

type Json = Any

WORDS = st.text(alphabet="abc", min_size=1, max_size=3)
PLAIN = st.one_of(st.booleans(), st.integers(), WORDS)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(WORDS, VALUES, max_size=4)


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, [("a.b", 2, 1)]),
        ({"a": {"b": 1}}, {"a": "text"}, [("a", "text", {"b": 1})]),
        ({"a": {"b": 1}}, {}, [("a", None, {"b": 1})]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("a", [2, 1], [1, 2])]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, []),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [("a.0.b", 2, 1)]),
        ({"a": [{"b": 1}]}, {"a": []}, [("a", [], [{"b": 1}])]),
        ({"a": None}, {"a": "x"}, [("a", "x", None)]),
        ({"a": None}, {"a": ""}, []),
        ({"a": ""}, {}, []),
        ({"a": []}, {"a": None}, []),
        ({"a": False}, {}, [("a", None, False)]),
        ({"a": None}, {"a": False}, [("a", False, None)]),
        ({"a": True}, {"a": 1}, [("a", 1, True)]),
        ({"a": 1}, {"a": True}, [("a", True, 1)]),
        ({"a": 0}, {}, [("a", None, 0)]),
        ({"a": 20}, {"a": 20.0}, []),
        ({"a": {}}, {}, []),
    ],
)
def test_only_what_is_wanted_is_compared(
    wanted: Json, there: Json, found: list[tuple[str, Json, Json]]
) -> None:
    assert list(differences(wanted, there)) == [Difference(*one) for one in found]


@given(OBJECTS, OBJECTS)
def test_what_was_written_over_it_differs_no_more(wanted: Json, there: Json) -> None:
    written = {**there, **deepcopy(wanted)}  # as Vapi does: whole top-level fields
    assert differences(wanted, written) == ()


@given(OBJECTS)
def test_an_object_says_nothing_besides_itself(said: Json) -> None:
    assert said_besides(said, deepcopy(said)) == ()


def test_what_is_said_besides_is_told_with_its_place() -> None:
    there = {"id": "1", "updatedAt": "…", "a": {"b": 1, "c": 2}, "d": [{"e": 1, "f": 2}], "g": ""}
    assert said_besides({"a": {"b": 1}, "d": [{"e": 1}]}, there) == ("a.c", "d.0.f")
