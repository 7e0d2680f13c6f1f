"""What it asks of the table to serve one caller, by how many wait."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.domain.waiting import Entered, LeftBecause, WaitsFor
from contact_center.queue.domain.waiting_steps import after
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.queue_ports import QueueChange
from contact_center.queue.services.serve_next import serve_next
from local.cloud.emulator import ACCOUNT
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.benchmarks.twilio_queue import Asked, counted_requests
from tests.emulator import Account
from tests.unit.queue.queue_scene import NOW_MS, Scene

if TYPE_CHECKING:
    from local.cloud.emulator import Emulator

WAITING = (10, 100, 1_000)
MOST_RATIO = 1.2
OF_ITS_OWN = 6  # an account beside those of the other parts


def show_serving(emulator: Emulator) -> None:
    """Measure and print requests and items read, with more and more who wait."""
    account = Account(emulator.endpoint_url, str(int(ACCOUNT) + OF_ITS_OWN))
    scene, asked = Scene(lines=1), Asked()
    queue = DynamoDBQueue(
        account.lean(),
        account.dialing_table,
        LineWrites(account.dialing_table, CALLING_ACCOUNT),
        scene.clock,
    )
    parts = replace(scene.parts, waiting=replace(scene.waiting, queue=queue))
    progress, found = Progress("servings", WAITING[-1]), dict[int, tuple[int, int]]()
    known = 0
    for waiting in WAITING:
        for number in range(known, waiting):
            progress.at(number)
            _waits(number, queue)
        known = waiting
        with pytest.MonkeyPatch.context() as patch, counted_requests(patch, asked):
            before = asked.requests.total(), asked.items
            if serve_next(parts) != 1:
                raise BenchmarkError("nobody was sent for, beside a free line")
            found[waiting] = asked.requests.total() - before[0], asked.items - before[1]
        leg, _ = scene.telephone.redirected[-1]
        leave_queue(f"v-{leg}", parts.waiting, LeftBecause.HUNG_UP)
    account.close()
    print("\nOne caller is served")
    least = found[WAITING[0]]
    for waiting, (requests, items) in found.items():
        ratio = max(requests / least[0], items / max(1, least[1]))
        reached = "reached" if ratio <= MOST_RATIO else "missed"
        print(
            f"  {waiting:>5} wait   {requests:>3} requests {items:>3} items read"
            f"{ratio:>7.2f}x   ≤ {MOST_RATIO:g} x {reached}"
        )


def _waits(number: int, queue: DynamoDBQueue) -> None:
    leg = f"CA{number:032x}"
    entered = Entered(
        visit_id=f"v-{leg}",
        department="sales",
        waits_for=WaitsFor.LINE,
        leg=leg,
        number=None,
        place_ms=NOW_MS + number,
        at_ms=NOW_MS + number,
        due_at_ms=NOW_MS + 3_600_000,
    )
    made = after(None, entered)
    if made is not None:
        queue.commit(QueueChange(before=None, after=made))
