"""What became of a dial, from the reason its call ended with (docs/sources.md, Vapi).

The provider knows some six hundred reasons and adds more often, so classes are recognised by
pattern. What nobody knows is UNKNOWN: somebody should look at it, and nobody is rung for it soon.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from contact_center.kernel.data_classes import dataclass


class Disposition(StrEnum):
    """The end of an attempt, in one word."""

    COMPLETED = "completed"  # they talked, and the call came to its end
    DROPPED = "dropped"  # broke off after the customer had been talked to
    BUSY = "busy"  # the line was busy
    NO_ANSWER = "no_answer"  # it rang and nobody answered
    VOICEMAIL = "voicemail"  # a machine answered
    FAILED = "failed"  # passing: try again soon
    CAPACITY = "capacity"  # the account was full: it never rang
    BAD_NUMBER = "bad_number"  # nobody has this number
    CONFIGURATION = "configuration"  # every call of the campaign would fail alike
    CANCELLED = "cancelled"  # called off before it rang
    REFUSED = "refused"  # the provider refused the POST: it never rang
    NOT_CALLED = "not_called"  # contactability said no before any POST
    EXPIRED = "expired"  # waited for a slot, a line or a gate too long
    UNKNOWN = "unknown"  # may have rung: nobody could find it, or knows the provider's word


SILENCE, LONGEST = "silence-timed-out", "exceeded-max-duration"
# Seen at the end of a call before its true reason, which may follow minutes later, or never.
SIP_COMPLETED = "call.in-progress.sip-completed-call"


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


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a reason says.

    Attributes:
        disposition: Its class.
        after_talk: Its class when the customer had been talked to; None: the same.
        rang: Whether the telephone rang though the class alone does not say so.
    """

    disposition: Disposition
    after_talk: Disposition | None = None
    rang: bool = False


_REACHED = _Meaning(Disposition.COMPLETED)
_BROKE_OFF = _Meaning(Disposition.FAILED, Disposition.DROPPED)
_WRONG_SETTING = _Meaning(Disposition.CONFIGURATION)
_WRONG_IN_CALL = _Meaning(Disposition.CONFIGURATION, rang=True)

# Every published reason has its class here, and nothing else says what one means: the first
# pattern that fits decides. A pattern names what went wrong, whoever's fault (`vapifault`,
# `providerfault`, `pipeline-error`) and whichever provider's it was. There is no pattern for
# "any other error", because what nobody knows must not be taken for passing.
_TABLE: tuple[tuple[_Meaning, tuple[str, ...]], ...] = (
    (
        _Meaning(Disposition.CAPACITY),
        ("call.start.error-subscription-concurrency-limit-reached",),
    ),
    (_Meaning(Disposition.BUSY), ("customer-busy",)),
    (
        _Meaning(Disposition.NO_ANSWER),
        (
            "customer-did-not-answer",
            "customer-did-not-give-microphone-permission",
            "call.ringing.sip-inbound-caller-hungup-before-call-connect",
        ),
    ),
    # Silence after talk: both had said what they had to say.
    (_Meaning(Disposition.NO_ANSWER, Disposition.COMPLETED), (SILENCE,)),
    # Nobody took the transfer: who had been talked to still waits for a person.
    (_Meaning(Disposition.BUSY, Disposition.DROPPED), ("call.forwarding.operator-busy",)),
    (_Meaning(Disposition.NO_ANSWER, Disposition.DROPPED), ("call.forwarding.no-answer",)),
    (_Meaning(Disposition.VOICEMAIL), ("voicemail",)),
    (
        _Meaning(Disposition.BAD_NUMBER),
        (
            "twilio-reported-customer-misdialed",
            "vonage-rejected",
            "*outbound-sip-403-forbidden",
            "*sip-outbound-unallocated-number",
        ),
    ),
    (
        _Meaning(Disposition.CANCELLED),
        ("manually-canceled", "scheduled-call-deleted", "call-deleted"),
    ),
    (
        _REACHED,
        (
            "customer-ended-call*",
            "assistant-ended-call*",
            "assistant-said-end-call-phrase",
            "assistant-forwarded-call",
            "assistant-request-returned-forwarding-phone-number",
            LONGEST,
            "call.in-progress.twilio-completed-call",
            SIP_COMPLETED,
            "vonage-completed",
            "*.hook-executed-*",
        ),
    ),
    (
        _WRONG_SETTING,  # no telephone rang
        (
            "assistant-not-found",
            "assistant-not-valid",
            "assistant-request-returned-invalid-assistant",
            "assistant-request-returned-no-assistant",
            "assistant-request-returned-unspeakable-error",
            "call-start-error-neither-assistant-nor-server-set",
            "call.start.error-get-*",
            "call.start.assistant-version-error-validation",
            "call.start.squad-version-error-validation",
            "call.start.error-enterprise-feature-not-available-*",
            "call.start.error-subscription-frozen",
            "call.start.error-subscription-insufficient-credits",
            "call.start.error-subscription-upgrade-failed",
            "call.start.error-subscription-wallet-does-not-exist",
            "call.start.error-fraud-check-failed",
            "call.start.error-vapi-number-international",
            "call.start.error-vapi-number-outbound-daily-limit",  # all day, as the same by POST
            "*outbound-sip-407-*",
        ),
    ),
    (
        _BROKE_OFF,  # a provider is full for a moment, though its words are those of a quota
        (
            "*-blocked-concurrent-requests-and-requested-upgrade",
            "*-system-busy-and-requested-upgrade",
            "*-429-rate-limit-reached",
            "*-transcriber-rate-limited",
        ),
    ),
    (
        _WRONG_IN_CALL,  # keys, credit, voices, models: the next customer hears no more
        (
            "*-configfault-*",
            "*-400-bad-request-*",
            "*-returning-400-*",
            "*-returning-404-*",
            "*-returning-500-invalid-schema",
            "*-word-boost-parsing-failed",
            "*-401-*",
            "*-403-*",
            "*-429-exceeded-*quota",
            "*-api-key-missing",
            "*-invalid-api-key",
            "*-unauthorized-*",
            "*-transcriber-auth-failed",
            "*-transcriber-invalid-config",
            "*-quota-exceeded",
            "*-out-of-credits",
            "*-requested-payment",
            "*-max-character-limit-exceeded",
            "*-eleven-labs-blocked-*",
            "*-voice-not-found",
            "*-voice-disabled-by-owner",
            "*-voice-not-allowed-*",
            "*-voice-not-fine-tuned*",
            "*-professional-voices-only-*",
            "*-invalid-voice",
            "*-invalid-voice-samples",
            "*-missing-samples-for-voice-clone",
            "*-voice-must-be-a-valid-*",
            "*-invalid-emotion",
        ),
    ),
    (
        _BROKE_OFF,
        (
            "twilio-failed-to-connect-call",
            "vonage-failed-to-connect-call",
            "vonage-disconnected",
            "phone-call-provider-closed-websocket",
            "phone-call-provider-bypass-enabled-but-no-call-received",
            "worker-shutdown",
            "assistant-join-timed-out",
            "assistant-request-failed",
            "assistant-request-returned-error",
            "*transport-never-connected",
            "*transport-connected-but-call-not-active",
            "*connection-to-transport-missing",
            "*chat-pipeline-failed-to-start",
            "*worker-not-available",
            "*worker-died",
            "*outbound-sip-408-*",
            "*outbound-sip-480-*",
            "*outbound-sip-503-*",
            "*sip-outbound-carrier-released-call",
            "*sip-outbound-call-failed-to-connect",
            "*sip-inbound-call-failed-to-connect",
            "*sip-telephony-provider-failed-to-connect-call",
            "call.start.error-vapifault-*",
            "*error-assistant-did-not-receive-customer-audio",
            "*error-transfer-failed",
            "*error-warm-transfer-*",
            "*-500-server-error",
            "*-50?-*",
            "*-522-*",
            "*overloaded*",
            "*-econnreset",
            "*-socket-hang-up",
            "*-request-timed-out",
            "*-request-canceled",
            "*-unexpected-error",
            "*-llm-failed",
            "*-voice-failed",
            "*-transcriber-failed",
            "*-transcriber-server-error",
            "*-video-failed",
            "*-transcriber-rate-limited",
            "*pipeline-no-available-*",
            "*pipeline-ws-model-connection-failed",
        ),
    ),
)


def is_known(ended_reason: str | None) -> bool:
    """Whether a reason has a class; of others an operator should hear (a metric, an alarm)."""
    return _meaning_of(ended_reason) is not None


def disposition_of(ended_reason: str | None, *, talked: bool = False) -> Disposition:
    """The class of an ended call.

    Args:
        ended_reason: The provider's word; None when it gave none.
        talked: Whether the customer had been talked to: a failure after that broke off a
            conversation.

    Returns:
        Its class; UNKNOWN, which is no reason to ring again soon, for a reason nobody knows.
    """
    meaning = _meaning_of(ended_reason)
    if meaning is None:
        return Disposition.UNKNOWN
    return (meaning.after_talk if talked else None) or meaning.disposition


def is_passing(ended_reason: str | None) -> bool:
    """Whether another reason may still take this one's place."""
    return ended_reason == SIP_COMPLETED


def rang(disposition: Disposition, ended_reason: str | None) -> bool:
    """Whether the telephone rang, or may have, at an attempt that came to this.

    A wrong setting is mostly found before any ring; a voice that is not to be had only when
    somebody has picked up.
    """
    if disposition in RANG:
        return True
    meaning = _meaning_of(ended_reason) if disposition is Disposition.CONFIGURATION else None
    return meaning is not None and meaning.rang


@lru_cache(maxsize=1024)  # a webhook may say anything
def _meaning_of(ended_reason: str | None) -> _Meaning | None:
    for meaning, patterns in _TABLE:
        if any(fnmatchcase(ended_reason or "", pattern) for pattern in patterns):
            return meaning
    return None
