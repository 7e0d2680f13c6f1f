"""The environment of what counts, in the shape of settings.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from contact_center.dialing_settings import PaceSettings
from contact_center.settings import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSettings:
    """What the figures of operators are read from.

    Attributes:
        pace: For the number of lines.
        queues: Each with its name, its URL and the URL of the dead queue behind it.
    """

    calls_table: str
    dialing_table: str
    pace: PaceSettings
    queues: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, environment: Environment | None = None) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        environment = environment or Environment()
        required = environment.required
        return cls(
            calls_table=required("CALLS_TABLE"),
            dialing_table=required("DIALING_TABLE"),
            pace=PaceSettings.read(environment),
            queues=(
                (
                    "call-events",
                    required("CALL_EVENTS_QUEUE_URL"),
                    required("CALL_EVENTS_DEAD_QUEUE_URL"),
                ),
                (
                    "dial-jobs",
                    required("DIAL_JOBS_QUEUE_URL"),
                    required("DIAL_JOBS_DEAD_QUEUE_URL"),
                ),
                (
                    "list-jobs",
                    required("LIST_JOBS_QUEUE_URL"),
                    required("LIST_JOBS_DEAD_QUEUE_URL"),
                ),
            ),
        )
