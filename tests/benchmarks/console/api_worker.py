"""A worker: what the operators' API answers an open page with, and what that asks of the tables.

    python -m tests.benchmarks.console.api_worker polls 30 operator
    python -m tests.benchmarks.console.api_worker pages 10000
    python -m tests.benchmarks.console.api_worker searches 10000

By its handler, as API Gateway calls it, on the emulator; its clock moves as far as is said here.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contact_center.figures.adapters.dynamodb_day_book import DynamoDBBookedCalls, DynamoDBDayBook
from contact_center.figures.domain.day_book import Leaf
from contact_center.figures.services.keep_day_book import (
    BEHIND_MS,
    LONGEST_MS,
    DayBookParts,
    make_anew,
)
from tests.benchmarks.console.read_meter import ReadMeter
from tests.benchmarks.console.stored_calls import live_call, past_calls, past_id, put
from tests.benchmarks.machine_pace import PaceMeanwhile, loop_ms
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.stage import answer
from tests.fakes.clock import FakeClock
from tests.functional.dialing.dialing_rig import now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.console.read_meter import Asked

OPERATOR, VIEWER = "operator-of-benchmarks-0123456789", "viewer-of-benchmarks-0123456789"
TOKENS = {"operator": OPERATOR, "viewer": VIEWER}
POLLS, WARM_UP = 120, 20
EVERY_MS = 1_000
NEWS_A_CALL_SECONDS = 5  # words of a call come as often
SHARED_MS = 200  # within what is read for all who ask
DAYS = 31
KEPT_DAYS = 90
EMULATOR_SECONDS = 60.0  # it is slow on a busy machine; what is counted here is no time
WRITES = {"PutItem", "UpdateItem"}  # the audit trail's entry, of whose calls somebody saw
OK, NOT_MODIFIED = 200, 304

type Json = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """An answer, what it asked for, and what it took."""

    status: int
    etag: str
    sent_bytes: int
    asked: Asked
    cpu_ms: float
    body: Json


class Api:
    """The function as a warm process has it."""

    def __init__(self) -> None:
        self.meter = ReadMeter()
        self.meter.install()
        self.app = importlib.import_module("operator_api.app")
        self.client = self.app.PARTS.follow_ups().follow_ups._client  # the same for all
        self.table = self.app.PARTS.desk.calls._table

    def ask(
        self,
        method: str,
        path: str,
        role: str = "operator",
        *,
        etag: str = "",
        body: Json | None = None,
        **query: str,
    ) -> Answered:
        """One request, as a browser sends it."""
        headers = {"authorization": f"Bearer {TOKENS[role]}", "accept-encoding": "gzip"}
        headers |= {"if-none-match": etag} if etag else {}
        event = {
            "version": "2.0",
            "routeKey": f"{method} {path}",
            "rawPath": path,
            "rawQueryString": urlencode(query),
            "queryStringParameters": query,
            "headers": headers | ({"content-type": "application/json"} if body else {}),
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "isBase64Encoded": False,
        } | ({"body": json.dumps(body)} if body else {})
        self.meter.take()
        before = time.process_time()
        said = self.app.lambda_handler(event, None)
        cpu_ms = (time.process_time() - before) * 1000
        if said["statusCode"] not in {OK, NOT_MODIFIED}:
            raise BenchmarkError(f"{path} answered {said['statusCode']}: {said['body']}")
        text, size = _body(said)
        size += sum(len(f"{name}: {value}\r\n") for name, value in said["headers"].items())
        told = said["headers"].get("etag", "")
        return Answered(said["statusCode"], told, size, self.meter.take(), cpu_ms, text)


def _body(said: Json) -> tuple[Json, int]:
    import base64  # noqa: PLC0415
    import gzip  # noqa: PLC0415

    raw = base64.b64decode(said["body"]) if said.get("isBase64Encoded") else said["body"].encode()
    text = gzip.decompress(raw) if said.get("isBase64Encoded") else raw
    return json.loads(text or b"{}"), len(raw)


def polls(calls: int, role: str) -> Json:
    """Polls of an open page while so many calls last, each of which says something every 5 s."""
    api = Api()
    clock = FakeClock(now_ms())
    put(api.client, api.table, (live_call(number, clock.at_ms) for number in range(calls)))
    shown = api.ask("GET", "/api/live", role)  # loads the desk and notes who was shown
    desk = api.app.PARTS.live()
    desk.parts.clock = clock
    news = _news(calls)
    changed, unchanged, pace = [], [], PaceMeanwhile()
    etag = ""
    for number in range(WARM_UP + POLLS):
        clock.at_ms += EVERY_MS
        put(api.client, api.table, next(news)(clock.at_ms))
        told = api.ask("GET", "/api/live", role, etag=etag)
        etag = told.etag
        clock.at_ms += SHARED_MS
        again = api.ask("GET", "/api/live", role, etag=etag)
        if number >= WARM_UP:
            changed.append(told)
            unchanged.append(again)
            pace.look()
    idle = [_idle(api, clock, role) for _ in range(POLLS)][WARM_UP:]
    return {
        "calls": len(shown.body["calls"]),
        "changed": _sums(changed),
        "unchanged": _sums(unchanged),
        "quiet": _sums(idle),
        "loop_ms": pace.loop_ms(),
    }


def _news(calls: int) -> Iterator[Any]:
    """What is written in each second: every call in its turn."""
    a_second = max(1, calls // NEWS_A_CALL_SECONDS) if calls else 0
    revision, at = 2, 0
    while True:
        numbers = [(at + step) % calls for step in range(a_second)] if calls else []
        yield lambda ms, numbers=numbers, revision=revision: [
            live_call(number, ms, revision) for number in numbers
        ]
        at, revision = (at + a_second) % max(1, calls), revision + 1


def _idle(api: Api, clock: FakeClock, role: str) -> Answered:
    """A poll of a page for which nothing is new, though it is read again."""
    clock.at_ms += 5 * EVERY_MS
    first = api.ask("GET", "/api/live", role)
    clock.at_ms += EVERY_MS
    return api.ask("GET", "/api/live", role, etag=first.etag)


def _sums(answers: list[Answered]) -> Json:
    statuses = {one.status for one in answers}
    count = len(answers)
    return {
        "statuses": sorted(statuses),
        "bytes": max(one.sent_bytes for one in answers),
        "bytes_mean": statistics.mean(one.sent_bytes for one in answers),
        "requests_most": max(sum(one.asked.requests.values()) for one in answers),
        "requests": sum(sum(one.asked.requests.values()) for one in answers) / count,
        "read_units": sum(one.asked.read_units for one in answers) / count,
        "write_units": sum(one.asked.write_units for one in answers) / count,
        "cpu_ms": statistics.median(one.cpu_ms for one in answers),
        "cpu_p95_ms": sorted(one.cpu_ms for one in answers)[int(count * 0.95)],
    }


SEARCH = "/api/calls/search"
# By what share of the calls fits; each over as many days as calls are stored for.
FILTERED: dict[str, Json] = {
    "one in four": {"department": "sales"},
    "one in a hundred": {"campaign": "spring"},
    "none": {"department": "nobody"},
}
# What each page asks for first, and where the rows of the answer are.
PAGES: tuple[tuple[str, str, str, Json | None, dict[str, str], str], ...] = (
    ("live", "GET", "/api/live", None, {}, "calls"),
    ("live, empty", "GET", "/api/calls", None, {"limit": "1"}, "calls"),
    ("call", "GET", f"/api/calls/{past_id(1)}", None, {}, "timeline"),
    ("queue", "GET", "/api/callbacks", None, {}, "callbacks"),
    ("campaigns", "GET", "/api/campaigns", None, {}, "campaigns"),
    ("needs you", "GET", "/api/needs", None, {}, "needs"),
    ("history", "POST", SEARCH, {"limit": 50}, {}, "calls"),
    ("figures", "GET", "/api/figures", None, {}, "buckets"),
    ("more: limits", "GET", "/api/limits", None, {}, "prefixes"),
    ("more: audit", "GET", "/api/audit", None, {}, "entries"),
)  # fmt: skip


def pages(stored: int) -> Json:
    """Every page's own question while so many calls are stored."""
    api = Api()
    at_ms = now_ms()
    put(api.client, api.table, past_calls(stored, at_ms, DAYS))
    put(api.client, api.table, (live_call(number, at_ms) for number in range(30)))
    days = {"from": _day(at_ms - 6 * 86_400_000), "to": _day(at_ms)}
    found = [
        _asked(api, name, method, path, None if said is None else days | said, query, rows)
        for name, method, path, said, query, rows in PAGES
    ]
    return {"pages": found, "loop_ms": loop_ms()}


def searches(stored: int) -> Json:
    """History by filters while so many calls are stored, all of them over."""
    api = Api()
    at_ms = now_ms()
    put(api.client, api.table, past_calls(stored, at_ms, DAYS))
    before = _filtered(api, at_ms)
    _keep_book(api, at_ms)
    return {"in_no_book": before, "in_the_book": _filtered(api, at_ms)}


def _asked(  # noqa: PLR0913, PLR0917 - one request, and what it is called
    api: Api,
    name: str,
    method: str,
    path: str,
    body: Json | None,
    query: dict[str, str],
    rows: str,
) -> Json:
    for _ in range(2):  # the first one loads what it runs on
        told = api.ask(method, path, body=body, **query)
    return {
        "page": name,
        "requests": sum(told.asked.requests.values()),
        "reads": sum(n for name, n in told.asked.requests.items() if name not in WRITES),
        "operations": dict(told.asked.requests),
        "items": told.asked.items,
        "read_units": told.asked.read_units,
        "rows": len(told.body.get(rows) or ()),
        "looked_at": told.body.get("lookedAt"),
        "cursor": told.body.get("nextCursor"),
        "bytes": told.sent_bytes,
        "cpu_ms": told.cpu_ms,
    }


def _filtered(api: Api, at_ms: int) -> list[Json]:
    """The first page and the second by each filter."""
    days = {"from": _day(at_ms - (DAYS - 1) * 86_400_000), "to": _day(at_ms), "limit": 50}
    found = []
    for name, said in FILTERED.items():
        first = _asked(api, f"{name} fits", "POST", SEARCH, days | said, {}, "calls")
        found.append(first)
        if first["cursor"]:
            more = days | said | {"cursor": first["cursor"]}
            found.append(_asked(api, f"{name} fits, on", "POST", SEARCH, more, {}, "calls"))
    return found


def _keep_book(api: Api, at_ms: int) -> None:
    """What the reconciler has by now: all but the last hour."""
    connection = api.app.PARTS.search().calls._connection
    connection._read_seconds = EMULATOR_SECONDS
    parts = DayBookParts(
        book=DynamoDBDayBook(connection, api.table, KEPT_DAYS),
        calls=DynamoDBBookedCalls(connection, api.table),
        clock=FakeClock(at_ms),
    )
    until_ms = at_ms - BEHIND_MS - LONGEST_MS
    parts.book.write([Leaf(since_ms=until_ms, until_ms=until_ms)])
    for day in range(DAYS):
        make_anew(datetime.fromtimestamp(at_ms / 1000 - day * 86_400, UTC).date(), parts)


def _day(at_ms: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at_ms / 1000))


def main(arguments: list[str]) -> Json:
    if arguments[0] == "polls":
        return polls(int(arguments[1]), arguments[2])
    if arguments[0] == "searches":
        return searches(int(arguments[1]))
    return pages(int(arguments[1]))


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(main(sys.argv[1:]), out)
