"""Take one customer off a campaign's list, so that no call of it reaches them any more.

    contact withdrawn ─► its attempt called off: queued ─► settled    under way ─► not queued again
                                                 not there yet ─► put there, settled

The planner takes a contact before it makes the attempt, and may do so while the contact is
being withdrawn. So an attempt that is not there yet is put there as settled: the planner's own
comes under the same name and is too late.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_calls import call_of_contact
from contact_center.campaigns.domain.contacts import ContactState, withdrawn
from contact_center.campaigns.services.campaign_errors import CampaignBusyError
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import DialAttempt, GivenUp
from contact_center.dialing.services.change_attempt import change_attempt

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactStore
    from contact_center.dialing.services.change_attempt import LedgerParts

TRIES = 6


def withdraw_contact(
    campaign: Campaign, name: str, contacts: ContactStore, ledger: LedgerParts
) -> bool | None:
    """Withdraw a contact; told again, it sees that nothing of the first time is missing.

    Returns:
        True: it is withdrawn; False: it was done before; None: there is no such contact.

    Raises:
        CampaignBusyError, StoreUnavailableError, AttemptBusyError: To be told again.
    """
    for _ in range(TRIES):
        contact = contacts.read(campaign.campaign_id, name)
        if contact is None:
            return None
        after = withdrawn(contact)
        if after is contact or contacts.move([ContactChange(before=contact, after=after)]):
            if contact.state in {ContactState.DONE, ContactState.NEVER}:
                return False
            if contact.state is not ContactState.WAITING:
                _call_off(campaign, contact, ledger)
            return True
    raise CampaignBusyError


def _call_off(campaign: Campaign, contact: CampaignContact, ledger: LedgerParts) -> None:
    now_ms = ledger.clock.now_ms()
    event = GivenUp(disposition=Disposition.CANCELLED, now_ms=now_ms, reason="withdrawn")
    never = DialAttempt(request=call_of_contact(campaign, contact, now_ms, now_ms))
    settled = next_step(never, event, ledger.timings)
    for _ in range(TRIES):
        if change_attempt(never.attempt_id, event, ledger) is not None:
            return
        if ledger.ledger.enqueue(replace(settled, reported=True, due_at_ms=None)):
            return
    raise CampaignBusyError
