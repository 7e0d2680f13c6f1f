"""What an operator asks for with a campaign, read strictly: each mistake names its field."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.retry_policy import RetryPolicy
from contact_center.dialing.domain.voicemail import HANG_UP, VOICEMAIL
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.instants import iso, read_instant
from contact_center.kernel.rule_tables import RulesError
from contact_center.permission.domain.consent import NEEDED_FOR

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST_NAME = 100
LONGEST_ID = 64
LONGEST_STAGGER_SECONDS = 60  # pacing remembers no longer (PaceLimits.longest_stagger_ms)
LEAST_PRIORITY, MOST_PRIORITY = 1, 5
MICROS = 1_000_000


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REQUIRED = ("name", "purpose", "assistant")
_OPTIONAL = (
    "phoneNumberId",
    "priority",
    "staggerSeconds",
    "startAt",
    "endAt",
    "retry",
    "voicemail",
    "dailyCap",
    "spendCap",
)


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


def read_wish(
    values: object,
    assistants: Collection[str],
    stagger_seconds: float,
) -> CampaignWish:
    """Read what a request asks for.

    Args:
        values: The parsed body.
        assistants: The keys of the configuration's assistants that may call out.
        stagger_seconds: The gap when the request names none.

    Raises:
        BadCampaignError: A field is missing, wrong or unknown; the message names it.
    """
    fields = _Fields(values)
    start_at_ms, end_at_ms = fields.time("startAt"), fields.time("endAt")
    if end_at_ms is not None and end_at_ms <= (start_at_ms or 0):
        raise BadCampaignError("endAt", "must be after startAt")
    spend = fields.number("spendCap", 0.01, 1_000_000, None)
    stagger = fields.number("staggerSeconds", 0, LONGEST_STAGGER_SECONDS, stagger_seconds)
    return CampaignWish(
        name=fields.text("name", LONGEST_NAME),
        purpose=fields.choice("purpose", tuple(sorted(NEEDED_FOR)), None),
        assistant=fields.choice("assistant", tuple(sorted(assistants)), None),
        retry=fields.retry(),
        phone_number_id=fields.id("phoneNumberId"),
        priority=fields.whole("priority", LEAST_PRIORITY, MOST_PRIORITY, 3) or 3,
        stagger_ms=math.ceil((stagger or 0) * 1000),
        start_at_ms=start_at_ms,
        end_at_ms=end_at_ms,
        voicemail=fields.choice("voicemail", VOICEMAIL, HANG_UP),
        daily_cap=fields.whole("dailyCap", 1, 10_000_000, None),
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


class _Fields:
    """The fields of a request; null counts as absent."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            raise BadCampaignError("body", "must be a JSON object")
        unknown = sorted(set(values) - {*_REQUIRED, *_OPTIONAL})
        if unknown:
            raise BadCampaignError(str(unknown[0])[:LONGEST_ID], "is not a field of a campaign")
        self._values: Mapping[str, object] = values

    def text(self, name: str, longest: int) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
            raise BadCampaignError(name, f"must be a text of 1 to {longest} characters")
        return value.strip()

    def id(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise BadCampaignError(name, f"must be an id of at most {LONGEST_ID} characters")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None) -> str:
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in allowed:
            raise BadCampaignError(name, f"must be {' or '.join(allowed)}")
        return value

    def whole(self, name: str, least: int, most: int, default: int | None) -> int | None:
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise BadCampaignError(name, f"must be a whole number from {least} to {most}")
        return value

    def number(self, name: str, least: float, most: float, default: float | None) -> float | None:
        value = self._values.get(name)
        if value is None:
            return default
        allowed = isinstance(value, int | float) and not isinstance(value, bool)
        if not allowed or not least <= float(str(value)) <= most:  # NaN is not in any range
            raise BadCampaignError(name, f"must be a number from {least:g} to {most:,.10g}")
        return float(str(value))

    def time(self, name: str) -> int | None:
        value = self._values.get(name)
        if value is None:
            return None
        at = read_instant(value)
        if at is None:
            raise BadCampaignError(name, "must be a time with a zone: 2026-03-01T12:00:00Z")
        return round(at.timestamp() * 1000)

    def retry(self) -> RetryPolicy:
        value = self._values.get("retry")
        if value is None:
            return RetryPolicy()
        try:
            return RetryPolicy.from_dict(value)
        except RulesError as error:
            path, _, rule = str(error).rpartition(": ")
            raise BadCampaignError(path.replace(": ", "."), rule) from None
