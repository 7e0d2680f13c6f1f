"""Plan calls: a slot for each, the contact taken, the attempt in the ledger, its job sent.

    reserve slots ─► take contacts (condition: unchanged) ─► enqueue attempts ─► send jobs
         │                     │                                  │                │
    lost: rate        lost: somebody else     crash here: the contact is looked    lost: sent again
                      planned it, or it was   after, the same attempt is made      by the reconciler
                      withdrawn               under the same name

Each step is of many at once, and may be repeated: the contact is taken once, and the attempt's
name is of campaign, contact and number.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaign_calls import call_of_contact
from contact_center.campaigns.domain.contacts import taken
from contact_center.campaigns.services.campaign_ports import ContactChange, MovedInPartError
from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.pacing import PacedCall, SlotRequest
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError, QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.plan_parts import PlanParts

# A job is shown to a dialer so long before its slot: time to read, connect and claim.
EARLY_MS = 5_000
RESERVE_LEAD_MS = 2_000
NOT_SENT = "plan_job_not_sent"  # the reconciler sends it when it is overdue


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call that is to be made: whose, and whether it comes before the others."""

    campaign: Campaign
    contact: CampaignContact
    urgent: bool


@dataclass(frozen=True, slots=True)
class _Slotted:
    call: PlannedCall
    slot_ms: int


def send_planned(calls: Sequence[PlannedCall], parts: PlanParts) -> tuple[int, int]:
    """Plan calls, in this order.

    An urgent call asks for its slot alone, so that it is served from those kept for such.

    Args:
        calls: In the order of their turns.
        parts: What it works with.

    Returns:
        How many were planned; the last slot, machine ms since 1970, 0 without any.
    """
    planned, last_ms = 0, 0
    alone = [[call] for call in calls if call.urgent]
    others = [call for call in calls if not call.urgent]
    size = parts.settings.batch
    batches = [others[at : at + size] for at in range(0, len(others), size)]
    for batch in (*alone, *batches):
        slotted = _reserve(batch, parts)
        taken_ids = _take(slotted, parts)
        taken_ones = [one for one in slotted if one.call.contact.contact_id in taken_ids]
        last_ms = max([last_ms, *(one.slot_ms for one in taken_ones)])
        planned += _enqueue_and_send(taken_ones, parts)
    return planned, last_ms


def send_without_slot(campaign: Campaign, contact: CampaignContact, parts: PlanParts) -> None:
    """Make the attempt of a contact that was taken and has none; a dialer gets it a slot."""
    attempt = _attempt(campaign, contact, None, parts)
    parts.ledger.enqueue(attempt)
    try:
        parts.jobs.send(*_job(attempt, None, parts))
    except QueueUnavailableError:
        parts.metrics.count(NOT_SENT)


def _reserve(batch: Sequence[PlannedCall], parts: PlanParts) -> list[_Slotted]:
    paced = tuple(
        PacedCall(
            call.contact.details.prefix,
            call.campaign.campaign_id,
            call.campaign.wish.stagger_ms,
        )
        for call in batch
    )
    earliest_ms = parts.clock.now_ms() + RESERVE_LEAD_MS
    wanted = SlotRequest(earliest_ms, parts.settings.limits.horizon_ms, paced)
    try:
        slots = parts.slots.reserve(wanted)
    except Exception as error:  # noqa: BLE001  as above: the other batches may be luckier
        _count("plan_no_slots", error, parts)
        return []
    return [
        _Slotted(call, slot_ms)
        for call, slot_ms in zip(batch, slots, strict=True)
        if slot_ms is not None and not _is_over(call.campaign, slot_ms, parts)
    ]


def _is_over(campaign: Campaign, slot_ms: int, parts: PlanParts) -> bool:
    """Whether its end has come at a slot, which is lost: nobody is taken for it."""
    at = parts.civil.at(slot_ms)
    return campaign.over(round(at.timestamp() * 1000))


def _take(slotted: Sequence[_Slotted], parts: PlanParts) -> frozenset[str]:
    check_ms = parts.now_ms() + parts.settings.check_ms
    steps = [
        ContactChange(before=one.call.contact, after=taken(one.call.contact, check_ms))
        for one in slotted
    ]
    try:
        return parts.contacts.move(steps)
    except MovedInPartError as part:
        parts.metrics.count("plan_not_taken")  # whoever else was taken is looked after
        return part.moved
    except Exception as error:  # noqa: BLE001  as above
        _count("plan_not_taken", error, parts)
        return frozenset()


def _count(name: str, error: Exception, parts: PlanParts) -> None:
    parts.metrics.count(name)
    if not isinstance(error, PassingError):
        parts.metrics.count("plan_failed")


def _enqueue_and_send(slotted: Sequence[_Slotted], parts: PlanParts) -> int:
    """Make attempts of contacts that were taken, and send their jobs; how many were made.

    Whoever is left out is looked after when he is checked, for he was taken.
    """
    made: list[tuple[DialAttempt, int]] = []
    for one in slotted:
        with _counted(parts):
            made.append(
                (_attempt(one.call.campaign, one.call.contact, one.slot_ms, parts), one.slot_ms)
            )
    if not made:
        return 0
    try:
        parts.ledger.enqueue_all([attempt for attempt, _ in made])
    except Exception as error:  # noqa: BLE001  whatever is wrong with one shows itself alone
        log_broken("plan_not_enqueued", error)
        made = [one for one in made if _enqueued(one[0], parts)]
    jobs = [_job(attempt, slot_ms, parts) for attempt, slot_ms in made]
    for _ in parts.jobs.send_all(jobs):
        parts.metrics.count(NOT_SENT)
    return len(made)


def _enqueued(attempt: DialAttempt, parts: PlanParts) -> bool:
    with _counted(parts):
        parts.ledger.enqueue(attempt)
        return True
    return False


@contextmanager
def _counted(parts: PlanParts) -> Iterator[None]:
    """Whatever is wrong with one of many is counted, and must not stop the next."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  as above
        _count("plan_not_enqueued", error, parts)


def _job(attempt: DialAttempt, slot_ms: int | None, parts: PlanParts) -> tuple[DialJob, int]:
    """Its job, and after how many seconds it is to be shown."""
    now_ms = parts.clock.now_ms()
    wait_ms = (slot_ms or now_ms) - EARLY_MS - now_ms
    return DialJob(attempt.attempt_id, slot_ms), max(0, wait_ms // 1000)


def _attempt(
    campaign: Campaign,
    contact: CampaignContact,
    slot_ms: int | None,
    parts: PlanParts,
) -> DialAttempt:
    settings, now_ms = parts.settings, parts.clock.now_ms()
    leaves_ms = slot_ms or now_ms
    request = call_of_contact(campaign, contact, now_ms, leaves_ms + settings.expires_ms)
    return DialAttempt(request=request, due_at_ms=leaves_ms + settings.overdue_ms)
