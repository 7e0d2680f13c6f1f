"""A provider's key at a door: as it stands, and what is raised when it cannot be had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.lean_key import LeanKey
from contact_center.aws.rotating_secret import ASK_AGAIN_MS
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.ports import SecretUnavailableError, StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics

if TYPE_CHECKING:
    from collections.abc import Callable

NOW_MS = 1_787_266_800_000


def key_of(
    fetch: Callable[[], str],
    field: str = "key",
    unavailable: type[Exception] = VoiceUnavailableError,
    clock: FakeClock | None = None,
) -> LeanKey:
    return LeanKey(fetch, field, clock or FakeClock(NOW_MS), CountedMetrics(), unavailable)


@pytest.mark.parametrize("field", ["key", "current"])
def test_it_is_fetched_once_and_anew_when_it_is_refused(field: str) -> None:
    fetched: list[str] = []

    def fetch() -> str:
        fetched.append("one" if not fetched else "two")
        return json.dumps({field: f" {fetched[-1]}\n", "previous": "zero"})

    clock = FakeClock(NOW_MS)
    key = key_of(fetch, field, clock=clock)

    assert (key.current(), key.current()) == ("one", "one")
    clock.advance(1)
    assert key.has_changed("one")
    assert key.current() == "two"
    assert len(fetched) == 2
    clock.advance(ASK_AGAIN_MS - 1)
    assert not key.has_changed("two")  # it was looked up a moment ago
    assert len(fetched) == 2


def test_a_bare_text_is_the_current_one() -> None:
    assert key_of(lambda: "cal_one", "current").current() == "cal_one"


@pytest.mark.parametrize("unavailable", [VoiceUnavailableError, StoreUnavailableError])
@pytest.mark.parametrize(
    "stored", ["{}", '{"key": ""}', '{"key": "a b"}', '{"key": "a\\nb"}', '{"key": 1}', "{", "bare"]
)
def test_one_that_cannot_be_used_is_none(stored: str, unavailable: type[Exception]) -> None:
    with pytest.raises(unavailable):
        key_of(lambda: stored, unavailable=unavailable).current()


def test_a_store_that_is_away_says_so_and_changes_no_key() -> None:
    def fetch() -> str:
        raise SecretUnavailableError

    key = key_of(fetch)

    with pytest.raises(VoiceUnavailableError):
        key.current()
    assert not key.has_changed("one")
