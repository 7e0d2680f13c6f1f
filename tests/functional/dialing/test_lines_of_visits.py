"""Lines of visits that nobody has freed: the tick asks, and whoever was faster stays right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.dialing.services.hold_visit_lines import holder_of
from contact_center.dialing.services.ledger_ports import CustomerChange
from contact_center.visits.adapters.visit_items import kept_of, visit_item, visit_key
from contact_center.visits.domain.visit_parts import Post, PostState
from contact_center.visits.domain.visits import Visit
from tests.functional.dialing.dialing_rig import NUMBER, DialingRig, now_ms, tick
from tests.vapi_scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.dialing.services.dialing_ports import LineLease
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

VISIT, POST = "v-CA1", "v-CA1.1"


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    account.secret("vapi-api-key", '{"key": "local-vapi-key"}')
    scene = Scene()
    with scene.webhook, scene.simulator() as vapi:
        made = DialingRig(account, vapi.url, vapi.account.phone_number["id"], monkeypatch)
        yield made
        made.close()


def lines_of(rig: DialingRig) -> DynamoDBLines:
    client, table = rig.account.client("dynamodb"), rig.account.dialing_table
    return DynamoDBLines(client, table, CALLING_ACCOUNT)


def left_over(rig: DialingRig, state: PostState) -> DynamoDBLines:
    """A caller who has hung up, whose line nobody has freed."""
    at_ms = now_ms() - 200_000
    visit = Visit(
        visit_id=VISIT,
        caller=NUMBER,
        began_ms=at_ms,
        ended_ms=at_ms + 1,
        posts={POST: Post(state=state, at_ms=at_ms, empty_looks=2)},
    )
    rig.account.client("dynamodb").put_item(
        TableName=rig.account.calls_table, Item=visit_item(visit, 1, 2**31)
    )
    lines = lines_of(rig)
    free = Customer(number=NUMBER)
    busy = free.came_in(holder_of(VISIT), now_ms() + 600_000, at_ms)
    lines.claim(holder_of(VISIT), POST, at_ms, 10, CustomerChange(before=free, after=busy))
    return lines


def test_an_order_of_which_there_is_no_call_is_given_up_and_its_line_freed(
    rig: DialingRig,
) -> None:
    lines = left_over(rig, PostState.UNKNOWN)

    assert tick(rig.start("reconciler"))["lines_freed"] == 0  # counted apart from attempts
    assert lines.held() == []
    item = rig.account.client("dynamodb").get_item(
        TableName=rig.account.calls_table, Key=visit_key(VISIT), ConsistentRead=True
    )["Item"]
    assert kept_of(item).visit.posts[POST].state is PostState.NOT_SENT


@dataclass
class Slow:
    """Whoever lists lines, and is overtaken by one who does not know whose the line is."""

    lines: DynamoDBLines

    def held(self) -> Sequence[LineLease]:
        found = self.lines.held()
        self.lines.leave(holder_of(VISIT), now_ms())
        return found


def test_a_line_that_was_freed_a_moment_before_is_not_freed_twice_and_he_is_not_busy(
    rig: DialingRig,
) -> None:
    lines = left_over(rig, PostState.OVER)
    reconciler = rig.start("reconciler")
    visits = replace(reconciler.PARTS.visits, leases=Slow(lines))
    setattr(reconciler, "PARTS", replace(reconciler.PARTS, visits=visits))  # noqa: B010 - a module's
    tick(reconciler)

    assert lines.held() == []
    count = rig.account.client("dynamodb").scan(TableName=rig.account.dialing_table)["Items"]
    assert [one["count"]["N"] for one in count if "count" in one] == ["0"]
    assert rig.ledger.customer(NUMBER).talks == ()
