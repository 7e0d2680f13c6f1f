"""What becomes of an effect: the whole table, and how long it waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.records.domain.effect_answers import Delivered, InDoubt, Later, Refused
from contact_center.records.domain.effect_steps import (
    TABLE,
    Answered,
    Claimed,
    EffectRun,
    EffectTimings,
    LookedUp,
    Replayed,
    Stage,
    next_run,
    pause_ms,
)

if TYPE_CHECKING:
    from contact_center.records.domain.effect_steps import Event

NOW = 1_000_000
DAY = 24 * 3_600_000
TIMINGS = EffectTimings()
WAITS = EffectRun(due_ms=NOW)
RUNS = EffectRun(
    stage=Stage.DELIVERING,
    due_ms=NOW + TIMINGS.lease_ms,
    token="t1",
    tries=1,
    begun_ms=NOW,
)
DOUBTED = replace(RUNS, in_doubt=True)
DONE = replace(RUNS, stage=Stage.DONE, their_id="x")
DEAD = replace(RUNS, stage=Stage.DEAD, cause="validation")
LAST = NOW + 3 * DAY


def answered(answer: object, now_ms: int = NOW + 1, by: str = "t1", chance: float = 0) -> Event:
    return Answered(by, answer, now_ms, chance)  # type: ignore[arg-type]


def looked_up(found: object, now_ms: int = NOW + 1, by: str = "t1") -> Event:
    return LookedUp(by, found, now_ms, 0)  # type: ignore[arg-type]


# as it stands, what happens, and what of it is other then (None: nothing)
ROWS: list[tuple[EffectRun, Event, dict[str, object] | None]] = [
    (WAITS, Claimed("t1", NOW - 1), None),
    (
        WAITS,
        Claimed("t1", NOW),
        {
            "stage": Stage.DELIVERING,
            "due_ms": NOW + TIMINGS.lease_ms,
            "token": "t1",
            "tries": 1,
            "begun_ms": NOW,
        },
    ),
    (WAITS, looked_up(Delivered()), None),
    (WAITS, answered(Delivered()), None),
    (WAITS, Replayed(NOW), None),
    # a lease holds to its end, and who has it then finds it in doubt
    (RUNS, Claimed("t2", NOW + TIMINGS.lease_ms - 1), None),
    (
        RUNS,
        Claimed("t2", NOW + TIMINGS.lease_ms),
        {
            "due_ms": NOW + 2 * TIMINGS.lease_ms,
            "token": "t2",
            "tries": 2,
            "in_doubt": True,
        },
    ),
    (RUNS, Replayed(NOW), None),
    (RUNS, answered(Delivered("x")), {"stage": Stage.DONE, "their_id": "x"}),
    (RUNS, answered(Refused("validation")), {"stage": Stage.DEAD, "cause": "validation"}),
    (RUNS, answered(Delivered(), by="t0"), None),
    (RUNS, looked_up(Delivered(), by="t0"), None),
    (
        RUNS,
        answered(Later("busy")),
        {"stage": Stage.WAITING, "due_ms": NOW + 1 + 5_000, "cause": "busy"},
    ),
    (
        RUNS,
        answered(Later("busy", 60_000)),
        {"stage": Stage.WAITING, "due_ms": NOW + 1 + 60_000, "cause": "busy"},
    ),
    (
        RUNS,
        answered(InDoubt("timeout")),
        {
            "stage": Stage.WAITING,
            "due_ms": NOW + 1 + 5_000,
            "cause": "timeout",
            "in_doubt": True,
        },
    ),
    # in doubt: it stays so until somebody knows
    (DOUBTED, looked_up(Delivered("x")), {"stage": Stage.DONE, "in_doubt": False, "their_id": "x"}),
    (DOUBTED, looked_up(None), {"in_doubt": False}),
    (
        DOUBTED,
        looked_up(Later("away")),
        {"stage": Stage.WAITING, "due_ms": NOW + 1 + 5_000, "cause": "away"},
    ),
    (DOUBTED, answered(Delivered()), {"stage": Stage.DONE, "in_doubt": False}),
    # three days: the last try is made at their end, and then it is given up
    (
        replace(RUNS, tries=30),
        answered(Later("busy"), LAST - 5),
        {"stage": Stage.WAITING, "due_ms": LAST, "cause": "busy"},
    ),
    (RUNS, answered(Later("busy"), LAST), {"stage": Stage.DEAD, "cause": "busy"}),
    (
        RUNS,
        answered(InDoubt("timeout"), LAST),
        {"stage": Stage.DEAD, "cause": "timeout", "in_doubt": True},
    ),
    (DOUBTED, looked_up(Later("away"), LAST), {"stage": Stage.DEAD, "cause": "away"}),
    (
        RUNS,
        answered(Later("busy", 9 * DAY)),
        {"stage": Stage.WAITING, "due_ms": LAST, "cause": "busy"},
    ),
    (DONE, Claimed("t2", LAST), None),
    (DONE, looked_up(Delivered()), None),
    (DONE, answered(Later("busy")), None),
    (DONE, Replayed(NOW), None),
    (DEAD, Claimed("t2", LAST), None),
    (DEAD, looked_up(Delivered()), None),
    (DEAD, answered(Delivered()), None),
]


@pytest.mark.parametrize(("run", "event", "changes"), ROWS)
def test_what_an_event_makes_of_an_effect(
    run: EffectRun, event: Event, changes: dict[str, object] | None
) -> None:
    after = next_run(run, event, TIMINGS)

    if changes is None:
        assert after is run
    else:
        assert after == replace(run, **changes)  # type: ignore[arg-type]


def test_what_is_replayed_begins_anew_and_is_looked_up() -> None:
    assert next_run(DEAD, Replayed(LAST), TIMINGS) == EffectRun(due_ms=LAST, in_doubt=True)


def test_no_pair_is_missing() -> None:
    events = {Claimed, LookedUp, Answered, Replayed}

    assert {stage: set(row) for stage, row in TABLE.items()} == dict.fromkeys(Stage, events)
    told = {(run.stage, type(event)) for run, event, _ in ROWS} | {(Stage.DEAD, Replayed)}
    assert told == {(stage, event) for stage in Stage for event in events}


def test_pauses_double_from_five_seconds_to_a_day() -> None:
    plain = [pause_ms(tries, 0, TIMINGS) for tries in range(1, 20)]

    assert plain[:4] == [5_000, 10_000, 20_000, 40_000]
    assert plain[-1] == 16 * 3_600_000
    assert pause_ms(19, 1, TIMINGS) == DAY
    assert pause_ms(1, 1, TIMINGS) == 7_500


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_every_pause_is_in_its_bounds(tries: int, chance: float) -> None:
    assert 5_000 <= pause_ms(tries, chance, TIMINGS) <= DAY


@given(st.integers(0, 10_000_000), st.floats(0, 1), st.integers(1, 40))
def test_what_a_receiver_asks_for_is_waited_out(wait_ms: int, chance: float, tries: int) -> None:
    told = answered(Later("busy", wait_ms), chance=chance)
    after = next_run(replace(RUNS, tries=tries), told, TIMINGS)

    assert after.due_ms >= NOW + 1 + wait_ms
