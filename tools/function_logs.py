"""What functions wrote into their logs: lines of JSON, picked by a word of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from contact_center.kernel.ports import Clock

type Json = Any

# CloudWatch searches a part of a log for each page, which may be empty: a busy day is thousands of
# them. So the latest hours are read first, and as many before as there is patience for.
MOST_PAGES = 120
HOUR_MS = 3_600_000
WINDOWS_HOURS = (1, 5, 18, 144)


class LogTooLongError(Exception):
    """Too much was written lately to be searched from here."""


class LogBook(Protocol):
    """Logs of functions."""

    def lines(self, function: str, word: str, since_ms: int) -> list[dict[str, Json]]:
        """Lines of JSON of one function, by its logical name, with a word in them, oldest first.

        Raises LookupError: the function has no log; OSError, BotoCoreError or ClientError: it
        cannot be read; LogTooLongError: not even its last hour.
        """
        ...

    @property
    def read_since_ms(self) -> int | None:
        """Since when the log that was read last was read; None: since whenever it was to be."""
        ...


class LogFiles:
    """LogBook over the files of what runs here: those of this run, whenever it began."""

    read_since_ms: int | None = None

    def __init__(self, folder: Path) -> None:
        """Keep where they are."""
        self._folder = folder

    def lines(self, function: str, word: str, since_ms: int) -> list[dict[str, Json]]:
        """See LogBook; a function that never ran wrote nothing."""
        del since_ms  # no line has a time
        path = self._folder / f"{function}.log"
        if not path.exists():
            return []
        return list(_read(path.read_text(encoding="utf-8", errors="replace").splitlines(), word))


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
        self.read_since_ms: int | None = None

    def lines(self, function: str, word: str, since_ms: int) -> list[dict[str, Json]]:
        """See LogBook."""
        group, pages = self._groups[function], MOST_PAGES
        found: list[str] = []
        self.read_since_ms = None
        until_ms = self._clock.now_ms() + HOUR_MS  # whose clock is ahead is read too
        for hours in WINDOWS_HOURS:
            from_ms = max(since_ms, until_ms - hours * HOUR_MS)
            part, used = self._part(group, word, from_ms, until_ms, pages)
            pages -= used
            if part is None:
                if until_ms > self._clock.now_ms():
                    raise LogTooLongError(f"the log of {function} is too long to be searched")
                self.read_since_ms = until_ms
                break
            found = part + found
            until_ms = from_ms
            if until_ms <= since_ms:
                break
        return list(_read(found, word))

    def _part(
        self, group: str, word: str, from_ms: int, until_ms: int, pages: int
    ) -> tuple[list[str] | None, int]:
        """What was written between, and how many pages that took; None: it takes more."""
        asked = {
            "logGroupName": group,
            "startTime": from_ms,
            "endTime": until_ms - 1,
            "filterPattern": f'"{word}"',
        }
        found: list[str] = []
        for used in range(1, pages + 1):
            page = self._client.filter_log_events(**asked)
            found += [one["message"] for one in page["events"]]
            if "nextToken" not in page:
                return found, used
            asked["nextToken"] = page["nextToken"]
        return None, pages


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
