"""A receiver with a log of its own: what came, when, and what it made of it.

It knows no rule of ours. Each effect takes two requests, a find and a note, as a known contact does
at HubSpot. A request that has left arrives whether or not whoever sent it lives. It may be away,
slow, refuse, allow so many requests in any window and no more, and its answer may get lost.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.records.domain.effect_answers import Delivered, InDoubt, Later, Refused

if TYPE_CHECKING:
    from contact_center.records.domain.effect_answers import Answer
    from contact_center.records.domain.effects import Effect
    from contact_center.records.services.effect_ports import RequestBudget
    from tests.simulation.world import World

TIMEOUT_MS = 10_000
NO_PERMISSION, VALIDATION = "no_permission", "validation"


@dataclass(frozen=True, kw_only=True)
class CrmLuck:
    """What a receiver is like, in ms since 1970 where it is an instant."""

    requests: int = 100
    window_ms: int = 10_000
    searches: int = 5
    wait_ms: int = 20_000  # Retry-After
    latency_ms: tuple[float, float] = (60, 260)
    away: tuple[tuple[float, float], ...] = ()
    no_permission: tuple[tuple[float, float], ...] = ()
    search_away: tuple[tuple[float, float], ...] = ()
    asks_to_wait: tuple[float, ...] = ()  # from then on once, whatever the load
    lost: float = 0.0
    slow: float = 0.0
    calm_ms: float = float("inf")  # from then on nothing of it is lost or slow
    invalid: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Arrived:
    """One request at the receiver."""

    at_ms: float
    kind: str
    effect_id: str
    customer: str
    came_to: str


@dataclass
class CrmTruth:
    """What has happened there."""

    world: World
    luck: CrmLuck
    log: list[Arrived] = field(default_factory=list)
    notes: list[Effect] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    erased: list[Effect] = field(default_factory=list)
    told_to_wait: list[tuple[float, float]] = field(default_factory=list)
    _asked: int = 0
    _counted: dict[str, list[float]] = field(default_factory=dict)

    def arrive(self, kind: str, effect: Effect) -> tuple[str, Any]:
        came_to, told = self._answered(kind, effect)
        if came_to != "away":  # who is away hears nothing, and counts nothing
            self.log.append(
                Arrived(self.world.now, kind, effect.effect_id, effect.customer, came_to)
            )
        return came_to, told

    def _answered(self, kind: str, effect: Effect) -> tuple[str, Any]:
        now, luck = self.world.now, self.luck
        if self.is_away() or (kind == "search" and _within(now, luck.search_away)):
            return "away", None
        quiet_until = max((end for _, end in self.told_to_wait), default=0.0)
        if now < quiet_until:
            return "limited", int(quiet_until - now) + 1
        if self._over_limit(kind) or self._wants_quiet():
            self.told_to_wait.append((now, now + luck.wait_ms))
            return "limited", luck.wait_ms
        if _within(now, luck.no_permission):
            self.refused.add(effect.effect_id)
            return "refused", NO_PERMISSION
        if kind == "note":
            if effect.effect_id in luck.invalid:
                self.refused.add(effect.effect_id)
                return "refused", VALIDATION
            self.notes.append(effect)
        return "done", [one.effect_id for one in self.notes].count(effect.effect_id)

    def is_away(self) -> bool:
        return _within(self.world.now, self.luck.away)

    def erase(self, customer: str) -> int:
        """Forget a customer, as he asked; how much of him there was."""
        his = [one for one in self.kept if one.customer == customer]
        self.erased += his
        return len(his)

    @property
    def kept(self) -> list[Effect]:
        """What it holds still."""
        gone = {id(one) for one in self.erased}
        return [one for one in self.notes if id(one) not in gone]

    def _over_limit(self, kind: str) -> bool:
        """Whether it is one too many in its window; it is counted all the same."""
        of = "search" if kind == "search" else "request"
        limit, window_ms = (
            (self.luck.searches, 1_000)
            if of == "search"
            else (self.luck.requests, self.luck.window_ms)
        )
        counted = self._counted.setdefault(of, [])
        counted.append(self.world.now)
        return len(counted) - bisect_right(counted, self.world.now - window_ms) > limit

    def _wants_quiet(self) -> bool:
        if self._asked < len(self.luck.asks_to_wait):
            due = self.world.now >= self.luck.asks_to_wait[self._asked]
            self._asked += due
            return due
        return False


@dataclass
class SimulatedCrm:
    """Receiver: one worker's way to it."""

    world: World
    truth: CrmTruth
    budget: RequestBudget

    def deliver(self, effect: Effect) -> Answer:
        for kind in ("find", "note"):
            match self._request(kind, effect):
                case "limited", int(wait_ms):
                    return Later("rate_limited", wait_ms)
                case "refused", str(cause):
                    return Refused(cause)
                case "away", _:
                    return Later("away")
                case None:
                    return InDoubt("timeout") if kind == "note" else Later("timeout")
        return Delivered(effect.effect_id)

    def look_up(self, effect: Effect) -> Delivered | Later | None:
        match self._request("search", effect):
            case "done", int(found):
                return Delivered(effect.effect_id) if found else None
            case "limited", int(wait_ms):
                return Later("rate_limited", wait_ms)
            case _:
                return Later("search_away")

    def _request(self, kind: str, effect: Effect) -> tuple[str, Any] | None:
        """What it said; None: nobody knows."""
        self.budget.take("search" if kind == "search" else "request")
        world, luck = self.world, self.truth.luck
        rough = world.now < luck.calm_ms
        there_ms = world.chance.uniform(*luck.latency_ms) / 2
        if rough and world.chance.random() < luck.slow:
            there_ms += world.chance.uniform(500, TIMEOUT_MS + 3_000)
        said: list[tuple[str, Any]] = []
        world.later(there_ms, lambda: said.append(self.truth.arrive(kind, effect)))
        world.boundary(f"crm {kind} asked", min(there_ms + luck.latency_ms[0] / 2, TIMEOUT_MS))
        if not said or (rough and world.chance.random() < luck.lost):
            return None
        return said[0]


def _within(now: float, spans: tuple[tuple[float, float], ...]) -> bool:
    return any(begin <= now < end for begin, end in spans)
