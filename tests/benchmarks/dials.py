"""Dials a second of one dialer process, its CPU a dial, and how exactly a slot is kept.

The scene is that of `make prove-dialing`: real handlers, each a process that plays one Lambda
environment, a queue, and a receiver that stamps the first bytes of every POST at its socket. The
limits limit nothing here. A handler waits for a slot about half a second ahead, so its rate is
mostly that wait; what it costs is its CPU, which is set beside the bare requests of a dial.
"""

from __future__ import annotations

import http.client
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from contact_center.dialing.adapters.attempt_items import attempt_of
from contact_center.dialing.domain.dial_requests import post_name
from contact_center.dialing.domain.dial_timings import DialTimings
from local.cloud.children import Children
from tests.benchmarks.processes import BenchmarkError, cpu_seconds
from tests.benchmarks.progress import Progress
from tests.benchmarks.stage import percentile
from tests.concurrency.plan import Plan
from tests.concurrency.scene import Scene
from tests.emulator import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cloud.emulator import Emulator
    from tests.concurrency.rings import Ring

HANDLERS = (1, 4, 8)
UNLIMITED = 100  # calls a second, the most a setting allows
WAIT_SECONDS = 120.0
FLOOR_ROUNDS = 100


class Dialled(NamedTuple):
    """What one dialer process did.

    Attributes:
        rate: Dials a second from the first ring to the last.
        cpu_ms: Of its handlers, a dial.
        late_ms: From slot to receipt, of each dial.
        missed: Slots given up because their time had passed.
    """

    handlers: int
    dials: int
    rate: float
    cpu_ms: float
    late_ms: list[float]
    missed: int


def show_dials(emulator: Emulator, each: int) -> None:
    """Measure and print.

    Args:
        emulator: Where the tables and the queue are.
        each: Dials of every handler.
    """
    found = []
    for place, handlers in enumerate(HANDLERS):
        account = Account(emulator.endpoint_url, str(310_000_000_001 + place))
        plan = Plan(
            jobs=each * handlers,
            dialers=1,
            handlers=handlers,
            account_calls=UNLIMITED,
            prefix_calls=UNLIMITED,
            doubled=0,
            lost=0,
            kills=(),
            blind_kills=0,
            campaigns=False,
        )
        with tempfile.TemporaryDirectory() as folder:
            dialled, floor_ms = _measure(plan, account, Path(folder))
        account.close()
        found.append((dialled, floor_ms))
    _show(found)


def _measure(plan: Plan, account: Account, folder: Path) -> tuple[Dialled, float]:
    children = Children()
    scene = Scene(plan, account, children, folder)
    try:
        scene.start()
        before = _cpu(scene)
        scene.feed()
        _wait(scene, Progress(f"dials by {plan.handlers} handlers", plan.jobs))
        cpu_ms = (_cpu(scene) - before) * 1_000 / plan.jobs
        floor_ms = _floor_ms(account, scene._vapi_url)
        log = "".join(path.read_text() for path in folder.glob("dialer-*.log"))
        rings = scene.rings.rings
    finally:
        scene.close()
        children.close()
    slots = dict(_slots(account))
    late_ms = [ring.at_ns / 1e6 - slots[ring.name] for ring in rings]
    return (
        Dialled(
            plan.handlers, len(rings), _rate(rings), cpu_ms, late_ms, log.count('"slot_missed":')
        ),
        floor_ms,
    )


def _wait(scene: Scene, progress: Progress) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while len(scene.rings.attempts) < scene.plan.jobs:
        scene.check()
        if time.monotonic() > deadline:
            raise BenchmarkError(f"only {len(scene.rings.attempts)} of {scene.plan.jobs} rang")
        time.sleep(0.05)  # the receiver's file has no other way to say that it grew
        scene.rings.refresh()
        progress.at(len(scene.rings.attempts))
    progress.end()
    time.sleep(DialTimings().claim_before_ms / 1_000)  # for the last outcome to be written down


def _cpu(scene: Scene) -> float:
    return sum(cpu_seconds(cell.pid) for cell in scene.board.everybody())


def _slots(account: Account) -> list[tuple[str, int]]:
    pages = account.client("dynamodb").get_paginator("scan")
    items = [
        item
        for page in pages.paginate(TableName=account.dialing_table, ConsistentRead=True)
        for item in page["Items"]
        if item["sk"]["S"] == "ATTEMPT"
    ]
    attempts = [attempt_of(item) for item in items]
    return [(post_name(one.attempt_id, one.posts), one.slot_at_ms) for one in attempts if one.posts]


def _rate(rings: Sequence[Ring]) -> float:
    at = sorted(ring.at_ns for ring in rings)
    return (len(at) - 1) / ((at[-1] - at[0]) / 1e9) if len(at) > 1 else 0.0


def _floor_ms(account: Account, vapi_url: str) -> float:
    """CPU ms of what no dial can do without: a transaction of six, a write, a POST."""
    client, table = account.client("dynamodb"), account.dialing_table
    parts = urlsplit(vapi_url)
    began = 0.0
    for number in range(FLOOR_ROUNDS + 10):
        if number == 10:
            began = time.process_time()  # by then the connection stands
        puts = [
            {"pk": {"S": f"FLOOR#{number}"}, "sk": {"S": str(at)}, "said": {"S": "." * 500}}
            for at in range(6)
        ]
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": item}} for item in puts]
        )
        client.put_item(TableName=table, Item=puts[0])
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        body = '{"name": "floor", "customer": {"number": "+12125550100"}}'
        connection.request("POST", "/call", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
        connection.close()
    return (time.process_time() - began) * 1_000 / FLOOR_ROUNDS


def _show(found: Sequence[tuple[Dialled, float]]) -> None:
    timings = DialTimings()
    wait = timings.reserve_lead_ms / 1_000
    print("\nDials of one dialer process (its handlers are processes, one job at a time each)")
    print(f"A fresh slot is at least {wait} s ahead, so a handler that did nothing else would dial")
    print(f"{1 / wait:.1f} a second. CPU beside one transaction of six, one put and one bare POST.")
    print(
        f"  {'handlers':>8}{'dials':>7}{'dials/s':>9}{'of that':>9}{'CPU ms each':>13}"
        f"{'to bare':>9}{'slot to receipt ms: p50':>26}{'p99':>7}{'worst':>7}{'given up':>10}"
    )
    for one, floor_ms in found:
        ideal = one.handlers / wait
        middle, late = (percentile(one.late_ms, share) for share in (0.5, 0.99))
        print(
            f"  {one.handlers:>8}{one.dials:>7}{one.rate:>9.2f}{one.rate / ideal:>8.0%}"
            f"{one.cpu_ms:>14.1f}{one.cpu_ms / floor_ms:>8.1f}x"
            f"{middle:>26.1f}{late:>7.1f}{max(one.late_ms, default=0.0):>7.1f}{one.missed:>10}"
        )
