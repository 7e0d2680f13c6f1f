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

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import CustomerInterrupted, SpeechChanged
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.conversations.domain.facts import Fact, Role
    from contact_center.conversations.domain.policy import Policy


_TURN = "turn "


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeIns:
    """How often the customer cut in, up to a moment.

    Attributes:
        total: All barge-ins.
        rapid: Barge-ins in the longest rapid run, not counting the one that began it.
        counted: How many lie far enough apart to be counted one by one.
        enough_at_ms: When so many had been counted that a person is due; None: not yet.
        last_ms, run, counted_ms: The latest, the run it belongs to, and the latest that counted.
        turns: Those of which Vapi has told.
    """

    total: int = 0
    rapid: int = 0
    counted: int = 0
    enough_at_ms: int | None = None
    last_ms: int | None = None
    run: int = 0
    counted_ms: int | None = None
    turns: tuple[str, ...] = ()

    def and_at(self, times: Iterable[int], policy: Policy) -> BargeIns:
        """These and later ones, in the order of time, ms since 1970."""
        counting = self
        for at_ms in times:
            counting = counting._and_one_at(at_ms, policy)
        return counting

    def _and_one_at(self, at_ms: int, policy: Policy) -> BargeIns:
        close = self.last_ms is not None and at_ms - self.last_ms < policy.rapid_ms
        run = self.run + 1 if close else 0
        far = self.counted_ms is None or at_ms - self.counted_ms > policy.counted_gap_ms
        counted = self.counted + far
        enough = far and counted == policy.interruptions_to_person
        return replace(
            self,
            total=self.total + 1,
            rapid=max(self.rapid, run),
            counted=counted,
            enough_at_ms=at_ms if enough else self.enough_at_ms,
            last_ms=at_ms,
            run=run,
            counted_ms=at_ms if far else self.counted_ms,
        )


NONE_YET = BargeIns()


def barge_ins(facts: Sequence[Fact], policy: Policy, before: BargeIns = NONE_YET) -> BargeIns:
    """Count the barge-ins of one call.

    Args:
        facts: Facts of one call, each once, sorted by time.
        policy: The windows, in milliseconds.
        before: Those of an earlier part of the call, whose facts are not among these and tell of
            no voice activity.
    """
    told = _told_by_vapi(facts, before.turns)
    times = _one_each(sorted(told.values()), _seen_in_speech(facts, policy), policy)
    counted = before.and_at(times, policy)
    turns = tuple(turn.removeprefix(_TURN) for turn in told if turn.startswith(_TURN))
    return replace(counted, turns=before.turns + turns) if turns else counted


def _told_by_vapi(facts: Sequence[Fact], known: Sequence[str]) -> dict[str, int]:
    """Moments of `user-interrupted`, one a turn; without a turn id each one is its own."""
    first: dict[str, int] = {}
    for fact in facts:
        if isinstance(fact, CustomerInterrupted) and fact.turn_id not in known:
            turn = f"fact {fact.key}" if fact.turn_id is None else _TURN + fact.turn_id
            first.setdefault(turn, fact.at_ms)
    return first


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
