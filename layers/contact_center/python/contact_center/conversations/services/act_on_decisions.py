"""Do to the call what was decided, each decision at most once and never late.

    committed ──begin──► begun ──one POST──► finished(outcome)
        │                  └─ crash: may have been sent, so it is never sent again
        └─ crash, or not due yet: whoever hears of the call next begins it, if still fresh

Two routers may act on one call at once: each decision is begun by one of them, and one that a
later decision has overtaken before it was begun is dropped. What was refused is decided anew
(domain/routing.py): the caller has been told to wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.conversations.domain.call_commands import Say
from contact_center.conversations.domain.routing import (
    command_for,
    due_at_ms,
    hands_over,
    says_goodbye,
)
from contact_center.conversations.services.ports import FAILED, ControlOutcome

if TYPE_CHECKING:
    from contact_center.conversations.domain.call_commands import Command
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.domain.routing import Decision
    from contact_center.conversations.services.ports import CallControl, CallStore
    from contact_center.conversations.services.record_facts import Recorded
    from contact_center.kernel.ports import Clock, Metrics

# A decision that a crash left behind is acted on by whoever hears of the call next. A caller who
# asked for billing half a minute ago still wants it; one who asked before a longer break has
# been told something else since. Speech has its own, shorter limit (policy.toml).
ACTION_FRESH_MS = 30_000

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


@dataclass(frozen=True, slots=True)
class Acted:
    """What became of acting on a call's decisions.

    Attributes:
        due_ms: When the first decision that has to wait is due, ms since 1970; None when none
            waits.
        failed: Whether one certainly was not carried out, so that another may be due now.
    """

    due_ms: int | None = None
    failed: bool = False


def act_on_decisions(recorded: Recorded, heard_at_ms: int, parts: ActParts) -> Acted:
    """Act on every committed decision that nobody has begun to act on.

    Args:
        recorded: The call as it stands. Without a control URL nothing is begun: the next
            message may bring one in time.
        heard_at_ms: When the message that brought the new facts was received, ms since 1970.
            Speech that it calls for is late when the message itself has waited.
        parts: What it works with.
    """
    control_url = recorded.record.value("control_url")
    if control_url is None:
        return Acted()
    waiting: list[int] = []
    failed = False
    in_squad = _is_in_squad(recorded)
    for decision in recorded.decisions:
        if decision.number in recorded.actions:
            continue
        command = command_for(decision, parts.departments, parts.policy, in_squad=in_squad)
        overtaken = _is_overtaken(decision, command, heard_at_ms, recorded, parts)
        due_ms = due_at_ms(decision, parts.policy)
        if not overtaken and parts.clock.now_ms() < due_ms:
            waiting.append(due_ms)
        elif parts.store.begin_action(decision, parts.clock.now_ms()):
            outcome = ControlOutcome.DROPPED
            if not overtaken:
                outcome = _send(control_url, command, parts.control)
            parts.store.finish_action(decision, outcome, parts.clock.now_ms())
            failed = failed or outcome in FAILED
            parts.metrics.count("actions", kind=decision.kind.value, outcome=outcome.value)
    return Acted(min(waiting, default=None), failed)


def _is_in_squad(recorded: Recorded) -> bool:
    """Whether a colleague's name is known in the call, as far as anybody can tell.

    Whom we call hears one assistant and no squad. A caller may as well, when the number at Vapi
    has an assistant of its own: there the first handoff by name is refused.
    """
    refused = any(
        hands_over(decision) and mark.outcome is ControlOutcome.REFUSED
        for decision in recorded.decisions
        if (mark := recorded.actions.get(decision.number)) is not None
    )
    return not recorded.state.outbound and not refused


def _is_overtaken(
    decision: Decision, command: Command, heard_at_ms: int, recorded: Recorded, parts: ActParts
) -> bool:
    """Whether doing it now would be late, or not what the call wants any more."""
    if says_goodbye(decision):  # never late: the customer would still be on the line
        return recorded.record.ended
    if any(says_goodbye(later) and later.number > decision.number for later in recorded.decisions):
        return True
    now_ms = parts.clock.now_ms()
    if not isinstance(command, Say):
        late = now_ms - decision.decided_at_ms > ACTION_FRESH_MS
        return late or _is_unwanted(decision, recorded)
    since_ms = due_at_ms(decision, parts.policy)
    if decision in recorded.new:
        since_ms = min(since_ms, heard_at_ms)
    return now_ms - since_ms > parts.policy.speech_fresh_ms or _is_unsayable(decision, recorded)


def _is_unsayable(decision: Decision, recorded: Recorded) -> bool:
    """Whether the caller has cut in since, is leaving, or is gone."""
    is_stale = decision.turn < recorded.state.turn
    is_leaving = any(
        later.number > decision.number and later.department is not None
        for later in recorded.decisions
    )
    return recorded.record.ended or is_stale or is_leaving


def _is_unwanted(decision: Decision, recorded: Recorded) -> bool:
    """Whether the caller is to be elsewhere by now, is there already, or is gone."""
    if recorded.record.ended:
        return True
    if decision.department is None:
        return False
    return recorded.state.arrived or recorded.state.destination != decision.department


def _send(control_url: str, command: Command, control: CallControl) -> ControlOutcome:
    outcome = ControlOutcome.NOT_SENT
    for _ in range(TRIES_UNTIL_SENT):
        outcome = control.send(control_url, command)
        if outcome is not ControlOutcome.NOT_SENT:
            break
    return outcome
