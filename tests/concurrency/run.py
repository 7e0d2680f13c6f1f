"""One run: feed the queue, kill dialers, wait for the end, gather what there is to judge."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb.keys import open_shards
from contact_center.dialing.adapters.attempt_items import attempt_key, attempt_of
from tests.concurrency.board import Stage
from tests.concurrency.judge import Evidence
from tests.concurrency.processors import work_so_far
from tests.concurrency.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from local.cloud.children import Children
    from tests.concurrency.board import Cell
    from tests.concurrency.plan import Plan
    from tests.concurrency.processors import Work
    from tests.emulator import Account

LURK_SECONDS = 10.0
AFTERMATH_SECONDS = 0.3  # what a killed process had sent is through by then
LOOK_SECONDS = 0.5
SAY_SECONDS = 5.0
KILL_AGAIN = 0.03  # of all rings later a kill that hit nothing is tried once more
MOST_KILLS_OF_A_KIND = 5
STAT = Path("/proc/stat")


@dataclass
class Run:
    """What goes on between the first job and the last end."""

    scene: Scene
    say: Callable[[str], None]
    kills: list[tuple[int, Stage | None]]
    chance: random.Random
    caught: Counter[Stage] = field(default_factory=Counter)
    tries: Counter[Stage | None] = field(default_factory=Counter)
    killed_handlers: int = 0
    killed_dialers: int = 0
    suspects: set[str] = field(default_factory=set)
    dry_ns: int | None = None
    first: Work | None = None
    busy_share: float | None = None
    began: float = field(default_factory=time.monotonic)
    said: float = 0.0

    def watch(self) -> bool:
        """Until nothing is open any more; False when that does not come."""
        deadline = None
        while True:
            self.scene.rings.refresh()
            self._kill_if_due()
            if self.first is None and self.scene.rings.rings:
                self.first = work_so_far(STAT)
            left = self._queued()
            if self.dry_ns is None and left == 0 and self.scene.rings.rings:
                self.dry_ns = time.time_ns()
                self.busy_share = _share(self.first, work_so_far(STAT))
                deadline = time.monotonic() + self.scene.plan.patience_seconds
            still = self._open() if self.dry_ns is not None else None
            self._progress(left, still)
            if still == 0:
                self.scene.rings.refresh()
                return True
            if deadline is not None and time.monotonic() > deadline:
                return False
            self.scene.check()
            time.sleep(LOOK_SECONDS)  # looks now and then: the system under test has two cores

    def _kill_if_due(self) -> None:
        if not self.kills or len(self.scene.rings.rings) < self.kills[0][0]:
            return
        _, stage = self.kills.pop(0)
        cells = self._kill_dialer() if stage is None else self._kill_at(stage)
        time.sleep(AFTERMATH_SECONDS)
        self.scene.rings.refresh()
        for cell in cells:
            self._inquest(cell)
        self.tries[stage] += 1
        missed = stage is not None and not self.caught[stage]
        if missed and self.tries[stage] < MOST_KILLS_OF_A_KIND:
            later = len(self.scene.rings.rings) + round(self.scene.plan.jobs * KILL_AGAIN)
            self.kills.append((later, stage))
            self.kills.sort(key=lambda kill: kill[0])

    def _kill_dialer(self) -> list[Cell]:
        self.killed_dialers += 1
        return self.scene.kill_dialer(self.chance.randrange(self.scene.plan.dialers))

    def _kill_at(self, stage: Stage) -> list[Cell]:
        """Kill the first handler that is found at that stage; nobody when none is."""
        dialers = list(range(self.scene.plan.dialers))
        self.chance.shuffle(dialers)
        ends = time.monotonic() + LURK_SECONDS
        while time.monotonic() < ends:
            for dialer in dialers:
                handler = self.scene.board.stages(dialer).find(stage)
                if handler >= 0:
                    self.killed_handlers += 1
                    return [self.scene.kill_handler(dialer, handler)]
            time.sleep(0.0005)  # some stages last a few ms
        return []

    def _inquest(self, cell: Cell) -> None:
        """At what stage a handler died, by the table and the receiver and not by its own word."""
        if cell.stage in {Stage.ABSENT, Stage.IDLE}:
            return
        if cell.stage in {Stage.CLAIMING, Stage.DIALING, Stage.POSTING}:
            self.suspects.add(cell.attempt_id)
        item = self._client.get_item(
            TableName=self.scene.account.dialing_table,
            Key=attempt_key(cell.attempt_id),
            ConsistentRead=True,
        )["Item"]
        state = item["state"]["S"]
        rings = [one for one in self.scene.rings.rings if one.attempt_id == cell.attempt_id]
        if cell.stage is Stage.QUEUED and state == "queued" and not rings:
            self.caught[Stage.QUEUED] += 1
        elif cell.stage is Stage.DIALING and state == "dialing" and not rings:
            self.caught[Stage.DIALING] += 1
        elif cell.stage is Stage.POSTING and state == "dialing" and rings:
            self.caught[Stage.POSTING] += 1
        elif cell.stage in {Stage.PLACED, Stage.RECORDING} and state == "dialing":
            self.caught[Stage.PLACED] += any(ring.lost is None for ring in rings)

    def _queued(self) -> int:
        attributes = self.scene.account.client("sqs").get_queue_attributes(
            QueueUrl=self.scene.account.dial_jobs_queue,
            AttributeNames=["ApproximateNumberOfMessages"],
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])

    def _open(self) -> int:
        return sum(
            self._client.query(
                TableName=self.scene.account.dialing_table,
                IndexName="open-by-due-time",
                KeyConditionExpression="#open = :shard",
                ExpressionAttributeNames={"#open": "open"},
                ExpressionAttributeValues={":shard": {"S": shard}},
                Select="COUNT",
            )["Count"]
            for shard in open_shards()
        )

    def _progress(self, left: int, still: int | None) -> None:
        seconds = time.monotonic() - self.began
        if seconds - self.said < SAY_SECONDS:
            return
        self.said = seconds
        waits = f"{left} jobs wait" if still is None else f"{still} attempts open"
        rings = len(self.scene.rings.rings)
        killed, load = self.killed_handlers + self.killed_dialers, os.getloadavg()[0]
        self.say(f"{seconds:4.0f} s  {rings} rings, {waits}, {killed} killed, load {load:.1f}")

    @property
    def _client(self) -> Any:
        return self.scene.account.client("dynamodb")


def run(
    plan: Plan, account: Account, children: Children, folder: Path, say: Callable[[str], None]
) -> Evidence:
    """Run a plan to its end; returns what there is to judge."""
    scene = Scene(plan, account, children, folder)
    try:
        say(f"starting {plan.dialers} dialers of {plan.handlers} handlers")
        scene.start()
        attempts = scene.feed()
        chance = random.Random(plan.seed + 3)  # noqa: S311 - a run is to be repeated, not kept secret
        going = Run(scene, say, plan.kills_at(), chance)
        ended = going.watch()
        scene.rings.refresh()
        cells = scene.board.everybody()
    finally:
        scene.close()
    items = list(_items(account))
    stored = {item["attempt_id"]["S"]: attempt_of(item) for item in _kind(items, "ATTEMPT")}
    return Evidence(
        plan=plan,
        asked=attempts,
        stored=stored,
        rings=scene.rings.rings,
        dry_ns=going.dry_ns,
        busy_share=going.busy_share,
        ended=ended,
        killed_handlers=going.killed_handlers,
        killed_dialers=going.killed_dialers,
        suspects=going.suspects,
        caught=going.caught,
        unknown=sum(cell.unknown for cell in cells),
        leases=len(_kind(items, "LEASE#")),
        lines=sum(int(item["count"]["N"]) for item in _kind(items, "COUNT")),
        held=sum('"held_by":"' in item["said"]["S"] for item in _kind(items, "CUSTOMER")),
        dead=_dead(account),
        seconds=time.monotonic() - going.began,
        slots_missed=_counted(folder, '"slot_missed":'),
        recounts=scene.campaigns.recounts(scene.rings.rings) if plan.campaigns else [],
    )


def _share(first: Work | None, last: Work | None) -> float | None:
    return last.share_since(first) if first and last else None


def _kind(items: Sequence[dict[str, Any]], sort_key: str) -> list[dict[str, Any]]:
    return [item for item in items if item["sk"]["S"].startswith(sort_key)]


def _items(account: Account) -> Iterator[dict[str, Any]]:
    pages = account.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=account.dialing_table, ConsistentRead=True):
        yield from page["Items"]


def _dead(account: Account) -> int:
    queues = account.client("sqs")
    url = next(url for url in queues.list_queues()["QueueUrls"] if "dial-jobs-dead" in url)
    attributes = queues.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def _counted(folder: Path, word: str) -> int:
    """How often the dialers' own metrics name something."""
    return sum(path.read_text().count(word) for path in folder.glob("dialer-*.log"))
