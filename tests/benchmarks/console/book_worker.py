"""A worker: what keeping the day book costs a call, by how many there are in a day.

    python -m tests.benchmarks.console.book_worker 320

So many calls, spread over a day that is over, and somebody who keeps the book each minute, as one
process of the reconciler does. One call in LONG lasts so long that the book comes to it while
it is under way; it is told how it ended when it is counted.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.figures.adapters.dynamodb_day_book import DynamoDBBookedCalls, DynamoDBDayBook
from contact_center.figures.services.keep_day_book import (
    BEHIND_MS,
    LONGEST_MS,
    MINUTE_MS,
    DayBookParts,
    DayBookWatch,
    enter,
)
from contact_center.kernel.environment import Environment
from contact_center.kernel.time_left import always
from tests.benchmarks.console.read_meter import ReadMeter
from tests.benchmarks.console.stored_calls import DAY_MS, past_calls, put
from tests.benchmarks.machine_pace import loop_ms
from tests.benchmarks.stage import answer
from tests.fakes.clock import FakeClock
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.figures.domain.day_book import Entry

LASTED_MS, LASTED_LONG_MS = 5 * MINUTE_MS, 30 * MINUTE_MS  # until it was counted
ALL = 2**31
LONG = 33
KEPT_DAYS = 90
EMULATOR_SECONDS = 60.0  # it is slow on a busy machine; what is counted here is no time

type Json = dict[str, Any]


def kept(calls: int) -> Json:
    """What a day of so many calls asks of the table, for the book alone."""
    meter = ReadMeter()
    meter.install()
    aws = LeanAws(AwsSettings.read(Environment(os.environ)))
    connection, table = aws.connection("dynamodb", EMULATOR_SECONDS), os.environ["CALLS_TABLE"]
    day_ms = now_ms() // DAY_MS * DAY_MS - DAY_MS
    clock = FakeClock(day_ms + BEHIND_MS)
    store = DynamoDBBookedCalls(connection, table)
    parts = DayBookParts(
        book=DynamoDBDayBook(connection, table, KEPT_DAYS), calls=store, clock=clock
    )
    put(_client(), table, past_calls(calls, day_ms + DAY_MS + 199_000, 1))
    watch = DayBookWatch(parts)
    hours = range(day_ms, day_ms + DAY_MS, LONGEST_MS)
    counted, late = _due(
        [one for at in hours for one in store.began(at, at + LONGEST_MS, ALL).entries]
    )
    meter.take()
    before = time.process_time()
    for _ in range(DAY_MS // MINUTE_MS + 90):
        clock.at_ms += MINUTE_MS
        minute = clock.at_ms // MINUTE_MS
        watch.counted += counted[minute]  # a call that is counted in time asks nothing of the book
        enter(late[minute], parts)
        watch.look(always)
    cpu_ms = (time.process_time() - before) * 1_000
    asked = meter.take()
    aws.close()
    return {
        "calls": calls,
        "requests": sum(asked.requests.values()),
        "write_units": asked.write_units,
        "read_units": asked.read_units,
        "told": sum(map(len, late.values())),
        "cpu_ms": cpu_ms,
        "loop_ms": loop_ms(),
    }


def _due(entries: Sequence[Entry]) -> tuple[Counter[int], dict[int, list[Entry]]]:
    """In which minute how many calls are counted, and which of them had lasted long."""
    counted: Counter[int] = Counter()
    late: dict[int, list[Entry]] = defaultdict(list)
    for one in entries:
        is_long = int(one.call[-8:], 16) % LONG == 0
        minute = (one.began_ms + (LASTED_LONG_MS if is_long else LASTED_MS)) // MINUTE_MS
        counted[minute] += 1
        if is_long and one.traits is not None:
            traits = one.traits._replace(achieved="nothing")
            late[minute].append(one._replace(revision=one.revision + 1, traits=traits))
    return counted, late


def _client() -> Any:
    from contact_center.aws.boto3_clients import Boto3Clients  # noqa: PLC0415

    return Boto3Clients.at(AwsSettings.read(Environment(os.environ))).dynamodb()


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(kept(int(sys.argv[1])), out)
