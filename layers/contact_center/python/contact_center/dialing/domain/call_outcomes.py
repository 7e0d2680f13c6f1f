"""What became of a dial, from the reason its call ended with (docs/sources.md, Vapi).

The provider knows some six hundred reasons and adds more often, so classes are recognised by
pattern, and what nobody knows counts as a passing failure that somebody should look at.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase


class Disposition(StrEnum):
    """The end of an attempt, in one word."""

    COMPLETED = "completed"
    DROPPED = "dropped"  # broke off after the customer had been talked to
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    FAILED = "failed"  # passing: try again soon
    CAPACITY = "capacity"  # the account was full: it never rang
    BAD_NUMBER = "bad_number"
    CONFIGURATION = "configuration"  # every call of the campaign would fail alike
    CANCELLED = "cancelled"
    REFUSED = "refused"  # the provider refused the POST: it never rang
    NOT_CALLED = "not_called"  # contactability said no before any POST
    EXPIRED = "expired"  # waited for a slot, a line or a gate too long
    UNKNOWN = "unknown"  # may have rung; nobody could find it


# It rang, or may have: these count against the caps.
RANG = frozenset(
    {
        Disposition.COMPLETED,
        Disposition.DROPPED,
        Disposition.BUSY,
        Disposition.NO_ANSWER,
        Disposition.VOICEMAIL,
        Disposition.FAILED,
        Disposition.BAD_NUMBER,
        Disposition.UNKNOWN,
    }
)

# The first pattern that fits decides, so the narrow ones come first.
_PATTERNS: tuple[tuple[Disposition, tuple[str, ...]], ...] = (
    (
        Disposition.CAPACITY,
        (
            "call.start.error-subscription-concurrency-limit-reached",
            "call.start.error-vapi-number-outbound-daily-limit",
        ),
    ),
    (Disposition.BUSY, ("customer-busy", "call.forwarding.operator-busy")),
    (
        Disposition.NO_ANSWER,
        ("customer-did-not-answer", "silence-timed-out", "call.forwarding.no-answer"),
    ),
    (Disposition.VOICEMAIL, ("voicemail",)),
    (
        Disposition.BAD_NUMBER,
        (
            "twilio-reported-customer-misdialed",
            "vonage-rejected",
            "*outbound-sip-403-forbidden",
        ),
    ),
    (
        Disposition.CANCELLED,
        ("manually-canceled", "scheduled-call-deleted", "call-deleted"),
    ),
    (
        Disposition.CONFIGURATION,
        (
            "assistant-not-found",
            "assistant-not-valid",
            "call.start.error-get-*",
            "call.start.assistant-version-error-validation",
            "call.start.error-subscription-*",
            "call.start.error-fraud-check-failed",
            "call.start.error-vapi-number-international",
            "*outbound-sip-407*",
            "pipeline-error-*-401-*",
            "pipeline-error-*-403-*",
        ),
    ),
    (
        Disposition.COMPLETED,
        (
            "customer-ended-call*",
            "assistant-ended-call*",
            "assistant-said-end-call-phrase",
            "assistant-forwarded-call",
            "exceeded-max-duration",
            "call.in-progress.twilio-completed-call",
            "vonage-completed",
            "*.hook-executed-*",
        ),
    ),
    (
        Disposition.FAILED,
        (
            "twilio-failed-to-connect-call",
            "vonage-failed-to-connect-call",
            "vonage-disconnected",
            "phone-call-provider-closed-websocket",
            "phone-call-provider-bypass-enabled-but-no-call-received",
            "worker-shutdown",
            "*transport-never-connected",
            "*worker-not-available",
            "*worker-died",
            "*outbound-sip-408*",
            "*outbound-sip-480*",
            "*outbound-sip-503*",
            "*sip-outbound-call-failed-to-connect",
            "*sip-telephony-provider-failed-to-connect-call",
            "call.start.error-vapifault-*",
            "call.in-progress.error-*",
            "*-5??-*",
            "*overloaded*",
            "*-429-*",
            "pipeline-error-*",
            "pipeline-no-available-*",
        ),
    ),
)


def is_known(ended_reason: str | None) -> bool:
    """Whether a reason belongs to a class; of others an operator should hear (a metric)."""
    return _pattern_of(ended_reason) is not None


def disposition_of(ended_reason: str | None, *, talked: bool = False) -> Disposition:
    """The class of an ended call.

    Args:
        ended_reason: The provider's word; None when it gave none.
        talked: Whether the customer had been connected: a failure after that broke off a
            conversation.

    Returns:
        Its class; FAILED, with a cap of the retry policy, for a reason nobody knows.
    """
    found = _pattern_of(ended_reason) or Disposition.FAILED
    return Disposition.DROPPED if talked and found is Disposition.FAILED else found


def _pattern_of(ended_reason: str | None) -> Disposition | None:
    for disposition, patterns in _PATTERNS:
        if any(fnmatchcase(ended_reason or "", pattern) for pattern in patterns):
            return disposition
    return None
