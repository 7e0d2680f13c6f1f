"""What functions wrote into their logs: lines of JSON, picked by a word of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from contact_center.kernel.ports import Clock

type Json = Any

# CloudWatch searches a part of a log for each page, which may be empty: a busy day is thousands of
# them. So the latest hour is read first, and as much before it as there are pages for.
MOST_PAGES = 120
HOUR_MS = 3_600_000
BACK_TO_HOURS = (1, 6, 24)


class LogTooLongError(Exception):
    """Not even what was written in the last hour could be read."""


@dataclass(frozen=True)
class Written:
    """Lines of JSON, oldest first, and since when all of them are there."""

    lines: list[dict[str, Json]]
    since_ms: int


class LogBook(Protocol):
    """Logs of functions."""

    def lines(self, function: str, word: str, since_ms: int) -> Written:
        """Lines of JSON of one function, by its logical name, with a word in them.

        Raises LookupError: the function has no log; OSError, BotoCoreError or ClientError: it
        cannot be read; LogTooLongError.
        """
        ...


class LogFiles:
    """LogBook over the files of what runs here: those of this run, whenever it began."""

    def __init__(self, folder: Path) -> None:
        """Keep where they are."""
        self._folder = folder

    def lines(self, function: str, word: str, since_ms: int) -> Written:
        """See LogBook; a function that never ran wrote nothing, and no line has a time."""
        path = self._folder / f"{function}.log"
        if not path.exists():
            return Written([], since_ms)
        text = path.read_text(encoding="utf-8", errors="replace")
        return Written(list(_read(text.splitlines(), word)), since_ms)


class CloudWatchLogs:
    """LogBook over log groups."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - botocore
        groups: Mapping[str, str],
        clock: Clock,
    ) -> None:
        """Keep the client, and each function's log group by its logical name."""
        self._client = client
        self._groups = groups
        self._clock = clock

    def lines(self, function: str, word: str, since_ms: int) -> Written:
        """See LogBook."""
        group, now_ms = self._groups[function], self._clock.now_ms()
        found: list[str] = []
        left, read_since_ms = MOST_PAGES, None
        until_ms = now_ms + HOUR_MS  # AWS's clock may be ahead of ours
        edges = {max(since_ms, now_ms - hours * HOUR_MS) for hours in BACK_TO_HOURS}
        for from_ms in sorted(edges | {since_ms}, reverse=True):
            pages = list(islice(self._pages(group, word, from_ms, until_ms), left + 1))
            if len(pages) > left:
                break
            found = [line for page in pages for line in page] + found
            left, until_ms, read_since_ms = left - len(pages), from_ms, from_ms
        if read_since_ms is None:
            raise LogTooLongError
        return Written(list(_read(found, word)), read_since_ms)

    def _pages(self, group: str, word: str, from_ms: int, until_ms: int) -> Iterator[list[str]]:
        """What was written between, a page with each request."""
        asked = {
            "logGroupName": group,
            "startTime": from_ms,
            "endTime": until_ms - 1,
            "filterPattern": f'"{word}"',
        }
        while True:
            page = self._client.filter_log_events(**asked)
            yield [one["message"] for one in page["events"]]
            if "nextToken" not in page:
                return
            asked["nextToken"] = page["nextToken"]


def _read(lines: Iterable[str], word: str) -> Iterator[dict[str, Json]]:
    for line in lines:
        if word not in line:
            continue
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told
