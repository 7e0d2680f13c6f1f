"""A customer asked, in a call, not to be called again: onto our own do-not-call list at once.

    the assistant's tool ─► door ────┐
    key, words, tool, end ─► router ─┴─► one idempotent write

Whoever comes first writes it, and the other finds it written. Nobody is told that it is stored
before it is. Who rang us may show a number that is not theirs: such wishes are granted like any,
and counted apart, so that many of them raise an alarm (docs/security.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    CallEnded,
    KeyPressed,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.permission.domain.opt_out import callable_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.facts import Fact
    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.permission.services.permission_ports import OptOuts

SOURCE = "customer, on the call"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutParts:
    """What taking an opt-out needs."""

    opt_outs: OptOuts
    clock: Clock
    civil: CivilTime
    metrics: Metrics


def stop_calling(number: str | None, by: str, parts: OptOutParts, *, placed: bool) -> bool:
    """Put a customer onto our own do-not-call list. Told again, nothing changes.

    Args:
        number: Of the customer as the provider said it; None when it did not.
        by: What told it, a word of ours: tool, key or words.
        parts: What it works with.
        placed: Whether we placed the call, to that number; else it is the caller's own word.

    Returns:
        Whether the customer is on the list now: not without a number in E.164.

    Raises:
        StoreUnavailableError: To be told again.
    """
    e164 = callable_number(number)
    if e164 is None:
        parts.metrics.count("opt_out_without_number")
        return False
    now = parts.civil.at(parts.clock.now_ms())
    if parts.opt_outs.suppress(e164, SOURCE, now):
        parts.metrics.count("opt_out", by=by)
        if not placed:
            parts.metrics.count("opt_out_inbound")
    return True


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
