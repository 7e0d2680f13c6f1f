"""Ask contactability about one dial, with everything that was read for it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import customer_time
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.kernel.time_zones import whereabouts
from contact_center.permission.domain.consent import EXPRESS_WRITTEN, Consent
from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.dialing.domain.dial_requests import DialRequest
    from contact_center.dialing.services.dialing_ports import MayCall
    from contact_center.kernel.ports import CivilTime
    from contact_center.permission.domain.contactability import Allow, Deny
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.domain.permission import Permission

TEST_CONSENT = "test call to a telephone of TEST_CALL_NUMBERS, asked for by an operator"

# A dial is judged twice, and reading a number is half of the work.
_read_number = lru_cache(maxsize=256)(parse_phone_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeParts:
    """What judging needs."""

    may_call: MayCall
    rules: DialingRules
    civil: CivilTime


def judge_call(
    request: DialRequest, circumstances: Circumstances, at_ms: int, parts: JudgeParts
) -> Allow | Deny:
    """Whether this call may leave at an instant.

    Args:
        request: What is to be dialled.
        circumstances: As just read.
        at_ms: The instant it would leave, machine ms since 1970: a slot's own.
        parts: What it works with.

    Raises:
        BadNumberError: The rules let nobody ring this number, at any hour.
    """
    at = parts.civil.at(at_ms)
    return parts.may_call(
        _read_number(request.number),
        contact_of(request, circumstances.permission),
        history_of(circumstances.customer),
        at,
        parts.rules,
        _gates(request, circumstances, at_ms, at),
    )


@dataclass(frozen=True, slots=True)
class TimeThere:
    """Day and time where the customer is, as a model reads it, and the zone it is told in.

    Without a zone the customer has to be asked for it before a time is agreed on.
    """

    said: str
    zone: str | None


def time_there(request: DialRequest, at_ms: int, parts: JudgeParts) -> TimeThere:
    """Day and time where the customer is.

    Args:
        request: What is dialled.
        at_ms: The instant, machine ms since 1970.
        parts: What it works with.
    """
    at = parts.civil.at(at_ms)
    place = whereabouts(
        _read_number(request.number),
        parts.rules.areas,
        at,
        timezone=request.timezone,
        state=request.state,
        postal_code=request.postal_code,
    )
    zone = None if place.agreed is None else ZoneInfo(place.agreed)
    return TimeThere(customer_time(at, zone), place.agreed)


def contact_of(request: DialRequest, permission: Permission) -> Contact:
    """The customer as contactability knows one: what is dialled for, and what is permitted."""
    return Contact(
        purpose=request.purpose,
        timezone=request.timezone,
        state=request.state,
        postal_code=request.postal_code,
        callback_at=_instant(request.callback_at_ms),
        consents=permission.consents,
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
        suppressed_at=permission.suppressed_at,
        suppression_source=permission.suppression_source,
        national=permission.national,
        complete_lists=permission.complete_lists,
        relationship_at=permission.relationship_at,
        inquiry_at=permission.inquiry_at,
        for_this_call=_asked_for(request),
    )


def _asked_for(request: DialRequest) -> Consent | None:
    """The owner's consent to a test call: he named the telephone, and an operator asked."""
    at = _instant(request.callback_at_ms)
    if request.test_of is None or at is None:
        return None
    return Consent(kind=EXPRESS_WRITTEN, at=at, source=TEST_CONSENT)


def history_of(customer: Customer) -> CallHistory:
    """The person's history, across all campaigns."""
    return CallHistory(
        rung_at=tuple(_civil(at_ms) for _, at_ms in customer.rung),
        conversation_at=_instant(customer.conversation_at_ms),
        refusal_at=_instant(customer.refusal_at_ms),
    )


def _gates(request: DialRequest, circumstances: Circumstances, at_ms: int, at: datetime) -> Gates:
    """What is stopped or busy at that instant: machine ms since 1970, and civil."""
    campaign, civil_ms = circumstances.campaign, round(at.timestamp() * 1000)
    runs = campaign is not None and campaign.open_at(civil_ms)
    return Gates(
        dialing_stopped=circumstances.switch.stopped,
        campaign_running=request.campaign_id is None or runs,
        customer_busy=circumstances.customer.busy_at(at_ms, request.attempt_id),
    )


def _instant(civil_ms: int | None) -> datetime | None:
    return None if civil_ms is None else _civil(civil_ms)


def _civil(civil_ms: int) -> datetime:
    return datetime.fromtimestamp(civil_ms / 1000, UTC)
