"""Take one message out of the call-events queue: write its facts down, decide, act.

A crash anywhere leaves a state from which the same message, delivered again, goes on:

    archive the report      the same key and content again; while it cannot be, the rest goes on
    commit facts, decisions refused as already known, so nothing is written twice
    write an opt-out        refused as already written
    begin an action         refused: whoever began it may have sent it
    send, finish            not repeated; what was refused is decided anew, once
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import CallEnded
from contact_center.conversations.services.act_on_decisions import act_on_decisions
from contact_center.conversations.services.archive_report import archive_report, report_key
from contact_center.conversations.services.follow_call import follow_call
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.stop_calling import may_tell_of_it, stop_calling
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.ports import (
    QueueUnavailableError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.act_on_decisions import ActParts
    from contact_center.conversations.services.ports import Reminders, ReportArchive
    from contact_center.conversations.services.record_facts import Recorded, RecordParts
    from contact_center.conversations.services.stop_calling import OptOutParts
    from contact_center.dialing.services.settle_attempt import SettleParts
    from contact_center.kernel.ports import Metrics


# A destination, people instead of it, and words: each may refuse, and the caller waits. More of
# it is left to the next message.
REFUSALS_AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message of the queue.

    Attributes:
        body: The webhook as it came, unless it was too large.
        received_at_ms: When the door received it, ms since 1970.
        delivery: What tells this sending from another, "" when nothing does.
        body_key: Where the archive has the body that was too large, or None.
    """

    body: bytes
    received_at_ms: int
    delivery: str = ""
    body_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Our own message: look at a call again, a decision of it is due."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message tells: facts of one call, and its end-of-call report if it is one.

    Attributes:
        facts: Of one call; empty when the message belongs to none.
        report: Reduced to what may be kept, or None.
        began_at_ms: When the call of the report began, ms since 1970.
        report_is_lost: It is one, and cannot be reduced.
    """

    facts: Sequence[Fact]
    report: Mapping[str, object] | None = None
    began_at_ms: int = 0
    report_is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """What the router is made of; `read` takes body, arrival (ms since 1970) and delivery."""

    read: Callable[[bytes, int, str], Told]
    archive: ReportArchive
    record: RecordParts
    act: ActParts
    reminders: Reminders
    settle: SettleParts
    opt_out: OptOutParts
    metrics: Metrics


def route_message(message: QueuedMessage | Reminder, router: Router) -> None:
    """Take one message.

    Raises:
        BadMessageError: It cannot be understood, now or ever.
        HistoryMovedOnError, AttemptBusyError, ContentionError: Others kept being faster;
            deliver it again.
        StoreUnavailableError: The tables did not answer; deliver it again.
    """
    if isinstance(message, Reminder):
        _act(record_facts(message.call_id, (), router.record), router.act.clock.now_ms(), router)
        return
    told = router.read(_body_of(message, router), message.received_at_ms, message.delivery)
    if not told.facts:
        router.metrics.count("message_without_call")
        return
    call_id = told.facts[0].call_id
    facts, archived = _archived(call_id, told, router)
    recorded = record_facts(call_id, facts, router.record)
    stored = _opt_out_stored(told.facts, recorded, router)
    _act(recorded, message.received_at_ms, router)  # goodbye is said in any case
    follow_call(told.facts, recorded.record, router.settle)
    if not (stored and archived):
        raise StoreUnavailableError  # the message comes again, and with it wish and report


def _opt_out_stored(facts: Sequence[Fact], recorded: Recorded, router: Router) -> bool:
    """Write an opt-out down before anything is said of it; False: it has to be told again."""
    by = recorded.state.opt_out
    if by is None or not may_tell_of_it(facts):
        return True
    try:
        record = recorded.record
        placed = record.value("direction") == "outbound" or record.value("attempt_id") is not None
        stop_calling(record.value("customer_number"), by, router.opt_out, placed=placed)
    except (StoreRefusedError, StoreUnavailableError):
        router.metrics.count("opt_out_unstored")
        return False
    return True


def _act(recorded: Recorded, heard_at_ms: int, router: Router) -> None:
    call_id, clock = recorded.record.call_id, router.act.clock
    acted = act_on_decisions(recorded, heard_at_ms, router.act)
    for _ in range(REFUSALS_AT_ONCE):
        if not acted.failed:
            break
        recorded = record_facts(call_id, (), router.record)  # which knows now what was refused
        acted = act_on_decisions(recorded, clock.now_ms(), router.act)
    for at_ms in acted.look_again_ms:
        try:
            router.reminders.remind(call_id, at_ms - clock.now_ms())
        except QueueUnavailableError:
            # The message itself must not fail for it: the caller's next word does as well.
            router.metrics.count("reminder_unsent")


def _body_of(message: QueuedMessage, router: Router) -> bytes:
    if message.body_key is None:
        return message.body
    try:
        return router.archive.get(message.body_key)
    except KeyError:
        raise BadMessageError("report_key", "must name a stored body") from None


def _archived(call_id: str, told: Told, router: Router) -> tuple[Sequence[Fact], bool]:
    """The facts, the end of the call knowing where its report is kept; whether it is there.

    The call has ended whether or not its report can be kept: the fact says where it will be.
    """
    if told.report_is_lost:
        router.metrics.count("report_lost")
    if told.report is None:
        return told.facts, True
    key = report_key(call_id, told.began_at_ms)
    facts = [
        replace(fact, report_key=key) if isinstance(fact, CallEnded) else fact
        for fact in told.facts
    ]
    try:
        archive_report(told.report, key, router.archive)
    except StoreUnavailableError:
        router.metrics.count("report_unstored")
        return facts, False
    return facts, True
