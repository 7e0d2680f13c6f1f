"""Campaigns, contacts, imports and jobs as an operator sees them: JSON, times in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_wishes import MICROS, wish_json
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.kernel.instants import iso
from contact_center.kernel.path_ids import path_id
from contact_center.kernel.phone_numbers import masked

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import CampaignHead

type Json = dict[str, object]


def show_campaign(campaign: Campaign) -> Json:
    """The campaign, with what was asked for spelled as it was asked for."""
    return {
        "id": campaign.campaign_id,
        "state": campaign.state.value,
        "reason": campaign.reason or None,
        "createdAt": iso(campaign.created_at_ms),
        "changedAt": iso(campaign.changed_at_ms),
        "runningSince": iso(campaign.running_since_ms),
    } | wish_json(campaign.wish)


def show_progress(head: CampaignHead, now_ms: int) -> Json:
    """How far a campaign has come.

    Args:
        head: The campaign with its figures.
        now_ms: Civil ms since 1970.
    """
    campaign, figures = head.campaign, head.figures
    return {
        "id": campaign.campaign_id,
        "state": campaign.state.value,
        "reason": campaign.reason or None,
        "total": figures.total,
        "open": figures.open,
        "contacts": {label: count for label, count in sorted(figures.contacts.items()) if count},
        "spent": figures.spent_micros / MICROS,
        "pricedCalls": figures.priced,
        "unpricedCalls": figures.unpriced,
        "plannedIn24Hours": head.note.planned_in_a_day(now_ms),
        "recent": [
            {"beganAt": iso(tally.began_at_ms), "ended": tally.ended, "failed": tally.failed}
            for tally in head.tallies
        ],
    }


def show_contact(contact: CampaignContact) -> Json:
    """A contact, the number masked: operators know their customers by their own ids."""
    last = contact.outcomes[-1] if contact.outcomes else None
    waits = contact.state is ContactState.WAITING
    return {
        "contactId": contact.contact_id,
        "id": contact.details.given_id,
        "name": contact.details.name,
        "phone": masked(contact.details.number),
        "state": contact.state.value,
        "reason": contact.reason or None,
        "trouble": contact.trouble or None,
        "attempts": len(contact.outcomes),
        "rings": contact.rings,
        "dueAt": iso(contact.due_at_ms) if waits else None,
        "callbackAt": iso(contact.callback_at_ms),
        "addedAt": iso(contact.added_at_ms),
        "importId": contact.details.import_id or None,
        "row": contact.details.row or None,
        "last": None
        if last is None
        else {
            "at": iso(last.at_ms),
            "disposition": last.disposition.value,
            "callId": path_id(last.call_id),
        },
    }
