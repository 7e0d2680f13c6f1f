"""What `make bench` measures dialing with; what it finds is never asserted."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.sqs_dial_jobs import read_job
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.phone_numbers import parse_phone_number
from local.cloud.emulator import ROOT
from tests.benchmarks.__main__ import (
    AUDIT,
    CALL,
    CAPACITY,
    CONSOLE,
    DIALING,
    DOOR,
    EFFECTS,
    GROUPS,
    GROWTH,
    QUEUEING,
    REDACTION,
    TWILIO,
    WAITS,
    _arguments,
)
from tests.benchmarks.cold_start import check_answer
from tests.benchmarks.import_worker import COLUMNS, FIRST, LongFile, import_rows, parse_rows
from tests.benchmarks.meter import Meter, _items_in
from tests.benchmarks.payloads import dial_job_event
from tests.benchmarks.peak import peak_kb
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.stage import AREAS, number_of, people, percentile
from tests.benchmarks.stored_lists import LATER_MS, NOW_MS, contact_at
from tests.benchmarks.transfers.counting import Counting, Steps

if TYPE_CHECKING:
    from typing import Any


def test_every_place_of_the_list_is_another_number_that_can_be_rung() -> None:
    ends = [place for area in range(3) for place in people(40, first=area * 10_000 * len(AREAS))]
    assert len(set(ends)) == len(ends)
    for number in (number_of(FIRST), number_of(1_000_000), ends[0]):
        assert parse_phone_number(number).e164 == number


@pytest.mark.parametrize(("share", "found"), [(0.5, 51.0), (0.99, 100.0), (1.0, 100.0), (0.0, 1.0)])
def test_a_percentile_is_one_of_the_values(share: float, found: float) -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, share) == found


def test_of_no_values_a_percentile_is_nothing() -> None:
    assert percentile([], 0.99) == 0.0


def test_the_meter_counts_requests_items_and_units_and_begins_anew() -> None:
    meter = Meter()
    model: Any = SimpleNamespace(service_model=SimpleNamespace(service_name="dynamodb"), name="")
    model.name = "Query"
    meter._before(model)
    meter._after(model, {"Items": [{}, {}], "ConsumedCapacity": {"CapacityUnits": 9.0}})
    model.name = "TransactWriteItems"
    meter._before(model)
    record = {"pk": {"S": "CALL#c"}, "sk": {"S": "RECORD"}}
    parts = [{"Put": {"Item": record}}, {"ConditionCheck": {"Key": record}}]
    meter._params({"TransactItems": parts})
    meter._params({"Key": record, "UpdateExpression": "SET #a = :a"})
    meter._params({"Key": record})  # a read
    meter._after(model, {"ConsumedCapacity": [{"CapacityUnits": 7.0}, {"CapacityUnits": 2.0}]})
    meter._before(SimpleNamespace(service_model=SimpleNamespace(service_name="s3"), name="Put"))
    assert meter.take() == {
        "requests": {"dynamodb Query": 1, "dynamodb TransactWriteItems": 1, "s3 Put": 1},
        "items_read": 2,
        "read_units": 1,
        "write_units": 9.0,
        "writes_by_key": {"CALL RECORD": 2},
        "asked": {"Query": (1, 0.0), "TransactWriteItems CALL RECORD": (1, 9.0), "s3 Put": (1, 0)},
    }
    assert not any(meter.take().values())


TWO = [{"pk": {"S": "x" * 3_000}}, {"pk": {"S": "x" * 2_000}}]


@pytest.mark.parametrize(
    ("operation", "answered", "units"),
    [
        ("Query", {"Items": TWO}, 2),
        ("Query", {"Items": TWO[:1]}, 1),
        ("Query", {"Items": []}, 1),
        ("GetItem", {}, 1),
        ("BatchGetItem", {"Responses": {"t": [*TWO, *TWO]}}, 4),  # each by itself
        ("Query", {"Items": [*TWO, *TWO]}, 3),  # all of them together
        ("TransactGetItems", {"Responses": [{"Item": TWO[0]}]}, 2),
    ],
)
def test_what_reads_cost_is_reckoned_by_size(
    operation: str, answered: dict[str, Any], units: int
) -> None:
    meter = Meter()
    meter._after(SimpleNamespace(name=operation), answered)
    assert meter.take()["read_units"] == units


FACT, OTHER = {"pk": {"S": "CALL#c"}, "sk": {"S": "FACT#f"}}, {"pk": {"S": "SWITCH"}}
CHECKED = [{"ConditionCheck": {"Key": OTHER}}, {"Put": {"Item": FACT}}, {"Put": {"Item": FACT}}]
BATCH = {"RequestItems": {"t": [{"PutRequest": {"Item": FACT}}, {"DeleteRequest": {"Key": OTHER}}]}}
DUE = {"IndexName": "due", "KeyConditionExpression": "#s = :s"}


@pytest.mark.parametrize(
    ("operation", "params", "named"),
    [
        ("GetItem", {"Key": FACT}, "GetItem CALL FACT"),
        ("PutItem", {"Item": FACT}, "PutItem CALL FACT"),
        ("BatchWriteItem", BATCH, "BatchWriteItem CALL FACT + SWITCH"),
        ("UpdateItem", {"Key": FACT, "UpdateExpression": "SET #a = :a"}, "UpdateItem CALL FACT"),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [FACT, OTHER, FACT]}}},
            "CALL FACT + SWITCH",
        ),
        ("TransactWriteItems", {"TransactItems": CHECKED}, "SWITCH + CALL FACT"),
        ("Query", DUE | {"ExpressionAttributeValues": {":s": {"S": "OPEN#1"}}}, "due OPEN"),
    ],
)
def test_a_request_is_noted_by_what_it_asks_for(
    operation: str, params: dict[str, Any], named: str
) -> None:
    meter = Meter()
    meter._params(params)
    meter._after(SimpleNamespace(name=operation), {"ConsumedCapacity": {"CapacityUnits": 3.0}})
    [(asked, (times, units))] = meter.take()["asked"].items()
    assert asked.endswith(named)
    assert asked.startswith(operation)
    assert (times, units) == (1, 0 if operation in {"GetItem", "BatchGetItem", "Query"} else 3.0)


def test_a_lean_connection_is_asked_what_it_takes_and_counted() -> None:
    meter = Meter()
    read, sent = "DynamoDB_20120810.GetItem", "AmazonSQS.SendMessage"
    body = meter.asks(read, json.dumps({"TableName": "t", "Key": FACT}).encode())
    meter.answered(read, {"Item": FACT})
    assert meter.asks(sent, b'{"QueueUrl":"q"}') == b'{"QueueUrl":"q"}'
    meter.answered(sent, {"MessageId": "m"})

    assert json.loads(body)["ReturnConsumedCapacity"] == "TOTAL"
    counted = meter.take()
    assert counted["requests"] == {"dynamodb GetItem": 1, "sqs SendMessage": 1}
    assert (counted["items_read"], counted["read_units"]) == (1, 1)
    assert counted["asked"] == {"GetItem CALL FACT": (1, 0), "sqs SendMessage": (1, 0)}


def test_what_a_handler_asks_for_is_its_step_s_and_counting_costs_it_nothing() -> None:
    counting, steps = Counting(), Steps()
    counting.stretch = steps
    with counting.invoked("door, key"):
        sum(range(200_000))
    with counting.invoked("receptionist, offer"):
        pass
    counting.stretch = None
    with counting.invoked("door, key"):
        pass

    assert steps.total(lambda step: step.invocations) == 2
    assert steps.total(lambda step: step.invocations, "door") == 1
    assert steps.found["door, key"].cpu_ms > steps.found["receptionist, offer"].cpu_ms >= 0


@pytest.mark.parametrize(
    ("answered", "items"),
    [
        ({"Item": {"pk": {}}}, 1),
        ({}, 0),
        ({"Responses": {"one": [{}, {}], "two": [{}]}}, 3),
        ({"Items": []}, 0),
    ],
)
def test_items_are_counted_however_they_come(answered: dict[str, Any], items: int) -> None:
    assert len(_items_in(answered)) == items


def test_a_long_list_reads_the_same_in_any_pieces() -> None:
    file = LongFile(500)
    size = file.size("list.csv") or 0
    whole = file.read("list.csv", 0, size)
    pieces = b"".join(file.read("list.csv", at, 777) for at in range(0, size, 777))
    assert pieces == whole
    header, *rows = csv.reader(io.StringIO(whole.decode()))
    assert tuple(cell.strip() for cell in header) == COLUMNS
    assert len({row[0] for row in rows}) == 500


def test_a_long_list_is_imported_whole_and_split_whole() -> None:
    assert import_rows(300)["peak_kb"] > 0
    assert parse_rows(300)["seconds"] > 0


def test_contacts_are_due_now_or_days_later() -> None:
    assert contact_at("c", 1, due=True).due_at_ms == NOW_MS
    assert contact_at("c", 1, due=False).due_at_ms == LATER_MS
    assert contact_at("c", 1, due=True).contact_id == contact_at("c", 1, due=False).contact_id


def test_the_dialer_s_event_is_a_job() -> None:
    [record] = json.loads(dial_job_event())["Records"]
    assert read_job(record) == DialJob("benchmark", None)


def test_a_tick_that_failed_is_not_timed() -> None:
    check_answer("Reconciler", b'{"seen": 0, "failed": 0}')
    with pytest.raises(BenchmarkError, match="Reconciler answered"):
        check_answer("Reconciler", b'{"seen": 1, "failed": 1}')


def test_parts_can_be_asked_for_alone_or_in_groups() -> None:
    parts = {*DOOR, *DIALING, *TWILIO, CALL, CAPACITY, QUEUEING}
    parts |= {WAITS, EFFECTS, REDACTION, CONSOLE, AUDIT, GROWTH}
    assert set(GROUPS["all"]) == parts
    asked = _arguments(["--part", "planner", "--contacts", "10000,1_000_000"])
    assert (asked.part, asked.contacts) == ("planner", [10_000, 1_000_000])
    assert _arguments([]).rows == [10_000, 100_000, 1_000_000]


def test_the_peak_of_a_process_is_its_own_and_not_that_of_who_started_it() -> None:
    ballast = bytearray(b"\1") * 80_000_000
    child = subprocess.run(
        [sys.executable, "-c", "from tests.benchmarks.peak import peak_kb; print(peak_kb())"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert 5_000 < int(child.stdout) < 60_000
    assert peak_kb() * 1_024 > len(ballast)
