"""Take note of what is told about a call: by a webhook, by a look-up, by a person.

A call is told apart by the name its POST was given, `attempt.k`. Calls that carry no such name
were not placed here (inbound ones, or a POST that was given up for dead): they hold a line of
the account as long as they last, and their customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition, disposition_of, is_known
from contact_center.dialing.domain.dial_attempts import (
    GivenUp,
    HeardEnded,
    HeardLive,
    HeardRefusal,
    Resolved,
)
from contact_center.dialing.domain.dial_requests import attempt_id, read_post_name
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.dialing.services.hold_lines import LineParts, note_other_call
from contact_center.dialing.services.hold_visit_lines import release_line
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import LineBook


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNews:
    """What somebody tells of one call. Times are the provider's, ms since 1970.

    Attributes:
        name: The name of the POST: metadata.attemptId, or the call's name. None for others.
        number: The customer's, as the provider said it; None: it did not.
        ended: Whether the call is over.
        talked: Whether the customer had been connected.
        rang_at_ms: When it was created or began to ring, the later of what is known.
        priced: Whether it is known by now what it cost: `price_micros`, beside `open_legs` of which
            it is not known yet.
        final: Whether the reason is the end-of-call report's own.
        visit_post: The name it was ordered under for a caller who was here before it; None: it
            was not. His visit has its line already.
    """

    call_id: str
    name: str | None
    ended: bool
    ended_reason: str | None = None
    talked: bool = False
    rang_at_ms: int | None = None
    ended_at_ms: int | None = None
    priced: bool = False
    price_micros: int = 0
    open_legs: int = 0
    number: str | None = None
    final: bool = False
    visit_post: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleParts:
    """What taking note of calls needs."""

    ledger: LedgerParts
    lines: LineBook


def hear_of_call(news: CallNews, parts: SettleParts) -> DialAttempt | None:
    """Bring attempt, customer and lines in step with what is told of a call.

    Args:
        news: What is told, for the first or the tenth time, in any order.
        parts: What it works with.

    Returns:
        The attempt the call belongs to; None when it belongs to none.

    Raises:
        StoreUnavailableError, ContentionError, AttemptBusyError: To be told again.
    """
    if news.ended_reason and not is_known(news.ended_reason):
        parts.ledger.metrics.count("ended_reason_unknown")
    if news.visit_post is not None:
        if news.ended:
            visit_id = news.visit_post.rpartition(".")[0]
            release_line(visit_id, news.visit_post, parts.lines)
        return None
    named = read_post_name(news.name)
    attempt = None
    if named is not None:
        name, posts = named
        rings = None if news.final else caller_number(news.number)  # a report is of the price
        attempt = change_attempt(name, _event(news, posts, parts), parts.ledger, rings=rings)
        if news.final and attempt is not None:
            _call_off_next(attempt, parts.ledger)
    if named is None or attempt is None or attempt.posts != named[1]:
        line_parts = LineParts(lines=parts.lines, ledger=parts.ledger)
        note_other_call(news.call_id, news.number, ended=news.ended, parts=line_parts)
    return attempt


def hear_of_refusal(name: str, at_ms: int, parts: LedgerParts) -> None:
    """Let an attempt, and its customer, know that he is not interested; told again nothing changes.

    Args:
        name: Of the POST, as the call carries it.
        at_ms: When it was told, ms since 1970.
        parts: What it works with.

    Raises:
        StoreUnavailableError, AttemptBusyError: To be told again.
    """
    named = read_post_name(name)
    if named is not None:
        change_attempt(named[0], HeardRefusal(posts=named[1], at_ms=at_ms), parts)


def resolve_attempt(name: str, *, rang: bool, parts: LedgerParts) -> DialAttempt | None:
    """Settle a doubtful attempt by a person's word; others stay as they are."""
    event = Resolved(rang=rang, now_ms=parts.clock.now_ms())
    return change_attempt(name, event, parts)


def _call_off_next(attempt: DialAttempt, parts: LedgerParts) -> None:
    """The report says that the customer was served: a retry planned before it came is not made."""
    campaign_id, contact_id = attempt.request.campaign_id, attempt.request.contact_id
    served = attempt.corrected and attempt.disposition is Disposition.COMPLETED
    if not served or campaign_id is None or contact_id is None:
        return
    event = GivenUp(
        disposition=Disposition.CANCELLED, now_ms=parts.clock.now_ms(), reason="served before"
    )
    change_attempt(attempt_id(campaign_id, contact_id, attempt.request.n + 1), event, parts)


def _event(news: CallNews, posts: int, parts: SettleParts) -> HeardLive | HeardEnded:
    now_ms = parts.ledger.clock.now_ms()
    if not news.ended:
        return HeardLive(
            posts=posts, call_id=news.call_id, now_ms=now_ms, rang_at_ms=news.rang_at_ms
        )
    return HeardEnded(
        posts=posts,
        call_id=news.call_id,
        now_ms=now_ms,
        disposition=disposition_of(news.ended_reason, talked=news.talked),
        reason=news.ended_reason,
        rang_at_ms=news.rang_at_ms,
        ended_at_ms=news.ended_at_ms,
        priced=news.priced,
        price_micros=news.price_micros,
        open_legs=news.open_legs,
        final=news.final,
    )
