"""A fact as an item: what is usual in it is left out, and read back as it was."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.items import dumps
from contact_center.conversations.adapters.fact_items import fact_item, fact_of
from tests.unit.conversations.histories import History
from tests.unit.conversations.real_calls import CALLS

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact

FACTS = [fact for call in CALLS.values() for fact in call().ends().facts]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.key)
def test_a_fact_is_read_as_it_was_whether_what_is_usual_was_left_out_or_not(fact: Fact) -> None:
    item = fact_item(fact, 1)

    assert fact_of(item) == fact
    assert fact_of(item | {"said": {"S": dumps(asdict(fact))}}) == fact  # by an earlier release
    assert len(item["said"]["S"]) <= len(dumps(asdict(fact)))


def test_a_turn_has_no_more_than_what_is_its_own() -> None:
    (said,) = History().assistant_says("Let me look.").facts

    told = json.loads(fact_item(said, 1)["said"]["S"])

    assert set(told) == {"call_id", "at_ms", "key", "role", "text", "final"}
