"""What an owner decides about queues: how many, how long, who goes before whom, what is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from contact_center.queue.domain.ladders import LadderStep, SorryTexts
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.queue.domain.who_is_next import Sharing
from contact_center.visits.domain.opening_hours import Closing, WhenClosed

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND_MS, MINUTE_MS = 1_000, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentQueue:
    """What holds for the queues of one department.

    Attributes:
        weight: Of its share of the lines.
        most: So many wait at most for the same; 0: nobody does.
        longest_ms: Nobody waits longer in one queue.
        ladder: What is tried for a caller who is to get a person of the department.
        full, too_long, nobody: What happens instead of waiting: there is no room, the longest wait
            is over, nobody of the department is logged in.
    """

    weight: int
    most: int
    longest_ms: int
    full: Closing
    too_long: Closing
    nobody: Closing
    ladder: tuple[LadderStep, ...] = tuple(LadderStep)

    def instead(self, because: LeftBecause | None) -> Closing:
        """What happens to a caller who left the queue for that; None: it had no room."""
        if because is None:
            return self.full
        return self.nobody if because is LeftBecause.NOBODY else self.too_long


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTexts:
    """What is said to whoever waits.

    Attributes:
        next: The first in line.
        place: Anybody else; names {place}.
        wait: How long, after that; names {low} and {high}, in minutes.
        comfort: When there is nothing new.
    """

    next: str
    place: str
    wait: str
    comfort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMusic:
    """A sound to be played to whoever waits, and how long it is."""

    url: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """The owner's decisions. Meaning and defaults: [queue] in config/policy.toml.

    Attributes:
        recent_ms: How old a serving may be that a wait is told from.
        sorry: What a caller is told for whom no person was found.
        music: None: there is none, and words and pauses take turns.
        company: What holds for a department that is not named.
    """

    patience_ms: int
    recent_ms: int
    music: QueueMusic | None
    texts: QueueTexts
    sorry: SorryTexts
    company: DepartmentQueue
    by_department: Mapping[str, DepartmentQueue]

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, ValueError."""
        music = compiled["music"]
        return cls(
            patience_ms=compiled["patience_seconds"] * SECOND_MS,
            recent_ms=compiled["recent_minutes"] * MINUTE_MS,
            music=None if music is None else QueueMusic(**music),
            texts=QueueTexts(**compiled["texts"]),
            sorry=SorryTexts(**compiled["sorry"]),
            company=_department(compiled["company"]),
            by_department={key: _department(own) for key, own in compiled["departments"].items()},
        )

    def of(self, department: str) -> DepartmentQueue:
        """What holds for a department."""
        return self.by_department.get(department, self.company)

    def sharing(self, departments: tuple[str, ...]) -> Sharing:
        """By what these departments share lines."""
        weights = {department: self.of(department).weight for department in departments}
        return Sharing(weights, self.patience_ms)


def _department(compiled: Mapping[str, Any]) -> DepartmentQueue:
    return DepartmentQueue(
        weight=compiled["weight"],
        most=compiled["most_waiting"],
        longest_ms=compiled["longest_wait_minutes"] * MINUTE_MS,
        full=_closing(compiled["full"]),
        too_long=_closing(compiled["too_long"]),
        nobody=_closing(compiled["nobody"]),
        ladder=tuple(LadderStep(step) for step in compiled["ladder"]),
    )


def _closing(compiled: Mapping[str, Any]) -> Closing:
    return Closing(
        action=WhenClosed(compiled["action"]), say=compiled["say"], number=compiled["number"]
    )
