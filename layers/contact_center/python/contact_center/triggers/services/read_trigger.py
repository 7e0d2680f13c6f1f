"""Read the body of a trigger strictly: each mistake names its field and the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import PhoneNumber, parse_phone_number
from contact_center.permission.domain.consent import BadConsentError, Consent, consent_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_FIELDS = frozenset({"customer", "campaignId", "assistant", "idempotencyKey", "consent"})
_CUSTOMER_FIELDS = frozenset({"phone", "id"})
_CONSENT_FIELDS = frozenset({"kind", "at", "source"})
LONGEST_KEY = 255
_LONGEST_NAME = 128


class BadTriggerError(FieldError):
    """A body that is no trigger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What an operator wishes for."""

    phone: PhoneNumber
    customer_id: str | None
    campaign_id: str | None
    assistant: str | None
    key: str | None
    consent: Consent | None


def read_trigger(body: object, now: datetime) -> Trigger:
    """Read `{"customer": {"phone", "id"}, "campaignId"?, "assistant"?, "idempotencyKey"?, ...}`.

    Args:
        body: The parsed JSON.
        now: The civil instant: a consent must be of the past.

    Raises:
        BadTriggerError, BadNumberError: The field and the rule it breaks.
    """
    top = _object(body, "body", _FIELDS)
    customer = _object(top.get("customer"), "customer", _CUSTOMER_FIELDS)
    return Trigger(
        phone=parse_phone_number(customer.get("phone"), field="customer.phone"),
        customer_id=_text(customer, "customer.id", _LONGEST_NAME),
        campaign_id=_text(top, "campaignId", _LONGEST_NAME),
        assistant=_text(top, "assistant", _LONGEST_NAME),
        key=read_key(top),
        consent=_consent(top, now),
    )


def read_key(values: Mapping[str, object]) -> str | None:
    """The `idempotencyKey` of a request, if it has one. Raises BadTriggerError."""
    return _text(values, "idempotencyKey", LONGEST_KEY)


def _object(value: object, field: str, known: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise BadTriggerError(field, "must be an object")
    unknown = sorted(str(name) for name in value if name not in known)
    if unknown:
        within = "" if field == "body" else f"{field}."
        raise BadTriggerError(
            f"{within}{unknown[0][:_LONGEST_NAME]}", "is not a field of a trigger"
        )
    return value


def _text(values: Mapping[str, object], field: str, longest: int) -> str | None:
    value = values.get(field.rpartition(".")[2])
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and field == "customer.id":
        value = str(value)  # ids are numbers in many systems
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise BadTriggerError(field, f"must be a text of 1 to {longest} characters")
    return value


def _consent(top: Mapping[str, object], now: datetime) -> Consent | None:
    if top.get("consent") is None:
        return None
    values = _object(top["consent"], "consent", _CONSENT_FIELDS)
    try:
        return consent_from(values, now)
    except BadConsentError as error:
        raise BadTriggerError(f"consent.{error.field}", error.reason) from None
