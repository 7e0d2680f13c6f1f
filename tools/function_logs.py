"""What functions wrote into their logs: lines of JSON, picked by a word of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

type Json = Any

MOST_PAGES = 10  # of CloudWatch's; the latest are not among more, so it says so then


class LogBook(Protocol):
    """Logs of functions."""

    def lines(self, function: str, word: str, since_ms: int) -> list[dict[str, Json]]:
        """Lines of JSON of one function, by its logical name, with a word in them, oldest first.

        Raises LookupError: the function has no log; OSError, BotoCoreError or ClientError: it
        cannot be read.
        """
        ...


class LogFiles:
    """LogBook over the files of what runs here: those of this run, whenever it began."""

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

    def __init__(self, client: Any, groups: Mapping[str, str]) -> None:  # noqa: ANN401 - botocore
        """Keep the client, and each function's log group by its logical name."""
        self._client = client
        self._groups = groups

    def lines(self, function: str, word: str, since_ms: int) -> list[dict[str, Json]]:
        """See LogBook."""
        asked = {
            "logGroupName": self._groups[function],
            "startTime": since_ms,
            "filterPattern": f'"{word}"',
        }
        found: list[str] = []
        for _ in range(MOST_PAGES):
            page = self._client.filter_log_events(**asked)
            found += [one["message"] for one in page["events"]]
            if "nextToken" not in page:
                break
            asked["nextToken"] = page["nextToken"]
        return list(_read(found, word))


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
