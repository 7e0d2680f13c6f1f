"""What an owner decides about queues: how many, how long, who goes before whom, what is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.queue.domain.callable_numbers import CallableNumbers
from contact_center.queue.domain.ladders import LadderStep, SorryTexts
from contact_center.queue.domain.waiting import LeftBecause
from contact_center.queue.domain.who_is_next import Sharing
from contact_center.visits.domain.opening_hours import Closing, WhenClosed

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentQueue:
    """What holds for the queues of one department.

    Attributes:
        weight: Of its share of the lines.
        most: So many wait at most for the same; 0: nobody does.
        longest_ms: Nobody waits longer in one queue.
        ladder: What is tried for a caller who is to get a person of the department.
        ring_at_once: So many people are asked about one caller at the same time.
        keeps_places: Whether callers are offered to hang up and be called when it is their turn.
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
    ring_at_once: int = 1
    keeps_places: bool = False

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
class CallBackTexts:
    """What is said of kept places: in the music, and to whoever is called back.

    Attributes:
        offer: In the music: key 1 keeps the place, key 2 for a call to another number.
        offer_other: The same, to a caller whose own number cannot be called: key 2 alone.
        offer_instead: To a caller who cannot be served now: key 1, or a message after the tone.
        ask_number, read_back, bad_number: After key 2; `read_back` names {number}.
        kept: The place is kept; a goodbye.
        not_kept: It is not, and the caller is in line as before.
        your_turn: It is his turn already.
        opening: To whoever answers: who calls and why; asks for key 1.
        cut_off: The same, to whoever we ring because the line broke; asks for a yes by key 1.
        no_key: Nobody has pressed it; a goodbye.
        over: To whoever answers when the call is not needed any more; a goodbye.
    """

    offer: str
    offer_other: str
    offer_instead: str
    ask_number: str
    read_back: str
    bad_number: str
    kept: str
    not_kept: str
    your_turn: str
    opening: str
    cut_off: str
    no_key: str
    over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackRules:
    """How callers whose place is kept are called.

    Attributes:
        tries: So many times at most.
        apart_ms: Between the end of one and the next, at least.
        ring_seconds: How long it rings.
        longest_ms: Nobody is called later than that after he asked, or after it opened.
        numbers: Whose can be called.
        rings_back: Whether a caller whose line broke is rung back by us, as far as he may be.
    """

    tries: int
    apart_ms: int
    ring_seconds: int
    longest_ms: int
    texts: CallBackTexts
    numbers: CallableNumbers
    rings_back: bool = False

    def numbers_here(self, *, test_numbers: bool) -> CallableNumbers:
        """Whose can be called; locally those that belong to nobody as well."""
        return replace(self.numbers, test_numbers=True) if test_numbers else self.numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """The owner's decisions. Meaning and defaults: [queue] in config/policy.toml.

    Attributes:
        recent_ms: How old a serving may be that a wait is told from.
        sorry: What a caller is told for whom no person was found.
        music: None: there is none, and words and pauses take turns.
        company: What holds for a department that is not named.
        call_back: How callers are called whose place is kept; None: none is.
    """

    patience_ms: int
    recent_ms: int
    music: QueueMusic | None
    texts: QueueTexts
    sorry: SorryTexts
    company: DepartmentQueue
    by_department: Mapping[str, DepartmentQueue]
    call_back: CallBackRules | None = None

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
            call_back=_call_back(compiled["call_back"]),
        )

    def of(self, department: str) -> DepartmentQueue:
        """What holds for a department."""
        return self.by_department.get(department, self.company)

    def longest_ms(self, department: str) -> int:
        """How long anybody may stand in line in a department."""
        return self.of(department).longest_ms

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
        ring_at_once=compiled.get("ring_at_once", 1),
        keeps_places=compiled.get("keeps_places", False),
    )


def _call_back(compiled: Mapping[str, Any]) -> CallBackRules:
    return CallBackRules(
        tries=compiled["tries"],
        apart_ms=compiled["minutes_apart"] * MINUTE_MS,
        ring_seconds=compiled["ring_seconds"],
        longest_ms=compiled["longest_hours"] * HOUR_MS,
        texts=CallBackTexts(**compiled["texts"]),
        numbers=CallableNumbers(frozenset(compiled["areas"].split()), compiled["test_numbers"]),
        rings_back=compiled["rings_back"],
    )


def _closing(compiled: Mapping[str, Any]) -> Closing:
    return Closing(
        action=WhenClosed(compiled["action"]), say=compiled["say"], number=compiled["number"]
    )
