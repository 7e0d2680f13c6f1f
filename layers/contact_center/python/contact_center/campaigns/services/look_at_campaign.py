"""Look at one running campaign: does it go on, and whom could it call now?

    over? broken? spent? ──► finished, paused          attempts long under way ──► looked after
    urgent contacts due, then others ──► may_call ──► callable now
                                             ├──► put off until it is allowed
                                             └──► never

Contactability is asked for now and for the furthest slot, so that nobody is planned into the
end of a window; it is advice: the dialer asks again for the slot's own instant.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.caller_numbers import DEFAULT_NUMBER
from contact_center.campaigns.domain.campaigns import (
    BROKEN_REASON,
    SPENT_REASON,
    WIND_UP_MS,
    CampaignEvent,
    breaks,
    changed,
    room_in_caps,
)
from contact_center.campaigns.domain.contacts import given_up, put_off
from contact_center.campaigns.services.campaign_ports import (
    CampaignMovedOnError,
    ContactChange,
    DueQueue,
)
from contact_center.campaigns.services.judge_contact import permission_contact
from contact_center.campaigns.services.look_after_attempts import look_after_attempts, wind_up
from contact_center.campaigns.services.plan_parts import Looked
from contact_center.campaigns.services.reopen_campaign import reopen_campaign
from contact_center.campaigns.services.set_aside import move_on, step_of_failure
from contact_center.dialing.services.judge_call import history_of
from contact_center.kernel.phone_numbers import BadNumberError, parse_phone_number
from contact_center.permission.domain.contact_permission import Gates
from contact_center.permission.domain.contactability import Deny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import CampaignHead
    from contact_center.campaigns.services.plan_parts import PlanParts
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.permission.domain.permission import Permission

# The report of a call comes seconds after its end; when it is this late it was lost.
PRICE_MS = 900_000

# What closes for everybody alike.
CLOSED = frozenset({"outside_window", "holiday"})


def look_at_campaign(campaign_id: str, slots: int, parts: PlanParts) -> Looked | None:
    """Look at a campaign.

    Args:
        campaign_id: From the list of those to be looked at, which may lag.
        slots: So many calls at most could be planned.
        parts: What it works with.

    Returns:
        Whom it could call; None when there is nothing more to do about it in this tick.
    """
    now_ms = parts.now_ms()
    settings = parts.settings
    head = parts.campaigns.head(campaign_id, now_ms - settings.breaker.look_back_ms)
    if head is None or not _is_due(head, now_ms):
        return None
    if not head.campaign.running:
        wind_up(head, now_ms, parts)
        return None
    if _ended(head, now_ms, parts):
        return None
    later_ms = _later(head, now_ms, parts)
    if later_ms is not None:
        look_again(head, later_ms, parts)
        return None
    look_after_attempts(head, now_ms, parts)
    room = _room(head, now_ms, parts)
    if room <= 0:
        if not _pause_when_spent(head, now_ms, parts):
            look_again(head, now_ms + settings.idle_ms, parts)
        return None
    return _whom(head, min(room, slots), now_ms, parts)


def look_again(head: CampaignHead, at_ms: int, parts: PlanParts) -> None:
    """Put the campaign off; if somebody else has noted something meanwhile, that stands."""
    note = head.note.looking_at(at_ms)
    parts.campaigns.note(head.campaign.campaign_id, head.note, note)


def _is_due(head: CampaignHead, now_ms: int) -> bool:
    at_ms = head.note.look_at_ms
    return at_ms is not None and at_ms <= now_ms


def _ended(head: CampaignHead, now_ms: int, parts: PlanParts) -> bool:
    """Whether the campaign is over or broken, which is written down."""
    campaign, settings = head.campaign, parts.settings
    if campaign.over(now_ms) or _is_done(head, now_ms, parts):
        _change(head, CampaignEvent.FINISH, "", now_ms, parts)
        _look_once_more(campaign, now_ms, parts)
        return True
    since_ms = campaign.running_since_ms or 0
    if breaks(head.tallies, since_ms, now_ms, settings.breaker):
        parts.metrics.count("campaign_broken")
        return _change(head, CampaignEvent.BREAK, BROKEN_REASON, now_ms, parts)
    return False


def _look_once_more(finished: Campaign, now_ms: int, parts: PlanParts) -> None:
    """Somebody may have come back, or have been added, since it was looked at."""
    head = parts.campaigns.head(finished.campaign_id, now_ms)
    if head is not None and head.figures.open:
        reopen_campaign(finished.campaign_id, now_ms, parts.campaigns, since_ms=now_ms)


def _is_done(head: CampaignHead, now_ms: int, parts: PlanParts) -> bool:
    if head.figures.open or not head.figures.total:
        return False
    quiet_ms = parts.settings.import_quiet_ms
    imports = parts.imports.of_campaign(head.campaign.campaign_id)
    return not any(
        job.open and max(job.created_at_ms, job.touched_at_ms) > now_ms - quiet_ms
        for job in imports
    )


def _change(
    head: CampaignHead, event: CampaignEvent, reason: str, now_ms: int, parts: PlanParts
) -> bool:
    after = changed(head.campaign, event, now_ms, reason)
    under_way = head.figures.contacts.get("in_flight", 0)
    winds_up = under_way or event is not CampaignEvent.FINISH
    with suppress(CampaignMovedOnError):  # an operator was faster; the next tick sees it
        parts.campaigns.save(head.campaign, after, now_ms + WIND_UP_MS if winds_up else None)
    return True


def _later(head: CampaignHead, now_ms: int, parts: PlanParts) -> int | None:
    """When the campaign may go on, None: now."""
    wish = head.campaign.wish
    if wish.start_at_ms is not None and wish.start_at_ms > now_ms:
        return wish.start_at_ms
    return parts.rests.resting(wish.phone_number_id or DEFAULT_NUMBER, now_ms)


def _room(head: CampaignHead, now_ms: int, parts: PlanParts) -> int:
    settings, wish = parts.settings, head.campaign.wish
    daily, spend = room_in_caps(
        head.campaign,
        head.note,
        head.figures,
        now_ms,
        settings.expected_call_micros,
        settings.expected_leg_micros,
    )
    gap_ms = wish.stagger_ms + settings.limits.slack_ms if wish.stagger_ms else 0
    paced = settings.limits.horizon_ms // gap_ms if gap_ms else None
    rooms = [room for room in (daily, spend, paced) if room is not None]
    return min(rooms, default=settings.page * settings.pages)


def _pause_when_spent(head: CampaignHead, now_ms: int, parts: PlanParts) -> bool:
    """Pause when not even the calls under way, once priced, could leave room for another.

    A price comes soon after its call, or never: then the call is reckoned as in the caps, and
    the campaign does not stand still for ever without saying why. A leg's price comes within a
    day: what is only reckoned of it pauses nobody, for it may turn out to be less.
    """
    wish, figures = head.campaign.wish, head.figures
    under_way = figures.contacts.get("in_flight", 0)
    if wish.spend_cap_micros is None or under_way:
        return False
    each = figures.spent_micros // figures.priced if figures.priced else 0
    if not each and not _ended_lately(head, now_ms):
        each = parts.settings.expected_call_micros
    if figures.spent_micros + figures.unpriced * each + max(each, 1) <= wish.spend_cap_micros:
        return False
    parts.metrics.count("campaign_spent")
    return _change(head, CampaignEvent.BREAK, SPENT_REASON, now_ms, parts)


def _ended_lately(head: CampaignHead, now_ms: int) -> bool:
    return any(tally.ended and tally.began_at_ms > now_ms - PRICE_MS for tally in head.tallies)


# -- whom to call ----------------------------------------------------------------------------


def _whom(head: CampaignHead, room: int, now_ms: int, parts: PlanParts) -> Looked:
    urgent, more_urgent, _ = _callable(head, DueQueue.URGENT, room, now_ms, parts)
    others, more, quiet = _callable(head, DueQueue.WAIT, room - len(urgent), now_ms, parts)
    return Looked(
        head=head,
        room=room,
        urgent=tuple(urgent),
        others=tuple(others),
        more=more or more_urgent,
        quiet=quiet and not urgent,
    )


def _callable(
    head: CampaignHead, queue: DueQueue, room: int, now_ms: int, parts: PlanParts
) -> tuple[list[CampaignContact], bool, bool]:
    """Contacts of a queue who may be called now; whether more are due; whether all is closed.

    Reading ends when there are enough, at the end of the queue, after so many pages, or with
    a page of whom everybody's window is closed: at night that is everybody, and what is behind
    them is a sample of the same list.
    """
    found: list[CampaignContact] = []
    cursor: object | None = None
    name, settings = head.campaign.campaign_id, parts.settings
    for _ in range(settings.pages):
        if len(found) >= room:
            return found[:room], True, False
        limit = min(settings.page, 2 * (room - len(found)) + 4)
        page = parts.contacts.due(name, queue, now_ms, limit, cursor)
        if page.unreadable:
            parts.metrics.count("contact_unreadable")
        callable_now, closed = _sort_out(head, page.contacts, parts)
        found += callable_now
        cursor = page.cursor
        if cursor is None:
            return found[:room], len(found) > room, False
        if closed:
            return found[:room], True, not found
    return found[:room], True, False


def _sort_out(
    head: CampaignHead, contacts: Sequence[CampaignContact], parts: PlanParts
) -> tuple[list[CampaignContact], bool]:
    """Those who may be called now, the others are put off or given up; whether all are closed."""
    people = parts.people.read_many([one.details.number for one in contacts])
    now = parts.civil.at(parts.clock.now_ms())
    instants = (now, now + timedelta(milliseconds=parts.settings.limits.horizon_ms))
    callable_now: list[CampaignContact] = []
    changes: list[ContactChange] = []
    closed = 0
    for contact in contacts:
        try:
            customer, permission = people[contact.details.number]
            reason, at = _denied(head, contact, customer, permission, instants, parts)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            changes += step_of_failure(contact, error, _ms(now), parts)
            continue
        if not reason:
            callable_now.append(contact)
            continue
        closed += reason in CLOSED
        after = given_up(contact, reason) if at is None else put_off(contact, _ms(at))
        changes.append(ContactChange(before=contact, after=after))
    move_on(changes, parts)
    return callable_now, bool(contacts) and closed == len(contacts)


def _denied(  # noqa: PLR0913, PLR0917  all that decides
    head: CampaignHead,
    contact: CampaignContact,
    customer: Customer,
    permission: Permission,
    instants: tuple[datetime, datetime],
    parts: PlanParts,
) -> tuple[str, datetime | None]:
    """Why the contact may not be called, empty if it may; and when it may, None: never."""
    known = permission_contact(contact, head.campaign.wish.purpose, permission)
    gates = Gates(customer_busy=customer.busy_at(parts.clock.now_ms()))
    history = history_of(customer)
    try:
        number = parse_phone_number(contact.details.number)
        for at in instants:
            verdict = parts.may_call(number, known, history, at, parts.rules, gates)
            if isinstance(verdict, Deny):
                return verdict.reason, verdict.next_allowed_at
    except BadNumberError:
        return "bad_number", None
    return "", None


def _ms(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)
