"""The processes of one run, and what they find in the emulator."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.sqs_dial_jobs import job_text
from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.permission import Permission
from local.cloud.emulator import ROOT
from tests.concurrency.board import Board, Cell, Stage
from tests.concurrency.campaigns import TwoCampaigns
from tests.concurrency.plan import prefix_of
from tests.concurrency.rings import RingLog
from tests.functional.dialing.dialing_rig import MS_PER_HOUR, OPEN_HOURS, consent, now_ms

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from local.cloud.children import Children
    from tests.concurrency.plan import Plan
    from tests.emulator import Account

READY_SECONDS = 300.0
DEAD_SECONDS = 0.005  # a kill takes effect by then
SOURCES = ("layers/contact_center/python", "functions", ".")
KEY_NAME = "vapi-api-key"


class SceneError(Exception):
    """Something that the run needs did not come up."""


class Scene:
    """Receiver, reconciler and dialers over one account of the emulator."""

    def __init__(self, plan: Plan, account: Account, children: Children, folder: Path) -> None:
        self.plan = plan
        self.account = account
        self.board = Board(folder / "board", plan.dialers, plan.handlers)
        self.rings = RingLog(folder / "rings.jsonl")
        civil_ms = round(datetime.fromisoformat(OPEN_HOURS).timestamp() * 1_000)
        self.campaigns = TwoCampaigns(account, civil_ms)
        self.dialers: list[subprocess.Popen[bytes]] = []
        self._children = children
        self._others: list[subprocess.Popen[bytes]] = []
        self._folder = folder
        self._started_ms = now_ms()
        self._vapi_url = ""

    def start(self) -> None:
        """Bring everything up. Raises SceneError."""
        self.account.secret(KEY_NAME, '{"key": "local-vapi-key"}')
        self.account.client("sqs").set_queue_attributes(
            QueueUrl=self.account.dial_jobs_queue,
            Attributes={"VisibilityTimeout": str(self.plan.visibility_seconds)},
        )
        self._start_receiver()
        for number in range(self.plan.dialers):
            self.dialers.append(self._start_dialer(number))
        self._wait(lambda: all(cell.stage is Stage.IDLE for cell in self.board.everybody()))
        every = ["--every-seconds", str(self.plan.tick_seconds)]
        self._others.append(self._ours("dialers", "reconciler", *every, *self._timings))

    def feed(self) -> list[DialAttempt]:
        """Store the attempts and their people, then send their jobs; returns the attempts."""
        attempts = [
            DialAttempt(request=one, due_at_ms=one.created_at_ms + self.plan.first_due_ms)
            for one in self._requests(self.plan.numbers())
        ]
        permission = Permission(consents=(consent(),), version=1)
        self._store(
            self.account.contacts_table,
            [permission_item(attempt.request.number, permission) for attempt in attempts],
        )
        self._store(self.account.dialing_table, [attempt_item(attempt, 0) for attempt in attempts])
        jobs = [job_text(DialJob(attempts[place].attempt_id)) for place in self.plan.order()]
        for batch in _batches(jobs, 10):
            self.account.client("sqs").send_message_batch(
                QueueUrl=self.account.dial_jobs_queue,
                Entries=[{"Id": str(i), "MessageBody": body} for i, body in enumerate(batch)],
            )
        return attempts

    def kill_handler(self, number: int, handler: int) -> Cell:
        """SIGKILL one handler, which its dialer replaces; returns what it was doing."""
        os.kill(self.board.read(number, handler).pid, signal.SIGKILL)
        time.sleep(DEAD_SECONDS)
        return self._seen(number, handler)

    def kill_dialer(self, number: int) -> list[Cell]:
        """SIGKILL a dialer with its handlers and start another; what they were doing."""
        self._children.end(self.dialers[number])
        time.sleep(DEAD_SECONDS)
        cells = [self._seen(number, handler) for handler in range(self.plan.handlers)]
        self.dialers[number] = self._start_dialer(number)
        return cells

    def _seen(self, number: int, handler: int) -> Cell:
        cell = self.board.read(number, handler)
        self.board.write(number, handler, cell._replace(stage=Stage.ABSENT))
        return cell

    def check(self) -> None:
        """Raises SceneError when a process ended by itself."""
        for process in (*self.dialers, *self._others):
            if process.poll() is not None:
                raise SceneError(f"a process ended by itself: see {self._folder}/*.log")

    def close(self) -> None:
        for process in (*self.dialers, *self._others):
            self._children.end(process)
        self.board.close()

    @property
    def _timings(self) -> list[str]:
        return ["--timings", json.dumps(dict(self.plan.timings))]

    def _start_receiver(self) -> None:
        plan, port = self.plan, self._folder / "port"
        self._others.append(
            self._ours(
                "receiver",
                *("--port", str(port), "--rings", str(self._folder / "rings.jsonl")),
                *("--seed", str(plan.seed), "--lost", str(plan.lost)),
                *("--answer-ms", str(plan.answer_ms), "--call-ms", str(plan.call_ms)),
            )
        )
        self._wait(port.exists)
        self._vapi_url = f"http://127.0.0.1:{port.read_text()}"

    def _start_dialer(self, number: int) -> subprocess.Popen[bytes]:
        return self._ours(
            "dialers",
            *("dialer", "--number", str(number), "--queue", self.account.dial_jobs_queue),
            *("--board", str(self._folder / "board"), "--processes", str(self.plan.dialers)),
            *("--handlers", str(self.plan.handlers), *self._timings),
            log=f"dialer-{number}",
        )

    def _ours(self, module: str, *arguments: str, log: str = "") -> subprocess.Popen[bytes]:
        role = log or (arguments[0] if arguments[0][0] != "-" else module)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        output = os.open(self._folder / f"{role}.log", flags, 0o600)
        try:
            return self._children.spawn(
                [sys.executable, "-m", f"tests.concurrency.{module}", *arguments],
                environment=self._environment(),
                folder=ROOT,
                output=output,
            )
        finally:
            os.close(output)

    def _environment(self) -> dict[str, str]:
        account, plan = self.account, self.plan
        return {
            **account.environment,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(str(ROOT / source) for source in SOURCES),
            "DIALING_TABLE": account.dialing_table,
            "CONTACTS_TABLE": account.contacts_table,
            "CALLS_TABLE": account.calls_table,
            "DIAL_JOBS_QUEUE_URL": account.dial_jobs_queue,
            "CALL_EVENTS_QUEUE_URL": account.call_events_queue,
            "VAPI_BASE_URL": self._vapi_url,
            "VAPI_API_KEY_NAME": KEY_NAME,
            "VAPI_PHONE_NUMBER_ID": "11111111-1111-4111-8111-111111111111",
            "ACCOUNT_CALLS_PER_SECOND": str(plan.account_calls),
            "PREFIX_CALLS_PER_SECOND": str(plan.prefix_calls),
            "CALL_LINES": "10000",
            "LOCAL_NOW": OPEN_HOURS,
            "LOCAL_STARTED_AT_MS": str(self._started_ms),
            "LOCAL_TEST_NUMBERS": "true",
        }

    def _requests(self, numbers: Sequence[str]) -> list[DialRequest]:
        at_ms = now_ms()
        if self.plan.campaigns:
            return self.campaigns.requests(numbers, at_ms)
        return [
            DialRequest(
                attempt_id=attempt_id("concurrency", self.plan.seed, number),
                number=number,
                prefix=prefix_of(number),
                purpose="marketing",
                assistant="sales",
                created_at_ms=at_ms,
                expires_at_ms=at_ms + MS_PER_HOUR,
            )
            for number in numbers
        ]

    def _store(self, table: str, items: Sequence[dict[str, Any]]) -> None:
        client = self.account.client("dynamodb")
        for batch in _batches(items, 25):
            wanted = {table: [{"PutRequest": {"Item": item}} for item in batch]}
            if client.batch_write_item(RequestItems=wanted)["UnprocessedItems"]:
                raise SceneError("the emulator did not store every item")

    def _wait(self, ready: Any) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise SceneError(f"not ready in {READY_SECONDS:.0f} s: see {self._folder}/*.log")
            time.sleep(0.02)  # other processes have no other way to say that they are ready


def _batches[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
