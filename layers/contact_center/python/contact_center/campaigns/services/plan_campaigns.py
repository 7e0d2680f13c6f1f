"""The planner's tick: which contacts are called in the next minutes.

    running campaigns that are due ─► look at each ─► share out the slots ─► note ─► send

It works from indexes of what is due, so a tick costs what there is to do, not what there is.
A tick that comes twice finds each campaign noted as served a moment ago; one that comes late or
never is made up for by the next, because the plan is of what is due by then; one that dies in
the middle has taken contacts that are looked after, and others that are still due.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.fair_share import WantedCalls, share_out
from contact_center.campaigns.services.look_at_campaign import (
    look_again,
    look_at_campaign,
    within_end,
)
from contact_center.campaigns.services.send_planned import PlannedCall, send_planned
from contact_center.campaigns.services.set_aside import note_campaign_failure
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.services.plan_parts import Looked, PlanParts


@dataclass(frozen=True, slots=True)
class Planned:
    """What a tick came to.

    Attributes:
        looked: Campaigns looked at; failed: those of them where something went wrong.
        planned: Calls planned.
    """

    looked: int
    failed: int
    planned: int


def plan_campaigns(ends_at_ms: int, parts: PlanParts) -> Planned:
    """Plan what is due.

    Args:
        ends_at_ms: When this process is killed, machine ms since 1970. What is not reached
            waits for the next tick.
        parts: What it works with.

    Raises:
        StoreUnavailableError: Not even the list of campaigns was to be had.
    """
    if parts.switch.read().stopped:
        return Planned(0, 0, 0)
    settings = parts.settings
    slots = _slots_free(parts)
    looked: list[Looked] = []
    seen = failed = 0
    for campaign_id in parts.campaigns.to_look_at(parts.now_ms(), settings.campaigns_per_tick):
        if parts.clock.now_ms() + settings.ending_ms > ends_at_ms:
            break
        seen += 1
        try:
            found = look_at_campaign(campaign_id, slots, parts)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            failed += 1
            parts.metrics.count("plan_failed")
            note_campaign_failure(campaign_id, error, parts)
            continue
        looked += [found] if found is not None else []
    calls = _noted(looked, _chosen(looked, slots, parts), parts)
    planned, last_ms = send_planned(calls, parts)
    if last_ms:
        parts.notes.reserve_until(last_ms)
    return Planned(seen, failed, planned)


def _slots_free(parts: PlanParts) -> int:
    """About how many slots the time ahead still has; those kept for single calls not counted."""
    limits = parts.settings.limits
    now_ms = parts.clock.now_ms()
    until_ms = max(now_ms, parts.notes.reserved_until())
    free = max(0, now_ms + limits.horizon_ms - until_ms) // limits.grid_ms
    kept = free // limits.kept_every if limits.kept_every else 0
    return free - kept


def _chosen(looked: Sequence[Looked], slots: int, parts: PlanParts) -> list[tuple[int, int]]:
    limits = parts.settings.limits
    wanted = [
        WantedCalls(
            one.campaign.campaign_id,
            one.campaign.wish.priority,
            one.room,
            [contact.details.prefix for contact in one.callable],
        )
        for one in looked
    ]
    per_prefix = limits.horizon_ms * limits.prefix_calls // limits.span_ms
    return share_out(wanted, slots, per_prefix, turn=parts.now_ms() // 60_000)


def _noted(
    looked: Sequence[Looked], chosen: Sequence[tuple[int, int]], parts: PlanParts
) -> list[PlannedCall]:
    """The calls of those campaigns that nobody else is planning at this moment."""
    counts = Counter(place for place, _ in chosen)
    ours = {place for place, one in enumerate(looked) if _is_ours(one, counts[place], parts)}
    return [
        PlannedCall(
            looked[place].campaign,
            looked[place].callable[call],
            urgent=call < len(looked[place].urgent),
        )
        for place, call in chosen
        if place in ours
    ]


def _is_ours(one: Looked, count: int, parts: PlanParts) -> bool:
    try:
        return _note(one, count, parts)
    except Exception as error:  # noqa: BLE001  as above: it is planned with the next tick
        parts.metrics.count("plan_failed")
        note_campaign_failure(one.campaign.campaign_id, error, parts)
        return False


def _note(one: Looked, count: int, parts: PlanParts) -> bool:
    """Write down what is planned and when to look again; False when somebody else has."""
    now_ms, settings = parts.now_ms(), parts.settings
    name = one.campaign.campaign_id
    if not count and one.callable:
        return False  # no slot for it in this tick: it stays first on the list
    if one.quiet:
        look_again(one.head, now_ms + settings.idle_ms, parts)
        return False
    if one.more or count < len(one.callable):
        at_ms, asleep = now_ms + settings.rest_ms, False
    else:
        at_ms, asleep = _next_look_ms(one, now_ms, parts)
    note = one.head.note.planned(count, now_ms).looking_at(within_end(one.head, at_ms))
    return parts.campaigns.note(name, one.head.note, note, unless_woken=asleep)


def _next_look_ms(one: Looked, now_ms: int, parts: PlanParts) -> tuple[int, bool]:
    """When to look again at a campaign that has planned all who are due; whether it sleeps.

    It sleeps until its next contact is due when nobody was due, nobody is under way, and nobody
    has had it looked at since the look before: what became due until then an index shows by now,
    and whoever becomes due from now on wakes it (CampaignStore.look_soon).
    """
    settings, figures = parts.settings, one.head.figures
    all_done = figures.total and not figures.open  # but for a list that is still on its way
    under_way = figures.contacts.get("in_flight", 0)
    asleep = one.idle and not (one.head.note.woken or under_way or all_done)
    latest_ms = now_ms + (settings.asleep_ms if asleep else settings.idle_ms)
    earliest_ms = parts.contacts.earliest_due(one.campaign.campaign_id) or latest_ms
    return min(max(earliest_ms, now_ms + settings.rest_ms), latest_ms), asleep
