"""call_outcomes.toml: what an owner is told when it is wrong, and what Vapi is sent of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.call_outcomes import structured_output
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.configuration.tables import ConfigError
from contact_center.configuration.toml import read_config
from contact_center.records.domain.deals import DealRule
from contact_center.records.domain.refusals import RefusalRule
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config

if TYPE_CHECKING:
    from pathlib import Path

NAME_RULE = "must be 1 to 40 lower-case letters, digits, - or _, beginning with a letter"
FILE = "call_outcomes.toml"
SUMMARY = '[questions.summary]\nask = "What?"\n'
ACHIEVED = '[questions.achieved]\nask = "Came to?"\nchoices = {good = "Good.", bad = "Bad."}\n'


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (ACHIEVED, "questions.summary is missing"),
        (SUMMARY, "questions.achieved is missing"),
        (SUMMARY + '[questions.achieved]\nask = "x"', "questions.achieved must have choices"),
        (
            ACHIEVED + '[questions.summary]\nask = "x"\nchoices = {a = "A", b = "B"}',
            "questions.summary must be a text, without choices",
        ),
        (SUMMARY + ACHIEVED + "[questions.more]", "questions.more.ask: is missing"),
        (
            SUMMARY + ACHIEVED + '[questions.more]\nask = "x"\nchoices = {one = "A"}',
            "questions.more: choices must be at least two, or none",
        ),
        (
            SUMMARY
            + ACHIEVED
            + '[questions.more]\nask = "x"\nchoices = {one = "A", not_said = "B"}',
            "questions.more: choices must not name not_said, which is always one",
        ),
        (
            ACHIEVED + '[questions.summary]\nask = "What?"\nmost_characters = 601',
            "questions.summary.most_characters: input should be less than or equal to 600",
        ),
        (
            SUMMARY + ACHIEVED.replace("choices", "most_characters = 40\nchoices"),
            "questions.achieved: most_characters is of texts, and choices are none",
        ),
        (
            SUMMARY + ACHIEVED + '[questions.More]\nask = "x"',
            f"questions.More.[key]: {NAME_RULE}",
        ),
        (
            SUMMARY + ACHIEVED + '[deal]\nwhen = {interest = ["high"]}',
            "deal.when.interest must be a question with choices",
        ),
        (
            SUMMARY + ACHIEVED + '[deal]\nwhen = {summary = ["high"]}',
            "deal.when.summary must be a question with choices",
        ),
        (
            SUMMARY + ACHIEVED + '[deal]\nwhen = {achieved = ["sold"]}',
            "deal.when.achieved: sold is none of its choices",
        ),
        (
            SUMMARY + ACHIEVED + '[refusal]\nwhen = {interest = ["none"]}',
            "refusal.when.interest must be a question with choices",
        ),
        (
            SUMMARY + ACHIEVED + '[refusal]\nwhen = {achieved = ["none"]}',
            "refusal.when.achieved: none is none of its choices",
        ),
        (
            SUMMARY + ACHIEVED + '[deal]\npipeline = "p-1"',
            "deal: pipeline and stage go together: name both, or none",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_rule(
    owner: OwnerFolder, text: str, mistake: str
) -> None:
    owner.write(FILE, text)

    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert list(caught.value.mistakes) == [f"{FILE}: {mistake}"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", None),
        ("[deal]", DealRule(when={})),
        (
            '[deal]\nwhen = {achieved = ["good"]}\npipeline = "p"\nstage = "s"',
            DealRule(when={"achieved": frozenset({"good"})}, pipeline="p", stage="s"),
        ),
    ],
)
def test_of_which_calls_there_are_deals_is_read_back_as_it_was_written(
    owner: OwnerFolder, text: str, rule: DealRule | None
) -> None:
    owner.write(FILE, SUMMARY + ACHIEVED + text)
    compiled = owner.path / "compiled.json"
    compiled.write_text(json.dumps(compile_config(owner.path)), encoding="utf-8")

    assert load_contact_center(compiled).deal_rule == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", None),
        (
            '[refusal]\nwhen = {achieved = ["good"]}',
            RefusalRule(when={"achieved": frozenset({"good"})}),
        ),
    ],
)
def test_which_answers_are_a_refusal_is_read_back_as_it_was_written(
    owner: OwnerFolder, text: str, rule: RefusalRule | None
) -> None:
    owner.write(FILE, SUMMARY + ACHIEVED + text)
    compiled = owner.path / "compiled.json"
    compiled.write_text(json.dumps(compile_config(owner.path)), encoding="utf-8")

    assert load_contact_center(compiled).refusal_rule == rule


def test_a_missing_file_is_named(owner: OwnerFolder) -> None:
    (owner.path / FILE).unlink()

    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert list(caught.value.mistakes) == [f"{FILE}: the file is missing"]


def test_vapi_is_asked_every_question_and_told_that_it_may_not_be_said(owner: OwnerFolder) -> None:
    owner.write(FILE, SUMMARY + ACHIEVED)

    schema = structured_output(read_config(owner.path).call_outcomes)["schema"]

    assert schema == {
        "type": "object",
        "properties": {
            "summary": {
                "type": "string",
                "description": "What? At most 200 characters. Say not_said when the call does not"
                " tell.",
            },
            "achieved": {
                "type": "string",
                "description": "Came to? good: Good. bad: Bad. Say not_said when the call does not"
                " tell.",
                "enum": ["good", "bad", "not_said"],
            },
        },
        "required": ["summary", "achieved"],
    }
