"""Our own numbers: how they fare with those they call, and when one had better rest.

Carriers flag numbers as spam and tell nobody; what shows is that fewer people pick up, that
those who do hang up at once, or that a carrier refuses calls in so many words. A number that
shows it rests, and what it went through before its rest is forgiven.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

# The number that calls when a campaign names none, whatever its id at Vapi.
DEFAULT_NUMBER = "default"

ANSWER_RATE = "answer_rate"
SHORT_CALLS = "short_calls"
FLAGGED = "flagged"

# What becomes of a call that reached a telephone says something about the number that called.
TELLING = frozenset(
    {
        Disposition.COMPLETED,
        Disposition.DROPPED,
        Disposition.BUSY,
        Disposition.NO_ANSWER,
        Disposition.VOICEMAIL,
    }
)
ANSWERED = frozenset({Disposition.COMPLETED, Disposition.DROPPED})

# SIP 607 is "unwanted" (RFC 8197), 608 "rejected" by an analytics engine (RFC 8688).
_FLAGS = ("sip-607", "sip-608", "spam", "robocall")

# From ringing to the end: who hung up so soon has heard a word or two.
SHORT_MS = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerTally:
    """What became of the calls of one number in one hour.

    Attributes:
        began_at_ms: When the hour began, civil ms since 1970.
        rang: Calls that reached a telephone, or were refused for the number's sake.
        answered: Those of them that a person took; short: those who hung up at once.
        flagged: Those that a carrier refused because of the number.
    """

    began_at_ms: int
    rang: int = 0
    answered: int = 0
    short: int = 0
    flagged: int = 0

    def __add__(self, other: CallerTally) -> CallerTally:
        """Both together, from the earlier beginning on."""
        return CallerTally(
            began_at_ms=min(self.began_at_ms, other.began_at_ms),
            rang=self.rang + other.rang,
            answered=self.answered + other.answered,
            short=self.short + other.short,
            flagged=self.flagged + other.flagged,
        )

    def __neg__(self) -> CallerTally:
        """What takes these calls back."""
        return CallerTally(
            began_at_ms=self.began_at_ms,
            rang=-self.rang,
            answered=-self.answered,
            short=-self.short,
            flagged=-self.flagged,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPolicy:
    """When a number rests, and for how long. Times are civil.

    Attributes:
        least: So many of the latest calls say something; fewer say nothing.
        latest_ms: Older calls are not the latest.
        usual_ms: So far back before them goes what is usual for the number.
        least_usual: So many calls make something usual.
        fallen_to: The answer rate has collapsed when it fell to this share of the usual one.
        short_share: At this share of answered calls that were short; of `least_answered`.
        flagged: At so many calls that a carrier refused because of the number.
        rest_ms: How long it rests.
    """

    least: int = 50
    latest_ms: int = DAY_MS
    usual_ms: int = 7 * DAY_MS
    least_usual: int = 200
    fallen_to: float = 0.5
    short_share: float = 0.5
    least_answered: int = 20
    flagged: int = 3
    rest_ms: int = 3 * DAY_MS

    @property
    def memory_ms(self) -> int:
        """How far back the rule looks."""
        return self.latest_ms + self.usual_ms


def hour_of(at_ms: int) -> int:
    """The beginning of the hour an instant is in."""
    return at_ms - at_ms % HOUR_MS


def tally_of_call(
    at_ms: int, disposition: Disposition, reason: str | None, lasted_ms: int | None
) -> CallerTally | None:
    """One call as a tally; None when it says nothing about the number that called.

    Args:
        at_ms: When it rang, civil ms since 1970.
        disposition: Its end.
        reason: The provider's word for it.
        lasted_ms: From its ringing to its end, None when not known.
    """
    flagged = any(word in (reason or "").lower() for word in _FLAGS)
    if disposition not in TELLING and not flagged:
        return None
    answered = disposition in ANSWERED
    short = answered and lasted_ms is not None and lasted_ms < SHORT_MS
    return CallerTally(
        began_at_ms=hour_of(at_ms),
        rang=1,
        answered=int(answered),
        short=int(short),
        flagged=int(flagged),
    )


def why_rest(
    tallies: Iterable[CallerTally], since_ms: int, now_ms: int, policy: RestPolicy
) -> str | None:
    """Why a number had better rest now; None: it need not.

    Args:
        tallies: Of its hours, in any order.
        since_ms: When its last rest ended: hours that began before that are forgiven.
        now_ms: The moment, civil.
        policy: The thresholds.
    """
    hours = sorted(tallies, key=lambda one: one.began_at_ms, reverse=True)
    latest, left = _latest([one for one in hours if one.began_at_ms >= since_ms], now_ms, policy)
    if latest is None:
        return None
    if latest.flagged >= policy.flagged:
        return FLAGGED
    if latest.rang < policy.least:
        return None
    answered = latest.answered
    if answered >= policy.least_answered and latest.short >= answered * policy.short_share:
        return SHORT_CALLS
    usual = _sum([one for one in left if one.began_at_ms >= now_ms - policy.memory_ms])
    if usual is None or usual.rang < policy.least_usual:
        return None
    collapsed = answered * usual.rang <= usual.answered * latest.rang * policy.fallen_to
    return ANSWER_RATE if collapsed and usual.answered else None


def _latest(
    hours: Sequence[CallerTally], now_ms: int, policy: RestPolicy
) -> tuple[CallerTally | None, Sequence[CallerTally]]:
    """As many of the latest hours as it takes to see enough calls; and the hours before them."""
    seen: CallerTally | None = None
    for place, hour in enumerate(hours):
        if hour.began_at_ms < now_ms - policy.latest_ms:
            return seen, hours[place:]
        seen = hour if seen is None else seen + hour
        if seen.rang >= policy.least:
            return seen, hours[place + 1 :]
    return seen, ()


def _sum(tallies: Sequence[CallerTally]) -> CallerTally | None:
    total: CallerTally | None = None
    for one in tallies:
        total = one if total is None else total + one
    return total
