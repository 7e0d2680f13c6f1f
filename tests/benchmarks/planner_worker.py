"""A worker: ticks of the planner, each with so many contacts due on a list of any length."""

from __future__ import annotations

import importlib
import sys
import time
from typing import Any

from botocore.config import Config

from contact_center.aws import boto3_clients
from tests.benchmarks.meter import Meter
from tests.benchmarks.peak import peak_kb
from tests.benchmarks.progress import say
from tests.benchmarks.stage import answer
from tests.benchmarks.stored_lists import make_due
from tests.functional.conversations.routing_rig import Context

WARM, MEASURED = "warm", "measured"
PATIENCE_SECONDS = 300  # the emulator looks through the whole table for what an index finds


def main(due: int, rounds: int) -> dict[str, Any]:
    """Tick so many times with so many due; what each tick cost.

    The contacts at the first places of the campaign's list are made due, tick after tick.
    """
    meter = Meter()
    meter.install()
    boto3_clients.LIMITS = boto3_clients.LIMITS.merge(Config(read_timeout=PATIENCE_SECONDS))
    app = importlib.import_module("campaign_planner.app")
    contacts = app.PARTS.plan.contacts
    client, table = contacts._client, contacts._table
    say("first tick, which is not counted")
    app.lambda_handler({}, Context(600_000))  # makes connections, loads what is loaded late
    before_kb = peak_kb()
    ticks = []
    for number in range(rounds):
        say(f"tick {number + 1} of {rounds}")
        make_due(client, table, MEASURED, range(number * due, (number + 1) * due))
        meter.take()
        cpu, wall = time.process_time(), time.perf_counter()
        done = app.lambda_handler({}, Context(600_000))
        ticks.append(
            {
                "planned": done["planned"],
                "failed": done["failed"],
                "cpu_ms": (time.process_time() - cpu) * 1_000,
                "wall_ms": (time.perf_counter() - wall) * 1_000,
                **meter.take(),
            }
        )
    return {"ticks": ticks, "peak_kb": peak_kb(), "before_kb": before_kb}


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(main(int(sys.argv[1]), int(sys.argv[2])), out)
