"""Deliver what is due of one line: claim the first effect, ask its receiver, write what came of it.

    read line ─► claim (one write on its revision) ─► look up, if in doubt ─► deliver ─► close
        ▲                                                                                 │
        └─────────────────────────────── the next of the line ────────────────────────────┘

A worker that dies holds the line until its lease is over; whoever comes then looks up first. A
lease outlives any worker, so who has lost it can send nothing any more.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import place_of
from contact_center.kernel.observability import log
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.effect_answers import InDoubt, Later, Refused
from contact_center.records.domain.effect_steps import (
    Answered,
    Claimed,
    EffectTimings,
    LookedUp,
    Stage,
    hastened,
    next_run,
)
from contact_center.records.services.effect_ports import BudgetSpentError
from contact_center.records.services.effect_store_ports import Closed

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Clock, Ids, Metrics
    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.effect_answers import Answer
    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.domain.effect_steps import EffectRun
    from contact_center.records.services.effect_ports import Receiver
    from contact_center.records.services.effect_store_ports import EffectLines, KeptEffect
    from contact_center.records.services.mind_receiver import ReceiverGate

GONE = "gone"
NO_RECEIVER = "no_receiver"
BROKEN = "broken"
BUDGET = "budget"
NOT_ITS_OWN = frozenset({BUDGET})  # causes that say nothing of the receiver


class Came(StrEnum):
    """What delivering from a line has come to."""

    NOTHING = "nothing"  # nothing is open, or not due, or somebody else has it
    HELD = "held"  # the receiver is not to be asked now
    WAITS = "waits"  # it has to be tried again
    DONE = "done"  # all that was open has been delivered, or given up
    LATE = "late"  # there is more, and no time


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverParts:
    """What delivering needs.

    Attributes:
        receiver: The one of a name, for the worker that asks; None: there is none.
        chance: From 0 to 1.
        again: Told of a line that has to be tried again, and when.
    """

    lines: EffectLines
    receiver: Callable[[str], Receiver | None]
    clock: Clock
    ids: Ids
    chance: Callable[[], float]
    metrics: Metrics
    timings: EffectTimings = field(default_factory=EffectTimings)
    again: Callable[[LineName, int], object] = lambda _name, _due_ms: None


def deliver_line(name: LineName, gate: ReceiverGate, parts: DeliverParts, in_time: InTime) -> Came:
    """Deliver what is due of a line, one after the other.

    Raises:
        StoreUnavailableError, StoreRefusedError: The table did not answer; the tick goes on.
        UNREADABLE: A newer release wrote the line.
    """
    came = Came.NOTHING
    while (due := _due(name, parts)) is not None:
        if not in_time():
            return Came.LATE
        if not gate.lets_one_in():
            return Came.HELD
        claimed = parts.lines.change(*due)
        if claimed is None:
            break
        closed = _delivered(claimed, gate, parts)
        if closed is Closed.LOST:
            return Came.WAITS
        came = Came.DONE
        if closed is Closed.LAST:  # whoever appends from now on hints at it
            break
    return came


def _due(name: LineName, parts: DeliverParts) -> tuple[EffectLine, EffectRun] | None:
    """The line as it is, and how it is to be claimed; None: nothing is due, or it is taken."""
    line = parts.lines.read(name)
    if line is None or line.first is None:
        return None
    claim = Claimed(parts.ids.new(), parts.clock.now_ms())
    run = next_run(line.run, claim, parts.timings)
    return None if run is line.run else (line, run)


def _delivered(line: EffectLine, gate: ReceiverGate, parts: DeliverParts) -> Closed:
    """Deliver the first effect, which is claimed; whether it is off the line, and the last."""
    kept = parts.lines.effect(line)
    begun_ms = parts.clock.now_ms()
    if kept is None or kept.closed:
        return parts.lines.close(line, replace(line.run, stage=Stage.DONE), None, begun_ms)
    asked = _Asked(line, kept, gate, parts)
    run = asked.run()
    if gate.hurry_ms is not None and not asked.told_to_wait:
        run = hastened(run, parts.clock.now_ms(), gate.hurry_ms)
    parts.metrics.count(
        "effect_delivery", receiver=line.name.receiver, came_to=_said(run.stage, run.in_doubt)
    )
    if not run.over:
        if parts.lines.change(line, run) is not None:
            parts.again(line.name, run.due_ms)
        return Closed.LOST
    if run.stage is Stage.DEAD:
        parts.metrics.count("effect_dead", receiver=line.name.receiver, cause=run.cause or "")
        parts.metrics.count("effect_given_up")
    return parts.lines.close(line, run, kept, parts.clock.now_ms())


def _said(stage: Stage, in_doubt: bool) -> str:  # noqa: FBT001 - of one run
    return "in_doubt" if in_doubt and stage is Stage.WAITING else stage.value


class _Asked:
    """One effect and its receiver."""

    def __init__(
        self, line: EffectLine, kept: KeptEffect, gate: ReceiverGate, parts: DeliverParts
    ) -> None:
        run = line.run
        doubted = run.in_doubt or (kept.look_first and run.tries == 1)
        self._before = replace(run, in_doubt=doubted)
        self._effect, self._gate, self._parts = kept.effect, gate, parts
        self._receiver = parts.receiver(line.name.receiver)
        self.told_to_wait = False

    def run(self) -> EffectRun:
        """How far it is after it was asked."""
        run = self._before
        if run.in_doubt and self._receiver is not None:
            run = next_run(run, self._looked_up(run), self._parts.timings)
            if run.stage is not Stage.DELIVERING:
                return run
        answer = self._answer()
        told = Answered(run.token or "", answer, self._now_ms(), self._parts.chance())
        return next_run(run, told, self._parts.timings)

    def _looked_up(self, run: EffectRun) -> LookedUp:
        begun_ms, receiver = self._now_ms(), self._receiver
        assert receiver is not None  # noqa: S101 - asked for by who knows
        try:
            found = receiver.look_up(self._effect)
        except BudgetSpentError:
            found = Later(BUDGET)
        except Exception as error:  # noqa: BLE001 - one receiver's mistake costs no other
            found = Later(self._broken(error))
        if found is not None:  # else what is asked next says how it is: some cannot be looked up
            self._heard(found, begun_ms)
        return LookedUp(run.token or "", found, self._now_ms(), self._parts.chance())

    def _answer(self) -> Answer:
        if self._receiver is None:
            return Refused(NO_RECEIVER)
        if self._gate.off:
            return Refused(GONE)
        begun_ms = self._now_ms()
        answer: Answer
        try:
            answer = self._receiver.deliver(self._effect)
        except BudgetSpentError:
            answer = InDoubt(BUDGET)
        except Exception as error:  # noqa: BLE001 - as above
            answer = InDoubt(self._broken(error))
        self._heard(answer, begun_ms)
        return answer

    def _heard(self, answer: Answer, begun_ms: int) -> None:
        self.told_to_wait = isinstance(answer, Later) and answer.wait_ms is not None
        if isinstance(answer, Later | InDoubt) and answer.cause in NOT_ITS_OWN:
            return
        try:
            self._gate.heard(answer, begun_ms)
        except StoreUnavailableError:  # what it answered is known all the same, and comes first
            self._parts.metrics.count("read_failed", read="receiver")

    def _broken(self, error: Exception) -> str:
        place = place_of(error)
        log("ERROR", "receiver broken", None, error=type(error).__name__, place=place)
        return BROKEN

    def _now_ms(self) -> int:
        return self._parts.clock.now_ms()
