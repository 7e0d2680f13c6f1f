"""Do to the call what was decided, each decision at most once and never late.

    committed ──begin──► begun ──one POST──► finished(outcome)
        │                  └─ crash: may have been sent, so it is never sent again
        └─ crash, or not due yet: whoever hears of the call next begins it, if still fresh

Two routers may act on one call at once: each decision is begun by one of them, and one that a
later decision has overtaken before it was begun is dropped. What was refused is decided anew
(domain/routing.py): the caller has been told to wait.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.call_commands import Handoff, Transfer
from contact_center.conversations.domain.carrying_out import Situation, deed, heard_by_ms
from contact_center.conversations.services.ports import FAILED, ControlOutcome

if TYPE_CHECKING:
    from contact_center.conversations.domain.call_commands import Command
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.services.ports import CallControl, CallStore
    from contact_center.conversations.services.record_facts import Recorded
    from contact_center.kernel.ports import Clock, Metrics

# Only NOT_SENT may be tried again (reliability §3), and the caller is waiting.
TRIES_UNTIL_SENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ActParts:
    """What acting needs."""

    store: CallStore
    control: CallControl
    clock: Clock
    metrics: Metrics
    policy: Policy
    departments: Departments
    handoff_by_name: bool = False


@dataclass(frozen=True, slots=True)
class Acted:
    """What became of acting on a call's decisions.

    Attributes:
        look_again_ms: When a decision that has to wait is due, or an accepted handoff or transfer
            must have been heard of, ms since 1970, the first first.
        failed: Whether one certainly was not carried out, so that another may be due now.
    """

    look_again_ms: tuple[int, ...] = ()
    failed: bool = False


def act_on_decisions(
    recorded: Recorded, heard_at_ms: int, parts: ActParts, *, on_list: bool = False
) -> Acted:
    """Act on every committed decision that nobody has begun to act on.

    Args:
        recorded: The call as it stands. Without a control URL nothing is begun: the next
            message may bring one in time.
        heard_at_ms: When the message that brought the new facts was received, ms since 1970.
        parts: What it works with.
        on_list: Whether a customer who wants no more calls certainly is on our list by now.
    """
    control_url = recorded.record.value("control_url")
    if control_url is None:
        return Acted()
    waiting: list[int] = []
    failed = False
    call = replace(_situation(recorded, heard_at_ms, parts), on_list=on_list)
    for decision in recorded.decisions:
        if decision.number in recorded.actions:
            continue
        now_ms = parts.clock.now_ms()
        what = deed(decision, call, parts.departments, parts.policy, now_ms)
        if not what.overtaken and now_ms < what.due_at_ms:
            waiting.append(what.due_at_ms)
        elif parts.store.begin_action(decision, now_ms):
            outcome = ControlOutcome.DROPPED
            if not what.overtaken:
                outcome = _send(control_url, what.command, parts.control)
            done_ms = parts.clock.now_ms()
            parts.store.finish_action(decision, outcome, done_ms)
            if isinstance(what.command, Handoff | Transfer) and outcome is ControlOutcome.SENT:
                waiting.append(heard_by_ms(done_ms, what.command, parts.policy))
            failed = failed or outcome in FAILED
            parts.metrics.count("actions", kind=decision.kind.value, outcome=outcome.value)
    return Acted(tuple(sorted(waiting)), failed)


def _situation(recorded: Recorded, heard_at_ms: int, parts: ActParts) -> Situation:
    return Situation(
        state=recorded.state,
        ended=recorded.record.ended,
        decisions=recorded.decisions,
        new=recorded.new,
        failed=recorded.failed,
        heard_at_ms=heard_at_ms,
        by_name=parts.handoff_by_name,
    )


def _send(control_url: str, command: Command, control: CallControl) -> ControlOutcome:
    outcome = ControlOutcome.NOT_SENT
    for _ in range(TRIES_UNTIL_SENT):
        outcome = control.send(control_url, command)
        if outcome is not ControlOutcome.NOT_SENT:
            break
    return outcome
