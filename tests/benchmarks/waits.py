"""Honest waits: days of callers on few lines, what they were told of the wait, what they had.

The rules are the product's own (`who_is_next`, `waits_told`); what is made up is the world. It is
made so that it is not what the rules suppose: talks are lognormal, another mean and spread for
each department and a busier hour on every day; lines come and go with the dials, callers lose
patience and hang up, and their number differs by the hour and by the day.
"""

from __future__ import annotations

import heapq
import random
from bisect import insort
from dataclasses import dataclass, field
from math import log
from statistics import median

from contact_center.queue.domain.waits_told import (
    Serving,
    WaitRange,
    WaitTold,
    is_news,
    wait_of,
    with_serving,
)
from contact_center.queue.domain.who_is_next import Head, Sharing, next_head, turn_after

LEAST_WITHIN, MOST_WIDTH = 0.80, 3.0
SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000
RECENT_MS = 3 * HOUR_MS
DOCUMENT_MS = 25 * SECOND_MS

# Callers of all departments by the hour of the day, as a share of what the lines could serve.
LOAD = (0.1,) * 7 + (0.5, 0.9, 1.15, 1.2, 1.1, 0.9, 1.0, 1.15, 1.1, 1.0, 0.8, 0.6, 0.4) + (0.2,) * 4


@dataclass(frozen=True, slots=True)
class Kind:
    """A department: its part of the callers, the weight it has, and how long talks last."""

    name: str
    part: float
    weight: int
    talk_minutes: float
    spread: float  # of the logarithm


KINDS = (
    Kind("sales", 0.3, 2, 3.0, 0.6),
    Kind("support", 0.5, 1, 5.0, 0.8),
    Kind("billing", 0.2, 1, 2.5, 0.5),
)
SHARING = Sharing({kind.name: kind.weight for kind in KINDS}, 300_000)


@dataclass(slots=True)
class Caller:
    """Somebody who waits, and all they were told: when, and which range."""

    place_ms: int
    gives_up_ms: int
    told: WaitTold | None = None
    ranges: list[tuple[int, WaitRange]] = field(default_factory=list)

    def __lt__(self, other: Caller) -> bool:
        return self.place_ms < other.place_ms


@dataclass(slots=True)
class Judged:
    """What was told, held to what came."""

    callers: int = 0
    waited: int = 0
    told: int = 0
    told_and_within: int = 0
    tellings: int = 0
    tellings_within: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, caller: Caller, end_ms: int, *, served: bool) -> None:
        self.callers += 1
        self.waited += end_ms - caller.place_ms > DOCUMENT_MS
        known = [
            (at_ms, said) for at_ms, said in caller.ranges if served or _over(at_ms, said, end_ms)
        ]
        within = [served and _within(at_ms, said, end_ms) for at_ms, said in known]
        self.widths += [said.high_minutes / said.low_minutes for _, said in caller.ranges]
        self.tellings += len(within)
        self.tellings_within += sum(within)
        if within:
            self.told += 1
            self.told_and_within += within[0]


def _within(at_ms: int, said: WaitRange, end_ms: int) -> bool:
    return said.low_minutes * MINUTE_MS <= end_ms - at_ms <= said.high_minutes * MINUTE_MS


def _over(at_ms: int, said: WaitRange, end_ms: int) -> bool:
    """Whether somebody who hung up had waited longer than was said; of others nobody knows."""
    return end_ms - at_ms > said.high_minutes * MINUTE_MS


class Day:
    """One day on so many lines."""

    def __init__(self, chance: random.Random, judged: Judged) -> None:
        self.chance = chance
        self.judged = judged
        self.most_lines = chance.randint(3, 12)
        self.lines = self.most_lines
        self.in_use = 0
        self.busier = chance.uniform(0.7, 1.25)
        self.waiting: dict[str, list[Caller]] = {kind.name: [] for kind in KINDS}
        self.servings: dict[str, tuple[Serving, ...]] = {kind.name: () for kind in KINDS}
        self.last_ms: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.turns: dict[str, int] = {}
        self.events: list[tuple[int, int, str, object]] = []
        self.numbered = 0

    def run(self) -> None:
        for kind in KINDS:
            self._plan_caller(0, kind)
        self._plan(0, "lines", None)
        while self.events:
            at_ms, _, what, about = heapq.heappop(self.events)
            if what == "rings" and isinstance(about, Kind):
                self._rings(at_ms, about)
            elif what == "ends":
                self.in_use -= 1
            elif what == "lines" and at_ms < DAY_MS:
                self.lines = max(2, self.most_lines - self.chance.choice((0, 0, 1, 1, 2)))
                self._plan(at_ms + self.chance.randint(10, 60) * MINUTE_MS, "lines", None)
            elif what == "hears" and isinstance(about, tuple):
                self._hears(at_ms, *about)
            self._serve(at_ms)

    def _plan(self, at_ms: float, what: str, about: object) -> None:
        self.numbered += 1
        heapq.heappush(self.events, (round(at_ms), self.numbered, what, about))

    def _plan_caller(self, at_ms: int, kind: Kind) -> None:
        while at_ms < DAY_MS:
            mean_talk = sum(one.part * one.talk_minutes for one in KINDS)
            a_minute = self.most_lines * 0.92 / mean_talk * LOAD[at_ms // HOUR_MS] * self.busier
            gap_ms = self.chance.expovariate(a_minute * kind.part) * MINUTE_MS
            if gap_ms < 15 * MINUTE_MS:
                return self._plan(at_ms + gap_ms, "rings", kind)
            at_ms += 15 * MINUTE_MS  # the hour may have changed
        return None

    def _rings(self, at_ms: int, kind: Kind) -> None:
        self._plan_caller(at_ms, kind)
        if at_ms >= DAY_MS:
            return
        patience_ms = self.chance.expovariate(1 / 25) * MINUTE_MS
        caller = Caller(at_ms, round(at_ms + patience_ms))
        insort(self.waiting[kind.name], caller)
        self._serve(at_ms)
        self._hears(at_ms, kind.name, caller)

    def _hears(self, at_ms: int, name: str, caller: Caller) -> None:
        line = self.waiting[name]
        if not any(one is caller for one in line):
            return
        if caller.gives_up_ms <= at_ms:
            line[:] = [one for one in line if one is not caller]
            self.left[name] = self.left.get(name, 0) + 1
            self.judged.add(caller, at_ms, served=False)
            return
        place = 1 + next(number for number, one in enumerate(line) if one is caller)
        now = WaitTold(place, wait_of(place, self.servings[name], at_ms, RECENT_MS))
        if is_news(caller.told, now):
            had = None if caller.told is None else caller.told.wait
            if now.wait is not None and now.wait != had:
                caller.ranges.append((at_ms, now.wait))
            caller.told = WaitTold(place, now.wait or had)
        self._plan(at_ms + DOCUMENT_MS, "hears", (name, caller))

    def _serve(self, at_ms: int) -> None:
        while self.in_use < self.lines:
            heads = [
                Head(name, "", line[0].place_ms) for name, line in self.waiting.items() if line
            ]
            chosen = next_head(heads, self.turns, at_ms, SHARING)
            if chosen is None:
                return
            name = chosen.department
            caller = self.waiting[name].pop(0)
            self.judged.add(caller, at_ms, served=True)
            self.turns[name] = turn_after(name, self.turns, SHARING)
            took_ms = at_ms - self.last_ms.get(name, at_ms)
            waiting = 1 + len(self.waiting[name])
            serving = Serving(at_ms, took_ms, waiting, self.left.pop(name, 0))
            self.servings[name] = with_serving(self.servings[name], serving, caller.place_ms)
            self.last_ms[name] = at_ms
            self.in_use += 1
            kind = next(one for one in KINDS if one.name == name)
            middle = log(kind.talk_minutes) - kind.spread**2 / 2
            talk = self.chance.lognormvariate(middle, kind.spread)
            self._plan(at_ms + talk * MINUTE_MS, "ends", None)


def judge_days(days: int, seed: int) -> Judged:
    """Simulate days, each with a seed of its own; what was told, held to what came."""
    judged = Judged()
    for day in range(days):
        chance = random.Random(seed * 1_000_003 + day)  # noqa: S311 - no secret
        Day(chance, judged).run()
    return judged


def show_waits(days: int) -> None:
    """Print how honest the waits are that callers are told."""
    judged = judge_days(days, seed=1)
    print(
        f"waits told, {days:,} days, {judged.callers:,} callers, {judged.waited:,} of them waited"
    )
    print(f"  were told a range            {judged.told:,}")
    within, width = judged.told_and_within / judged.told, median(judged.widths)
    is_honest = "reached" if within >= LEAST_WITHIN else "missed"
    is_narrow = "reached" if width <= MOST_WIDTH else "missed"
    print(f"  waited within the first one  {within:.1%}   ≥ {LEAST_WITHIN:.0%} {is_honest}")
    print(f"  of all that was told, right  {judged.tellings_within / judged.tellings:.1%}")
    print(f"  width, median                {width:.2f} : 1   ≤ {MOST_WIDTH:g} : 1 {is_narrow}")
    print(f"  width, widest                {max(judged.widths):.2f} : 1")
