"""Contacts under way for long: what a crash between two steps left behind is made up for.

    attempt settled ─► told once more    open ─► looked at later    none ─► made, under its name

A campaign that does not run makes no attempts. Those of its contacts that have none go back to
where they were taken from, and when nobody is under way any more it is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import looked_after, not_taken
from contact_center.campaigns.services.campaign_ports import ContactChange, DueQueue
from contact_center.campaigns.services.send_planned import send_without_slot
from contact_center.campaigns.services.set_aside import move_on, step_of_failure
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.domain.due_attempts import is_to_be_told

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import CampaignHead
    from contact_center.campaigns.services.plan_parts import PlanParts


def look_after_attempts(head: CampaignHead, now_ms: int, parts: PlanParts) -> None:
    """Look after the contacts of a campaign that have been under way for long."""
    campaign, settings = head.campaign, parts.settings
    page = parts.contacts.due(campaign.campaign_id, DueQueue.CHECK, now_ms, settings.page)
    if page.unreadable:
        parts.metrics.count("contact_unreadable")
    changes: list[ContactChange] = []
    for contact in page.contacts:
        try:
            changes += _looked_after(contact, campaign, now_ms, parts)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            changes += step_of_failure(contact, error, now_ms, parts)
    move_on(changes, parts)


def _looked_after(
    contact: CampaignContact, campaign: Campaign, now_ms: int, parts: PlanParts
) -> list[ContactChange]:
    name = attempt_id(campaign.campaign_id, contact.contact_id, contact.n)
    attempt = parts.ledger.read(name)
    if attempt is not None and is_to_be_told(attempt, parts.clock.now_ms()):
        parts.outcomes.report(attempt)
        return []
    after = looked_after(contact, now_ms + parts.settings.check_again_ms)
    if attempt is None and campaign.running:
        send_without_slot(campaign, contact, parts)
    elif attempt is None:
        after = not_taken(contact, now_ms)
    return [ContactChange(before=contact, after=after)]


def wind_up(head: CampaignHead, now_ms: int, parts: PlanParts) -> None:
    """Look after a campaign that does not run any more, until nobody of it is under way."""
    look_after_attempts(head, now_ms, parts)
    under_way = head.figures.contacts.get("in_flight", 0)
    later_ms = now_ms + parts.settings.idle_ms if under_way else None
    note = head.note.looking_at(later_ms)
    parts.campaigns.note(head.campaign.campaign_id, head.note, note)
