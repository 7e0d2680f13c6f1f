"""The civil clock of a local run, as `local/` reads it and tells it to the functions."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from contact_center.kernel.civil_time import CivilSettings, civil_clock
from contact_center.kernel.environment import Environment
from local.cloud.civil import LEAST_TICK_SECONDS, read_civil
from local.settings import SettingsError


def test_told_nothing_it_is_the_machines_clock() -> None:
    civil = read_civil({})
    assert abs(civil.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_starts_where_it_is_told_and_waits_faster() -> None:
    civil = read_civil({"LOCAL_NOW": "2026-07-08T10:00:00-07:00", "LOCAL_SPEED": "6000"})
    began = time.monotonic()
    asyncio.run(civil.sleep(60))
    assert time.monotonic() - began < 5
    passed = civil.now() - datetime(2026, 7, 8, 17, tzinfo=UTC)
    assert passed >= timedelta(seconds=60)


def test_a_fast_clock_never_ticks_more_than_once_a_second() -> None:
    civil = read_civil({"LOCAL_SPEED": "6000"})
    began = time.monotonic()
    asyncio.run(civil.sleep(60))
    assert time.monotonic() - began >= LEAST_TICK_SECONDS


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
