"""GET /api/metrics and GET /api/queue, through the handler, on the emulator."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen, StatusChanged
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.figures.adapters.dynamodb_counts import DynamoDBCountBook
from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
from contact_center.figures.services import read_figures
from contact_center.figures.services.count_due import CountParts, count_due
from contact_center.kernel.time_left import always
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.domain.waiting import Entered, Offered
from contact_center.queue.domain.waiting import WaitsFor as WaitsForWhat
from contact_center.queue.domain.waiting_steps import after
from contact_center.queue.services.queue_ports import QueueChange
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.functional.dialing.dialing_rig import NUMBER, now_ms
from tests.functional.operator_api.operator_rig import (
    OPERATOR,
    VIEWER,
    OperatorRig,
    start_operator_api,
)
from tests.log_lines import but_instants
from tests.unit.figures.test_count_calls import BEGAN_MS, facts_of_a_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

DAY = "2026-08-20"
WAITERS = [
    ("v-CA5ef8732a3c49700934481addd5ce1659", "sales"),
    ("v-CA0123456789012345678901234567890a", "sales"),
    ("v-CA00000000000000000000000000000003", "billing"),
]
KEPT_DAYS = 3_650  # a day in the past, and the emulator forgets what has expired
NOBODY = dict.fromkeys(WaitsFor, 0)
AGREED = {"kind": "express_written", "at": "2026-06-01T10:00:00-04:00", "source": "web form"}


def queues_of(account: Account) -> dict[str, str]:
    """The queues' URLs as the template gives them to the function."""
    urls = {
        "CALL_EVENTS": account.call_events_queue,
        "DIAL_JOBS": account.dial_jobs_queue,
        "LIST_JOBS": account.list_jobs_queue,
        "RECEPTION_JOBS": account.reception_jobs_queue,
        "EFFECTS": account.effects_queue,
    }
    return {
        **{f"{name}_QUEUE_URL": url for name, url in urls.items()},
        **{f"{name}_DEAD_QUEUE_URL": f"{url}-dead" for name, url in urls.items()},
        "CALL_LINES": "10",
        "LINES_KEPT_FOR_INBOUND": "2",
    }


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch, **queues_of(account))
    yield made
    made.app.PARTS.figures().queues.close()
    made.close()


def write(
    api: OperatorRig,
    *calls: dict[str, Any],
    destination: str | None = "billing",
    called: str = "call",
) -> None:
    client, table = api.account.client("dynamodb"), api.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(BEGAN_MS), KEPT_DAYS, lambda: "one")
    for number, said in enumerate(calls):
        name = f"{called}-{number}-{said.get('direction')}"
        facts = facts_of_a_call(name, **said)
        glance = CallGlance(destination=destination, interruptions=1)
        record = merge_all(name, facts)
        count_at_ms = BEGAN_MS if record.ended else None
        store.commit(store.read(name), record, facts, [], glance, count_at_ms=count_at_ms)


def test_the_figures_of_a_day(api: OperatorRig) -> None:
    write(api, {"direction": "inbound"}, {"direction": "outbound", "cost": None})
    status, told = api.ask("GET", "/api/metrics", token=VIEWER, day=DAY)
    assert (status, told["day"]) == (200, DAY)
    calls = told["calls"]
    assert (calls["counted"], calls["complete"], calls["live"]) == (2, True, 0)
    assert calls["byStatus"] == {"ended": 2}
    assert calls["byDepartment"] == {"billing": 2}
    assert calls["inbound"]["timeToAnswer"]["meanSeconds"] == 2.0
    assert calls["interruptions"] == 2
    assert calls["spend"] == {"usd": 0.12, "pricedCalls": 1, "unpricedCalls": 1}


def test_without_a_day_it_is_today_and_nothing_is_nothing(api: OperatorRig) -> None:
    _, told = api.ask("GET", "/api/metrics", token=VIEWER)
    assert told["at"].startswith(told["day"])
    assert (told["calls"]["counted"], told["calls"]["complete"]) == (0, True)


def test_of_very_many_that_nobody_has_counted_some_are_missing_and_it_says_so(
    api: OperatorRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_figures, "MOST_WAITING", 3)
    write(api, *({"direction": "inbound"} for _ in range(3)))
    write(api, *({"direction": "outbound"} for _ in range(3)))
    calls = api.ask("GET", "/api/metrics", token=VIEWER, day=DAY)[1]["calls"]
    assert (calls["counted"], calls["complete"]) == (3, False)


def test_counting_changes_nothing_of_what_is_told(api: OperatorRig) -> None:
    def told() -> Any:
        return api.ask("GET", "/api/metrics", token=VIEWER, day=DAY)[1]["calls"]

    write(api, {"direction": "inbound"}, {"direction": "outbound", "cost": None})
    write(api, {"direction": "unknown", "ended_ms": 45_678}, destination=None)
    before = told()
    assert tick(api) == 3
    assert told() == before
    assert (before["counted"], before["complete"]) == (3, True)
    assert before["talk"]["longestSeconds"] == 60.0


def test_what_is_under_way_is_told_and_not_counted(api: OperatorRig) -> None:
    client, table, at_ms = api.account.client("dynamodb"), api.account.calls_table, now_ms()
    store = DynamoDBCalls(client, table, FakeClock(at_ms), KEPT_DAYS, lambda: "one")
    facts = [
        StatusChanged(call_id="live", at_ms=at_ms, key="s1", status="in-progress"),
        CallSeen(call_id="live", at_ms=at_ms, key="c1", direction="inbound", created_at_ms=at_ms),
    ]
    store.commit(store.read("live"), merge_all("live", facts), facts, [], CallGlance())
    calls = api.ask("GET", "/api/metrics", token=VIEWER)[1]["calls"]
    assert (calls["counted"], calls["live"], calls["byStatus"]) == (1, 1, {"in-progress": 1})
    assert tick(api) == 0


def tick(api: OperatorRig) -> int:
    client, clock = api.account.client("dynamodb"), FakeClock(BEGAN_MS + 60_000)
    book = DynamoDBCountBook(client, api.account.calls_table, clock, KEPT_DAYS)
    parts = CountParts(
        book=book,
        dials=DynamoDBDials(client, api.account.calls_table),
        offers_of=lambda _: [],
        clock=clock,
        metrics=CountedMetrics(),
    )
    return count_due(parts, always)


def test_a_day_that_is_none_is_named(api: OperatorRig) -> None:
    for day in ("yesterday", "2026-13-01", "2026-8-1"):
        status, told = api.ask("GET", "/api/metrics", token=VIEWER, day=day)
        assert (status, told["field"]) == (400, "day")


def test_what_waits_at_the_moment(api: OperatorRig) -> None:
    client = api.account.client("sqs")
    for _ in range(2):
        client.send_message(QueueUrl=api.account.call_events_queue, MessageBody="x")
    client.send_message(QueueUrl=f"{api.account.dial_jobs_queue}-dead", MessageBody="x")
    api.trigger(customer={"phone": NUMBER}, consent=AGREED)
    lines = DynamoDBLines(
        api.account.client("dynamodb"), api.account.dialing_table, CALLING_ACCOUNT
    )
    lines.admit("call:a", now_ms())
    lines.admit("a-post.1", now_ms())
    status, told = api.ask("GET", "/api/queue", token=VIEWER)
    assert status == 200
    depths = {queue.pop("name"): queue for queue in told["queues"]}
    assert list(depths) == ["call-events", "dial-jobs", "list-jobs", "reception-jobs", "effects"]
    assert depths["call-events"] == {"waiting": 2, "delayed": 0, "inFlight": 0, "dead": 0}
    assert depths["dial-jobs"] == {"waiting": 1, "delayed": 0, "inFlight": 0, "dead": 1}
    dialing = told["dialing"]
    assert dialing["lines"] == {
        "inUse": 2,
        "byDials": 1,
        "byOtherCalls": 1,
        "of": 10,
        "keptForInbound": 2,
    }
    oldest = dialing["openAttempts"].pop("oldestDueAt")
    assert oldest > told["at"]
    assert dialing["openAttempts"].pop("waitsFor") == NOBODY | {"slot": 1}
    assert dialing["openAttempts"] == {"counted": 1, "complete": True, "overdue": 0}
    assert dialing["stopped"] is False
    assert api.ask("GET", "/api/metrics", token=VIEWER)[1]["dialing"] == told["dialing"] | {
        "openAttempts": dialing["openAttempts"]
        | {"oldestDueAt": oldest, "waitsFor": NOBODY | {"slot": 1}}
    }


def test_callers_who_wait_with_place_department_since_and_told(api: OperatorRig) -> None:
    connection, table = api.account.lean(), api.account.dialing_table
    queue = DynamoDBQueue(
        connection, table, LineWrites(table, CALLING_ACCOUNT), FakeClock(BEGAN_MS)
    )
    for number, (visit_id, department) in enumerate(WAITERS):
        entry = after(
            None,
            Entered(
                visit_id=visit_id,
                department=department,
                waits_for=WaitsForWhat.PERSON,
                leg="CA1",
                number=NUMBER,
                place_ms=BEGAN_MS + 1_000 * number,
                at_ms=BEGAN_MS,
                due_at_ms=BEGAN_MS,
            ),
        )
        assert entry is not None
        stored = queue.commit(QueueChange(before=None, after=entry))
    offered = after(stored, Offered("o1", "ann", BEGAN_MS))
    assert offered is not None
    queue.commit(QueueChange(before=stored, after=offered))
    waiting = api.ask("GET", "/api/queue")[1]["waiting"]
    assert waiting["complete"] is True
    assert waiting["callers"][1] == {
        "visitId": WAITERS[1][0],
        "department": "sales",
        "waitsFor": "person",
        "place": 2,
        "since": "2026-08-20T23:00:01.000Z",
        "told": None,
        "offered": False,
        "offeredTo": None,
        "number": NUMBER,
    }
    shown = [(one["department"], one["place"], one["offeredTo"]) for one in waiting["callers"]]
    assert shown == [("sales", 1, None), ("sales", 2, None), ("billing", 1, "ann")]
    assert [one["offered"] for one in waiting["callers"]] == [False, False, True]
    seen = api.ask("GET", "/api/queue", token=VIEWER)[1]["waiting"]["callers"]
    assert [one["visitId"] for one in seen] == [one["visitId"] for one in waiting["callers"]]
    assert NUMBER not in str(seen)


def test_people_with_their_states_are_seen_beside_those_who_wait(api: OperatorRig) -> None:
    api.ask("PUT", "/api/people/ada", {"state": "ready"})
    api.ask("PUT", "/api/people/ben", {"state": "ready"})
    api.ask("PUT", "/api/people/ben", {"state": "away", "reason": "lunch"})
    people = api.ask("GET", "/api/queue", token=VIEWER)[1]["people"]
    assert [(one["id"], one["state"], one["reason"]) for one in people["people"]] == [
        ("ada", "ready", None),
        ("ben", "away", "lunch"),
    ]
    assert people["unreadable"] == []
    assert [one["number"] for one in people["people"]] == ["+1415•••0120", "+1415•••0121"]


def test_a_stopped_switch_is_seen(api: OperatorRig) -> None:
    api.ask("POST", "/api/dialing/stop")
    assert api.ask("GET", "/api/queue", token=VIEWER)[1]["dialing"]["stopped"] is True


@pytest.mark.parametrize("path", ["/api/metrics", "/api/queue"])
def test_figures_take_a_viewer_and_show_no_number(api: OperatorRig, path: str) -> None:
    assert api.ask("GET", path, token=None)[0] == 401
    api.trigger(customer={"phone": NUMBER}, consent=AGREED)
    told = api.ask("GET", path, token=OPERATOR)
    assert told[0] == 200
    assert "0123" not in but_instants(str(told))


UNIT_BYTES = 4_096  # read consistently it is one unit, else a half


def test_the_figures_of_a_day_take_fifty_read_units_however_much_is_going_on(
    api: OperatorRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted by what comes back, in JSON, which is longer than what DynamoDB weighs."""
    for number in range(40):  # of every hour, department and campaign some
        write(api, *({"direction": way} for way in ("inbound", "outbound")), called=f"day-{number}")
    tick(api)
    monkeypatch.setattr(read_figures, "FORGOTTEN_MS", 10**11)  # they began on a day of the past
    going_on = read_figures.MOST_WAITING + read_figures.MOST_UNDER_WAY
    for number in range(going_on):
        write(api, {"direction": "inbound"}, called=f"now-{number}")
        write(api, {"direction": "inbound", "ended_ms": None}, called=f"live-{number}")
    units: list[float] = []

    def weigh(operation: str, parsed: Any) -> None:
        if operation in {"Query", "GetItem"}:
            told = parsed.get("Items", [parsed["Item"]] if "Item" in parsed else [])
            units.append(max(1, -(-len(json.dumps(told)) // UNIT_BYTES)))

    api.ask("GET", "/api/metrics", token=VIEWER, day=DAY)
    with answers_of(api, weigh):
        _, told = api.ask("GET", "/api/metrics", token=VIEWER, day=DAY)
    assert told["calls"]["live"] > 0
    assert len(units) > 3
    assert sum(units) <= 50


@contextmanager
def answers_of(api: OperatorRig, note: Callable[[str, Any], None]) -> Iterator[None]:
    """Watch what the figures' desk asks, by both its ways to AWS, and what it is answered."""
    figures = api.app.PARTS.figures()
    connection = figures.calls._connection
    call = connection.call

    def watched(target: str, *rest: Any) -> Any:
        answer = call(target, *rest)
        note(target.rpartition(".")[2], answer)
        return answer

    def heard(parsed: Any, model: Any, **_: Any) -> None:
        note(model.name, parsed)

    clients = [one for one in (figures.roll_ups._client, figures.queues._client) if one is not None]
    connection.call = watched
    for client in clients:
        client.meta.events.register("after-call", heard)
    yield
    connection.call = call
    for client in clients:
        client.meta.events.unregister("after-call", heard)


@pytest.mark.parametrize("path", ["/api/metrics", "/api/queue"])
def test_a_price_that_does_not_grow(api: OperatorRig, path: str) -> None:
    """Queries, reads by key and attributes of queues: never a scan, few of each."""
    asked: list[str] = []
    api.ask("GET", path, token=VIEWER)  # tokens and clients are there
    with answers_of(api, lambda operation, _: asked.append(operation)):
        api.ask("GET", path, token=VIEWER)
    assert set(asked) <= {"Query", "GetItem", "BatchGetItem", "GetQueueAttributes"}
    assert len(asked) <= 26


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ("CALLS_TABLE", "/api/metrics"),
        ("DIALING_TABLE", "/api/metrics"),
        ("DIALING_TABLE", "/api/queue"),
        ("DIAL_JOBS_DEAD_QUEUE_URL", "/api/queue"),
    ],
)
def test_what_does_not_answer_is_a_503(
    account: Account, monkeypatch: pytest.MonkeyPatch, broken: str, path: str
) -> None:
    absent = f"{account.endpoint_url}/{account.number}/absent" if "URL" in broken else "absent"
    api = start_operator_api(account, monkeypatch, **queues_of(account) | {broken: absent})
    status, told = api.ask("GET", path, token=VIEWER)
    assert (status, told["title"]) == (503, "Service Unavailable")
    api.app.PARTS.figures().queues.close()
    api.close()
