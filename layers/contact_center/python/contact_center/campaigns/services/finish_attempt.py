"""What became of an attempt, noted with its contact, and where the contact goes next.

    outcome ──► retry policy ──► waiting for attempt n + 1 ── or ── done, or never
    and what the customer was promised in the call, in the same write

Told twice, it changes nothing the second time; told again with another end (a call was found
after all), the outcome is replaced and the next attempt, if it is still to come, planned anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.callbacks import promised_at
from contact_center.campaigns.domain.campaigns import CampaignState, Tally, tally_start
from contact_center.campaigns.domain.contacts import (
    TERMINAL,
    AttemptOutcome,
    CampaignContact,
    ContactState,
    asked_back,
    is_done,
    is_history,
    waits_again,
    with_outcome,
)
from contact_center.campaigns.domain.retry_policy import NextAttempt, PastAttempt, next_attempt
from contact_center.campaigns.services.book_price import book_price, with_money
from contact_center.campaigns.services.campaign_ports import CallNotes
from contact_center.campaigns.services.reopen_campaign import reopen_campaign
from contact_center.campaigns.services.watch_callers import CallerWatch, note_news
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.kernel.ports import PassingError
from contact_center.kernel.time_zones import whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.services.campaign_ports import (
        CallBook,
        CampaignStore,
        ContactChange,
        ContactStore,
    )
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.dialing_ports import CampaignBrake
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.permission.domain.dialing_rules import DialingRules

TRIES = 6

# The customer had no part in these; when they are many, the campaign pauses.
FAILURES = frozenset(
    {Disposition.FAILED, Disposition.REFUSED, Disposition.DROPPED, Disposition.UNKNOWN}
)

# Every call would have failed alike, so the campaign stops and the contact has lost nothing;
# when it fails so again and again after the campaign was resumed, it is the contact.
CONFIGURATION_TRIES = 3
CONFIGURATION_WAIT_MS = 600_000


CALLBACK = "callback"
NOT_KEPT = (
    "callback_not_kept"  # he was promised a call, and the campaign was cancelled: somebody may
)

# Nobody is planned any more; a retry would wait for ever.
OVER = frozenset({CampaignState.CANCELLED, CampaignState.FINISHED})


class ContactBusyError(PassingError):
    """Others kept changing the contact. To be told again later: nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishParts:
    """What finishing needs.

    Attributes:
        callers: Who watches how our own numbers fare, if anybody does.
    """

    campaigns: CampaignStore
    contacts: ContactStore
    brake: CampaignBrake
    calls: CallBook
    rules: DialingRules
    clock: Clock
    civil: CivilTime
    callers: CallerWatch | None = None


def finish_attempt(attempt: DialAttempt, parts: FinishParts) -> CampaignContact | None:
    """Note what a settled attempt came to, and plan its contact on.

    Args:
        attempt: As stored. One that is not settled changes nothing.
        parts: What it works with.

    Returns:
        The contact as it stands; None when the attempt is of no campaign that is known.

    Raises:
        ContactBusyError, StoreUnavailableError: To be told again.
    """
    name = attempt.request.campaign_id
    campaign = parts.campaigns.read(name) if name is not None else None
    if campaign is None or attempt.state is not AttemptState.SETTLED:
        return None
    if attempt.disposition is Disposition.CONFIGURATION:
        parts.brake.stop(campaign.campaign_id, attempt.reason or "configuration")
    notes = parts.calls.notes(attempt.call_id) if attempt.call_id else CallNotes()
    outcome = outcome_of(attempt, notes, parts)
    for _ in range(TRIES):
        contact = parts.contacts.read(campaign.campaign_id, attempt.request.contact_id or "")
        if contact is None:
            return None
        promised = promise_of(attempt, notes.callback, contact, parts)
        change = step_for(contact, outcome, campaign, parts, promised=promised)
        if change is None:
            look_again([contact], parts)
            return contact
        if parts.contacts.move([change]):
            look_when_due([change], parts)
            note_news([(attempt, change)], parts.callers)
            return change.after
    raise ContactBusyError


def step_for(
    contact: CampaignContact,
    outcome: AttemptOutcome,
    campaign: Campaign,
    parts: FinishParts,
    *,
    promised: datetime | None = None,
) -> ContactChange | None:
    """How an outcome moves a contact on; None when it was noted before, its price too.

    The call that was promised goes into the same write: once the outcome alone were stored,
    the next attempt could be taken before the promise is.
    """
    if _is_noted(contact, outcome):
        return book_price(contact, outcome)
    asked = contact
    if promised is not None and not is_history(contact, outcome.n):
        asked = asked_back(contact, _ms(promised))
    after = _moved(with_outcome(asked, outcome), outcome, campaign, parts)
    return _change(contact, after, outcome, parts)


def promise_of(
    attempt: DialAttempt, callback: str | None, contact: CampaignContact, parts: FinishParts
) -> datetime | None:
    """When a call was promised in the call of an attempt; None: none was.

    Args:
        attempt: The settled attempt that the call was of.
        callback: The customer's local time that was agreed on; None: none was.
        contact: Whom it was agreed with.
        parts: What it works with.
    """
    if callback is None:
        return None
    ended = parts.civil.at(attempt.ended_at_ms or attempt.counts_at_ms or 0)
    return promised_at(callback, zone_of(contact, parts), ended)


def look_when_due(moved: Iterable[ContactChange], parts: FinishParts) -> None:
    """Have the planner look at a campaign when the first of these contacts is due again."""
    waiting = [one for one in moved if one.after.state is ContactState.WAITING]
    back = any(one.before.state in TERMINAL for one in waiting)
    _look([one.after for one in waiting], parts, reopens=back)


def look_again(known: Iterable[CampaignContact], parts: FinishParts) -> None:
    """As `look_when_due`, for contacts whose outcome was noted before.

    Whoever noted it may not have heard that it was written, or may have died of it: then nobody
    has asked the planner to look.
    """
    _look([one for one in known if one.state is ContactState.WAITING], parts, reopens=True)


def _look(waiting: Sequence[CampaignContact], parts: FinishParts, *, reopens: bool) -> None:
    if not waiting:
        return
    campaign_id = waiting[0].campaign_id
    parts.campaigns.look_soon(campaign_id, min(one.due_at_ms or 0 for one in waiting))
    if reopens:
        now_ms = _ms(parts.civil.at(parts.clock.now_ms()))
        reopen_campaign(campaign_id, now_ms, parts.campaigns)


def outcome_of(attempt: DialAttempt, notes: CallNotes, parts: FinishParts) -> AttemptOutcome:
    """What a settled attempt came to, at the price of its call as far as that is known."""
    machine_ms = attempt.counts_at_ms or attempt.ended_at_ms
    at = parts.civil.at(machine_ms or parts.clock.now_ms())
    allowed_at = attempt.next_allowed_at
    return AttemptOutcome(
        n=attempt.request.n,
        at_ms=_ms(at),
        disposition=attempt.disposition or Disposition.UNKNOWN,
        reason=attempt.reason,
        next_allowed_at_ms=None if allowed_at is None else _ms(allowed_at),
        call_id=attempt.call_id,
        cost_micros=notes.price_micros,
        open_legs=0 if notes.price_micros is None else notes.open_legs,
    )


def _is_noted(contact: CampaignContact, outcome: AttemptOutcome) -> bool:
    """Whether the contact knows this already and has been planned on by it."""
    known = {one.n: one for one in contact.outcomes}.get(outcome.n)
    if known is None:
        return False
    told = (outcome.disposition, outcome.reason, outcome.call_id)
    return told == (known.disposition, known.reason, known.call_id)


def _moved(
    contact: CampaignContact, outcome: AttemptOutcome, campaign: Campaign, parts: FinishParts
) -> CampaignContact:
    ended_n = outcome.n
    harmless = outcome.disposition is Disposition.CONFIGURATION and _is_harmless(contact)
    if harmless and campaign.state not in OVER:
        later_ms = outcome.at_ms + CONFIGURATION_WAIT_MS
        return waits_again(contact, ended_n, later_ms, urgent=contact.urgent)
    callback_ms = contact.callback_at_ms
    proposal = next_attempt(
        _past(contact, ended_n),
        campaign.wish.retry,
        callback_at=None if callback_ms is None else _at(callback_ms),
        zone=zone_of(contact, parts),
        spread=int(contact.contact_id[-4:], 16) / 0xFFFF,
    )
    if proposal is not None and not _too_late(campaign, proposal):
        urgent = proposal.priority is not None
        put_off = proposal.reason == Disposition.NOT_CALLED  # and not what was promised meanwhile
        # What was promised stays: another try of it is no call in quiet days.
        return waits_again(contact, ended_n, _ms(proposal.at), urgent=urgent, put_off=put_off)
    if proposal is not None and proposal.reason == CALLBACK:
        return is_done(contact, ended_n, ContactState.DONE, NOT_KEPT)
    if outcome.disposition is Disposition.NOT_CALLED:
        return is_done(contact, ended_n, ContactState.NEVER, outcome.reason or "not_called")
    return is_done(contact, ended_n, ContactState.DONE, outcome.disposition)


def _too_late(campaign: Campaign, proposal: NextAttempt) -> bool:
    """Whether nobody is called any more; who was promised a call back reopens the campaign."""
    promised = proposal.reason == CALLBACK and campaign.state is CampaignState.FINISHED
    return campaign.state in OVER and not promised


def _is_harmless(contact: CampaignContact) -> bool:
    same = [one for one in contact.outcomes if one.disposition is Disposition.CONFIGURATION]
    return len(same) < CONFIGURATION_TRIES


def _past(contact: CampaignContact, ended_n: int) -> list[PastAttempt]:
    return [
        PastAttempt(
            disposition=one.disposition,
            at=_at(one.at_ms),
            next_allowed_at=None if one.next_allowed_at_ms is None else _at(one.next_allowed_at_ms),
        )
        for one in contact.outcomes
        if one.n <= ended_n
    ]


def zone_of(contact: CampaignContact, parts: FinishParts) -> ZoneInfo | None:
    """Where the contact most likely is; None: nobody knows."""
    details = contact.details
    place = whereabouts(
        parse_phone_number(details.number),
        parts.rules.areas,
        parts.civil.at(parts.clock.now_ms()),
        timezone=details.timezone,
        state=details.state,
        postal_code=details.postal_code,
    )
    return place.likeliest


def _change(
    before: CampaignContact, after: CampaignContact, outcome: AttemptOutcome, parts: FinishParts
) -> ContactChange:
    """The step with what it changes in the figures: each attempt counts once."""
    known = {one.n: one for one in before.outcomes}.get(outcome.n)
    failed = int(outcome.disposition in FAILURES)
    failed -= int(known is not None and known.disposition in FAILURES)
    tally = None
    if known is None or failed:
        began_ms = tally_start(_ms(parts.civil.at(parts.clock.now_ms())))
        tally = Tally(began_ms, int(known is None), failed)
    return with_money(before, after, outcome.n, tally)


def _at(civil_ms: int) -> datetime:
    return datetime.fromtimestamp(civil_ms / 1000, UTC)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
