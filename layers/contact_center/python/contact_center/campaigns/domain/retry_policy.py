"""When to try a contact again, from what became of the attempts so far (dialing §3).

    callback asked for ──► at that time, before everybody else
    else the last outcome's rule: a delay, how often, whether it counts, another part of the day

It only proposes: contactability decides at the instant of the dial. Times are civil and aware.
"""

from __future__ import annotations

from dataclasses import field, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from contact_center.dialing.domain.call_outcomes import RANG, Disposition
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

USUAL_ATTEMPTS = 5
MOST_ATTEMPTS = 20  # more than any law here allows in a month; contacts remember them all
LONGEST_DELAY_MINUTES = 60 * 24 * 60
DELAY = ("shortest_minutes", "longest_minutes")
# Nobody knows what became of the last call, so nobody is rung again within the hour for it.
SHORTEST_UNKNOWN_MINUTES = 60
CALLBACK_PRIORITY = 0  # before every campaign's own priority, 1 to 5
RESUME_PRIORITY = 1

# Parts of the customer's own day. Who does not answer in one is tried in another.
PARTS_OF_DAY: tuple[tuple[time, time], ...] = (
    (time(8), time(12)),
    (time(12), time(17)),
    (time(17), time(21)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """What follows an outcome.

    Attributes:
        minutes: The shortest and the longest delay.
        most: How many further attempts this outcome may lead to; 0: none.
        counts: Whether the attempt counts towards the contact's most attempts.
        other_part_of_day: Whether the next attempt goes to a part of the day not tried yet.
    """

    minutes: tuple[int, int]
    most: int
    counts: bool
    other_part_of_day: bool = False


# An outcome without a rule is final: reached, refused, impossible, or wrong for everybody.
DEFAULT_RULES: dict[Disposition, RetryRule] = {
    Disposition.BUSY: RetryRule(minutes=(15, 30), most=3, counts=True),
    Disposition.NO_ANSWER: RetryRule(
        minutes=(120, 240), most=3, counts=True, other_part_of_day=True
    ),
    Disposition.VOICEMAIL: RetryRule(minutes=(1_440, 1_440), most=2, counts=True),
    Disposition.FAILED: RetryRule(minutes=(10, 10), most=2, counts=False),
    # One call to take up where the talk broke off; contactability may still forbid it.
    Disposition.DROPPED: RetryRule(minutes=(2, 5), most=1, counts=True),
    # The account was full or slow: the contact has not been bothered.
    Disposition.CAPACITY: RetryRule(minutes=(5, 10), most=20, counts=False),
    Disposition.EXPIRED: RetryRule(minutes=(10, 20), most=20, counts=False),
    # It may have rung: as if nobody had answered, but not before the next day (DESIGN §5).
    Disposition.UNKNOWN: RetryRule(minutes=(1_440, 1_440), most=1, counts=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAttempt:
    """One settled attempt at a contact.

    Attributes:
        at: When it rang, else when it was settled; civil.
        next_allowed_at: For NOT_CALLED: when contactability would allow it; None: never.
    """

    disposition: Disposition
    at: datetime
    next_allowed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAttempt:
    """A proposal: when, and before whom.

    Attributes:
        at: Not before this, civil.
        priority: CALLBACK_PRIORITY, RESUME_PRIORITY, or None for the campaign's own.
        reason: In a word: callback, resume, not_called, or the last outcome.
    """

    at: datetime
    priority: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """A campaign's rules.

    Attributes:
        most_attempts: No more attempts than this that count.
    """

    rules: Mapping[Disposition, RetryRule] = field(default_factory=lambda: DEFAULT_RULES)
    most_attempts: int = USUAL_ATTEMPTS

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """A campaign's own rules: what it does not name stays as it is by default.

        Args:
            said: Of the shape `{"most_attempts": 4, "busy": {"shortest_minutes": 20,
                "longest_minutes": 40, "most": 2}}`; "most": 0 turns retries after an outcome off.

        Raises:
            FieldError: An outcome is final; a delay has one end, or ends before it begins.
        """
        for name in sorted(said.keys() - {"most_attempts", *DEFAULT_RULES}):
            raise FieldError(f"retry.{name}", "is not a field of this table")
        rules = {
            disposition: _changed(disposition, said.get(disposition, {}))
            for disposition in DEFAULT_RULES
        }
        return cls(rules=rules, most_attempts=said.get("most_attempts", USUAL_ATTEMPTS))


def next_attempt(
    past: Sequence[PastAttempt],
    policy: RetryPolicy,
    *,
    callback_at: datetime | None = None,
    zone: ZoneInfo | None = None,
    spread: float = 0.0,
) -> NextAttempt | None:
    """When to try a contact again.

    Args:
        past: Every settled attempt at the contact, in order. May be empty: a first attempt
            needs no proposal unless a callback was asked for.
        policy: The campaign's rules.
        callback_at: When the customer asked to be called. Its time may be over: while nobody
            was rung for it, it goes before others still.
        zone: The customer's, for parts of the day; None: they are not considered.
        spread: 0 to 1, where in the range of a delay: chance is a parameter.

    Returns:
        The proposal, or None: this contact is finished.
    """
    if callback_at is not None and (not past or callback_at > past[-1].at):
        return NextAttempt(at=callback_at, priority=CALLBACK_PRIORITY, reason="callback")
    if not past:
        return None
    last = past[-1]
    owed = CALLBACK_PRIORITY if _is_owed(callback_at, past) else None
    if last.disposition is Disposition.NOT_CALLED:
        return _when_allowed(last, owed)
    rule = policy.rules.get(last.disposition)
    if rule is None or _used_up(_tries(callback_at, past), rule, policy):
        return None
    shortest, longest = rule.minutes
    at = last.at + timedelta(minutes=shortest + (longest - shortest) * spread)
    if rule.other_part_of_day and zone is not None:
        at = _other_part(past, at, zone)
    resume = last.disposition is Disposition.DROPPED
    return NextAttempt(
        at=at,
        priority=RESUME_PRIORITY if resume else owed,
        reason="resume" if resume else last.disposition,
    )


def _tries(callback_at: datetime | None, past: Sequence[PastAttempt]) -> Sequence[PastAttempt]:
    """The attempts that count: who was promised a call is tried as often for it as anybody is."""
    return [one for one in past if callback_at is None or one.at >= callback_at]


def _is_owed(callback_at: datetime | None, past: Sequence[PastAttempt]) -> bool:
    """Whether a call was promised whose time has come, and no telephone rang for it yet."""
    if callback_at is None:
        return False
    return not any(one.at >= callback_at and one.disposition in RANG for one in past)


def _when_allowed(last: PastAttempt, priority: int | None) -> NextAttempt | None:
    if last.next_allowed_at is None:
        return None
    at = max(last.at, last.next_allowed_at)
    return NextAttempt(at=at, priority=priority, reason="not_called")


def _used_up(past: Sequence[PastAttempt], rule: RetryRule, policy: RetryPolicy) -> bool:
    same = sum(one.disposition is past[-1].disposition for one in past)
    counted = sum(_counts(one.disposition, policy) for one in past)
    return same > rule.most or counted >= policy.most_attempts


def _counts(disposition: Disposition, policy: RetryPolicy) -> bool:
    rule = policy.rules.get(disposition)
    return rule.counts if rule is not None else disposition in RANG


def _other_part(past: Sequence[PastAttempt], at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, not before `at`, in a part of the day that was not tried in vain."""
    tried = {
        _part_of(one.at.astimezone(zone).time())
        for one in past
        if one.disposition is Disposition.NO_ANSWER
    }
    untried = [part for part in PARTS_OF_DAY if part not in tried]
    local = at.astimezone(zone)
    if not untried or _part_of(local.time()) in untried:
        return at
    openings = [
        datetime.combine(local.date() + timedelta(days=days), opens, zone)
        for days in (0, 1)
        for opens, _ in untried
    ]
    return min(opening for opening in openings if opening > local).astimezone(at.tzinfo)


def _part_of(local: time) -> tuple[time, time] | None:
    return next((part for part in PARTS_OF_DAY if part[0] <= local < part[1]), None)


def _changed(disposition: Disposition, said: Mapping[str, int]) -> RetryRule:
    default, field = DEFAULT_RULES[disposition], f"retry.{disposition}"
    minutes = tuple(said[name] for name in DELAY if name in said) or default.minutes
    if len(minutes) == 1:
        missing = next(name for name in DELAY if name not in said)
        raise FieldError(f"{field}.{missing}", "is missing")
    shortest, longest = minutes
    if disposition is Disposition.UNKNOWN and shortest < SHORTEST_UNKNOWN_MINUTES:
        least = f"must be at least {SHORTEST_UNKNOWN_MINUTES}: nobody knows what became of the call"
        raise FieldError(f"{field}.shortest_minutes", least)
    if longest < shortest:
        raise FieldError(f"{field}.longest_minutes", "must not be less than shortest_minutes")
    return replace(default, minutes=(shortest, longest), most=said.get("most", default.most))
