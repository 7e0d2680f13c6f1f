"""Plan those sooner who were put off for a call that turned out not to have rung.

    settled, never rang ─► the running campaigns ─► their contacts of that number ─► judged anew

While nobody knows whether a call rang it counts against the caps, of every campaign. Once it is
known that it did not (a report, a look-up, a person's word), nobody waits on for it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import contact_id, planned_sooner
from contact_center.campaigns.services.campaign_ports import ContactChange, MovedInPartError
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import PassingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.campaigns.services.finish_attempt import FinishParts
    from contact_center.dialing.domain.dial_attempts import DialAttempt

CAMPAIGNS = 100
# Later than anything that waits: the list is of all that run, and not of those that are due.
_EVER_MS = 10**15


def plan_sooner(attempts: Iterable[DialAttempt], parts: FinishParts) -> None:
    """Have the contacts of other campaigns judged anew. Told again, it changes nothing.

    Args:
        attempts: Settled. Only those count that were sent, or may have been, and did not ring.
        parts: What it works with.

    Raises:
        StoreUnavailableError: To be told again.
    """
    silent = [one for one in attempts if one.posts and one.counts_at_ms is None]
    if not silent:
        return
    now_ms = round(parts.civil.at(parts.clock.now_ms()).timestamp() * 1000)
    for campaign_id in parts.campaigns.to_look_at(_EVER_MS, CAMPAIGNS):
        others = [one for one in silent if one.request.campaign_id != campaign_id]
        try:
            _judge_anew(campaign_id, {one.request.number for one in others}, now_ms, parts)
        except PassingError:
            raise
        except Exception as error:  # noqa: BLE001  another campaign's trouble is not this attempt's
            log_broken("plan_sooner_failed", error)


def _judge_anew(campaign_id: str, numbers: set[str], now_ms: int, parts: FinishParts) -> None:
    names = [contact_id(campaign_id, number) for number in sorted(numbers)]
    known = parts.contacts.read_many(campaign_id, names) if names else {}
    changes = [
        ContactChange(before=contact, after=after)
        for contact in known.values()
        if (after := planned_sooner(contact, now_ms)) is not contact
    ]
    if not changes:
        return
    with suppress(MovedInPartError):  # somebody is at the others, and knows better
        parts.contacts.move(changes)
    parts.campaigns.look_soon(campaign_id, now_ms)
