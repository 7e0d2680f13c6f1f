"""Suppressions and consents by number: what is said later does not undo what was said before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contact_center.permission.domain.consent import EXPRESS_WRITTEN, Consent, standing_consent
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.domain.permission import Permission
from contact_center.permission.services.suppress import (
    CONSENTS_KEPT,
    record_consent,
    revoke_consent,
    suppress,
    unsuppress,
    with_consent,
    without_listing,
)
from tests.fakes.campaign_people import FakePermissions

NUMBER = "+12122345678"
BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
AGREED = Consent(kind="express_written", at=BEGAN, source="web form")


def consent(day: int) -> Consent:
    return Consent(kind="express_written", at=BEGAN + timedelta(days=day), source=f"list {day}")


def stands(permission: Permission) -> bool:
    standing = standing_consent(
        permission.consents,
        EXPRESS_WRITTEN,
        NOW + timedelta(days=1),
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
    )
    return standing.consent is not None


@pytest.mark.parametrize(
    "order", [range(30), reversed(range(30)), [*range(0, 30, 2), *range(1, 30, 2)]]
)
def test_of_very_many_consents_the_latest_are_kept(order: range) -> None:
    known = Permission()
    for day in order:
        known = with_consent(known, consent(day))

    assert [one.at for one in known.consents] == [
        consent(day).at for day in range(30 - CONSENTS_KEPT, 30)
    ]


@pytest.mark.parametrize("spoken_days", [range(1, 60), range(59, 0, -1)])
def test_no_spoken_consents_push_out_the_one_in_writing(spoken_days: range) -> None:
    """A list of calls, imported each day, ended the marketing that he had agreed to."""
    known = with_consent(Permission(), consent(-1))
    known = with_consent(known, consent(0))
    for day in spoken_days:
        known = with_consent(known, replace(consent(day), kind="express"))

    assert stands(known)
    assert len(known.consents) == CONSENTS_KEPT
    assert [one.at for one in known.consents] == [
        consent(day).at for day in (0, *range(61 - CONSENTS_KEPT, 60))
    ]


@pytest.mark.parametrize(("days_later", "off"), [(-1, False), (0, False), (1, True)])
def test_only_a_newer_list_takes_off_whom_another_has_named(days_later: int, off: bool) -> None:  # noqa: FBT001
    named = Permission(national=NationalListing(listed=True, imported_at=NOW))
    silent = NationalListing(listed=False, imported_at=NOW + timedelta(days=days_later))

    assert (without_listing(named, silent).national == silent) is off


def test_who_is_taken_off_the_list_has_not_agreed_again() -> None:
    store = FakePermissions()
    record_consent(NUMBER, AGREED, NOW, store)
    assert stands(store.read(NUMBER))

    revoke_consent(NUMBER, NOW, store)
    suppress(NUMBER, "operator", NOW, store)
    unsuppress(NUMBER, store)

    permission = store.read(NUMBER)
    assert permission.suppressed_at is None
    assert permission.revoked_at == NOW
    assert not stands(permission)


def test_the_same_consent_from_a_list_does_not_revive_what_was_revoked() -> None:
    store = FakePermissions()
    revoke_consent(NUMBER, NOW, store)
    record_consent(NUMBER, AGREED, NOW, store)

    assert not stands(store.read(NUMBER))


def test_the_last_revocation_counts_whatever_was_on_record_when_it_came() -> None:
    """He said it twice, and a list came afterwards that is older than his last word."""
    store = FakePermissions()
    revoke_consent(NUMBER, BEGAN - timedelta(days=30), store)
    revoke_consent(NUMBER, NOW, store)
    record_consent(NUMBER, AGREED, NOW, store)

    assert store.read(NUMBER).revoked_at == NOW
    assert not stands(store.read(NUMBER))


def test_a_revocation_that_is_told_late_takes_no_later_one_back() -> None:
    store = FakePermissions()
    revoke_consent(NUMBER, NOW, store)
    revoke_consent(NUMBER, BEGAN, store)

    assert store.read(NUMBER).revoked_at == NOW
