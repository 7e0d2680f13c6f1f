"""A call of a campaign: the next attempt at one of its contacts, as the campaign wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import ContactState, taken
from contact_center.campaigns.domain.spoken_names import spoken
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact


def call_of_contact(
    campaign: Campaign, contact: CampaignContact, created_at_ms: int, expires_at_ms: int
) -> DialRequest:
    """The call of attempt `contact.n`.

    Args:
        campaign: Says who calls, with what, for what, and what an answering machine hears.
        contact: Says who is called, and what may be said of them.
        created_at_ms: Machine ms since 1970.
        expires_at_ms: Queued for longer than this it is given up, machine ms since 1970.
    """
    wish, details = campaign.wish, contact.details
    return DialRequest(
        attempt_id=attempt_id(campaign.campaign_id, contact.contact_id, contact.n),
        number=details.number,
        prefix=details.prefix,
        purpose=wish.purpose,
        assistant=wish.assistant,
        phone_number_id=wish.phone_number_id,
        campaign_id=campaign.campaign_id,
        contact_id=contact.contact_id,
        n=contact.n,
        stagger_ms=wish.stagger_ms,
        timezone=details.timezone,
        state=details.state,
        postal_code=details.postal_code,
        callback_at_ms=contact.callback_at_ms,
        created_at_ms=created_at_ms,
        expires_at_ms=expires_at_ms,
        variables=spoken(details.name, details.variables),
        voicemail=wish.voicemail,
    )


def taken_by_wish(contact: CampaignContact, check_at_ms: int) -> CampaignContact:
    """The contact when an operator asks for its call now, whatever the campaign had planned.

    One that waits is called as the planner would have called it, only sooner. One that is done,
    was found never to be callable or was set aside as doubtful is taken up again with the attempt
    after its last. One
    that was withdrawn stays so, and one under way is under way: both come back unchanged.
    """
    if contact.state in {ContactState.DONE, ContactState.NEVER, ContactState.DOUBTFUL}:
        again = replace(contact, state=ContactState.WAITING, n=contact.n + 1, reason="")
        return taken(again, check_at_ms)
    return taken(contact, check_at_ms)
