"""The owner's real dialing rules and a customer who may be called, for tests to vary."""

from __future__ import annotations

import functools
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import contact_center
from contact_center.kernel.phone_numbers import PhoneNumber, parse_phone_number
from contact_center.kernel.time_zones import AreaCodes
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contact_permission import (
    CallHistory,
    Contact,
    Gates,
)
from contact_center.permission.domain.contactability import Allow, Deny, may_call
from contact_center.permission.domain.dialing_rules import DialingRules
from contact_center.permission.domain.national_listing import NationalListing

CONFIG = Path(contact_center.__file__).parent / "config"

# A Wednesday, 10:00 in California, 13:00 in New York, 18:00 in London.
NOW = datetime(2026, 7, 8, 17, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YESTERDAY = NOW - DAY
LISTED = NationalListing(listed=True, imported_at=YESTERDAY)
CLEAR = NationalListing(listed=False, imported_at=YESTERDAY)
CALLED_OUT = CallHistory(rung_at=(NOW - HOUR, NOW - 19 * HOUR, NOW - 20 * HOUR))
CALIFORNIA = "+14155550123"


def utc(text: str) -> datetime:
    """An instant written with its offset, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def parsed(name: str) -> dict[str, Any]:
    """A configuration file as an owner wrote it, parsed."""
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


@functools.cache
def areas() -> AreaCodes:
    return AreaCodes.from_dict(parsed("area_codes.toml"))


def rules(**changed: Any) -> DialingRules:
    """The shipped rules, with test numbers allowed and top-level fields changed."""
    values = {**parsed("dialing_rules.toml"), "allow_test_numbers": True, **changed}
    return DialingRules.from_dict(values, areas())


@functools.cache
def shipped() -> DialingRules:
    return rules()


def number(text: str = CALIFORNIA) -> PhoneNumber:
    return parse_phone_number(text)


AGREED = datetime(2026, 1, 5, 12, tzinfo=UTC)
WRITTEN = Consent(kind="express_written", at=AGREED, source="web form, version 4")
EXPRESS = Consent(kind="express", at=AGREED, source="said so in call 17")


def contact(**changed: Any) -> Contact:
    """A customer who agreed in writing to marketing calls."""
    return Contact(**{"purpose": "marketing", "consents": (WRITTEN,), **changed})


def ask(  # noqa: PLR0913  the question's parts, each with its everyday value
    text: str = CALIFORNIA,
    who: Contact | None = None,
    *,
    history: CallHistory | None = None,
    now: datetime = NOW,
    under: DialingRules | None = None,
    gates: Gates | None = None,
) -> Allow | Deny:
    return may_call(
        number(text),
        who or contact(),
        history or CallHistory(),
        now,
        under or shipped(),
        gates or Gates(),
    )


def reason(answer: Allow | Deny) -> str:
    return answer.reason if isinstance(answer, Deny) else "allowed"


def rule(name: str, **changed: Any) -> dict[str, Any]:
    """A row of the rules, of a state that does not exist."""
    return {
        "id": name,
        "jurisdiction": "US-ZZ",
        "weekdays": ["mon", "tue", "wed", "thu", "fri"],
        "open": "09:00",
        "close": "20:00",
        "source": "made up",
        "confidence": "policy",
        "effective_from": date(2020, 1, 1),
        **changed,
    }
