"""Wrong designs, each patched onto the real services at one small seam.

A simulation that has never failed proves nothing: every bug here must be found within its
number of seeds by what the receiver sees, and the same histories must be good without it.
Most are from reliability §10. A few need a load of their own before they show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contact_center.domain import attempt_steps
from contact_center.domain.attempt_steps import TABLE, Work
from contact_center.domain.call_outcomes import Disposition
from contact_center.domain.dial_attempts import (
    AttemptState,
    Claimed,
    DialAttempt,
    GivenUp,
    HeardEnded,
    HeardLive,
    NothingFound,
    Rejected,
    Withdrawn,
)
from contact_center.domain.dial_timings import DialTimings
from contact_center.domain.pacing import Slot, Timetable
from contact_center.services import (
    change_attempt,
    place_call,
    reconcile_attempts,
    record_post,
)
from contact_center.services.dialing_ports import (
    NotSent,
    TakeLine,
    Unknown,
)
from tests.fakes.dialing_ledger import FakeLedger
from tests.simulation.load import MINUTE_MS, Load
from tests.simulation.provider import Provider
from tests.simulation.world import Faults

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from contact_center.services.dialing_ports import Change, PostOutcome


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A wrong design.

    Attributes:
        plant: Patches it in; its docstring says what is wrong.
        seeds: Within how many seeds it must be found.
        caught: A part of what the broken invariant says.
        load: What shows it; None: any drawn load does.
        timings: It is planted in these.
    """

    plant: Callable[[pytest.MonkeyPatch], None]
    caught: str
    seeds: int = 40
    load: Load | None = None
    timings: DialTimings | None = None


# -- the claim and what follows it -----------------------------------------------------------


def release_on_unknown(patch: pytest.MonkeyPatch) -> None:
    """A timeout counts as not sent."""
    real = record_post.record_outcome

    def wrong(attempt: DialAttempt, outcome: PostOutcome, *parts: Any) -> None:
        real(attempt, NotSent("timeout") if isinstance(outcome, Unknown) else outcome, *parts)

    patch.setattr(place_call, "record_outcome", wrong)


def repost_after_settle(patch: pytest.MonkeyPatch) -> None:
    """Not found after lease and settle window, so it is posted again."""

    def wrong(attempt: DialAttempt, event: NothingFound, timings: Any) -> DialAttempt:
        after: DialAttempt = attempt_steps._not_found(attempt, event, timings)
        if after.state is AttemptState.SETTLED:
            return attempt_steps._queued_again(attempt, "not found", event.now_ms)
        return after

    patch.setitem(TABLE[AttemptState.DIALING], NothingFound, wrong)


def short_lease(patch: pytest.MonkeyPatch) -> None:
    """After five seconds without news the dialer is believed dead and the attempt is free."""

    def claim(attempt: DialAttempt, event: Claimed, timings: Any) -> DialAttempt:
        claimed = attempt_steps._claim(attempt, event, timings)
        soon_ms = event.now_ms + 5_000
        return replace(claimed, lease_until_ms=soon_ms, due_at_ms=soon_ms)

    def nothing_found(attempt: DialAttempt, event: NothingFound, _timings: Any) -> DialAttempt:
        return attempt_steps._queued_again(attempt, "dead", event.now_ms)

    patch.setitem(TABLE[AttemptState.QUEUED], Claimed, claim)
    patch.setitem(TABLE[AttemptState.DIALING], NothingFound, nothing_found)


def ghost_ended(patch: pytest.MonkeyPatch) -> None:
    """Facts are matched by attempt, not by POST."""
    for state in (AttemptState.DIALING, AttemptState.PLACED):
        real = TABLE[state][HeardEnded]

        def wrong(
            attempt: DialAttempt, event: HeardEnded, timings: Any, real: Any = real
        ) -> DialAttempt:
            after: DialAttempt = real(attempt, replace(event, posts=attempt.posts), timings)
            return after

        patch.setitem(TABLE[state], HeardEnded, wrong)


def status_last_wins(patch: pytest.MonkeyPatch) -> None:
    """A late 'ringing' opens a settled attempt again."""

    def wrong(attempt: DialAttempt, event: HeardLive, timings: Any) -> DialAttempt:
        reopened = replace(attempt, state=AttemptState.PLACED, ended_at_ms=None)
        return attempt_steps._on_the_line(reopened, event, timings)

    patch.setitem(TABLE[AttemptState.SETTLED], HeardLive, wrong)


def line_not_retaken(patch: pytest.MonkeyPatch) -> None:
    """A call found after its attempt was settled holds no line."""
    patch.setitem(TABLE[AttemptState.SETTLED], HeardLive, attempt_steps._nothing)


def expiry_frees_line(patch: pytest.MonkeyPatch) -> None:
    """The line goes with the lease, whatever became of the call."""
    real = attempt_steps._not_found

    def wrong(attempt: DialAttempt, event: NothingFound, timings: Any) -> DialAttempt:
        return replace(real(attempt, event, timings), line=False)

    patch.setitem(TABLE[AttemptState.DIALING], NothingFound, wrong)


def cap_by_slot_time(patch: pytest.MonkeyPatch) -> None:
    """The history keeps the slot's time though the phone rang later."""
    patch.setattr(attempt_steps, "_later", lambda a, b: b if a is None else a)


def capacity_is_refusal(patch: pytest.MonkeyPatch) -> None:
    """400 over concurrency is final."""
    real = record_post.withdraw

    def wrong(attempt: DialAttempt, why: record_post.NotPosted, parts: Any) -> None:
        if why.reason != "capacity":
            real(attempt, why, parts)
            return
        final = Rejected(
            posts=attempt.posts,
            disposition=Disposition.REFUSED,
            reason="over concurrency",
            now_ms=parts.clock.now_ms(),
        )
        change_attempt.change_attempt(attempt.attempt_id, final, parts)

    patch.setattr(record_post, "withdraw", wrong)


def conflict_is_denial(patch: pytest.MonkeyPatch) -> None:
    """A transaction conflict is read as "may not be called"."""
    real = place_call._claim_lost

    def wrong(attempt: DialAttempt, lost: frozenset[str], parts: Any) -> place_call.Placing:
        if "contention" not in lost:
            return real(attempt, lost, parts)
        denied = GivenUp(
            disposition=Disposition.NOT_CALLED,
            now_ms=parts.ledger.clock.now_ms(),
            reason="suppressed",
        )
        change_attempt.change_attempt(attempt.attempt_id, denied, parts.ledger)
        return place_call.Placing.NOT_NOW

    patch.setattr(place_call, "_claim_lost", wrong)


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

    def wrong(attempt: Any, slot_ms: int, ends_at_ms: int, parts: Any) -> Any:
        hasty = replace(parts, sleeper=_FirstTwoSkipped(parts.sleeper))
        return real(attempt, slot_ms, ends_at_ms, hasty)

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
    real = place_call._circumstances

    def read_once(attempt: DialAttempt, parts: Any) -> Any:
        memory = parts.ids.__dict__.setdefault("read", {})
        key = f"{attempt.attempt_id}:{attempt.posts}"
        if key not in memory:
            memory[key] = real(attempt, parts)
        return memory[key]

    def wrong(self: FakeLedger, change: Change) -> bool:
        if change.customer is None or not change.after.line:
            return True
        held_by = self.customer(change.customer.before.number).held_by
        return held_by in (None, change.before.attempt_id)

    patch.setattr(place_call, "_circumstances", read_once)
    patch.setattr(FakeLedger, "customer_as_read", wrong)


def judged_for_now(patch: pytest.MonkeyPatch) -> None:
    """Contactability is asked once, when the job comes, and the claim checks no version."""
    real, conditions = place_call._allowed, FakeLedger.conditions

    def wrong(attempt: DialAttempt, circumstances: Any, at_ms: int, parts: Any) -> Any:
        believed = parts.ids.__dict__.setdefault("believed", {})
        key = f"{attempt.attempt_id}:{attempt.posts}"
        if believed.get(key) is None:
            believed[key] = real(attempt, circumstances, at_ms, parts)
        return believed[key]

    def unchecked(self: FakeLedger, change: Change) -> Any:
        return conditions(self, replace(change, checks=None))

    patch.setattr(place_call, "_allowed", wrong)
    patch.setattr(FakeLedger, "conditions", unchecked)


# -- lines -----------------------------------------------------------------------------------


def counter_lines(patch: pytest.MonkeyPatch) -> None:
    """A bare counter: released by time, and again by the end report."""
    real = reconcile_attempts._look_up

    def wrong(attempt: DialAttempt, parts: Any) -> None:
        parts.ledger.ledger.tables.lines_in_use -= 1
        real(attempt, parts)

    patch.setattr(reconcile_attempts, "_look_up", wrong)


def admit_unconditioned(patch: pytest.MonkeyPatch) -> None:
    """A beginning that is told after the end takes a line for ever."""

    def wrong(self: FakeLedger, holder: str, at_ms: int) -> bool:
        if holder in self.leases:
            return False
        self.take_line(holder, at_ms)
        self.watch_line(holder, False)  # type: ignore[attr-defined]  # noqa: FBT003
        return True

    patch.setattr("tests.simulation.simulated_ports.WatchedLedger.admit", wrong)


def lines_unconditioned(patch: pytest.MonkeyPatch) -> None:
    """The claim counts lines, and does not refuse."""
    real = FakeLedger.line_can_change

    def wrong(self: FakeLedger, change: Change) -> bool:
        line = change.line
        if isinstance(line, TakeLine):
            return real(self, replace(change, line=replace(line, below=None)))
        return real(self, change)

    patch.setattr(FakeLedger, "line_can_change", wrong)


# -- finding what was lost -------------------------------------------------------------------


def first_page_lookup(patch: pytest.MonkeyPatch) -> None:
    """The look-up reads one page."""
    patch.setattr(Provider, "first_page_only", True)


def plan_without_lease(patch: pytest.MonkeyPatch) -> None:
    """Planned is a state, not a lease: a job that is lost is never sent again."""
    real = attempt_steps.due_work

    def wrong(attempt: DialAttempt, now_ms: int) -> Work:
        work = real(attempt, now_ms)
        return Work.NOTHING if attempt.state is AttemptState.QUEUED else work

    patch.setattr(reconcile_attempts, "due_work", wrong)


def webhooks_trusted(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks for the end of a call whose webhook was lost."""
    real = attempt_steps.due_work

    def wrong(attempt: DialAttempt, now_ms: int) -> Work:
        work = real(attempt, now_ms)
        return Work.NOTHING if work is Work.ASK_CALL else work

    patch.setattr(reconcile_attempts, "due_work", wrong)


# -- the list --------------------------------------------------------------------------------

_BURST = Load(contacts=14, numbers=14, prefixes=1, account_calls=20, lines=30, operators=False)
_CROWD = Load(
    contacts=12, triggers=6, numbers=12, account_calls=1, lines=30, retries=False, operators=False
)
_DOUBT = replace(
    _CROWD,
    faults=Faults(reply_lost=0.4, acts_late=0.5, listed_late=0.6, webhooks_mute=0.5),
)
_CONFUSED = replace(_CROWD, faults=Faults(webhook_late=0.5, webhook_twice=0.5))
_FULL = replace(
    _CROWD,
    inbound=60,
    lines=6,
    lines_kept=0,
    account_calls=5,
    shortest_call_ms=40_000,
    spread_ms=300_000,
    faults=Faults(webhook_late=0.8),
)
_VERY_LATE = replace(_CROWD, faults=Faults(acts_very_late=0.4), account_calls=5)
_MINDS_CHANGE = replace(
    _CROWD, operators=True, acts=12, faulty_ms=40_000, contacts=20, spread_ms=1_000
)

BUGS: dict[str, Planted] = {
    one.plant.__name__: one
    for one in (
        Planted(plant=release_on_unknown, caught="rang", load=_DOUBT),
        Planted(plant=repost_after_settle, caught="times", load=_VERY_LATE),
        Planted(plant=short_lease, caught="times", load=_DOUBT),
        Planted(
            plant=ghost_ended,
            caught="times",
            load=replace(_FULL, faults=Faults(webhook_late=0.8, webhook_twice=0.5)),
        ),
        Planted(plant=status_last_wins, caught="known to be over", load=_CONFUSED),
        Planted(plant=line_not_retaken, caught="no line is held", load=_VERY_LATE),
        Planted(
            plant=expiry_frees_line,
            caught="lines in use",
            load=replace(
                _CROWD,
                lines=4,
                account_calls=5,
                shortest_call_ms=120_000,
                listed_late_ms=(80_000, 140_000),
                faults=Faults(reply_lost=0.5, webhooks_mute=0.6, listed_late=1.0),
            ),
        ),
        Planted(
            plant=cap_by_slot_time,
            caught="frequency_cap",
            load=replace(
                _CROWD,
                numbers=4,
                caps_per_hour=1,
                expires_ms=130 * MINUTE_MS,
                faults=Faults(acts_late=0.6),
            ),
        ),
        Planted(plant=capacity_is_refusal, caught="counts as refused", load=_FULL),
        Planted(
            plant=conflict_is_denial,
            caught="though nothing denied it",
            load=replace(_CROWD, faults=Faults(contention=0.3)),
        ),
        Planted(
            plant=slot_reused,
            caught="more than 1",
            load=replace(
                _CROWD,
                fast_ms=0.2,
                network_ms=(0.1, 0.3),
                dialers=12,
                faulty_ms=60_000,
                oversleep_ms=(300, 308),
                faults=Faults(rate_limited=0.9, job_twice=0.9, oversleep=0.4),
            ),
        ),
        Planted(
            plant=limit_by_limit,
            caught="prefix",
            load=replace(_BURST, contacts=30, numbers=30, prefixes=3, account_calls=5),
        ),
        Planted(plant=fixed_window, caught="prefix", load=_BURST),
        Planted(
            plant=send_late,
            caught="account",
            load=replace(_CROWD, faults=Faults(oversleep=0.5)),
            timings=DialTimings(lateness_ms=60_000),
        ),
        Planted(plant=claim_before_wait, caught="was sent though", load=_MINDS_CHANGE),
        Planted(
            plant=caps_unversioned,
            caught="frequency_cap",
            load=replace(_CROWD, numbers=3, caps_per_hour=1, spread_ms=1_000, dialers=8),
        ),
        Planted(plant=judged_for_now, caught="was sent though", load=_MINDS_CHANGE),
        Planted(plant=counter_lines, caught="lines", load=_DOUBT),
        Planted(
            plant=admit_unconditioned,
            caught="known to be over",
            load=replace(_CONFUSED, inbound=20),
        ),
        Planted(
            plant=lines_unconditioned,
            caught="lines in use",
            load=replace(_CROWD, lines=3, account_calls=5),
        ),
        Planted(
            plant=first_page_lookup,
            caught="unknown though listed",
            load=replace(
                _CROWD,
                inbound=6,
                page_size=2,
                spread_ms=120_000,
                faults=Faults(reply_lost=0.4, webhooks_mute=0.4),
            ),
        ),
        Planted(
            plant=plan_without_lease,
            caught="ends queued",
            load=replace(_CROWD, horizon_ms=90 * MINUTE_MS, faults=Faults(crash=0.05)),
        ),
        Planted(
            plant=webhooks_trusted,
            caught="still held",
            load=replace(_CROWD, faults=Faults(webhook_lost=0.5), horizon_ms=90 * MINUTE_MS),
        ),
    )
}
