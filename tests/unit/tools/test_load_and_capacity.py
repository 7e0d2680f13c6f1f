"""What `make load` plays and counts, and what `make bench PART=capacity` reckons with."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.capacity import RECORD, asked_by, read_quotas
from tests.benchmarks.load.kept import words_kept, words_told
from tests.benchmarks.load.many import STUCK_SECONDS, Run, until_empty
from tests.benchmarks.load.memory import growing, memory_over_time
from tests.benchmarks.load.processes import MEGABYTE, US, Used, processor_seconds, used
from tests.benchmarks.load.show import busy, reached, refused, show, took, unkept, unreached
from tests.benchmarks.load.talk import PAIRS, WISHES, callers
from tests.benchmarks.prices import prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.vapi.log import Entry

CALL = {
    "minutes": 3,
    "messages": 36,
    "door_cpu_ms": 90.0,
    "door_requests": 36,
    "router_cpu_ms": 360.0,
    "router_requests": 180,
    "commands": 2,
    "write_units": 120.0,
    "read_units": 200.0,
    "writes_by_key": {RECORD: 9},
}


def test_no_two_callers_ring_from_one_number_and_each_department_is_wanted() -> None:
    some = list(itertools.islice(callers(), 400))
    assert len({one.number for one in some}) == 400
    assert {one.expects.destination for one in some} == set(WISHES)
    assert all(len(one.steps) == 1 + 2 * PAIRS for one in some)
    assert all(sum(step.tool is not None for step in one.steps) == 1 for one in some)


def answered(status: int = 200, took_ms: float = 40.0) -> list[Entry]:
    """One answer of each kind that somebody waits for, as the simulator's log has them."""
    said = {"at_ms": 5.0, "call": "c", "status": status, "took_ms": took_ms}
    return [
        {"event": "server-answered", "type": "assistant-request", **said},
        {"event": "message-sent", "type": "tool-calls", "again": False, **said},
    ]


def test_a_load_is_reached_only_if_nothing_was_refused_left_or_slow() -> None:
    def run(status: int = 200, took_ms: float = 40.0, left: tuple[int, int] = (0, 0)) -> Run:
        return Run(1, ended_ms=10.0, entries=answered(status, took_ms), left=left)

    assert reached(run())
    assert unreached(run(status=503)) == ["every webhook acknowledged"]
    assert refused(run(status=503)) == 2
    assert unreached(run(took_ms=1_001.0)) == ["quick answers"]
    assert unreached(run(left=(0, 1))) == ["an empty queue"]
    assert [took(run(), kind) for kind in ("assistant-request", "tool-calls")] == [[40.0]] * 2


def test_answers_that_nobody_timed_are_not_quick() -> None:
    for entry in answered():
        assert unreached(Run(1, ended_ms=10.0, entries=[entry])) == ["answers of each kind"]


def test_words_that_are_not_in_our_records_are_a_load_that_was_not_carried() -> None:
    leaves: Entry = {"event": "message-leaves", "type": "transcript", "call": "c", "role": "user"}
    sent: Entry = {"event": "message-sent", "type": "transcript", "call": "c"}
    entries = [
        leaves | {"transcriptType": "final"},
        sent | {"again": True},
        leaves | {"transcriptType": "final"},  # the same once more
        leaves | {"transcriptType": "final", "role": "assistant"},
        leaves | {"transcriptType": "partial"},
        {"event": "message-leaves", "type": "end-of-call-report", "call": "c"},
    ]
    assert words_told(entries) == {"c": 2}

    def read(call_id: str) -> tuple[int, dict[str, object]]:
        final = {"what": "UtteranceHeard", "final": True}
        return 200, {"id": call_id, "timeline": [final, {"what": "KeyPressed"}]}

    run = Run(
        1, ended_ms=10.0, entries=answered(), told=words_told(entries), kept=words_kept(["c"], read)
    )
    assert unkept(run) == {"c": 1}
    assert unreached(run) == ["every final word kept"]
    assert reached(replace(run, kept=Counter({"c": 2})))


def readings(*megabytes: float, seconds: float = 600.0) -> dict[float, list[Used]]:
    step = seconds / (len(megabytes) - 1)
    sizes = (round(each * MEGABYTE) for each in megabytes)
    return {at * step: [Used(7, "CallRouter", 0.0, size)] for at, size in enumerate(sizes)}


@pytest.mark.parametrize(
    ("megabytes", "grows"),
    [
        ((60, 80, 80, 81, 82, 80, 82), False),  # what is loaded in the first minutes is no growth
        ((60, 80, 80, 82, 84, 86, 88), True),
        ((80, 80, 80, 80, 80, 80, 80), False),
    ],
)
def test_memory_is_flat_or_it_grows(megabytes: tuple[float, ...], *, grows: bool) -> None:
    read = readings(*megabytes)
    assert memory_over_time(read)["CallRouter"].flat is not grows
    assert growing(read) == (["CallRouter"] if grows else [])
    assert growing(readings(*megabytes, seconds=60)) == []
    run = Run(1, ended_ms=10.0, entries=answered(), readings=read)
    assert unreached(run) == (["flat memory"] if grows else [])


def test_whoever_plays_others_may_keep_what_it_saw() -> None:
    read = {at: [Used(1, US, 0.0, round(at) * MEGABYTE)] for at in (0.0, 100.0, 200.0, 400.0)}
    assert growing(read) == []


def test_it_is_shown_what_gives_way_first(capsys: pytest.CaptureFixture[str]) -> None:
    held = {0.0: 9, 5.0: 3}
    run = Run(1, ended_ms=10_000.0, readings=readings(60, 60), held=held, routers=4)
    run.entries = answered()
    assert busy(run) == {"processors": 0.0, "routers": (1 + 3 / 4) / 2}
    show(run)
    shown = capsys.readouterr().out
    assert "gives way first      routers" in shown
    assert "mean 2, most 5" in shown
    assert "60.0   60.0   60.0" in shown
    assert "not reached          nothing" in shown


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (lambda _: 0, 0.0),
        (lambda at: max(0, 2_000 - int(at)), 2_000.0),  # however long, as long as it gets shorter
        (lambda at: max(40, 100 - int(at)), 60.0 + STUCK_SECONDS),
        (lambda at: 7 + int(at) % 3, STUCK_SECONDS + 1.0),  # up and down is no progress
    ],
)
def test_the_queue_is_waited_for_as_long_as_it_gets_shorter(
    left: Callable[[float], int], seconds: float
) -> None:
    now = [0.0]

    def sleep(for_seconds: float) -> None:
        now[0] += for_seconds

    waited = until_empty(lambda: left(now[0]), lambda: now[0], sleep)

    assert waited == pytest.approx(seconds, abs=1.5)
    assert now[0] == waited


def test_this_process_is_seen_with_what_it_uses() -> None:
    [mine] = [one for one in used() if one.pid == os.getpid()]
    assert mine.name == US
    assert mine.resident_bytes > 1_000_000


def test_processes_of_one_function_are_added_up() -> None:
    some = [Used(1, "Door", 1.5, 0), Used(2, "Door", 2.0, 0), Used(3, "Router", 4.0, 0)]
    assert processor_seconds(some) == {"Door": 3.5, "Router": 4.0}


def test_each_quota_is_of_a_kind_that_a_call_asks_for() -> None:
    _, quotas = read_quotas()
    asks = asked_by(CALL, prices(), 1.0)
    assert {quota.kind for quota in quotas} == set(asks)
    assert all(quota.limit > 0 and quota.moved_by for quota in quotas)


def test_a_call_asks_for_what_was_counted_spread_over_its_time() -> None:
    asks = asked_by(CALL, prices(), 1.0)
    assert asks["messages_a_second"] == pytest.approx(0.2)
    assert asks["write_units_a_second"] == pytest.approx(120 / 180)
    assert asks["record_writes_a_second"] == pytest.approx(0.05)
    # 360 ms of half a gigabyte's share of a processor, 180 answers of 5 ms, two of 150 ms
    share = 0.5 / prices().assumed["processor_gb"]
    assert asks["router_executions"] == pytest.approx((0.36 / share + 0.9 + 0.3) / 180)
    assert asks["executions"] > asks["router_executions"]
