"""Whether a receiver may be asked, and what is noted of how it answers.

What is known is read again every other second and before whatever may be the only question, so a
receiver that is away, or wants to be left alone, costs one small read and no request.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.effect_answers import Delivered, InDoubt, Later, Refused
from contact_center.records.domain.receiver_health import (
    Health,
    Leave,
    RestTimings,
    answered,
    asked_to_wait,
    failed,
    probed,
    switched_off,
)
from contact_center.records.services.effect_store_ports import KnownHealth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.domain.effect_answers import Answer
    from contact_center.records.services.effect_store_ports import ReceiverNotes

CHANGE_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MindParts:
    """What minding receivers needs.

    Attributes:
        hold: Told of a receiver that wants no request before an instant: those whose requests are
            counted give no more out.
        chance: From 0 to 1.
        probe_ms: So long nobody else sees whether a receiver is back.
        fresh_ms: So long what was read is believed.
        in_our_table: Receivers that are as well as the table is, where notes of them would stand.
    """

    notes: ReceiverNotes
    clock: Clock
    metrics: Metrics
    chance: Callable[[], float]
    hold: Callable[[str, int], object]
    timings: RestTimings = field(default_factory=RestTimings)
    probe_ms: int = 60_000
    fresh_ms: int = 2_000
    in_our_table: Collection[str] = ()


class ReceiverGate:
    """One worker's way to one receiver."""

    def __init__(self, receiver: str, parts: MindParts) -> None:
        """Nothing is known yet."""
        self._receiver, self._parts = receiver, parts
        self._is_ours = receiver in parts.in_our_table
        self._known, self._read_ms = KnownHealth(Health()), -1
        self.rests_until_ms: int | None = None  # since this worker found out; who did tells others
        self.crowded = False  # others wait while one goes to see

    def leave(self) -> Leave:
        """Who may ask it now. Raises StoreUnavailableError."""
        if self._is_ours:
            return Leave.ALL
        parts, now_ms = self._parts, self._parts.clock.now_ms()
        if self._read_ms < 0 or now_ms - self._read_ms >= parts.fresh_ms:
            self._read()
        return self._known.health.leave(now_ms, parts.timings)

    def lets_one_in(self) -> bool:
        """Whether one effect may be begun; as the only one, if need be. Raises as `leave`."""
        leave = self.leave()
        if leave is not Leave.ONE:
            return leave is Leave.ALL
        parts = self._parts
        health = probed(self._known.health, parts.clock.now_ms(), parts.probe_ms)
        won = parts.notes.change(self._receiver, self._known, health)
        self._read()
        return won

    @property
    def hurry_ms(self) -> int | None:
        """How long who went to see waits at most, where others wait too; None: his own pause."""
        return self._parts.timings.longest_rest_ms if self.crowded else None

    @property
    def off(self) -> bool:
        """Whether it wants nothing more at all, as far as is known."""
        return self._known.health.off

    def heard(self, answer: Answer, begun_ms: int) -> None:
        """Note how it answered what was begun then. Raises StoreUnavailableError."""
        if self._is_ours:
            return
        for _ in range(CHANGE_TRIES):
            health = self._after(answer, begun_ms)
            if health == self._known.health:
                return
            if self._parts.notes.change(self._receiver, self._known, health):
                self._noted(health)
                return
            self._read()

    def _after(self, answer: Answer, begun_ms: int) -> Health:
        parts, health = self._parts, self._known.health
        now_ms = parts.clock.now_ms()
        match answer:
            case Later(wait_ms=int(wait_ms)):
                return asked_to_wait(health, now_ms, wait_ms, parts.timings)
            case Later() | InDoubt():
                return failed(health, begun_ms, now_ms, parts.chance(), parts.timings)
            case Refused(switched_off=True):
                return switched_off(answered(health, begun_ms))
            case Delivered() | Refused():
                return answered(health, begun_ms)

    def _noted(self, health: Health) -> None:
        parts, before = self._parts, self._known.health
        self._known = KnownHealth(health, self._known.revision + 1)
        if health.off and not before.off:
            parts.metrics.count("receiver_switched_off", receiver=self._receiver)
            parts.metrics.count("receiver_off")
        if health.until_ms > before.until_ms:
            self.rests_until_ms = health.until_ms
            parts.metrics.count("receiver_rests", receiver=self._receiver)
            if not health.failures:
                parts.hold(self._receiver, health.until_ms)

    def _read(self) -> None:
        self._known = self._parts.notes.read(self._receiver)
        self._read_ms = self._parts.clock.now_ms()
