"""Lines of calls that are none of ours: counted in once and out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    CustomerChange,
)
from tests.contract.dialing.ledger_world import (
    CAMPAIGN,
    NOW_MS,
    NUMBER,
    World,
    claim_change,
    ready,
)

if TYPE_CHECKING:
    from tests.emulator import Account


def test_a_call_is_counted_in_once_and_out_once(world: World) -> None:
    assert world.lines.admit("call:a", NOW_MS)
    assert not world.lines.admit("call:a", NOW_MS + 1)
    assert [(one.holder, one.taken_at_ms) for one in world.lines.held()] == [("call:a", NOW_MS)]
    assert world.lines.leave("call:a", NOW_MS + 2)
    assert not world.lines.leave("call:a", NOW_MS + 3)
    assert world.lines.held() == []


def test_a_beginning_that_is_told_after_the_end_takes_no_line(world: World) -> None:
    assert not world.lines.leave("call:a", NOW_MS)
    assert not world.lines.admit("call:a", NOW_MS + 1)
    assert world.lines.held() == []


def test_a_beginning_that_is_told_again_after_the_end_takes_no_line(world: World) -> None:
    assert world.lines.admit("call:a", NOW_MS)
    assert world.lines.leave("call:a", NOW_MS + 1)

    assert not world.lines.admit("call:a", NOW_MS + 2)
    assert world.lines.held() == []


def talking(world: World, holder: str = "call:a", until_ms: int = NOW_MS + 1_000) -> CustomerChange:
    known = world.ledger.customer(NUMBER)
    return CustomerChange(before=known, after=known.talking(holder, until_ms, NOW_MS))


def test_who_is_in_a_call_is_busy_from_the_transaction_that_counts_it_in(world: World) -> None:
    assert world.lines.admit("call:a", NOW_MS, talking(world))

    known = world.ledger.customer(NUMBER)
    assert known.talks == (("call:a", NOW_MS + 1_000),)
    assert known.busy_at(NOW_MS)
    [lease] = world.lines.held()
    assert lease.number == NUMBER

    gone = CustomerChange(before=known, after=known.hung_up("call:a"))
    assert world.lines.leave("call:a", NOW_MS + 5, gone)
    assert not world.ledger.customer(NUMBER).busy_at(NOW_MS)
    assert world.ledger.customer(NUMBER).version == 2


def test_a_customer_who_has_changed_meanwhile_is_read_again(world: World) -> None:
    stale = talking(world)
    assert world.lines.admit("call:b", NOW_MS, talking(world, "call:b"))

    with pytest.raises(ConditionLostError):
        world.lines.admit("call:a", NOW_MS, stale)
    assert [lease.holder for lease in world.lines.held()] == ["call:b"]
    with pytest.raises(ConditionLostError):
        world.lines.leave("call:b", NOW_MS, stale)
    assert [lease.holder for lease in world.lines.held()] == ["call:b"]

    assert world.lines.admit("call:a", NOW_MS, talking(world))
    assert {one for one, _ in world.ledger.customer(NUMBER).talks} == {"call:a", "call:b"}


def test_a_call_that_was_over_makes_nobody_busy(world: World) -> None:
    assert not world.lines.leave("call:a", NOW_MS)

    assert not world.lines.admit("call:a", NOW_MS + 1, talking(world))
    assert world.ledger.customer(NUMBER) == Customer(number=NUMBER)


def test_a_claim_that_was_judged_before_the_customer_rang_us_is_lost(world: World) -> None:
    attempt = ready(world)
    judged = world.ledger.circumstances(NUMBER, CAMPAIGN)
    assert world.lines.admit("call:a", NOW_MS, talking(world))

    with pytest.raises(ConditionLostError) as caught:
        world.ledger.commit(claim_change(attempt, judged, "token"))

    assert caught.value.lost == {"customer"}


@pytest.mark.emulator
def test_that_a_call_has_left_is_told_again_for_one_read(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A status and a report both tell it, of nearly every call."""
    lines = DynamoDBLines(account.client("dynamodb"), account.dialing_table, CALLING_ACCOUNT)
    lines.admit("call:a", NOW_MS)
    assert lines.leave("call:a", NOW_MS + 1)
    monkeypatch.setattr(lines, "_transact", None)  # nothing more is written

    assert not lines.leave("call:a", NOW_MS + 2)
    with pytest.raises(TypeError):
        lines.leave("call:b", NOW_MS + 2)
