"""What calls cost, booked with their contact: each once, and what comes later as the difference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import with_outcome
from contact_center.campaigns.services.campaign_ports import ContactChange

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Tally
    from contact_center.campaigns.domain.contacts import AttemptOutcome, CampaignContact


def book_price(contact: CampaignContact, told: AttemptOutcome) -> ContactChange | None:
    """What is known now of the price of an attempt that was noted; None: nothing new.

    A part that comes later, as what the telephone cost, is booked as the difference.
    """
    known = {one.n: one for one in contact.outcomes}.get(told.n)
    if known is None or told.cost_micros is None:
        return None
    priced = replace(known, cost_micros=told.cost_micros, open_legs=told.open_legs)
    after = with_outcome(contact, priced)
    if after is contact:
        return None
    return with_money(contact, after, told.n)


def with_money(
    before: CampaignContact, after: CampaignContact, n: int, tally: Tally | None = None
) -> ContactChange:
    """The step with what it changes in the money of its campaign: each call counts at its price."""
    was = _money_of({one.n: one for one in before.outcomes}.get(n))
    now = _money_of({one.n: one for one in after.outcomes}.get(n))
    spent, priced, unpriced, open_legs = (new - old for new, old in zip(now, was, strict=True))
    return ContactChange(
        before=before,
        after=after,
        tally=tally,
        spent_micros=spent,
        priced=priced,
        unpriced=unpriced,
        open_legs=open_legs,
    )


def _money_of(outcome: AttemptOutcome | None) -> tuple[int, int, int, int]:
    """What one counts for: money, a priced call, an unpriced one, legs without a price."""
    if outcome is None:
        return 0, 0, 0, 0
    if outcome.cost_micros is None:
        return 0, 0, int(outcome.rang), 0
    return outcome.cost_micros, 1, 0, outcome.open_legs
