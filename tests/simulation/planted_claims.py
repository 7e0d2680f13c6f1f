"""Wrong designs of claims, lines and look-ups, each patched onto the real services."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain import calls
from contact_center.dialing.domain import attempt_changes, attempt_steps, due_attempts
from contact_center.dialing.domain.attempt_changes import on_the_line, queued_again
from contact_center.dialing.domain.attempt_steps import TABLE
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    Claimed,
    DialAttempt,
    GivenUp,
    HeardEnded,
    HeardLive,
    NothingFound,
    Rejected,
)
from contact_center.dialing.domain.due_attempts import Work
from contact_center.dialing.services import (
    change_attempt,
    place_call,
    reconcile_attempts,
    record_post,
)
from contact_center.dialing.services.ledger_ports import TakeLine
from contact_center.dialing.services.voice_ports import NotSent, Unknown
from tests.fakes.dialing_ledger import FakeLedger
from tests.simulation.provider import Provider

if TYPE_CHECKING:
    import pytest

    from contact_center.dialing.services.ledger_ports import Change
    from contact_center.dialing.services.voice_ports import PostOutcome


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
            return queued_again(attempt, "not found", event.now_ms, event.now_ms)
        return after

    patch.setitem(TABLE[AttemptState.DIALING], NothingFound, wrong)


def short_lease(patch: pytest.MonkeyPatch) -> None:
    """After five seconds without news the dialer is believed dead and the attempt is free."""

    def claim(attempt: DialAttempt, event: Claimed, timings: Any) -> DialAttempt:
        claimed = attempt_steps._claim(attempt, event, timings)
        soon_ms = event.now_ms + 5_000
        return replace(claimed, lease_until_ms=soon_ms, due_at_ms=soon_ms)

    def nothing_found(attempt: DialAttempt, event: NothingFound, _timings: Any) -> DialAttempt:
        return queued_again(attempt, "dead", event.now_ms, event.now_ms)

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
    """The last word on a call's status stands: a late 'ringing' opens a settled attempt again."""
    patch.setattr(calls, "_raise_status", lambda record, status: replace(record, status=status))

    def wrong(attempt: DialAttempt, event: HeardLive, timings: Any) -> DialAttempt:
        reopened = replace(attempt, state=AttemptState.PLACED, ended_at_ms=None)
        return on_the_line(reopened, event, timings)

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
    for module in (attempt_steps, attempt_changes):
        patch.setattr(module, "later", lambda a, b: b if a is None else a)


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


# -- lines -----------------------------------------------------------------------------------


def counter_lines(patch: pytest.MonkeyPatch) -> None:
    """A bare counter: released by time, and again by the end report."""
    real = reconcile_attempts._look_up

    def wrong(attempt: DialAttempt, parts: Any) -> None:
        parts.ledger.ledger.tables.lines_in_use -= 1
        real(attempt, parts)

    patch.setattr(reconcile_attempts, "_look_up", wrong)


def admit_unconditioned(patch: pytest.MonkeyPatch) -> None:
    """The last word on a call stands, and a beginning after the end takes a line for ever."""
    patch.setattr(calls, "_raise_status", lambda record, status: replace(record, status=status))

    def wrong(self: FakeLedger, holder: str, at_ms: int, caller: object = None) -> bool:
        del caller
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
    real = due_attempts.due_work

    def wrong(attempt: DialAttempt, now_ms: int) -> Work:
        work = real(attempt, now_ms)
        return Work.NOTHING if attempt.state is AttemptState.QUEUED else work

    patch.setattr(reconcile_attempts, "due_work", wrong)


def webhooks_trusted(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks for the end of a call whose webhook was lost."""
    real = due_attempts.due_work

    def wrong(attempt: DialAttempt, now_ms: int) -> Work:
        work = real(attempt, now_ms)
        return Work.NOTHING if work is Work.ASK_CALL else work

    patch.setattr(reconcile_attempts, "due_work", wrong)
