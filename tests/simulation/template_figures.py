"""How often, how long and how many at once, as template.yaml says: no figure of the test's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud.intrinsics import load_yaml
from tests.simulation.queues import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

_TEMPLATE = Path(__file__).parents[2] / "template.yaml"


@cache
def _resources() -> Table[str, Any]:
    resources: Any = load_yaml(_TEMPLATE)["Resources"]
    found: Table[str, Any] = resources
    return found


def timeout_ms(function: str) -> float:
    """After which a function's process is killed."""
    return float(_resources()[function]["Properties"]["Timeout"]) * 1_000


def memory_gb(function: str) -> float:
    """What a function's time is charged by."""
    return float(_resources()[function]["Properties"]["MemorySize"]) / 1_024


def mapping_of(queue: str, function: str, concurrency: int) -> Mapping:
    """How a queue feeds its function.

    Args:
        queue, function: Their names in the template.
        concurrency: A few at once, where the template allows fifty, show more of each other.
    """
    described = _resources()[queue]["Properties"]
    redrive = described["RedrivePolicy"]
    dead, _ = redrive["deadLetterTargetArn"]["Fn::GetAtt"]
    (fed,) = [
        event["Properties"]
        for event in _resources()[function]["Properties"]["Events"].values()
        if event["Type"] == "SQS"
    ]
    return Mapping(
        timeout_ms=timeout_ms(function),
        visibility_ms=float(described["VisibilityTimeout"]) * 1_000,
        batch=int(fed["BatchSize"]),
        concurrency=concurrency,
        max_receives=int(redrive["maxReceiveCount"]),
        dead_kept_ms=float(_resources()[dead]["Properties"]["MessageRetentionPeriod"]) * 1_000,
    )
