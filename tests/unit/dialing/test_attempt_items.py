"""What an attempt and a customer are as items, and that nothing of them is lost on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.adapters.attempt_items import attempt_item, attempt_of
from contact_center.dialing.adapters.customer_items import customer_item, customer_of
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import DialRequest
from tests.unit.dialing.dialing_scene import NOW_MS, NUMBER, Scene

if TYPE_CHECKING:
    from contact_center.aws.dynamodb.items import Item

A_KILOBYTE = 1024
PLANNED = DialAttempt(
    request=DialRequest(
        attempt_id="0123456789abcdef0123456789abcdef01234567",
        number=NUMBER,
        prefix="+1212",
        purpose="marketing",
        assistant="sales",
        created_at_ms=1_800_000_000_000,
        expires_at_ms=1_800_000_600_000,
        campaign_id="0123456789abcdef01234567",
        contact_id="89abcdef0123456789abcdef",
        timezone="America/New_York",
        variables={"name": "Ann Example", "plan": "gold"},
    ),
    slot_at_ms=1_800_000_060_000,
    due_at_ms=1_800_000_090_000,
)
SETTLED = replace(
    PLANNED,
    state=AttemptState.SETTLED,
    posts=2,
    token="token",
    claimed_at_ms=1,
    lease_until_ms=2,
    call_id="call",
    counts_at_ms=3,
    ended_at_ms=4,
    disposition=Disposition.BUSY,
    reason="customer-busy",
    waiting_since_ms=5,
    next_allowed_at=datetime(2026, 7, 8, 12, tzinfo=UTC),
    empty_look_ups=1,
    failed_look_ups=2,
    not_before_ms=6,
    line=True,
    reported=True,
    cancelled=True,
    priced=True,
    failures=3,
    trouble="KeyError at somewhere",
    final=True,
    corrected=True,
    evidence={"consent": {"kind": "express_written"}},
    version=7,
)


def written(item: Item) -> dict[str, object]:
    said: dict[str, object] = json.loads(item["said"]["S"])
    return said


def test_an_attempt_comes_back_as_it_was() -> None:
    for attempt in (PLANNED, SETTLED):
        assert attempt_of(attempt_item(attempt, 0)) == attempt


def test_a_customer_comes_back_as_they_were() -> None:
    known = Customer(
        number=NUMBER,
        held_by="attempt",
        talks=(("call:1", 5),),
        came="visit:v-1",
        rung=(("attempt.1", 3),),
        conversation_at_ms=1,
        conversation_before_ms=2,
        refusal_at_ms=4,
        version=3,
    )
    for customer in (known, Customer(number=NUMBER, version=1)):
        assert customer_of(customer_item(customer, 0), NUMBER) == customer


def test_what_is_usual_of_an_attempt_is_not_paid_for() -> None:
    item = attempt_item(PLANNED, 0)
    assert size_of(item) < A_KILOBYTE  # what DynamoDB counts as one unit
    assert written(item).keys() == {"request", "state", "slot_at_ms", "due_at_ms"}
    assert item["waits_for"] == {"S": WaitsFor.SLOT.value}


def size_of(item: Item) -> int:
    """As DynamoDB counts it, to a few bytes."""
    return sum(len(name) + len(*value.values()) for name, value in item.items())


def test_why_it_was_let_ring_is_packed_so_that_no_write_of_it_costs_a_third_kilobyte() -> None:
    scene = Scene()
    scene.queue(variables={"name": "Ann Example", "plan": "gold"})
    scene.dial()
    scene.hear(
        ended=True, ended_reason="customer-ended-call", rang_at_ms=NOW_MS + 9_000, priced=True
    )
    told = scene.attempt
    assert told.evidence["rules"]
    item = attempt_item(told, 0)
    assert len(json.dumps(told.evidence)) > A_KILOBYTE
    assert size_of(item) < 2 * A_KILOBYTE
    assert attempt_of(item) == told


def test_what_an_earlier_release_cannot_read_is_of_a_later_version() -> None:
    assert attempt_item(PLANNED, 0)["version"] == {"N": "1"}
    assert attempt_item(SETTLED, 0)["version"] == {"N": "2"}
    with pytest.raises(UnreadableItemError):
        attempt_of(attempt_item(SETTLED, 0) | {"version": {"N": "3"}})


def test_the_evidence_that_an_earlier_release_wrote_is_read() -> None:
    item = attempt_item(replace(SETTLED, evidence={}), 0)
    assert "evidence" not in item
    item["said"] = {"S": json.dumps(written(item) | {"evidence": SETTLED.evidence})}
    assert attempt_of(item) == SETTLED


@pytest.mark.parametrize("packed", ["", "nothing that was packed", "b85,of:nobody", "c%1E4"])
def test_evidence_that_is_damaged_is_not_taken_for_none(packed: str) -> None:
    with pytest.raises(UnreadableItemError, match="evidence"):
        attempt_of(attempt_item(SETTLED, 0) | {"evidence": {"S": packed}})


def test_an_item_of_a_release_that_wrote_everything_is_read() -> None:
    item = attempt_item(PLANNED, 0)
    usual: dict[str, object] = {"posts": 0, "token": None, "evidence": {}, "line": False}
    item["said"] = {"S": json.dumps(usual | written(item))}
    assert attempt_of(item) == PLANNED
