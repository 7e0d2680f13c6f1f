"""Consent: its kinds, what it needs to prove anything, and when it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contact_center.permission.domain.consent import (
    BadConsentError,
    Consent,
    consent_from,
    needed_kind,
    standing_consent,
)
from tests.unit.permission.dialing_examples import AGREED, EXPRESS, NOW, WRITTEN

HOUR = timedelta(hours=1)


def test_a_stated_consent_is_read() -> None:
    stated = {"kind": "express_written", "at": "2026-07-08T12:00:00-04:00", "source": " form 4 "}

    assert consent_from(stated, NOW) == Consent(
        kind="express_written", at=datetime(2026, 7, 8, 16, tzinfo=UTC), source="form 4"
    )


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"kind": "oral"}, "kind", "must be express or express_written"),
        ({"kind": None}, "kind", "must be express or express_written"),
        ({"at": "2026-07-08T12:00:00"}, "at", "with a time zone"),
        ({"at": "yesterday"}, "at", "must be an ISO 8601 time"),
        ({"at": 17}, "at", "must be an ISO 8601 time"),
        ({"at": "2026-07-08T17:00:01Z"}, "at", "must be in the past"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at", "from 1970 on"),
        ({"source": " "}, "source", "must be a text of 1 to 500"),
        ({"source": "x" * 501}, "source", "must be a text of 1 to 500"),
        ({"source": None}, "source", "must be a text that says where"),
    ],
)
def test_a_consent_that_proves_nothing_is_refused(
    changed: dict[str, object], field: str, reason: str
) -> None:
    stated = {"kind": "express", "at": "2026-07-08T12:00:00Z", "source": "form", **changed}

    with pytest.raises(BadConsentError, match=reason) as refused:
        consent_from(stated, NOW)

    assert refused.value.field == field
    assert str(refused.value) == f"{field} {refused.value.reason}"


@pytest.mark.parametrize(
    ("purpose", "asked", "needed"),
    [
        ("informational", [], "express"),
        ("marketing", [], "express_written"),
        ("informational", ["express_written"], "express_written"),
        ("marketing", ["express"], "express_written"),
    ],
)
def test_rules_may_ask_for_more_than_the_purpose_never_for_less(
    purpose: str, asked: list[str], needed: str
) -> None:
    assert needed_kind(purpose, asked) == needed


@pytest.mark.parametrize(
    ("consents", "needed", "revoked_at", "reassigned_at", "standing", "revoked"),
    [
        ((), "express", None, None, None, False),
        ((EXPRESS,), "express", None, None, EXPRESS, False),
        ((WRITTEN,), "express", None, None, WRITTEN, False),
        ((EXPRESS,), "express_written", None, None, None, False),
        ((WRITTEN,), "express", AGREED - HOUR, None, WRITTEN, False),
        ((WRITTEN,), "express", AGREED, None, None, True),
        ((WRITTEN,), "express", AGREED + HOUR, None, None, True),
        ((), "express", AGREED, None, None, True),
        ((EXPRESS,), "express_written", AGREED - HOUR, None, None, False),
        ((WRITTEN,), "express", None, AGREED - HOUR, WRITTEN, False),
        ((WRITTEN,), "express", None, AGREED, None, False),
        ((Consent(kind="express", at=NOW + HOUR, source="s"),), "express", None, None, None, False),
    ],
)
def test_consent_stands_until_revoked_or_the_number_went_to_somebody_else(  # noqa: PLR0913, PLR0917
    consents: tuple[Consent, ...],
    needed: str,
    revoked_at: datetime | None,
    reassigned_at: datetime | None,
    standing: Consent | None,
    revoked: bool,  # noqa: FBT001
) -> None:
    found = standing_consent(
        consents, needed, NOW, revoked_at=revoked_at, reassigned_at=reassigned_at
    )

    assert found == (standing, revoked)


def test_of_several_consents_the_latest_is_the_evidence() -> None:
    older = Consent(kind="express_written", at=AGREED - HOUR, source="older form")

    found = standing_consent((WRITTEN, older), "express", NOW, revoked_at=None, reassigned_at=None)

    assert found.consent == WRITTEN
