"""The environment of what works on lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSettings:
    """Where lists come in and go out.

    Attributes:
        queue_url: Of the work that nobody waits for.
        bucket: Where lists come in and results go out.
    """

    queue_url: str
    bucket: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError naming the one that cannot be used."""
        return cls(
            queue_url=environment.required("LIST_JOBS_QUEUE_URL"),
            bucket=environment.required("REPORTS_BUCKET"),
        )
