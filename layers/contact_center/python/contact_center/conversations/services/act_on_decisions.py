"""Do to the call what was decided, each decision at most once and never late.

    committed ──(a person wanted is told)──begin──► begun ──one POST──► finished(outcome)
        │                  └─ crash: may have been sent, so it is never sent again
        └─ crash, or not due yet: whoever hears of the call next begins it, if still fresh

Two routers may act on one call at once: each decision is begun by one of them, and one that a
later decision has overtaken before it was begun is dropped. What was refused is decided anew
(domain/deciding/routing.py): the caller has been told to wait.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.deciding.call_commands import (
    GetPerson,
    Handoff,
    Say,
    Transfer,
)
from contact_center.conversations.domain.deciding.carrying_out import (
    Situation,
    deed,
    takes_back,
)
from contact_center.conversations.domain.deciding.silence import heard_by_ms
from contact_center.conversations.domain.resuming import BROKE_OFF_NOTE, Talk, note_of, talk_of
from contact_center.conversations.services.ports.calls import FAILED, ControlOutcome
from contact_center.conversations.services.ports.messages import PersonWish
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import (
    ContentionError,
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.deciding.call_commands import Command
    from contact_center.conversations.domain.deciding.carrying_out import Deed
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.services.ports.calls import CallControl, CallStore
    from contact_center.conversations.services.ports.messages import PersonWishes
    from contact_center.conversations.services.record_parts import Recorded
    from contact_center.kernel.ports import Clock, Metrics

# Only NOT_SENT may be tried again (reliability §3), and the caller is waiting.
TRIES_UNTIL_SENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ActParts:
    """What acting needs; without `wishes` nobody is asked for the callers of visits."""

    store: CallStore
    control: CallControl
    clock: Clock
    metrics: Metrics
    policy: Policy
    departments: Departments
    handoff_by_name: bool = False
    wishes: PersonWishes | None = None


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
            continue
        # Told again it changes nothing, so it comes before the mark: who dies between the two is
        # followed by whoever hears of the call next.
        told = what.overtaken or _told(decision, what, recorded, parts)
        if parts.store.begin_action(decision, now_ms):
            outcome = ControlOutcome.DROPPED if what.overtaken else ControlOutcome.NOT_SENT
            if told and not what.overtaken:
                outcome = _send(control_url, _complete(what.command, parts), parts.control)
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


def _told(decision: Decision, what: Deed, recorded: Recorded, parts: ActParts) -> bool:
    """Let people be asked, or asked no more; False: nobody will be, and that has to be said."""
    whose = what.command.whose if isinstance(what.command, GetPerson) else None
    if whose is None and not takes_back(decision, recorded.decisions, parts.departments):
        return True
    post = recorded.record.value("visit_post")
    if post is None or parts.wishes is None:
        return whose is None
    wish = PersonWish(
        post=post,
        number=decision.number,
        whose=whose,
        at_ms=decision.decided_at_ms,
        person=None if whose is None else decision.person,
    )
    for _ in range(TRIES_UNTIL_SENT):
        try:
            parts.wishes.tell(wish)
        except (ContentionError, QueueUnavailableError, StoreRefusedError, StoreUnavailableError):
            parts.metrics.count("wish_not_told")
        else:
            return True
    return whose is None  # a telephone rings on, and whoever answers it is asked for a key


def _complete(command: Command | GetPerson, parts: ActParts) -> Command:
    """A command as it is sent: who goes on with a call that broke off knows what was said."""
    if isinstance(command, GetPerson):
        return Say(command.content)
    if isinstance(command, Handoff) and command.resumes is not None:
        parts.metrics.count("call_resumed")
        return replace(command, note=note_of(_talk(command.resumes, parts), BROKE_OFF_NOTE))
    return command


def _talk(call_id: str, parts: ActParts) -> Talk:
    """What was said in a call; nothing, when it cannot be read: the caller waits."""
    try:
        history = parts.store.read(call_id)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with an old call, this one goes on
        parts.metrics.count("earlier_talk_unread")
        log_broken("earlier_talk_unread", error)
        return Talk()
    summary = None if history.record is None else history.record.value("summary")
    return talk_of(history.facts, summary)


def _send(control_url: str, command: Command, control: CallControl) -> ControlOutcome:
    outcome = ControlOutcome.NOT_SENT
    for _ in range(TRIES_UNTIL_SENT):
        outcome = control.send(control_url, command)
        if outcome is not ControlOutcome.NOT_SENT:
            break
    return outcome
