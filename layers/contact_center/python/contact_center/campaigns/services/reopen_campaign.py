"""Let a campaign that has just finished run on, because somebody is to be called after all.

The planner finishes a campaign when nobody is left. At that moment a contact may be about to
come back: a list is being imported, the truth about a call is told late, a customer asks to be
called. Whoever opens a contact asks for this afterwards, and the planner looks once more after
it has finished a campaign, so one of the two sees the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import CampaignEvent, CampaignState, changed
from contact_center.campaigns.services.campaign_ports import CampaignMovedOnError
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.campaigns.services.campaign_ports import CampaignStore

TRIES = 6


def reopen_campaign(
    campaign_id: str, now_ms: int, campaigns: CampaignStore, since_ms: int = 0
) -> None:
    """Let a finished campaign run on; any other, and one whose end has come, stays as it is.

    Args:
        campaign_id: The campaign.
        now_ms: Civil ms since 1970.
        campaigns: Where it is.
        since_ms: Only if it has finished since then.

    Raises:
        StoreUnavailableError: Also when others keep changing the campaign.
    """
    for _ in range(TRIES):
        before = campaigns.read(campaign_id)
        if before is None or before.state is not CampaignState.FINISHED or before.over(now_ms):
            return
        if before.changed_at_ms < since_ms:
            return
        try:
            campaigns.save(before, changed(before, CampaignEvent.RESUME, now_ms), now_ms)
        except CampaignMovedOnError:
            continue
        return
    raise StoreUnavailableError
