"""How far a conversation was folded: what is left of its facts up to a moment.

Every message of a long call would read all of it again, and an hour's words decide nothing any
more. What was folded up to a moment, by the sender's clock, is kept, and only what came since is
read. It is worth something as long as it rests on the same: the facts that are always read, who
the call is with, and which wishes were refused. Words of before that moment, told late, have the
whole folded anew.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    CallSeen,
    CustomerInterrupted,
    ResumeOffered,
    SpeechChanged,
    UtteranceHeard,
)
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.whereabouts import Wish

# Goes up when what is remembered, or what it means, changes.
FOLD_VERSION = 4
# Of what was said in the last minute all is read: messages come in disorder, seldom so late.
SETTLED_MS = 60_000
FOLDED_AT_ONCE = 32  # turns; a call of three minutes has fewer, and is never folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A conversation up to a moment.

    Attributes:
        until_ms: What happened up to then is in it, by the sender's clock, ms since 1970.
        basis: What it rests on (`basis_of`).
        turns: How many turns are in it.
        memory: What it has come to, as JSON has it.
        version: How often it was written; 0: not yet.
    """

    until_ms: int
    basis: str
    turns: int
    memory: Mapping[str, object]
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of a call as a whole, whenever it was told."""

    of_visit: bool
    outbound: bool
    customer_known: bool
    offered: ResumeOffered | None

    @classmethod
    def told_by(cls, facts: Sequence[Fact]) -> Circumstances:
        """Read them off a call's facts, in order; turns tell nothing of them."""
        seen = [fact for fact in facts if isinstance(fact, CallSeen)]
        ours = any(fact.attempt_id is not None for fact in seen)
        offers = (fact for fact in facts if isinstance(fact, ResumeOffered))
        return cls(
            of_visit=any(fact.visit_post is not None for fact in seen),
            outbound=ours or any(fact.direction == "outbound" for fact in seen),
            customer_known=ours or any(fact.customer_number is not None for fact in seen),
            offered=next(offers, None),
        )


class WholeNeededError(Exception):
    """What was folded does not do, or is not enough: the whole call is to be read."""


def is_turn(fact: Fact) -> bool:
    """Whether a fact is one of many that nobody reads again once they were folded."""
    return isinstance(fact, UtteranceHeard | CustomerInterrupted)


def can_be_folded(facts: Sequence[Fact]) -> bool:
    """Whether a later fact cannot change what an earlier one meant: the end of a voice can."""
    return not any(isinstance(fact, SpeechChanged) for fact in facts)


def basis_of(facts: Sequence[Fact], until_ms: int, refused: Collection[Wish]) -> str:
    """What a fold up to a moment rests on, as a digest.

    Args:
        facts: Facts of one call, in any order; turns are none of it.
        until_ms: The moment, by the sender's clock, ms since 1970.
        refused: Wishes that could not be carried out.
    """
    whole = Circumstances.told_by(facts)
    others = [fact.key for fact in facts if fact.at_ms <= until_ms and not is_turn(fact)]
    offers = [fact.key for fact in facts if isinstance(fact, ResumeOffered)]
    of_it = (whole.of_visit, whole.outbound, whole.customer_known, can_be_folded(facts))
    said = repr((FOLD_VERSION, *of_it, sorted(offers), sorted(refused), sorted(others)))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def due_until_ms(
    facts: Sequence[Fact],
    told: Iterable[Fact],
    before: Folded | None,
    refused: Collection[Wish],
    *,
    whole: bool,
) -> int | None:
    """Up to when a call is to be folded now; None: it is not.

    Whoever tells of a turn and finds it older than what may have been folded by somebody who had
    not read it, folds anew: of two, one comes second, and the second reads what the first wrote.

    Args:
        facts: What was read of the call.
        told: What the message at hand tells of it, whether it is stored already or not.
        before: What was folded.
        refused: Wishes that could not be carried out.
        whole: Whether its turns are among the facts.
    """
    said = [fact.at_ms for fact in facts if isinstance(fact, UtteranceHeard)]
    if not said:
        return None
    until_ms = max(said) - SETTLED_MS
    since_ms = None if before is None else before.until_ms

    def is_due(fact: Fact) -> bool:
        later = since_ms is None or fact.at_ms > since_ms
        return is_turn(fact) and later and fact.at_ms <= until_ms

    many = sum(map(is_due, facts)) >= FOLDED_AT_ONCE
    if many or any(map(is_due, told)):
        return until_ms
    if before is None or not whole:
        return None
    turns = sum(is_turn(fact) and fact.at_ms <= before.until_ms for fact in facts)
    as_it_was = turns == before.turns and basis_of(facts, before.until_ms, refused) == before.basis
    return None if as_it_was else max(until_ms, before.until_ms)


def is_behind(fact: Fact, folded: Folded | None) -> bool:
    """Whether a fact may have been folded already, or was told too late for that."""
    return folded is not None and is_turn(fact) and fact.at_ms <= folded.until_ms
