"""The policy's constants: read strictly, and as the tutorial and the design have them."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import Any, cast

import pytest

from contact_center.conversations.domain.policy import Policy, PolicyError, Texts
from tests.unit.conversations.histories import POLICY, POLICY_FILE, policy_values

TEXTS = ("texts", "simplified_texts")


def test_the_constants_of_the_tutorial_and_the_design() -> None:
    assert POLICY.max_clarifications == 2
    assert POLICY.noise_ms == 200
    assert POLICY.same_barge_in_ms == 1000
    assert (POLICY.rapid_ms, POLICY.rapid_count) == (500, 3)
    assert (POLICY.counted_gap_ms, POLICY.interruptions_to_person) == (3000, 3)


def test_changing_a_mind_takes_more_than_making_it_up() -> None:
    assert POLICY.route_confidence < POLICY.reroute_confidence < POLICY.partial_confidence


def test_every_constant_is_explained_in_the_file() -> None:
    lines = POLICY_FILE.read_text(encoding="utf-8").splitlines()
    unexplained = [
        line.split(" = ")[0]
        for before, line in pairwise(lines)
        if line.split(" = ")[0] in {field.name for field in fields(Policy)}
        and not before.startswith("#")
    ]

    assert unexplained == []


def test_what_is_read_is_what_is_written() -> None:
    assert Policy.from_dict(policy_values()) == POLICY
    assert len(POLICY.texts.clarify) == 2


@pytest.mark.parametrize("name", [field.name for field in fields(Policy)])
def test_a_missing_constant_is_named_with_what_it_must_be(name: str) -> None:
    values = policy_values()
    del values[name]

    with pytest.raises(PolicyError, match=f"^policy: {name} is missing \\(a.*\\)$"):
        Policy.from_dict(values)


@pytest.mark.parametrize("table", TEXTS)
@pytest.mark.parametrize("name", [field.name for field in fields(Texts)])
def test_a_missing_text_is_named_with_what_it_must_be(table: str, name: str) -> None:
    values: Any = policy_values()
    del values[table][name]

    with pytest.raises(PolicyError, match=f"^policy: {table}.{name} is missing \\(a"):
        Policy.from_dict(values)


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(PolicyError, match="policy: max_retries is not known; the keys are route_"):
        Policy.from_dict(policy_values() | {"max_retries": 2})

    texts = cast("dict[str, object]", policy_values()["texts"]) | {"greeting": "Hi"}
    with pytest.raises(PolicyError, match=r"policy: texts\.greeting is not known"):
        Policy.from_dict(policy_values() | {"texts": texts})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("route_confidence", 1.01, "must be a number from 0 to 1, not float 1.01"),
        ("route_confidence", -0.1, "must be a number from 0 to 1, not float -0.1"),
        ("partial_confidence", "high", "must be a number from 0 to 1, not str 'high'"),
        ("reroute_confidence", True, "must be a number from 0 to 1, not bool True"),
        ("noise_ms", 0.2, "must be a whole number of milliseconds, 0 or more, not float 0.2"),
        ("rapid_ms", -1, "must be a whole number of milliseconds, 0 or more, not int -1"),
        ("counted_gap_ms", True, "must be a whole number of milliseconds, 0 or more, not bool"),
        ("max_clarifications", -1, "must be a whole number, 0 or more, not int -1"),
        ("rapid_count", 0, "must be a whole number, 1 or more, not int 0"),
        ("interruptions_to_person", "3", "must be a whole number, 1 or more, not str '3'"),
        ("simplify_instruction", " ", "must be a text without placeholders, not str ' '"),
        ("simplify_instruction", 5, "must be a text without placeholders, not int 5"),
        ("texts", "hello", "must be a table with route, default, person, nobody_free"),
    ],
)
def test_a_wrong_constant_is_named_with_what_it_must_be(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.from_dict(policy_values() | {name: value})

    assert str(raised.value).startswith(f"policy: {name} {message}")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("route", "To {team}.", "texts.route must be a text whose only placeholder is {depart"),
        ("route", "To {}.", "texts.route must be a text whose only"),
        ("default", "To {department", "texts.default must be a text whose only"),
        ("route", "To {department.key}.", "texts.route must be a text whose only"),
        ("route", "To {department!r:>{width}}.", "texts.route must be a text whose only"),
        ("person", "{department}", "texts.person must be a text without placeholders"),
        ("clarify", "Which?", "texts.clarify must be a list of texts whose only"),
        ("clarify", ["Which?", ""], "texts.clarify[1] must be a list of texts whose only"),
        ("clarify", ["Which?"], "texts.clarify must hold at least max_clarifications (2)"),
    ],
)
def test_a_wrong_text_is_named(name: str, value: object, message: str) -> None:
    values: Any = policy_values()
    values["texts"][name] = value

    with pytest.raises(PolicyError) as raised:
        Policy.from_dict(values)

    assert str(raised.value).startswith(f"policy: {message}")


@pytest.mark.parametrize("key", ["ask_person", "ask_person_or"])
def test_a_question_that_may_be_left_out_is_left_out_of_both_modes_or_none(key: str) -> None:
    values: Any = policy_values()
    values["texts"][key] = ""

    with pytest.raises(PolicyError, match=f"texts.{key} and simplified_texts.{key} are both"):
        Policy.from_dict(values)

    values["simplified_texts"][key] = ""
    assert getattr(Policy.from_dict(values).texts, key) == ""


def test_whole_numbers_are_confidences_too() -> None:
    assert Policy.from_dict(policy_values() | {"route_confidence": 0}).route_confidence == 0.0
