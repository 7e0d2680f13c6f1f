"""Wrong designs of slots, pacing and judging, each patched onto the real services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain import attempt_steps
from contact_center.dialing.domain.attempt_steps import TABLE
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    DialAttempt,
    Withdrawn,
)
from contact_center.dialing.domain.pacing import Slot, Timetable
from contact_center.dialing.services import place_call
from tests.fakes.dialing_ledger import FakeLedger

if TYPE_CHECKING:
    import pytest

    from contact_center.dialing.services.ledger_ports import Change


# -- slots and pacing ------------------------------------------------------------------------


def slot_reused(patch: pytest.MonkeyPatch) -> None:
    """A released claim may be taken again with the same slot."""

    def forget(attempt: DialAttempt, event: Withdrawn, timings: Any) -> DialAttempt:
        again = attempt_steps._withdraw(attempt, event, timings)
        return replace(again, slot_at_ms=0, not_before_ms=0) if again is not attempt else again

    patch.setitem(TABLE[AttemptState.DIALING], Withdrawn, forget)


def limit_by_limit(patch: pytest.MonkeyPatch) -> None:
    """Each limit gives its own next instant, and the call leaves at the latest of them."""

    def wrong(self: Timetable, request: Any, call: Any, *, is_batch: bool) -> int | None:
        del is_batch
        limits = self.limits
        mine = self._by_prefix.setdefault(call.prefix, [])
        earliest_ms = request.not_before_ms
        grid_ms = limits.grid_ms
        account_ms = max([earliest_ms, *(at + grid_ms for at in self._taken)])
        step_ms = -(-limits.span_ms // limits.prefix_calls)
        prefix_ms = max(earliest_ms, mine[-1] + step_ms) if mine else earliest_ms
        self._taken.add(account_ms)
        mine.append(prefix_ms)
        self.slots.append(Slot(account_ms, call.prefix, call.campaign))
        latest_ms: int = max(account_ms, prefix_ms)
        return latest_ms

    patch.setattr(Timetable, "_take_one", wrong)


def fixed_window(patch: pytest.MonkeyPatch) -> None:
    """So many in each calendar second: twice as many around its turn."""

    def wrong(self: Timetable, at_ms: int, call: Any) -> bool:
        second = at_ms // 1_000
        same = [at for at in self._taken if at // 1_000 == second]
        near = [at for at in self._by_prefix.get(call.prefix, []) if at // 1_000 == second]
        return (
            at_ms not in self._taken
            and len(same) < self.limits.account_calls
            and len(near) < self.limits.prefix_calls
        )

    patch.setattr(Timetable, "_is_free", wrong)


def send_late(_patch: pytest.MonkeyPatch) -> None:
    """A missed instant is sent anyway: see the timings it is planted with."""


def claim_before_wait(patch: pytest.MonkeyPatch) -> None:
    """Claim first, then sleep until the slot."""
    real = place_call._wait_and_dial

    def wrong(job: Any, attempt: Any, slot_ms: int, ends_at_ms: int, parts: Any) -> Any:
        hasty = replace(parts, sleeper=_FirstTwoSkipped(parts.sleeper))
        return real(job, attempt, slot_ms, ends_at_ms, hasty)

    patch.setattr(place_call, "_wait_and_dial", wrong)


@dataclass
class _FirstTwoSkipped:
    """Sleeps only the third time: the waits before connection and claim are left out."""

    sleeper: Any
    asked: int = 0

    def until(self, at_ms: int) -> None:
        self.asked += 1
        if self.asked > 2:
            self.sleeper.until(at_ms)


# -- what was judged -------------------------------------------------------------------------


def caps_unversioned(patch: pytest.MonkeyPatch) -> None:
    """The history is read when the job comes, and the claim asks only whether they are busy."""
    real = place_call._place_queued

    def read_once(job: Any, attempt: DialAttempt, now_ms: int, ends_at_ms: int, parts: Any) -> Any:
        known = _ReadOnce(parts.ledger.ledger, _read_when_it_came(attempt, parts))
        stale = replace(parts, ledger=replace(parts.ledger, ledger=known))
        return real(job, attempt, now_ms, ends_at_ms, stale)

    def wrong(self: FakeLedger, change: Change) -> bool:
        if change.customer is None or not change.after.line:
            return True
        held_by = self.customer(change.customer.before.number).held_by
        return held_by in (None, change.before.attempt_id)

    patch.setattr(place_call, "_place_queued", read_once)
    patch.setattr(FakeLedger, "customer_as_read", wrong)


def _read_when_it_came(attempt: DialAttempt, parts: Any) -> Any:
    """Circumstances of a POST's first job, read then and kept."""
    memory = parts.ids.__dict__.setdefault("read", {})
    key = f"{attempt.attempt_id}:{attempt.posts}"
    if key not in memory:
        request = attempt.request
        memory[key] = parts.ledger.ledger.circumstances(request.number, request.campaign_id)
    return memory[key]


@dataclass
class _ReadOnce:
    """A ledger that has read what a claim depends on before."""

    ledger: Any
    known: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def circumstances(self, _number: str, _campaign_id: str | None) -> Any:
        return self.known

    def read_to_claim(self, attempt_id: str, _number: str, _campaign_id: str | None) -> Any:
        return self.ledger.read(attempt_id), self.known


def judged_for_now(patch: pytest.MonkeyPatch) -> None:
    """Contactability is asked once, when the job comes, and the claim checks no version."""
    real, conditions = place_call._allowed, FakeLedger.conditions
    comes = place_call._place_queued

    def wrong(attempt: DialAttempt, circumstances: Any, at_ms: int, parts: Any) -> Any:
        believed = parts.ids.__dict__.setdefault("believed", {})
        key = f"{attempt.attempt_id}:{attempt.posts}"
        if believed.get(key) is None:
            believed[key] = real(attempt, circumstances, at_ms, parts)
        return believed[key]

    def at_once(job: Any, attempt: DialAttempt, now_ms: int, ends_at_ms: int, parts: Any) -> Any:
        wrong(attempt, _read_when_it_came(attempt, parts), now_ms, parts)
        return comes(job, attempt, now_ms, ends_at_ms, parts)

    def unchecked(self: FakeLedger, change: Change) -> Any:
        return conditions(self, replace(change, checks=None))

    patch.setattr(place_call, "_place_queued", at_once)
    patch.setattr(place_call, "_allowed", wrong)
    patch.setattr(FakeLedger, "conditions", unchecked)
