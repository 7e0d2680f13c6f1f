"""A worker: the planner ticks until it looks at no campaign any more."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from botocore.config import Config

from contact_center.aws import boto3_clients
from tests.benchmarks.planner_worker import PATIENCE_SECONDS
from tests.benchmarks.stage import answer
from tests.functional.conversations.routing_rig import Context

MOST_TICKS = 50


def main() -> dict[str, Any]:
    """Tick at an instant that stands still for a campaign: what is put off stays put off."""
    boto3_clients.LIMITS = boto3_clients.LIMITS.merge(Config(read_timeout=PATIENCE_SECONDS))
    app = importlib.import_module("campaign_planner.app")
    looked: list[int] = []
    while not looked or (looked[-1] and len(looked) < MOST_TICKS):
        looked.append(app.lambda_handler({}, Context(600_000))["looked"])
    return {"looked": looked}


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115, PTH123
    answer(main(), out)
