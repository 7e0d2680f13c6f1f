"""GET /api/figures through the handler: calls are recorded, the tick counts them, operators ask."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.settings import AwsSettings
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.figures.adapters.dynamodb_day_book import DynamoDBDayBook
from contact_center.figures.domain.day_book import Leaf
from contact_center.kernel.environment import Environment
from contact_center.kernel.system_clock import SystemClock
from contact_center.records.domain.costs import AWS_CALL_MICROS
from tests.fakes.clock import FakeClock
from tests.functional.figures.test_figures_api import queues_of, tick
from tests.functional.operator_api.operator_rig import (
    VIEWER,
    OperatorRig,
    start_operator_api,
)
from tests.unit.figures.figure_scene import BEGAN, DAY, facts_of
from tools.recount_figures import Where, book_made_anew, recounted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.figures.services.recount import Recounted
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

KEPT_DAYS = 3_650  # a day in the past, and the emulator forgets what has expired


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch, **queues_of(account))
    yield made
    made.close()


def record(
    api: OperatorRig,
    name: str,
    facts: int = 8,
    department: str = "billing",
    direction: str = "inbound",
) -> None:
    """A call is over, or more is told of it."""
    client, table = api.account.client("dynamodb"), api.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(BEGAN), KEPT_DAYS, lambda: "one")
    told, history = facts_of(name, direction=direction)[:facts], store.read(name)
    glance = CallGlance(destination=department, understood="billing", routed_ms=BEGAN + 9_000)
    new = told[len(history.facts) :]
    store.commit(history, merge_all(name, told), new, [], glance, count_at_ms=BEGAN)


def ask(api: OperatorRig, **said: str) -> dict[str, Any]:
    status, told = api.ask("GET", "/api/figures", token=VIEWER, **said)
    assert status == 200, told
    figures: dict[str, Any] = told
    return figures


def test_what_is_counted_is_told_with_what_it_is_made_of(api: OperatorRig) -> None:
    record(api, "a")
    record(api, "b", department="sales")
    assert tick(api) == 2
    told = ask(api, **{"from": DAY, "to": DAY, "group": "department"})
    assert [(one["at"], one["group"]) for one in told["buckets"]] == [
        (f"{DAY}T00:00:00Z", "billing"),
        (f"{DAY}T00:00:00Z", "sales"),
    ]
    total = told["total"]
    assert total["calls"] == total["contacts"] == 2
    assert total["intentAccuracy"] == {"value": 0.5, "numerator": 1, "denominator": 2}
    assert total["handleSeconds"] == {"value": 59.0, "numerator": 118.0, "denominator": 2}
    assert total["routingSeconds"]["value"] == 6.0
    assert total["costPerCallUsd"]["value"] == (120_000 + AWS_CALL_MICROS) / 1e6
    assert total["transferSuccess"] == {"value": None, "numerator": 0, "denominator": 0}
    assert told["buckets"][0]["figures"]["intentAccuracy"]["value"] == 1.0


def test_history_looks_through_as_many_calls_as_are_counted_for_its_days(api: OperatorRig) -> None:
    """That is how it says among how many it looks: both go by the day on which a call began."""
    for name, department, direction in (
        ("a", "billing", "inbound"),
        ("b", "sales", "outbound"),
        ("c", "none", "inbound"),
    ):
        record(api, name, department=department, direction=direction)
    tick(api)
    after = (date.fromisoformat(DAY) + timedelta(days=1)).isoformat()
    for first, last, calls in ((DAY, after, 3), (DAY, DAY, 3), (after, after, 0)):
        days = {"from": first, "to": last}
        status, found = api.ask("POST", "/api/calls/search", {**days, "direction": "inbound"})
        assert (status, found["nextCursor"]) == (200, None), found
        assert found["lookedAt"] == ask(api, **days)["total"]["calls"] == calls, days


def look_back_from_the_next_day(api: OperatorRig) -> None:
    """Hours are kept for four hundred days, and these calls are of one day for ever."""
    desk = api.app.PARTS.roll_ups()
    object.__setattr__(desk, "clock", FakeClock(BEGAN + 24 * 3_600_000))


def test_by_the_hour_and_late_is_not_twice(api: OperatorRig) -> None:
    look_back_from_the_next_day(api)
    record(api, "a")
    tick(api)
    record(api, "a", facts=10)
    tick(api)
    told = ask(api, **{"from": DAY, "to": DAY, "by": "hour"})
    [bucket] = told["buckets"]
    assert (bucket["at"], bucket["group"]) == (f"{DAY}T23:00:00Z", None)
    assert bucket["figures"]["calls"] == 1
    assert bucket["figures"]["costPerCallUsd"]["numerator"] == (129_500 + AWS_CALL_MICROS) / 1e6


def test_the_worst_second_is_of_the_account_whatever_is_grouped(api: OperatorRig) -> None:
    look_back_from_the_next_day(api)
    for name in ("a", "b"):
        record(api, name, direction="outbound")
    tick(api)
    told = ask(api, **{"from": DAY, "to": DAY, "by": "hour", "group": "campaign"})
    assert told["worstSeconds"] == [{"at": f"{DAY}T23:00:00Z", "account": 2, "prefix": 2}]
    assert ask(api, **{"from": DAY, "to": DAY})["worstSeconds"][0]["at"] == f"{DAY}T00:00:00Z"


def test_of_nothing_every_value_is_null(api: OperatorRig) -> None:
    told = ask(api)
    assert told["from"] == told["to"]
    assert (told["by"], told["group"], told["buckets"]) == ("day", "none", [])
    quotients = [one for one in told["total"].values() if isinstance(one, dict) and "value" in one]
    assert len(quotients) == 19
    by_the_hour = [one["value"] for one in quotients if one["denominator"]]
    assert by_the_hour == [0.0, 0.0]
    assert all(one["value"] is None for one in quotients if not one["denominator"])


def days_before_today(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()  # noqa: DTZ011 - far from today


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-08-21", "to": "2026-08-20"}, "to"),
        ({"from": "2026-01-01", "to": "2026-04-03"}, "to"),
        ({"from": "2026-08-01", "to": "2026-08-08", "by": "hour"}, "to"),
        ({"from": days_before_today(420), "to": days_before_today(419), "by": "hour"}, "from"),
        ({"by": "week"}, "by"),
        ({"group": "person"}, "group"),
    ],
)
def test_what_cannot_be_asked_is_named(api: OperatorRig, said: dict[str, str], field: str) -> None:
    status, told = api.ask("GET", "/api/figures", token=VIEWER, **said)
    assert (status, told["field"]) == (400, field)


def test_recounting_finds_what_is_wrong_and_puts_it_right(api: OperatorRig) -> None:
    record(api, "a")
    tick(api)
    assert recount(api).agrees
    spoilt = {"pk": {"S": f"FIGURES#{DAY[:7]}"}, "sk": {"S": f"DAY#{DAY[8:]}#billing#none"}}
    api.account.client("dynamodb").update_item(
        TableName=api.account.calls_table,
        Key=spoilt,
        UpdateExpression="ADD #calls :more",
        ExpressionAttributeNames={"#calls": "n.calls"},
        ExpressionAttributeValues={":more": {"N": "3"}},
    )
    assert recount(api).wrong == (f"{DAY} billing none",)
    assert recount(api, mend=True).corrected == 1
    assert recount(api).agrees
    assert ask(api, **{"from": DAY, "to": DAY})["total"]["calls"] == 1


def test_who_was_forgotten_stays_in_the_figures(api: OperatorRig) -> None:
    """Of a call that was erased what is counted is left, and recounting takes it as it is."""
    for name in ("a", "b"):
        record(api, name)
    tick(api)
    api.account.client("dynamodb").delete_item(
        TableName=api.account.calls_table, Key={"pk": {"S": "CALL#a"}, "sk": {"S": "RECORD"}}
    )
    found = recount(api, mend=True)
    assert (found.agrees, found.calls, found.corrected) == (True, 1, 0)
    assert ask(api, **{"from": DAY, "to": DAY})["total"]["calls"] == 2


def recount(api: OperatorRig, *, mend: bool = False) -> Recounted:
    day = date.fromisoformat(DAY)
    return recounted(where(api), day, day, mend=mend)


def test_with_what_is_wrong_the_day_book_is_made_anew(api: OperatorRig) -> None:
    """A day from before there was a book, whose calls are then found by it."""
    record(api, "one")
    connection = api.app.PARTS.search().calls._connection
    book = DynamoDBDayBook(connection, api.account.calls_table, KEPT_DAYS)
    now_ms = SystemClock().now_ms()
    assert book.write([Leaf(since_ms=now_ms, until_ms=now_ms)])
    day = date.fromisoformat(DAY)
    assert book_made_anew(where(api), day, day) == 1
    assert book_made_anew(where(api), day, day) == 0
    leaf = book.at(BEGAN)
    assert leaf is not None
    assert [one.call for one in leaf.within] == ["CALL#one"]
    asked = {"from": DAY, "to": DAY, "direction": "inbound"}
    status, told = api.ask("POST", "/api/calls/search", asked)
    assert (status, [one["id"] for one in told["calls"]]) == (200, ["one"])


def where(api: OperatorRig) -> Where:
    account = api.account
    return Where(
        aws=AwsSettings.read(Environment(account.environment)),
        calls_table=account.calls_table,
        dialing_table=account.dialing_table,
        retention_days=KEPT_DAYS,
    )
