"""A customer asked, in a call, not to be called again: onto our own do-not-call list at once.

    the assistant's tool ─► door ────────────┐
    key, words, tool, end, report ─► router ─┴─► one idempotent write

Whoever comes first writes it, and the other finds it written. Nobody is told that it is stored
before it is. Whom we rang is known by the attempt, whatever the webhook says of its customer. Who
rang us may show a number that is not theirs: such wishes are granted like any, and counted apart,
so that many of them raise an alarm (docs/security.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    CallEnded,
    KeyPressed,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.services.ports.callers import Party
from contact_center.dialing.domain.dial_requests import read_post_name
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.messages import Question
    from contact_center.conversations.services.ports.callers import CallMemory, RungNumbers
    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.permission.services.permission_ports import OptOuts

SOURCE = "customer, on the call"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutParts:
    """What taking an opt-out needs."""

    opt_outs: OptOuts
    rung: RungNumbers
    clock: Clock
    civil: CivilTime
    metrics: Metrics


def stop_calling(customer: Party, by: str, parts: OptOutParts) -> bool:
    """Put a customer onto our own do-not-call list. Told again, nothing changes.

    Args:
        customer: Whose wish it is.
        by: What told it, a word of ours: tool, key, words or report.
        parts: What it works with.

    Returns:
        Whether the customer is on the list now: not where nobody knows their number.

    Raises:
        StoreUnavailableError: To be told again.
    """
    number = _number_of(customer, parts)
    if number is None:
        parts.metrics.count("opt_out_without_number")
        if customer.placed:
            parts.metrics.count("opt_out_lost")
        return False
    now = parts.civil.at(parts.clock.now_ms())
    if parts.opt_outs.suppress(number, SOURCE, now):
        parts.metrics.count("opt_out", by=by)
        if not customer.placed:
            parts.metrics.count("opt_out_inbound")
    return True


def stop_calling_as_asked(question: Question, memory: CallMemory, parts: OptOutParts) -> bool:
    """The same for whoever the assistant's tool speaks of; the call itself may know them better.

    Raises:
        StoreUnavailableError: To be told again.
    """
    told = Party(
        number=question.customer_number, post_name=question.post_name, placed=question.placed
    )
    if not told.known and question.call_id is not None:
        told = memory.party_of(question.call_id) or told
    return stop_calling(told, "tool", parts)


def party_of(record: CallRecord) -> Party:
    """The customer of a call, as far as its record knows."""
    post_name = record.value("attempt_id")
    return Party(
        number=record.value("customer_number"),
        post_name=post_name,
        placed=post_name is not None or record.value("direction") == "outbound",
    )


def may_tell_of_it(facts: Iterable[Fact]) -> bool:
    """Whether a message may be the one that an opt-out has to be written down with.

    The call's end is one as well: until then facts come in any order, and which direction the
    call has, or whose it is, may be told after the wish itself.
    """
    return any(
        isinstance(fact, ToolCalled | KeyPressed | CallEnded)
        or (isinstance(fact, UtteranceHeard) and fact.final and fact.role == "customer")
        for fact in facts
    )


def _number_of(customer: Party, parts: OptOutParts) -> str | None:
    named = read_post_name(customer.post_name)
    rung = parts.rung.number_of(named[0]) if named is not None else None
    return rung or caller_number(customer.number)
