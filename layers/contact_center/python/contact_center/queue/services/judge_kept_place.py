"""Whether somebody whose place is kept may be called now: one answer for whoever is about to.

He has asked for this one call: that is his consent to it, and it replaces quiet days. It lifts
nothing else: his own and national lists, revocation, hours, holidays, caps and the switch hold.
Whom we ring back by ourselves has asked for nothing: his consent has to be on record, as for any
other call of ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import holder_of
from contact_center.dialing.services.judge_call import history_of
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.permission.domain.consent import EXPRESS, Consent
from contact_center.permission.domain.contact_permission import Contact, Gates
from contact_center.permission.domain.contactability import Deny
from contact_center.queue.domain.kept_steps import holders_of
from contact_center.visits.domain.opening_hours import Closed, opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.permission.domain.contactability import Allow
    from contact_center.queue.domain.kept_places import KeptPlace
    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.visits.domain.opening_hours import OpeningHours

INFORMATIONAL = "informational"
GOODBYE_MS = 60_000  # from the key until his leg has ended, with plenty of time
CLOSED, BAD_NUMBER = "closed", "bad_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackJudge:
    """What judging works with.

    Attributes:
        circumstances: Customer, permission and switch of a number, consistently.
    """

    judge: JudgeParts
    hours: OpeningHours
    circumstances: Callable[[str], Circumstances]


@dataclass(frozen=True, slots=True)
class MayRing:
    """He may be rung, as things are; `over`: holders of other calls of his that have ended."""

    judged: Circumstances
    over: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NotNow:
    """He may not, for that reason; from then on he may, ms since 1970. None: never.

    `talks`: holders of the other calls that he is believed to be in.
    """

    because: str
    from_ms: int | None
    talks: frozenset[str] = frozenset()


def may_ring(
    entry: QueueEntry,
    kept: KeptPlace,
    now_ms: int,
    parts: CallBackJudge,
    over: frozenset[str] = frozenset(),
) -> MayRing | NotNow:
    """Whether a kept place's caller may be called now, by its department's hours and by law.

    Args:
        entry: His.
        kept: What is kept of it.
        now_ms: Ms since 1970.
        parts: What it works with.
        over: Holders of calls of his that have ended, though nobody told.

    Raises:
        StoreUnavailableError: It cannot be judged.
    """
    civil = parts.judge.civil
    at = civil.at(now_ms)
    state = opening(parts.hours.of(entry.department), at)
    if isinstance(state, Closed):
        return NotNow(CLOSED, None if state.until is None else civil.machine_ms(state.until))
    circumstances = parts.circumstances(entry.number or "")
    others = _other_talks(entry, kept, circumstances.customer, now_ms, over)
    try:
        verdict = _verdict(kept, circumstances, others, now_ms, parts)
    except BadNumberError:
        return NotNow(BAD_NUMBER, None)
    if isinstance(verdict, Deny):
        then = verdict.next_allowed_at
        from_ms = None if then is None else civil.machine_ms(then)
        return NotNow(verdict.reason, from_ms, frozenset(holder for holder, _ in others.talks))
    return MayRing(circumstances, over)


def _verdict(
    kept: KeptPlace,
    circumstances: Circumstances,
    others: Customer,
    now_ms: int,
    parts: CallBackJudge,
) -> Allow | Deny:
    civil = parts.judge.civil
    asked_at, has_asked = civil.at(kept.asked_at_ms), kept.resumes is None
    permission, customer = circumstances.permission, circumstances.customer
    contact = Contact(
        purpose=INFORMATIONAL,
        consents=permission.consents,
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
        suppressed_at=permission.suppressed_at,
        suppression_source=permission.suppression_source,
        national=permission.national,
        complete_lists=permission.complete_lists,
        relationship_at=permission.relationship_at,
        inquiry_at=max(asked_at, permission.inquiry_at or asked_at),
        callback_at=civil.at(kept.from_ms) if has_asked else None,
        for_this_call=_to_this_call(asked_at, kept.by) if has_asked else None,
    )
    gates = Gates(
        dialing_stopped=circumstances.switch.stopped, customer_busy=others.busy_at(now_ms)
    )
    number, history = parse_phone_number(customer.number), history_of(customer)
    judge = parts.judge
    return judge.may_call(number, contact, history, civil.at(now_ms), judge.rules, gates)


def _to_this_call(asked_at: datetime, how: str) -> Consent:
    return Consent(kind=EXPRESS, at=asked_at, source=how)


def _other_talks(
    entry: QueueEntry, kept: KeptPlace, customer: Customer, now_ms: int, over: frozenset[str]
) -> Customer:
    """The customer in other calls than an earlier try of ours and the one in which he asked.

    That one ends with our goodbye, though nobody may ever tell of its end.
    """
    said_goodbye = now_ms - kept.asked_at_ms > GOODBYE_MS
    ended = over | {holder_of(entry.visit_id)} if said_goodbye else over
    tries = holders_of(entry)
    talks = (one for one in customer.talks if not one[0].startswith(tries) and one[0] not in ended)
    return replace(customer, talks=tuple(talks))
