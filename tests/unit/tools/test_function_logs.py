"""A log that is longer than can be read: its latest hours are, and since when is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tools.function_logs import HOUR_MS, MOST_PAGES, CloudWatchLogs, LogTooLongError

NOW = 1_764_500_400_000
DAY = NOW - 24 * HOUR_MS


class Search:
    """CloudWatch's search: a part of the log with each page, most of them without a line.

    Args:
        pages_of_an_hour: How many parts an hour's log has, by how many hours ago it was.
    """

    def __init__(self, pages_of_an_hour: dict[int, int]) -> None:
        self._pages = pages_of_an_hour
        self.asked = 0

    def filter_log_events(self, **said: Any) -> dict[str, Any]:
        self.asked += 1
        newest, oldest = (NOW - said["endTime"]) // HOUR_MS, (NOW - said["startTime"]) // HOUR_MS
        hours = range(max(0, newest), oldest)
        parts = [ago for ago in reversed(hours) for _ in range(self._pages.get(ago, 1))]
        at = int(said.get("nextToken", 0))
        is_last_of_its_hour = at + 1 == len(parts) or parts[at + 1] != parts[at]
        lines = (
            [json.dumps({"message": "refused", "ago": parts[at]})] if is_last_of_its_hour else []
        )
        more = {"nextToken": str(at + 1)} if at + 1 < len(parts) else {}
        return {"events": [{"message": one} for one in lines], **more}


def read(pages: dict[int, int]) -> tuple[list[int], int]:
    search = Search(pages)
    logs = CloudWatchLogs(search, {"Door": "g"}, FakeClock(NOW))
    found = logs.lines("Door", "refused", DAY)
    assert search.asked <= MOST_PAGES + 1
    return [line["ago"] for line in found.lines], (NOW - found.since_ms) // HOUR_MS


@pytest.mark.parametrize(
    ("pages", "hours"),
    [
        ({}, 24),
        ({0: 90}, 24),
        ({10: 500}, 6),
        ({3: 500}, 1),
        ({0: 119}, 1),
    ],
)
def test_the_latest_is_read_and_since_when_is_known(pages: dict[int, int], hours: int) -> None:
    lines, since = read(pages)
    assert since == hours
    assert lines == list(reversed(range(hours)))  # oldest first, each once


def test_an_hour_that_is_too_long_is_said() -> None:
    with pytest.raises(LogTooLongError):
        read({0: 500})
