"""What each reason a call ended with means for whoever plans the next."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.resuming import was_cut_off
from contact_center.dialing.domain.call_outcomes import (
    Disposition,
    disposition_of,
    is_known,
    rang,
)

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
    ("call.start.error-vapi-number-outbound-daily-limit", Disposition.CONFIGURATION),
    ("twilio-reported-customer-misdialed", Disposition.BAD_NUMBER),
    ("vonage-rejected", Disposition.BAD_NUMBER),
    ("assistant-not-found", Disposition.CONFIGURATION),
    ("call.start.error-get-phone-number", Disposition.CONFIGURATION),
    ("call.start.error-subscription-frozen", Disposition.CONFIGURATION),
    ("pipeline-error-openai-401-unauthorized", Disposition.CONFIGURATION),
    ("manually-canceled", Disposition.CANCELLED),
    ("call.start.squad-version-error-validation", Disposition.CONFIGURATION),
    ("pipeline-error-eleven-labs-invalid-api-key", Disposition.CONFIGURATION),
    ("pipeline-error-eleven-labs-quota-exceeded", Disposition.CONFIGURATION),
    ("call.in-progress.error-vapifault-eleven-labs-voice-not-found", Disposition.CONFIGURATION),
    (
        "call.in-progress.error-providerfault-eleven-labs-vapi-voice-disabled-by-owner",
        Disposition.CONFIGURATION,
    ),
    ("pipeline-error-playht-out-of-credits", Disposition.CONFIGURATION),
    ("pipeline-error-assembly-ai-returning-400-insufficent-funds", Disposition.CONFIGURATION),
    ("pipeline-error-anthropic-429-exceeded-quota", Disposition.CONFIGURATION),
    ("pipeline-error-deepgram-transcriber-api-key-missing", Disposition.CONFIGURATION),
    (
        "call.in-progress.error-configfault-model-unsupported-in-squad",
        Disposition.CONFIGURATION,
    ),
    ("pipeline-error-openai-429-rate-limit-reached", Disposition.FAILED),
    (
        "pipeline-error-eleven-labs-blocked-concurrent-requests-and-requested-upgrade",
        Disposition.FAILED,
    ),
    ("sip-outbound-carrier-released-call", Disposition.FAILED),
    ("call.start.error-vapifault-worker-not-available", Disposition.FAILED),
    ("sip-outbound-unallocated-number", Disposition.BAD_NUMBER),
    ("call.in-progress.sip-completed-call", Disposition.COMPLETED),
    ("a-reason-of-next-year", Disposition.UNKNOWN),
    ("call.in-progress.error-of-next-year", Disposition.UNKNOWN),
    (None, Disposition.UNKNOWN),
]


@pytest.mark.parametrize(("reason", "disposition"), REASONS)
def test_the_class_of_a_reason(reason: str | None, disposition: Disposition) -> None:
    assert disposition_of(reason) is disposition


# Of vapi_server_sdk 3.0.0, which is newer than the schemas.
OF_SDK_3 = frozenset(
    {
        "call.in-progress.error-configfault-model-unsupported-in-squad",
        "call.in-progress.error-configfault-transport-unsupported-for-model",
        "call.in-progress.error-providerfault-eleven-labs-blocked-concurrent-requests-and-requested-upgrade",
        "call.in-progress.error-providerfault-eleven-labs-vapi-voice-disabled-by-owner",
        "call.in-progress.error-providerfault-eleven-labs-voice-disabled-by-owner",
        "call.start.error-vapifault-worker-not-available",
        "call.start.squad-version-error-validation",
        "sip-outbound-carrier-released-call",
        "sip-outbound-unallocated-number",
    }
)

CONFIGURATION_FAULTS = (
    "*-eleven-labs-invalid-api-key",
    "*-eleven-labs-unauthorized-*",
    "*-quota-exceeded",
    "*-voice-not-found",
    "*-disabled-by-owner",
    "*out-of-credits",
    "*-429-exceeded-*quota",
    "*api-key-missing",
    "*configfault-*",
    "*-401-unauthorized",
    "*-403-model-access-denied",
    "*insufficent-funds",
    "*-requested-payment",
    "*-auth-failed",
    "*-invalid-config",
)


def test_silence_after_talk_is_an_end() -> None:
    assert disposition_of("silence-timed-out", talked=True) is Disposition.COMPLETED


def test_a_transfer_that_nobody_took_broke_a_talk_off() -> None:
    assert disposition_of("call.forwarding.no-answer", talked=True) is Disposition.DROPPED
    assert disposition_of("call.forwarding.operator-busy", talked=True) is Disposition.DROPPED


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


def test_every_published_reason_has_its_class(shared: Path) -> None:
    schema = shared / "contracts" / "vapi" / "schemas" / "ServerMessageStatusUpdate.schema.json"
    reasons = {*_enumerated(json.loads(schema.read_text(encoding="utf-8"))), *OF_SDK_3}

    assert len(reasons) == 604
    assert [reason for reason in sorted(reasons) if not is_known(reason)] == []


@pytest.mark.parametrize("fault", CONFIGURATION_FAULTS)
def test_a_fault_of_settings_is_none_that_passes_whoever_has_it(shared: Path, fault: str) -> None:
    schema = shared / "contracts" / "vapi" / "schemas" / "ServerMessageStatusUpdate.schema.json"
    reasons = {*_enumerated(json.loads(schema.read_text(encoding="utf-8"))), *OF_SDK_3}
    named = [reason for reason in reasons if fnmatchcase(reason, fault)]

    assert named
    for reason in named:
        assert disposition_of(reason) is Disposition.CONFIGURATION, reason
        assert disposition_of(reason, talked=True) is Disposition.CONFIGURATION, reason


def test_every_word_says_the_same_to_who_plans_and_to_who_picks_a_call_up(shared: Path) -> None:
    schema = shared / "contracts" / "vapi" / "schemas" / "ServerMessageStatusUpdate.schema.json"
    reasons = {*_enumerated(json.loads(schema.read_text(encoding="utf-8"))), *OF_SDK_3}

    for reason in reasons:
        dropped = disposition_of(reason, talked=True) is Disposition.DROPPED
        assert was_cut_off(reason) is dropped, reason


def test_a_setting_that_is_wrong_before_any_ring_rang_nobody() -> None:
    assert not rang(Disposition.CONFIGURATION, "call.start.error-get-phone-number")
    assert rang(Disposition.CONFIGURATION, "pipeline-error-openai-401-unauthorized")
    assert not rang(Disposition.CAPACITY, "call.start.error-subscription-concurrency-limit-reached")
    assert rang(Disposition.BUSY, "customer-busy")


@pytest.mark.parametrize("disposition", Disposition)
def test_what_rang_or_may_have_counts_and_what_certainly_did_not_does_not(
    disposition: Disposition,
) -> None:
    silent = {"refused", "configuration", "capacity", "not_called", "expired", "cancelled"}

    assert rang(disposition, None) is (disposition not in silent)
