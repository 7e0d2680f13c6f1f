"""Count a failure against the contact or campaign whose own it is; ten in a row set it aside.

    contact    ─► left alone for longer each time ─► doubtful: its campaign goes on without it
    campaign   ─► looked at again minutes later   ─► stopped, with kind and place for a reason

What the world is at fault for (a table that does not answer) counts against nobody. An operator
sees both in the API, and has them taken up again: a contact by a trigger, a campaign by resume.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import WIND_UP_MS, CampaignEvent, changed
from contact_center.campaigns.domain.contacts import STUMBLES, ContactState, stumbled
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.kernel.failures import cause_of, log_broken
from contact_center.kernel.ports import PassingError, StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.plan_parts import PlanParts


def step_of_failure(
    contact: CampaignContact, error: Exception, now_ms: int, parts: PlanParts
) -> list[ContactChange]:
    """What a failure makes of a contact: one step, or none when the world was at fault.

    Args:
        contact: As read.
        error: What broke it off; of it kind and place are kept, never its words.
        now_ms: Civil ms since 1970.
        parts: Where it is counted.
    """
    parts.metrics.count("plan_failed")
    if isinstance(error, PassingError):
        return []
    log_broken("plan_failed", error)
    after = stumbled(contact, cause_of(error), now_ms)
    if after.state is ContactState.DOUBTFUL:
        parts.metrics.count("contact_doubtful")
    return [ContactChange(before=contact, after=after)]


def move_on(changes: Sequence[ContactChange], parts: PlanParts) -> None:
    """Make the steps that can be made; whoever was not moved is found again with the next look.

    One whom the table does not take keeps its campaign from nothing.
    """
    try:
        parts.contacts.move(changes)
    except (StoreRefusedError, StoreUnavailableError):
        parts.metrics.count("plan_failed")


def note_campaign_failure(campaign_id: str, error: Exception, parts: PlanParts) -> None:
    """Put a campaign off that could not be looked at, and stop it after the tenth time.

    Never raises: what cannot be written down now is with the next tick.
    """
    if isinstance(error, PassingError):
        return
    log_broken("plan_failed", error)
    with suppress(Exception):
        now_ms = parts.now_ms()
        failures = parts.campaigns.stumble(campaign_id, now_ms + parts.settings.idle_ms)
        if failures >= STUMBLES:
            parts.metrics.count("campaign_doubtful")
            _stop(campaign_id, f"doubtful: {cause_of(error)}", now_ms, parts)


def _stop(campaign_id: str, reason: str, now_ms: int, parts: PlanParts) -> None:
    before = parts.campaigns.read(campaign_id)
    if before is not None and before.running:
        after = changed(before, CampaignEvent.STOP, now_ms, reason)
        parts.campaigns.save(before, after, now_ms + WIND_UP_MS)
