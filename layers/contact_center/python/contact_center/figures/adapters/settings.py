"""The environment of what counts: which queues there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.figures.adapters.sqs_queue_depths import QueuePair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.environment import Environment

QUEUES = ("call-events", "dial-jobs", "list-jobs")


def read_queues(environment: Environment) -> Sequence[QueuePair]:
    """The queues and the dead ones behind them. Raises SettingsError naming what is missing."""
    return [
        QueuePair(
            name=name,
            url=environment.required(f"{_variable(name)}_QUEUE_URL"),
            dead_url=environment.required(f"{_variable(name)}_DEAD_QUEUE_URL"),
        )
        for name in QUEUES
    ]


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")
