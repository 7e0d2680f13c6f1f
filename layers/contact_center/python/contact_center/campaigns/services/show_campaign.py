"""Campaigns, contacts, imports and jobs as an operator sees them: JSON, times in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.domain.campaign_wishes import MICROS, iso, wish_json
from contact_center.domain.contacts import ContactState
from contact_center.domain.phone_numbers import masked

if TYPE_CHECKING:
    from contact_center.domain.campaigns import Campaign
    from contact_center.domain.contacts import CampaignContact
    from contact_center.services.campaign_ports import CampaignHead
    from contact_center.services.import_ports import BadLine, ImportJob

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
        "attempts": len(contact.outcomes),
        "rings": contact.rings,
        "dueAt": iso(contact.due_at_ms) if waits else None,
        "callbackAt": iso(contact.callback_at_ms),
        "addedAt": iso(contact.added_at_ms),
        "last": None
        if last is None
        else {"at": iso(last.at_ms), "disposition": last.disposition.value, "callId": last.call_id},
    }


def show_import(job: ImportJob, report_url: str | None) -> Json:
    """An import and its report so far.

    Args:
        job: As stored.
        report_url: Where all its bad lines can be read, once it is done.
    """
    return {
        "importId": job.import_id,
        "campaignId": job.campaign_id,
        "state": job.state.value,
        "rows": job.rows,
        "added": job.added,
        "known": job.known,
        "bad": job.bad,
        "removed": job.removed,
        "bytes": job.size,
        "bytesDone": job.offset,
        "firstBad": [_bad_line(one) for one in job.first_bad],
        "error": None if job.error is None else _bad_line(job.error),
        "reportUrl": report_url,
    }


def _bad_line(bad: BadLine) -> Json:
    return {"line": bad.line, "field": bad.field, "reason": bad.reason}
