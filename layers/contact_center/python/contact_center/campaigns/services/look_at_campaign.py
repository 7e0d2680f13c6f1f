"""Look at one running campaign: does it go on, and whom could it call now?

over? broken? spent? ──► finished, paused          attempts long under way ──► looked after
else ──► whom_to_call
"""

from __future__ import annotations

from contextlib import suppress
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
from contact_center.campaigns.services.campaign_ports import CampaignMovedOnError
from contact_center.campaigns.services.look_after_attempts import look_after_attempts, wind_up
from contact_center.campaigns.services.reopen_campaign import reopen_campaign
from contact_center.campaigns.services.whom_to_call import whom_to_call

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.services.campaign_ports import CampaignHead
    from contact_center.campaigns.services.plan_parts import Looked, PlanParts

# The report of a call comes seconds after its end; when it is this late it was lost.
PRICE_MS = 900_000


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
            look_again(head, _room_again_ms(head, now_ms, parts), parts)
        return None
    return whom_to_call(head, min(room, slots), now_ms, parts)


def look_again(head: CampaignHead, at_ms: int, parts: PlanParts) -> None:
    """Put the campaign off; if somebody else has noted something meanwhile, that stands.

    Not beyond its end: that is written down when it comes.
    """
    note = head.note.looking_at(within_end(head, at_ms))
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


def _room_again_ms(head: CampaignHead, now_ms: int, parts: PlanParts) -> int:
    """When to look at a campaign that may not call anybody now.

    What a day has used up comes back at an hour that is known. A price may come at any moment,
    and calls under way are looked after.
    """
    soon_ms = now_ms + parts.settings.idle_ms
    cap, figures = head.campaign.wish.daily_cap, head.figures
    waits = figures.contacts.get("in_flight", 0) or figures.unpriced or figures.open_legs
    if cap is None or waits:
        return soon_ms
    return max(soon_ms, head.note.room_again_ms(cap, now_ms))


def within_end(head: CampaignHead, at_ms: int) -> int:
    """The instant, or the campaign's end if that comes first."""
    end_at_ms = head.campaign.wish.end_at_ms
    return at_ms if end_at_ms is None else min(at_ms, end_at_ms)


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
