"""What each reason a call ended with means for whoever plans the next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.call_outcomes import RANG, Disposition, disposition_of, is_known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REASONS = [
    ("customer-ended-call", Disposition.COMPLETED),
    ("assistant-said-end-call-phrase", Disposition.COMPLETED),
    ("exceeded-max-duration", Disposition.COMPLETED),
    ("customer-busy", Disposition.BUSY),
    ("customer-did-not-answer", Disposition.NO_ANSWER),
    ("silence-timed-out", Disposition.NO_ANSWER),
    ("voicemail", Disposition.VOICEMAIL),
    ("twilio-failed-to-connect-call", Disposition.FAILED),
    ("call.start.error-vapifault-database-error", Disposition.FAILED),
    (
        "call.in-progress.error-providerfault-outbound-sip-503-service-unavailable",
        Disposition.FAILED,
    ),
    ("pipeline-error-openai-500-server-error", Disposition.FAILED),
    ("call.start.error-subscription-concurrency-limit-reached", Disposition.CAPACITY),
    ("call.start.error-vapi-number-outbound-daily-limit", Disposition.CAPACITY),
    ("twilio-reported-customer-misdialed", Disposition.BAD_NUMBER),
    ("vonage-rejected", Disposition.BAD_NUMBER),
    ("assistant-not-found", Disposition.CONFIGURATION),
    ("call.start.error-get-phone-number", Disposition.CONFIGURATION),
    ("call.start.error-subscription-frozen", Disposition.CONFIGURATION),
    ("pipeline-error-openai-401-unauthorized", Disposition.CONFIGURATION),
    ("manually-canceled", Disposition.CANCELLED),
    ("a-reason-of-next-year", Disposition.FAILED),
    (None, Disposition.FAILED),
]


@pytest.mark.parametrize(("reason", "disposition"), REASONS)
def test_the_class_of_a_reason(reason: str | None, disposition: Disposition) -> None:
    assert disposition_of(reason) is disposition


def test_a_failure_after_the_customer_was_reached_is_a_drop() -> None:
    assert disposition_of("pipeline-error-openai-500-server-error", talked=True) is (
        Disposition.DROPPED
    )
    assert disposition_of("customer-ended-call", talked=True) is Disposition.COMPLETED


def test_a_new_reason_is_noticed() -> None:
    assert is_known("customer-busy")
    assert not is_known("a-reason-of-next-year")
    assert not is_known(None)


def _enumerated(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        ended = schema.get("endedReason")
        if isinstance(ended, dict):
            yield from ended.get("enum", [])
        for value in schema.values():
            yield from _enumerated(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _enumerated(value)


def test_hardly_a_published_reason_is_unknown(shared: Path) -> None:
    schema = shared / "contracts" / "vapi" / "schemas" / "ServerMessageStatusUpdate.schema.json"
    reasons = set(_enumerated(json.loads(schema.read_text(encoding="utf-8"))))
    # Only inbound calls end with these.
    reasons = {r for r in reasons if not r.startswith(("assistant-request", "call.ringing"))}

    unknown = sorted(reason for reason in reasons if not is_known(reason))

    assert len(reasons) > 400
    assert len(unknown) <= len(reasons) // 20, unknown


def test_what_may_have_rung_counts_as_rung() -> None:
    """The caps, the spend cap and the exports know of it; what certainly did not ring is not."""
    silent = {"capacity", "configuration", "cancelled", "refused", "not_called", "expired"}

    assert {str(one) for one in set(Disposition) - RANG} == silent
