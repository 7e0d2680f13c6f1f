"""What a door says no to before it promises a call is what contactability refuses for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.permission.domain.asked_calls import forbids_what_he_asks
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates
from contact_center.permission.domain.contactability import Deny, may_call
from contact_center.permission.domain.permission import Permission
from tests.unit.permission.dialing_examples import shipped

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)  # noon in Chicago
EARLY, BETWEEN, LATE = (NOW - timedelta(days=days) for days in (30, 20, 10))
TIMES = (None, EARLY, BETWEEN, LATE)
CONSENTS = [(), *[(Consent(kind="express", at=at, source="web"),) for at in (EARLY, BETWEEN)]]
CASES = [
    Permission(consents=agreed, revoked_at=revoked, reassigned_at=gone, suppressed_at=listed)
    for agreed, revoked, gone, listed in product(CONSENTS, TIMES, TIMES, (None, EARLY))
]


@pytest.mark.parametrize("permission", CASES)
def test_a_door_and_contactability_refuse_the_same(permission: Permission) -> None:
    asked = Contact(
        purpose="informational",
        consents=permission.consents,
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
        suppressed_at=permission.suppressed_at,
        inquiry_at=NOW,
        for_this_call=Consent(kind="express", at=NOW, source="key 1 in the queue"),
    )
    number = parse_phone_number("+13122345678")

    verdict = may_call(number, asked, CallHistory(), NOW, shipped(), Gates())

    assert forbids_what_he_asks(permission, NOW) is isinstance(verdict, Deny)
