"""What an operator asks for with a campaign, and how it is written down."""

from __future__ import annotations

import math
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contact_center.campaigns.domain.retry_policy import RetryPolicy
from contact_center.dialing.domain.voicemail import HANG_UP
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

MICROS = 1_000_000


class BadCampaignError(FieldError):
    """A campaign that cannot be run as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignWish:
    """What was asked for. Times are civil ms since 1970.

    Attributes:
        purpose: marketing (needs written consent) or informational.
        assistant: Which assistant speaks: a key of the configuration.
        phone_number_id: Vapi's id of the number that calls; None: the default one.
        priority: 1 to 5; a campaign of 5 gets five times the slots of one of 1.
        stagger_ms: The least gap between two calls of the campaign.
        voicemail: hang_up or leave_message.
        daily_cap: Attempts in any 24 hours, None: no cap.
        spend_cap_micros: Millionths of a USD, None: no cap.
        retry: When and how often to try again, by outcome.
    """

    name: str
    purpose: str
    assistant: str
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    phone_number_id: str | None = None
    priority: int = 3
    stagger_ms: int = 2_000
    start_at_ms: int | None = None
    end_at_ms: int | None = None
    voicemail: str = HANG_UP
    daily_cap: int | None = None
    spend_cap_micros: int | None = None

    def __post_init__(self) -> None:
        """Refuse an end that comes before the start. Raises BadCampaignError."""
        if self.end_at_ms is not None and self.end_at_ms <= (self.start_at_ms or 0):
            raise BadCampaignError("endAt", "must be after startAt")


def stored_wish(said: Mapping[str, Any]) -> CampaignWish:
    """A wish as `wish_json` wrote it."""
    spend = said["spendCap"]
    return CampaignWish(
        name=said["name"],
        purpose=said["purpose"],
        assistant=said["assistant"],
        retry=RetryPolicy.of(said["retry"]),
        phone_number_id=said["phoneNumberId"],
        priority=said["priority"],
        stagger_ms=math.ceil(said["staggerSeconds"] * 1000),
        start_at_ms=_ms(said["startAt"]),
        end_at_ms=_ms(said["endAt"]),
        voicemail=said["voicemail"],
        daily_cap=said["dailyCap"],
        spend_cap_micros=None if spend is None else round(spend * MICROS),
    )


def wish_json(wish: CampaignWish) -> dict[str, object]:
    """A wish as its request would spell it, for an answer and for the store."""
    spend = wish.spend_cap_micros
    return {
        "name": wish.name,
        "purpose": wish.purpose,
        "assistant": wish.assistant,
        "phoneNumberId": wish.phone_number_id,
        "priority": wish.priority,
        "staggerSeconds": wish.stagger_ms / 1000,
        "startAt": iso(wish.start_at_ms),
        "endAt": iso(wish.end_at_ms),
        "retry": retry_json(wish.retry),
        "voicemail": wish.voicemail,
        "dailyCap": wish.daily_cap,
        "spendCap": None if spend is None else spend / MICROS,
    }


def retry_json(policy: RetryPolicy) -> dict[str, object]:
    """A retry policy as its request would spell it, every rule written out."""
    rules: dict[str, object] = {
        disposition.value: {
            "shortest_minutes": rule.minutes[0],
            "longest_minutes": rule.minutes[1],
            "most": rule.most,
        }
        for disposition, rule in policy.rules.items()
    }
    return {"most_attempts": policy.most_attempts} | rules


def _ms(instant: str | None) -> int | None:
    return None if instant is None else round(datetime.fromisoformat(instant).timestamp() * 1000)
