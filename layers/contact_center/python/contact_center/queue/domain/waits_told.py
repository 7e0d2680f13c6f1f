"""What a caller in a queue is told of the wait: a range of minutes, or nothing.

It rests on our own times of the last hours: how long after the serving before it each serving of
the same queue came, while somebody waited, and how many of those who waited hung up meanwhile. The
caller of the third place waits for three servings, or for fewer where some before them give up; how
much that may vary follows from how much single servings did, and from how few are known. The
narrowest range is told that is sure enough, and none that is more than 3 : 1 wide: then nothing is
said of time, as to the first in line nearly always. Never a bare average.

Times are ms since 1970, ranges whole minutes of a ladder whose steps widen.
"""

from __future__ import annotations

from math import erf, log, sqrt
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SAMPLES = 20
MOST_SAMPLES = 60  # kept of a queue, whatever its traffic
MINUTE_MS = 60_000

LADDER = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 75, 90, 120)
WIDEST = 3.0
_LOG_LADDER = tuple(log(minutes) for minutes in LADDER)
# Each range that may be told by its steps, the narrowest first.
_RANGES = sorted(
    (
        (first, last)
        for first, low in enumerate(LADDER)
        for last, high in enumerate(LADDER)
        if low < high <= WIDEST * low
    ),
    key=lambda steps: (LADDER[steps[1]] / LADDER[steps[0]], steps),
)

# Lines are lent to dials, people come and go, callers hang up: what the last hours do not show of
# the next minutes, as a share of the wait. Found by simulation (`make bench PART=waits`).
UNSEEN = 0.15
# A range is told when our own times say that so many waits in a hundred end within it. As it turns
# out there are more of them: the rounding to the ladder goes outwards (the same simulation).
SURE = 0.75


@dataclass(frozen=True, slots=True)
class Serving:
    """One serving of a queue in which somebody waited since the serving before it.

    Attributes:
        took_ms: Since the serving before it.
        waiting: How many there were, with whoever was served.
        left: How many of them left without being served, since the serving before it.
    """

    at_ms: int
    took_ms: int
    waiting: int
    left: int


@dataclass(frozen=True, slots=True)
class WaitRange:
    """Between so many minutes, from now on: steps of the ladder."""

    low_minutes: int
    high_minutes: int


@dataclass(frozen=True, slots=True)
class WaitTold:
    """What a caller is told of the wait.

    Attributes:
        place: 1 is next.
        wait: None: nothing is said of time.
    """

    place: int
    wait: WaitRange | None


def with_serving(
    servings: Sequence[Serving], serving: Serving, place_ms: int
) -> tuple[Serving, ...]:
    """The servings of a queue with another one, when it says something.

    Args:
        servings: Those known, the earliest first.
        serving: The one to add.
        place_ms: Since when whoever was served had waited.

    Returns:
        The latest of them, so many at most; unchanged when nobody waited all the while.
    """
    if serving.took_ms < 0 or place_ms > serving.at_ms - serving.took_ms:
        return tuple(servings)
    return (*servings, serving)[-MOST_SAMPLES:]


def wait_of(
    place: int, servings: Sequence[Serving], now_ms: int, recent_ms: int
) -> WaitRange | None:
    """How long the caller of a place waits from now on, or None when nothing can be said.

    Args:
        place: 1 is next.
        servings: Of the queue.
        now_ms: Since 1970.
        recent_ms: How old a serving may be that says something.
    """
    recent = [one for one in servings if now_ms - one.at_ms <= recent_ms]
    mean_ms = _mean_ms(recent)
    if len(recent) < LEAST_SAMPLES or mean_ms == 0:
        return None
    several = _servings_before(place, mean_ms, recent)
    varies = sum((one.took_ms / mean_ms - 1) ** 2 for one in recent) / (len(recent) - 1)
    share = log(1 + varies / several + varies / len(recent) + UNSEEN**2)  # of a lognormal
    middle = log(several * mean_ms / MINUTE_MS) - share / 2
    return _narrowest(middle, sqrt(share))


def is_served_within(
    place: int, servings: Sequence[Serving], now_ms: int, recent_ms: int, left_ms: int
) -> bool:
    """Whether our own times say that the caller of a place is served within a time from now on.

    As if nobody before him gave up; of too few servings nothing is said, and so not that.
    """
    recent = [one for one in servings if now_ms - one.at_ms <= recent_ms]
    if len(recent) < LEAST_SAMPLES:
        return False
    return place * _mean_ms(recent) * (1 + UNSEEN) <= left_ms


def _mean_ms(servings: Sequence[Serving]) -> float:
    return sum(one.took_ms for one in servings) / len(servings) if servings else 0


def _servings_before(place: int, mean_ms: float, servings: Sequence[Serving]) -> float:
    """How many servings it takes, while others give up as fast as of late."""
    waited_ms = sum(one.took_ms * one.waiting for one in servings)
    gives_up = mean_ms * sum(one.left for one in servings) / waited_ms  # of one, in one serving
    return log(1 + gives_up * place) / gives_up if gives_up else place


def _narrowest(middle: float, spread: float) -> WaitRange | None:
    """The narrowest range of the ladder that is sure enough; None when it is too wide, or off.

    Of minutes whose logarithm is normal.
    """
    chances = [erf((step - middle) / spread / sqrt(2)) / 2 for step in _LOG_LADDER]
    for first, last in _RANGES:
        if chances[last] - chances[first] >= SURE:
            return WaitRange(LADDER[first], LADDER[last])
    return None


def is_news(told: WaitTold | None, now: WaitTold) -> bool:
    """Whether a caller who was told that is told this: it has changed, by a step or more.

    Args:
        told: The last that was told; None: nothing yet.
        now: What would be told.
    """
    return told is None or now.place != told.place or now.wait not in {told.wait, None}
