"""The environment of what counts: which queues there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.figures.adapters.sqs_queue_depths import QueuePair

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from contact_center.kernel.environment import Environment

# Of each queue, the settings that hold its URL and that of the dead one behind it.
SETTINGS = {
    "call-events": ("CALL_EVENTS_QUEUE_URL", "CALL_EVENTS_DEAD_QUEUE_URL"),
    "dial-jobs": ("DIAL_JOBS_QUEUE_URL", "DIAL_JOBS_DEAD_QUEUE_URL"),
    "list-jobs": ("LIST_JOBS_QUEUE_URL", "LIST_JOBS_DEAD_QUEUE_URL"),
    "reception-jobs": ("RECEPTION_JOBS_QUEUE_URL", "RECEPTION_JOBS_DEAD_QUEUE_URL"),
    "effects": ("EFFECTS_QUEUE_URL", "EFFECTS_DEAD_QUEUE_URL"),
}
QUEUES = tuple(SETTINGS)
# They are there only where callers come in here and not at Vapi (TWILIO_ADMISSION), and where hints
# at effects are listened to (EFFECT_HINTS).
MAY_BE_ABSENT = frozenset({"reception-jobs", "effects"})


def read_queues(environment: Environment, names: Collection[str] = QUEUES) -> Sequence[QueuePair]:
    """The queues of those names and the dead ones behind them.

    Raises SettingsError naming what is missing.
    """
    return [
        QueuePair(name=name, url=environment.required(url), dead_url=environment.required(dead))
        for name, (url, dead) in SETTINGS.items()
        if name in names and (name not in MAY_BE_ABSENT or environment.optional(url) is not None)
    ]
