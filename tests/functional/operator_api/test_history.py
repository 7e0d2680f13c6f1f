"""Past calls are found by what is known of them, a few requests at a time; limits are shown."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import (
    CallEnded,
    CallSeen,
    Corrected,
    MeetingBooked,
    UtteranceHeard,
)
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.dialing.domain.pacing import PacedCall, SlotRequest
from contact_center.figures.adapters.dynamodb_day_book import DynamoDBBookedCalls, DynamoDBDayBook
from contact_center.figures.domain.day_book import Entry, Traits, begun
from tests.fakes.clock import FakeClock
from tests.functional.operator_api.operator_rig import VIEWER, OperatorRig, start_operator_api
from tools import corrected_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

DAY_MS = 86_400_000
NOON_MS = 1_787_227_200_000  # 2026-08-20T12:00:00Z
ADAS, BENS = "+12125550143", "+12125550144"
DAYS = {"from": "2026-08-18", "to": "2026-08-20"}


@pytest.fixture
def api(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorRig]:
    made = start_operator_api(account, monkeypatch)
    yield made
    made.close()


def write(  # noqa: PLR0913 - what calls differ by
    api: OperatorRig,
    call_id: str,
    at_ms: int,
    number: str = ADAS,
    *,
    reason: str = "customer-ended-call",
    department: str = "billing",
    meeting: bool = False,
    **seen: Any,
) -> None:
    at: dict[str, Any] = {"call_id": call_id, "at_ms": at_ms}
    known: dict[str, Any] = {"direction": "inbound", "customer_number": number}
    known |= {"created_at_ms": at_ms} | seen
    facts = [
        CallSeen(**at, key="s", **known),
        CallEnded(**at, key="e", ended_reason=reason),
        *([MeetingBooked(**at, key="m", starts_at_ms=1, ends_at_ms=2)] if meeting else ()),
    ]
    client, table = api.account.client("dynamodb"), api.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(at_ms), 3_650, lambda: "one")
    glance = CallGlance(intent=department, destination=department, mode="normal")
    store.commit(store.read(call_id), merge_all(call_id, facts), facts, [], glance)


def search(api: OperatorRig, **said: Any) -> Any:
    status, told = api.ask("POST", "/api/calls/search", DAYS | said)
    assert status == 200, told
    return told


def ids(api: OperatorRig, **said: Any) -> list[str]:
    return [one["id"] for one in search(api, **said)["calls"]]


def test_days_are_gone_through_newest_first_and_no_further_than_asked(api: OperatorRig) -> None:
    for days in range(5):
        write(api, f"d{days}", NOON_MS - days * DAY_MS)
    told = search(api)
    assert [one["id"] for one in told["calls"]] == ["d0", "d1", "d2"]
    assert (told["nextCursor"], told["searchedThrough"], told["lookedAt"]) == (None, None, 3)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"direction": "outbound"}, ["out"]),
        ({"department": "sales"}, ["sales"]),
        ({"ended": "busy"}, ["busy"]),
        ({"achieved": "meeting_booked"}, ["met"]),
        ({"campaign": "spring"}, ["out"]),
        ({"phone": BENS}, ["ben"]),
        ({"phone": "(212) 555-0144"}, ["ben"]),
        ({"phone": BENS, "direction": "outbound"}, []),
    ],
)
def test_each_word_finds_its_calls(
    api: OperatorRig, said: dict[str, str], found: list[str]
) -> None:
    write(api, "plain", NOON_MS)
    write(api, "out", NOON_MS - 1, direction="outbound", campaign_id="spring")
    write(api, "sales", NOON_MS - 2, department="sales")
    write(api, "busy", NOON_MS - 3, reason="customer-busy")
    write(api, "met", NOON_MS - 4, meeting=True)
    write(api, "ben", NOON_MS - 5, BENS)
    write(api, "ben-long-ago", NOON_MS - 40 * DAY_MS, BENS)
    assert ids(api, **said) == found


def test_calls_that_somebody_corrected_are_sentences_to_measure_by(
    api: OperatorRig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(api, "plain", NOON_MS)
    at: dict[str, Any] = {"call_id": "wrong", "at_ms": NOON_MS}
    said: dict[str, Any] = {"role": "customer", "final": True}
    facts = [
        CallSeen(**at, key="s", customer_number=ADAS, created_at_ms=NOON_MS),
        UtteranceHeard(**at, key="u1", text="Good morning.", **said),
        UtteranceHeard(**at, key="u2", text='I was charged "twice", =1+1', intent="sales", **said),
        Corrected(**at, key="c", department="billing", by="Ada"),
    ]
    client, table = api.account.client("dynamodb"), api.account.calls_table
    store = DynamoDBCalls(client, table, FakeClock(NOON_MS), 3_650, lambda: "one")
    store.commit(store.read("wrong"), merge_all("wrong", facts), facts, [], CallGlance())
    assert ids(api, corrected=True) == ["wrong"]
    assert ids(api, corrected=False) == ["wrong", "plain"]

    def asked(path: str, _: object, body: object = None) -> Any:
        return api.ask("GET" if body is None else "POST", path, body)[1]

    monkeypatch.setattr(corrected_calls, "asked", asked)
    assert corrected_calls.main(["--from", "2026-08-18", "--to", "2026-08-20"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [["text", "route"], ['I was charged "twice", =1+1', "billing"]]


def test_pages_make_the_whole_and_say_how_far_they_are(api: OperatorRig) -> None:
    for number in range(7):
        write(api, f"c{number}", NOON_MS - number * DAY_MS // 3)
    found: list[str] = []
    cursor: dict[str, str] = {}
    through = []
    for _ in range(12):
        told = search(api, limit=2, **cursor)
        found += [one["id"] for one in told["calls"]]
        through.append(told["searchedThrough"])
        if told["nextCursor"] is None:
            break
        cursor = {"cursor": told["nextCursor"]}
    assert found == [f"c{number}" for number in range(7)]
    assert through[-1] is None
    assert through[:-1] == sorted(through[:-1], reverse=True)


def test_a_page_asks_three_times_at_most_however_little_fits(api: OperatorRig) -> None:
    write(api, "c", NOON_MS - DAY_MS, department="sales")
    desk = api.app.PARTS.search()
    asked: list[str] = []
    call = desk.calls._connection.call

    def watched(target: str, *rest: Any) -> Any:
        asked.append(target)
        return call(target, *rest)

    desk.calls._connection.call = watched
    long = {"from": "2026-08-01", "department": "sales"}
    told = search(api, **long)
    assert len([one for one in asked if one.endswith("Query")]) == 3
    assert [one["id"] for one in told["calls"]] == ["c"]
    assert told["nextCursor"] is not None
    assert told["searchedThrough"] == "2026-08-19T00:00:00.000Z"
    other = DAYS | long | {"direction": "inbound", "cursor": told["nextCursor"]}
    status, refused = api.ask("POST", "/api/calls/search", other)
    assert (status, refused["field"]) == (400, "cursor")


def test_what_the_day_book_holds_is_found_by_it_and_shown_as_it_stands(api: OperatorRig) -> None:
    for number in range(6):
        write(api, f"c{number}", NOON_MS + number, department=("sales", "billing")[number % 2])
    desk = api.app.PARTS.search()
    table, connection = api.account.calls_table, desk.calls._connection
    since_ms, until_ms = NOON_MS - DAY_MS // 2, NOON_MS + 5
    found = DynamoDBBookedCalls(connection, table).began(since_ms, until_ms, 100)
    gone = Entry("CALL#forgotten", NOON_MS + 3, 1, Traits(department="sales"))
    late = [replaced(one, "c4", department="billing") for one in found.entries]
    book = DynamoDBDayBook(connection, table, 3_650)
    assert book.write(begun(since_ms, until_ms, [*late, gone]))

    told = search(api, department="billing")
    assert [one["id"] for one in told["calls"]] == ["c5", "c3", "c1"]  # c4 says otherwise itself
    assert told["lookedAt"] == 7
    assert ids(api, department="sales") == ["c2", "c0"]
    assert ids(api, direction="inbound", limit=100) == [f"c{number}" for number in range(5, -1, -1)]


def replaced(entry: Entry, name: str, **said: Any) -> Entry:
    """What the book says of a call that has changed since."""
    assert entry.traits is not None
    is_it = entry.call == f"CALL#{name}"
    return entry._replace(traits=entry.traits._replace(**said)) if is_it else entry


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to": "2026-08-17"}, "from"),
        ({"from": "2026-07-20"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"ended": "somehow"}, "ended"),
        ({"phone": "12"}, "phone"),
        ({"limit": 101}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"words": "refund"}, "words"),
    ],
)
def test_what_cannot_be_looked_for_is_named(
    api: OperatorRig, said: dict[str, Any], field: str
) -> None:
    status, told = api.ask("POST", "/api/calls/search", DAYS | said)
    assert (status, told["field"]) == (400, field)


def test_a_viewer_finds_calls_and_asks_for_no_number(api: OperatorRig) -> None:
    write(api, "c", NOON_MS)
    status, told = api.ask("POST", "/api/calls/search", DAYS, token=VIEWER)
    assert told["calls"][0]["customerNumber"] == "+1212•••0143"
    for phone in (ADAS, BENS):  # neither answer tells whether there is one
        asked = DAYS | {"phone": phone}
        assert api.ask("POST", "/api/calls/search", asked, token=VIEWER)[0] == 403
    assert status == 200
    entries = api.ask("GET", "/api/audit", action="searchCalls")[1]["entries"]
    assert [(one["status"], one["customers"]) for one in entries] == [(403, 1), (403, 1)]


def test_limits_show_the_worst_second_and_who_has_each_line(api: OperatorRig) -> None:
    nothing = api.ask("GET", "/api/limits")[1]
    assert (nothing["account"]["worst"], nothing["lines"]["held"]) == (0, [])
    desk = api.app.PARTS.limits()
    now_ms = desk.clock.now_ms()
    calls = tuple(PacedCall("+1212") for _ in range(4))
    desk.slots.reserve(SlotRequest(now_ms, 60_000, calls))
    assert desk.lines.admit("call:c-1", now_ms - 60_000)
    assert desk.lines.admit("visit:v-CA1", now_ms - 24 * 3_600_000)
    told = api.ask("GET", "/api/limits")[1]
    assert told["account"] == {"slots": 4, "worst": 1, "limit": 1}
    assert told["prefixes"] == [{"prefix": "+1212", "slots": 4, "worst": 1, "limit": 3}]
    assert told["from"] < told["to"]
    held = [(one["by"], one["id"], one["lost"]) for one in told["lines"]["held"]]
    assert held == [("visit", "v-CA1", True), ("call", "c-1", False)]
    assert told["lines"]["inUse"] == 2
