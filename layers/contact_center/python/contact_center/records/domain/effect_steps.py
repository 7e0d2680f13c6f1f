"""What each event makes of the oldest open effect of a line: the whole table, no pair left out.

    waiting ──── claimed ────► delivering(token, lease) ──── delivered ────► done
       ▲                          │      │        ▲ │
       ├──── later, in doubt ─────┘      │        └─┘ claimed anew after the lease: in doubt
       │                                 └─ refused on the merits, three days over ─► dead
       └──────────────────────────── replayed: in doubt ───────────────────────────────┘

What is in doubt may have happened, so it is looked up before anything is written again: an answer
that got lost, a lease that ran out, and whatever is replayed. A rule returns the run itself when
nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.effect_answers import (
    Answer,
    Delivered,
    InDoubt,
    Later,
    Refused,
)

MS_PER_HOUR = 3_600_000


class Stage(StrEnum):
    """Where an effect stands."""

    WAITING = "waiting"
    DELIVERING = "delivering"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectTimings:
    """How long is long enough.

    Attributes:
        first_pause_ms: Before the second try; each later pause is twice as long.
        longest_pause_ms: No pause is longer, jitter included.
        give_up_ms: After the first try; the last one is made then.
        lease_ms: Longer than any worker lives, so who holds none can send nothing more.
    """

    first_pause_ms: int = 5_000
    longest_pause_ms: int = 24 * MS_PER_HOUR
    give_up_ms: int = 72 * MS_PER_HOUR
    lease_ms: int = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRun:
    """How far delivering one effect has come.

    Attributes:
        due_ms: Waiting: not before. Delivering: until when the lease holds.
        token: Of whoever has claimed it last.
        tries: How often it was claimed.
        begun_ms: When it was claimed first; its days count from here.
        in_doubt: It may have happened: to be looked up.
        cause: Why it did not happen the last time, or never will.
        their_id: What the receiver calls it.
    """

    stage: Stage = Stage.WAITING
    due_ms: int = 0
    token: str | None = None
    tries: int = 0
    begun_ms: int | None = None
    in_doubt: bool = False
    cause: str | None = None
    their_id: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.stage in {Stage.DONE, Stage.DEAD}


@dataclass(frozen=True, slots=True)
class Claimed:
    """Somebody wants to deliver it, and shows a word of his own."""

    token: str
    now_ms: int


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Who has claimed it asked whether it has happened; None: certainly not."""

    token: str
    found: Delivered | Later | None
    now_ms: int
    chance: float


@dataclass(frozen=True, slots=True)
class Answered:
    """Who has claimed it had it delivered; `chance` from 0 to 1 spreads the next try."""

    token: str
    answer: Answer
    now_ms: int
    chance: float


@dataclass(frozen=True, slots=True)
class Replayed:
    """An operator wants it tried again."""

    now_ms: int


type Event = Claimed | LookedUp | Answered | Replayed
Rule = Callable[[EffectRun, Any, EffectTimings], EffectRun]


def next_run(run: EffectRun, event: Event, timings: EffectTimings) -> EffectRun:
    """The run after an event; the same object when the event changes nothing."""
    return TABLE[run.stage][type(event)](run, event, timings)


def pause_ms(tries: int, chance: float, timings: EffectTimings) -> int:
    """How long to wait after so many tries: doubled each time, and up to half as much again."""
    most = timings.longest_pause_ms * 2 // 3  # so that jitter reaches the longest and not more
    plain = timings.first_pause_ms
    for _ in range(tries - 1):
        if plain >= most:
            break
        plain *= 2
    return int(min(plain, most) * (1 + chance / 2))


def hastened(run: EffectRun, now_ms: int, most_ms: int) -> EffectRun:
    """A run that waits no longer than this: its receiver is away, which is no fault of its own.

    Whoever went to see whether the receiver is back would else wait longest, and still when all the
    others have been delivered.
    """
    if run.stage is not Stage.WAITING or run.due_ms <= now_ms + most_ms:
        return run
    return replace(run, due_ms=now_ms + most_ms)


def _nothing(run: EffectRun, _event: Event, _timings: EffectTimings) -> EffectRun:
    return run


def _claim(run: EffectRun, event: Claimed, timings: EffectTimings) -> EffectRun:
    if event.now_ms < run.due_ms:
        return run
    return replace(
        run,
        stage=Stage.DELIVERING,
        due_ms=event.now_ms + timings.lease_ms,
        token=event.token,
        tries=run.tries + 1,
        begun_ms=event.now_ms if run.begun_ms is None else run.begun_ms,
    )


def _claim_anew(run: EffectRun, event: Claimed, timings: EffectTimings) -> EffectRun:
    claimed = _claim(run, event, timings)
    return run if claimed is run else replace(claimed, in_doubt=True)


def _looked_up(run: EffectRun, event: LookedUp, timings: EffectTimings) -> EffectRun:
    if event.token != run.token:
        return run
    match event.found:
        case Delivered(their_id):
            return _done(run, their_id)
        case Later(cause, wait_ms):
            return _again(run, cause, _wait_ms(run, wait_ms, event.chance, timings), event, timings)
        case None:
            return replace(run, in_doubt=False)


def _answered(run: EffectRun, event: Answered, timings: EffectTimings) -> EffectRun:
    if event.token != run.token:
        return run
    match event.answer:
        case Delivered(their_id):
            return _done(run, their_id)
        case Refused(cause):
            return replace(run, stage=Stage.DEAD, in_doubt=False, cause=cause)
        case Later(cause, wait_ms):
            sure = replace(run, in_doubt=False)
            wait_ms = _wait_ms(run, wait_ms, event.chance, timings)
            return _again(sure, cause, wait_ms, event, timings)
        case InDoubt(cause):
            wait_ms = _wait_ms(run, None, event.chance, timings)
            return _again(replace(run, in_doubt=True), cause, wait_ms, event, timings)


def _replay(_run: EffectRun, event: Replayed, _timings: EffectTimings) -> EffectRun:
    return EffectRun(due_ms=event.now_ms, in_doubt=True)


def _done(run: EffectRun, their_id: str | None) -> EffectRun:
    return replace(run, stage=Stage.DONE, in_doubt=False, their_id=their_id)


def _wait_ms(run: EffectRun, told_ms: int | None, chance: float, timings: EffectTimings) -> int:
    """What the receiver asked for, and a little more so that not all come at once; or a pause."""
    if told_ms is None:
        return pause_ms(run.tries, chance, timings)
    return max(told_ms, 0) + int(timings.first_pause_ms * chance)


def _again(
    run: EffectRun,
    cause: str,
    wait_ms: int,
    event: Answered | LookedUp,
    timings: EffectTimings,
) -> EffectRun:
    begun_ms = event.now_ms if run.begun_ms is None else run.begun_ms
    last_ms = begun_ms + timings.give_up_ms
    if event.now_ms >= last_ms:
        return replace(run, stage=Stage.DEAD, cause=cause)
    due_ms = min(event.now_ms + wait_ms, last_ms)
    return replace(run, stage=Stage.WAITING, due_ms=due_ms, cause=cause)


TABLE: dict[Stage, dict[type, Rule]] = {
    Stage.WAITING: {
        Claimed: _claim,
        LookedUp: _nothing,
        Answered: _nothing,
        Replayed: _nothing,
    },
    Stage.DELIVERING: {
        Claimed: _claim_anew,
        LookedUp: _looked_up,
        Answered: _answered,
        Replayed: _nothing,
    },
    Stage.DONE: dict.fromkeys((Claimed, LookedUp, Answered, Replayed), _nothing),
    Stage.DEAD: {
        Claimed: _nothing,
        LookedUp: _nothing,
        Answered: _nothing,
        Replayed: _replay,
    },
}
