"""Plan the calls that customers asked for: at the time agreed on, before every other plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import CampaignState
from contact_center.campaigns.domain.contacts import asked_back, is_history
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.campaigns.services.finish_attempt import TRIES, ContactBusyError, promise_of
from contact_center.campaigns.services.reopen_campaign import reopen_campaign

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.campaigns.services.finish_attempt import FinishParts
    from contact_center.dialing.domain.dial_attempts import DialAttempt


def keep_promise(attempt: DialAttempt, callback: str | None, parts: FinishParts) -> None:
    """Plan the call that was agreed on in a call that has ended. Told again, nothing changes.

    Args:
        attempt: The settled attempt that the call was of.
        callback: What the call's record says was agreed on; None: nothing was.
        parts: What it works with.

    Raises:
        ContactBusyError, StoreUnavailableError: To be told again.
    """
    request = attempt.request
    if callback is None or request.campaign_id is None or request.contact_id is None:
        return
    contact = parts.contacts.read(request.campaign_id, request.contact_id)
    if contact is None:
        return
    at = promise_of(attempt, callback, contact, parts)
    if at is not None:
        call_back(request.campaign_id, request.contact_id, at, parts, agreed_in=request.n)


def call_back(
    campaign_id: str,
    contact_id: str,
    at: datetime,
    parts: FinishParts,
    *,
    agreed_in: int | None = None,
) -> bool:
    """Note that a contact asked to be called at a time.

    It comes before every other plan, and is subject to contactability like any call.

    Args:
        campaign_id: The campaign.
        contact_id: Its contact.
        at: The instant, aware.
        parts: What it works with.
        agreed_in: The number of the attempt in which it was agreed; once a later one has been
            taken, this is history. None: it was agreed elsewhere, and holds.

    Returns:
        Whether it is planned: not when there is no such contact, or it may not be called.

    Raises:
        ContactBusyError, StoreUnavailableError: To be told again.
    """
    campaign = parts.campaigns.read(campaign_id)
    if campaign is None or campaign.state is CampaignState.CANCELLED:
        return False
    at_ms = round(at.timestamp() * 1000)
    for _ in range(TRIES):
        contact = parts.contacts.read(campaign_id, contact_id)
        if contact is None or is_history(contact, agreed_in):
            return False
        after = asked_back(contact, at_ms)
        if after == contact and contact.callback_at_ms != at_ms:
            return False
        if after == contact or parts.contacts.move([ContactChange(before=contact, after=after)]):
            parts.campaigns.look_soon(campaign_id, at_ms)
            now = parts.civil.at(parts.clock.now_ms())
            reopen_campaign(campaign_id, round(now.timestamp() * 1000), parts.campaigns)
            return True
    raise ContactBusyError
