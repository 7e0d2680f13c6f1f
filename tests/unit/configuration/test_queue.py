"""[queue] of policy.toml: what an owner is told when it is wrong, and what is read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import (
    CompiledConfigError,
    load_contact_center,
)
from contact_center.configuration.tables import ConfigError
from contact_center.queue.domain.queue_rules import QueueMusic
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.visits.domain.opening_hours import WhenClosed
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

SALES = """
[queue.departments.sales]
weight = 3
longest_wait_minutes = 5
[queue.departments.sales.too_long]
action = "number"
number = "+14155550100"
say = "{{companyName}} puts you through."
[queue.music]
url = "https://www.example.com/waiting.mp3"
seconds = 15
"""


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("weight = 1", "weight = 17", "queue.weight: input should be less than or equal to 16"),
        ("weight = 1", "wait = 1", "queue.weight: is missing"),
        (
            "ring_at_once = 1",
            "ring_at_once = 11",
            "queue.ring_at_once: input should be less than or equal to 10",
        ),
        (
            "ring_at_once = 1",
            "ring_at_once = 0",
            "queue.ring_at_once: input should be greater than or equal to 1",
        ),
        ("weight = 1", "weight = 1\nwait = 1", "queue.wait: is not a key of this table"),
        ('next = "You', 'next = "{place} You', "queue.texts.next: may name no placeholder"),
        ("{place} in", "9 in", "queue.texts.place: must name {place}"),
        (
            "between {low} and",
            "{low}, {least} and",
            "queue.texts.wait: may name no placeholder but {low} and {high}",
        ),
        (
            'action = "message"',
            'action = "number"',
            'queue.full: number and action = "number" go together',
        ),
        (
            'say = "I am sorry, too',
            'say = "{{agentName}}, too',
            (
                "queue.full.say: {{agentName}} is not known here; companyName, departmentNames,"
                " hours are"
            ),
        ),
        ("[queue]\n", "[queues]\n", "queue must be a table"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_rule(
    owner: OwnerFolder, old: str, new: str, line: str
) -> None:
    path = owner.path / "policy.toml"
    before, header, queue = path.read_text(encoding="utf-8").partition("# --- Waiting in a")
    assert old in queue
    if new.startswith("[queues]"):
        queue = queue.replace("[queue", "[queues")
    path.write_text(before + header + queue.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert f"policy.toml: {line}" in caught.value.mistakes


def test_a_department_may_have_a_ring_group_of_its_own(owner: OwnerFolder) -> None:
    owner.append("policy.toml", "[queue.departments.sales]\nring_at_once = 3\n")
    assert main(["--config", str(owner.path)]) == 0
    rules = load_contact_center(owner.compiled).queue_rules
    assert (rules.of("sales").ring_at_once, rules.of("billing").ring_at_once) == (3, 1)
    path = owner.path / "policy.toml"
    text = path.read_text(encoding="utf-8").replace("ring_at_once = 1\n", "", 1)
    path.write_text(text, encoding="utf-8")  # of a release before there were any
    assert main(["--config", str(owner.path)]) == 0
    rules = load_contact_center(owner.compiled).queue_rules
    assert (rules.of("sales").ring_at_once, rules.of("billing").ring_at_once) == (3, 1)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (
            "[queue.departments.sails]\nweight = 2\n",
            (
                "queue.departments.sails: no department has that key; there are billing,"
                " retention, sales, support"
            ),
        ),
        (
            "[queue.departments.sales]\n",
            "queue.departments.sales: says nothing; leave it out",
        ),
        (
            '[queue.music]\nurl = "https://x.example/m.mp3"\nseconds = 21\n',
            "queue.music.seconds: input should be less than or equal to 20",
        ),
    ],
)
def test_a_mistake_of_a_part_is_told_too(owner: OwnerFolder, table: str, line: str) -> None:
    owner.append("policy.toml", table)
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert caught.value.mistakes == (f"policy.toml: {line}",)


def test_what_is_different_for_a_department_and_what_is_not(owner: OwnerFolder) -> None:
    owner.append("policy.toml", SALES)
    assert main(["--config", str(owner.path)]) == 0
    rules = load_contact_center(owner.compiled).queue_rules
    sales, support = rules.of("sales"), rules.of("support")
    assert (sales.weight, sales.longest_ms, sales.most) == (3, 300_000, 50)
    assert (support.weight, support.longest_ms) == (1, 1_200_000)
    assert rules.sharing(("sales", "support")).weights == {"sales": 3, "support": 1}
    assert (rules.patience_ms, rules.recent_ms) == (300_000, 10_800_000)
    assert sales.instead(LeftBecause.TOO_LONG).say == "Acme puts you through."
    assert sales.instead(LeftBecause.FAILED).action is WhenClosed.NUMBER
    assert sales.instead(None) == support.full
    assert sales.instead(LeftBecause.NOBODY) == support.nobody
    assert rules.music == QueueMusic(url="https://www.example.com/waiting.mp3", seconds=15)


def test_a_compiled_file_without_queues_says_what_to_run(owner: OwnerFolder) -> None:
    assert main(["--config", str(owner.path)]) == 0
    text = owner.compiled.read_text(encoding="utf-8")
    owner.compiled.write_text(text.replace('"patience_seconds"', '"patience"'), encoding="utf-8")
    with pytest.raises(CompiledConfigError, match=r"queue: .* run make config"):
        _ = load_contact_center(owner.compiled).queue_rules
