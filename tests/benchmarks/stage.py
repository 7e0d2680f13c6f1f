"""What dialing is measured on: an account of the emulator, and workers that start from nothing.

A worker is a process of its own, so that its memory, its CPU and its connections are its own. It
gets what the functions find in their environment, and says what it measured as one JSON object.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.permission import Permission
from local.cloud.emulator import ROOT
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.emulator import Account
from tests.functional.dialing.dialing_rig import OPEN_HOURS, consent, now_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from local.cloud.emulator import Emulator

SOURCES = ("layers/contact_center/python", "functions", ".")
KEY_NAME = "vapi-api-key"
BATCH = 25  # DynamoDB's limit
# Exchange 555 belongs to nobody; ten thousand numbers an area, so many areas for any list.
AREAS = (212, 213, 312, 305, 415, 617, 702, 713, 404, 206, 303, 602, 214, 503, 615, 704)
_accounts = itertools.count(300_000_000_001)

type Item = dict[str, Any]


class Stage:
    """One account of the emulator, with nothing in it yet."""

    def __init__(self, emulator: Emulator, vapi_url: str = "http://127.0.0.1:9") -> None:
        self.account = Account(emulator.endpoint_url, str(next(_accounts)))
        self.account.secret(KEY_NAME, '{"key": "local-vapi-key"}')
        self.account.secret("vapi-webhook", '{"current": "benchmark"}')
        self._vapi_url = vapi_url
        self._started_ms = now_ms()

    @property
    def environment(self) -> dict[str, str]:
        """What the functions find in their environment."""
        account = self.account
        return {
            **account.environment,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(str(ROOT / source) for source in SOURCES),
            "DIALING_TABLE": account.dialing_table,
            "CONTACTS_TABLE": account.contacts_table,
            "CALLS_TABLE": account.calls_table,
            "DIAL_JOBS_QUEUE_URL": account.dial_jobs_queue,
            "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
            "REPORTS_BUCKET": account.reports_bucket,
            "VAPI_SECRET_NAME": "vapi-webhook",
            "VAPI_BASE_URL": self._vapi_url,
            "VAPI_API_KEY_NAME": KEY_NAME,
            "VAPI_PHONE_NUMBER_ID": "11111111-1111-4111-8111-111111111111",
            "ACCOUNT_CALLS_PER_SECOND": "100",  # limits that limit nothing here
            "PREFIX_CALLS_PER_SECOND": "100",
            "CALL_LINES": "10000",
            "LOCAL_NOW": OPEN_HOURS,
            "LOCAL_STARTED_AT_MS": str(self._started_ms),
            "LOCAL_TEST_NUMBERS": "true",
        }

    def later(self, minutes: float) -> dict[str, str]:
        """What has a worker's civil clock be so many minutes ahead of what it would be."""
        return {"LOCAL_STARTED_AT_MS": str(self._started_ms - round(minutes * 60_000))}

    def work(self, module: str, *arguments: object, **environment: str) -> dict[str, Any]:
        """Run a worker to its end; what it measured. What it prints on stderr is shown."""
        command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
        ran = subprocess.run(
            command,
            env={**self.environment, **environment},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=False,
        )
        if ran.returncode != 0:
            raise BenchmarkError(f"{module} ended with {ran.returncode}")
        measured: dict[str, Any] = json.loads(ran.stdout)
        return measured

    def store(self, table: str, items: Iterable[Item], count: int, what: str) -> None:
        """Put items in batches, saying how far it is."""
        client, done, progress = self.account.client("dynamodb"), 0, Progress(what, count)
        for batch in itertools.batched(items, BATCH, strict=False):
            wanted = {table: [{"PutRequest": {"Item": item}} for item in batch]}
            if client.batch_write_item(RequestItems=wanted)["UnprocessedItems"]:
                raise BenchmarkError("the emulator did not store every item")
            done += len(batch)
            progress.at(done)
        progress.end()

    def permit(self, people: Sequence[str]) -> None:
        """Have these people agree to be called."""
        permission = Permission(consents=(consent(),), version=1)
        items = (permission_item(number, permission) for number in people)
        self.store(self.account.contacts_table, items, len(people), "permissions stored")


def people(count: int, first: int = 0) -> list[str]:
    """So many numbers, each once, the areas in turn."""
    return [number_of(place) for place in range(first, first + count)]


def number_of(place: int) -> str:
    """The number at a place of an endless list."""
    line, area = divmod(place, len(AREAS))
    exchange, last = divmod(line, 10_000)
    # 555 first; then exchanges in use, for nobody is rung here.
    return f"+1{AREAS[area]}{555 if not exchange else 200 + exchange}{last:04d}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies; of no values 0."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def answer(measured: Mapping[str, Any], out: Any) -> None:
    """A worker's last word."""
    print(json.dumps(measured), file=out, flush=True)


def batches[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Items in pieces of a size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
