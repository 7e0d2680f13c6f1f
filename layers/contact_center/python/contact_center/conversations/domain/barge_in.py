"""Barge-ins: when the customer cut in on the assistant, how often, and how fast.

Told by Vapi (`user-interrupted`, one a turn) or, when that is lost, read from voice activity.
Three things are counted, and the choice of counting makes disorder harmless:

* all of them: each raises the turn, which makes speech asked for earlier stale;
* the longest run in which each came less than `rapid_ms` after the one before (the tutorial's
  counter: the first of a run counts nothing, a pause starts anew);
* the largest number that lie more than `counted_gap_ms` apart (what the tutorial's other
  counter reaches: earliest first is the best such choice).

Learning of one more barge-in can never lower any of the three. What can: a `stopped` told late
that shows a stretch of speech to have been noise, or the assistant to have been silent; and,
by one, Vapi's own word for a barge-in so far known from voice activity, when it moves the
moment across the edge of a gap.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import CustomerInterrupted, SpeechChanged
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.facts import Fact, Role
    from contact_center.conversations.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeIns:
    """How often the customer cut in.

    Attributes:
        total: All barge-ins.
        rapid: Barge-ins in the longest rapid run, not counting the one that began it.
        counted_at_ms: Moments of those that lie far enough apart to be counted one by one.
    """

    total: int
    rapid: int
    counted_at_ms: tuple[int, ...]

    @property
    def counted(self) -> int:
        """How many were counted one by one."""
        return len(self.counted_at_ms)


def barge_ins(facts: Sequence[Fact], policy: Policy) -> BargeIns:
    """Count the barge-ins of one call.

    Args:
        facts: Facts of one call, each once, sorted by time.
        policy: The windows, in milliseconds.

    Returns:
        The three counts, the last as moments by the sender's clock, ms since 1970.
    """
    times = _one_each(_told_by_vapi(facts), _seen_in_speech(facts, policy), policy)
    return BargeIns(
        total=len(times), rapid=_longest_run(times, policy), counted_at_ms=_spaced(times, policy)
    )


def _told_by_vapi(facts: Sequence[Fact]) -> list[int]:
    """Moments of `user-interrupted`, one a turn; without a turn id each one is its own."""
    first: dict[str, int] = {}
    for fact in facts:
        if isinstance(fact, CustomerInterrupted):
            turn = f"fact {fact.key}" if fact.turn_id is None else f"turn {fact.turn_id}"
            first.setdefault(turn, fact.at_ms)
    return sorted(first.values())


def _seen_in_speech(facts: Sequence[Fact], policy: Policy) -> list[int]:
    """Moments at which the customer began to speak, for long enough, over the assistant.

    Only stretches whose end is known count: an open one may turn out to be noise, or the
    assistant's `stopped` may be on its way.
    """
    assistant = _stretches(facts, "assistant")
    return [
        began
        for began, stopped in _stretches(facts, "customer")
        if stopped - began >= policy.noise_ms
        and any(start <= began < end for start, end in assistant)
    ]


def _stretches(facts: Sequence[Fact], role: Role) -> list[tuple[int, int]]:
    """Known stretches of speech; a second start begins anew, the end before it being lost."""
    stretches: list[tuple[int, int]] = []
    began: int | None = None
    for fact in facts:
        if not isinstance(fact, SpeechChanged) or fact.role != role:
            continue
        if fact.started:
            began = fact.at_ms
        elif began is not None:
            stretches.append((began, fact.at_ms))
            began = None
    return stretches


def _one_each(told: list[int], seen: list[int], policy: Policy) -> list[int]:
    """Pair what is told with what is seen close to it, one to one; Vapi's moment stands.

    Taking pairs from the left finds the most pairs, so one more fact adds at most one pair and
    the number of barge-ins cannot fall.
    """
    times = list(told)
    index = 0
    for at_ms in seen:
        while index < len(told) and told[index] < at_ms - policy.same_barge_in_ms:
            index += 1
        if index < len(told) and told[index] <= at_ms + policy.same_barge_in_ms:
            index += 1
        else:
            times.append(at_ms)
    return sorted(times)


def _longest_run(times: list[int], policy: Policy) -> int:
    longest = run = 0
    for before, at_ms in pairwise(times):
        run = run + 1 if at_ms - before < policy.rapid_ms else 0
        longest = max(longest, run)
    return longest


def _spaced(times: list[int], policy: Policy) -> tuple[int, ...]:
    counted: list[int] = []
    for at_ms in times:
        if not counted or at_ms - counted[-1] > policy.counted_gap_ms:
            counted.append(at_ms)
    return tuple(counted)
