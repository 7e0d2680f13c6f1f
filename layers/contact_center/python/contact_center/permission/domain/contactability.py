"""Who may be called when: one pure function, asked when planning and again inside the claim.

The checks run in this order, and the first that fails is the reason (dialing §1):

    never     suppressed → national_dnc → no_consent, consent_revoked
    not yet   outside_window, holiday → frequency_cap → quiet_period
    not now   dialing_stopped → campaign_not_running → customer_busy

Either answer carries its evidence. Not legal advice: see docs/compliance.md.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from contact_center.kernel.data_classes import dataclass
from contact_center.permission.domain.calling_hours import next_open
from contact_center.permission.domain.contact_case import Case
from contact_center.permission.domain.contact_evidence import evidence_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates
    from contact_center.permission.domain.dialing_rules import DialingRules

Reason = Literal[
    "suppressed",  # on your own do-not-call list
    "national_dnc",  # on a national one, and no consent outweighs it
    "no_consent",  # none is on record that counts for this purpose
    "consent_revoked",  # it was taken back
    "outside_window",  # not an hour to call in, in one of the time zones they may be in
    "holiday",  # a day on which nobody is called there
    "frequency_cap",  # called as often as the rules allow
    "quiet_period",  # a call of late ended so that they are left alone for a while
    "customer_busy",  # another call to them, or with them, is under way
    "campaign_not_running",  # paused, stopped, cancelled
    "dialing_stopped",  # all of it, by an operator
]

# When a gate will open nobody knows; asking more often than this would be a busy loop, less
# often would leave people uncalled after it opened.
ASK_AGAIN_SECONDS = 60

# The day after it could be made, a call is no longer the callback that was asked for.
CALLBACK_HOURS = 24

# A list that is too old may be renewed at any time; whoever waits for it is put off, not given up.
LIST_AGAIN_HOURS = 1

# Where the tables of holidays end nobody is called; they may be extended, so nobody is given up.
TABLES_AGAIN_HOURS = 24

_ASK_AGAIN = timedelta(seconds=ASK_AGAIN_SECONDS)
_LIST_AGAIN = timedelta(hours=LIST_AGAIN_HOURS)
_TABLES_AGAIN = timedelta(hours=TABLES_AGAIN_HOURS)
_CALLBACK = timedelta(hours=CALLBACK_HOURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """The call may leave at the instant that was asked about.

    Attributes:
        evidence: What decided it, ready for JSON; no number in clear.
    """

    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """The call may not leave.

    Attributes:
        reason: The first check that failed.
        next_allowed_at: The first instant, in UTC, at which every check that depends on time
            would pass; None means never, as things stand. For a gate, which opens when
            somebody opens it, for a list that is too old and where the tables of holidays end:
            when to ask again.
        evidence: What decided it, ready for JSON; no number in clear.
    """

    reason: Reason
    next_allowed_at: datetime | None
    evidence: dict[str, Any]


def may_call(  # noqa: PLR0913, PLR0917  exactly what decides, nothing hidden
    number: PhoneNumber,
    contact: Contact,
    history: CallHistory,
    now: datetime,
    rules: DialingRules,
    gates: Gates,
) -> Allow | Deny:
    """Decide whether a customer may be called at an instant.

    Args:
        number: The number to ring.
        contact: Purpose, consent, suppression and whereabouts of the customer.
        history: The calls to this person so far, across campaigns.
        now: The instant the call would leave at, aware. Inside a claim: the slot's.
        rules: The rules, as data.
        gates: What is stopped or busy at the moment.

    Returns:
        Allow, or Deny with the reason and when to try again.

    Raises:
        BadNumberError: The rules let nobody ring this number, at any hour: its country has no
            row, or it is a test number and none are allowed.
    """
    rules.check_number(number)
    case = Case(number, contact, history, now.astimezone(UTC), rules)
    never = _never(case)
    if never is not None:
        at = _first_or_again(case, case.now + _LIST_AGAIN) if _awaits_list_alone(case) else None
        return Deny(reason=never, next_allowed_at=at, evidence=evidence_of(case, gates))
    not_yet = _not_yet(case)
    if not_yet is not None:
        at = _first_or_again(case, case.now)
        return Deny(reason=not_yet, next_allowed_at=at, evidence=evidence_of(case, gates))
    closed = _closed_gate(gates)
    if closed is not None:
        at = _first_or_again(case, case.now + _ASK_AGAIN)
        return Deny(reason=closed, next_allowed_at=at, evidence=evidence_of(case, gates))
    return Allow(evidence=evidence_of(case, gates))


def first_instant(case: Case, at: datetime) -> datetime | None:
    """The first instant, not before `at`, at which window, caps and quiet period all allow.

    Each of them moves the instant on to the first it allows itself, so where all stand still
    is the first that all allow.
    """
    instant = at
    while True:
        opening = next_open(case.zones, case.hours_on, instant) if case.zones else None
        if opening is None:
            return None
        later = max(opening, _cap_free_at(case, opening), _quiet_until(case, opening))
        if later == instant:
            return instant
        instant = later


def _first_or_again(case: Case, at: datetime) -> datetime | None:
    """The first instant, or when to ask again where it depends on holidays that nobody knows."""
    first = first_instant(case, at)
    return at + _TABLES_AGAIN if first is None and case.awaits_holidays else first


def _never(case: Case) -> Reason | None:
    if case.contact.suppressed_at is not None:
        return "suppressed"
    if case.national_list_forbids:
        return "national_dnc"
    if case.standing.consent is None:
        return "consent_revoked" if case.standing.revoked else "no_consent"
    return None


def _awaits_list_alone(case: Case) -> bool:
    """Whether a newer national list is all that is wanting for ever."""
    said_yes = case.contact.suppressed_at is None and case.standing.consent is not None
    return said_yes and case.awaits_national_list


def _not_yet(case: Case) -> Reason | None:
    now = case.now
    opening = next_open(case.zones, case.hours_on, now) if case.zones else None
    if opening != now:
        days = [case.day(day) for day in case.civil_days(now)]
        return "holiday" if any(day.holiday for day in days) else "outside_window"
    if _cap_free_at(case, now) > now:
        return "frequency_cap"
    if _quiet_until(case, now) > now:
        return "quiet_period"
    return None


def _closed_gate(gates: Gates) -> Reason | None:
    if gates.dialing_stopped:
        return "dialing_stopped"
    if not gates.campaign_running:
        return "campaign_not_running"
    if gates.customer_busy:
        return "customer_busy"
    return None


def _could_be_made(case: Case, callback: datetime) -> datetime:
    """The first instant, not before a callback, at which window and caps allowed it.

    Calls that were made since are tries of it, and do not move its day on.
    """
    before = [at for at in case.rung_at if at < callback]
    instant = callback
    while case.zones:
        opening = next_open(case.zones, case.hours_on, instant)
        if opening is None:
            break
        later = _cap_free_at(case, opening, before)
        if later == instant:
            break
        instant = later
    return instant


def _cap_free_at(case: Case, at: datetime, rung_at: Sequence[datetime] | None = None) -> datetime:
    """The first instant, not before `at`, at which no cap in force then is used up.

    A cap of n calls in a window is free once the n-th latest call is a whole window old. A
    call that is still to come counts too: it was granted already.
    """
    free, rung = at, case.rung_at if rung_at is None else rung_at
    for rule in case.rules_on(at):
        if rule.cap_calls is not None and len(rung) >= rule.cap_calls:
            nth_latest = rung[rule.cap_calls - 1]
            free = max(free, nth_latest + timedelta(hours=rule.cap_hours))
    return free


def _quiet_until(case: Case, at: datetime) -> datetime:
    """The first instant, not before `at`, outside of the quiet days the customer has earned.

    A callback asked for replaces them: nobody calls before it, and it may be made although
    there was a conversation. It is no exception to windows, caps or consent, and its day begins
    when those let it be made: whoever asks for Saturday night is called on Monday.
    """
    history, rules = case.history, case.rules
    sells = case.contact.purpose == "marketing"  # who buys nothing may still be told of his order
    quiet = [
        (history.conversation_at, rules.quiet_days_after_conversation),
        (history.refusal_at if sells else None, rules.quiet_days_after_refusal),
    ]
    callback = case.contact.callback_at
    if callback is not None and all(since is None or since < callback for since, _ in quiet):
        if at < callback:
            return callback.astimezone(UTC)
        if at < _could_be_made(case, callback.astimezone(UTC)) + _CALLBACK:
            return at
    ends = [since.astimezone(UTC) + timedelta(days=days) for since, days in quiet if since]
    return max([at, *ends])
