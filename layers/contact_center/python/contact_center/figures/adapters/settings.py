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
    settings = {name: name.upper().replace("-", "_") for name in QUEUES}
    return [
        QueuePair(
            name=name,
            url=environment.required(f"{setting}_QUEUE_URL"),
            dead_url=environment.required(f"{setting}_DEAD_QUEUE_URL"),
        )
        for name, setting in settings.items()
    ]
