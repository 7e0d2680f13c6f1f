"""The civil clock of a local run, as `local/` reads it and tells it to the functions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contact_center.kernel.civil_time import CivilSettings, civil_clock
from contact_center.kernel.environment import Environment
from local.cloud.civil import LEAST_TICK_SECONDS, read_civil
from local.settings_text import SettingsError

MILLISECOND = timedelta(milliseconds=1)  # what a float of that many loses


def test_told_nothing_it_is_the_machines_clock() -> None:
    civil = read_civil({})
    before = datetime.now(UTC)
    told = civil.now()
    assert before - MILLISECOND <= told <= datetime.now(UTC) + MILLISECOND


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What is slept, in seconds; nobody does."""
    times: list[float] = []

    async def sleep(seconds: float) -> None:
        times.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return times


def test_it_starts_where_it_is_told_and_waits_faster(slept: list[float]) -> None:
    civil = read_civil({"LOCAL_NOW": "2026-07-08T10:00:00-07:00", "LOCAL_SPEED": "20"})
    asyncio.run(civil.sleep(60))
    assert slept == [3.0]
    started = civil.now()
    assert started >= datetime(2026, 7, 8, 17, tzinfo=UTC)
    later = replace(civil, began_at_ms=civil.began_at_ms - 3_000)
    assert later.now() - started >= timedelta(seconds=60)


def test_a_fast_clock_never_ticks_more_than_once_a_second(slept: list[float]) -> None:
    asyncio.run(read_civil({"LOCAL_SPEED": "6000"}).sleep(60))
    assert slept == [LEAST_TICK_SECONDS]


def test_functions_go_by_the_same_clock() -> None:
    civil = read_civil({"LOCAL_NOW": "2026-07-08T10:00:00-07:00", "LOCAL_SPEED": "2.5"})
    theirs = civil_clock(CivilSettings.read(Environment(civil.names())))
    in_an_hour_ms = civil.began_at_ms + 3_600_000
    assert theirs.at(in_an_hour_ms) == civil.starts_at + timedelta(hours=2.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"LOCAL_NOW": "noon"},
        {"LOCAL_NOW": "2026-07-08T10:00:00"},
        {"LOCAL_SPEED": "0"},
        {"LOCAL_SPEED": "nan"},
        {"LOCAL_SPEED": "fast"},
    ],
)
def test_what_cannot_be_used_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        read_civil(wrong)
