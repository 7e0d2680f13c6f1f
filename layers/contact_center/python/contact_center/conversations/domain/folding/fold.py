"""The facts of a call folded: to what is known now, or up to a moment to go on from there.

Facts are made unique by key and put in the order of the sender's clock before they are read,
so neither the order nor the number of times in which they arrived can matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    in_order,
)
from contact_center.conversations.domain.folding.folded import (
    Folded,
    basis_of,
    can_be_folded,
    is_turn,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.folding.whereabouts import Wish
    from contact_center.conversations.domain.policy import Policy

from contact_center.conversations.domain.folding.conversation import Conversation


def conversation_state(
    facts: Iterable[Fact],
    policy: Policy,
    departments: Departments,
    refused: Collection[Wish] = (),
    before: Folded | None = None,
) -> ConversationState:
    """Fold the facts of one call.

    Args:
        facts: Facts of one call, in any order, each told any number of times; turns that are in
            `before` need not be among them.
        policy: The constants.
        departments: Who can take the call; anything else named in a fact is ignored.
        refused: Wishes that could not be carried out (`routing.refused_wishes`).
        before: What was folded already.

    Returns:
        The state; the same for every order and repetition of the same facts, and wherever they
        were folded before.

    Raises:
        ValueError: The facts are of more than one call.
        WholeNeededError: What was folded rests on something else.
    """
    ordered = in_order(facts)
    conversation = Conversation.begun(ordered, policy, departments, refused, before)
    since_ms = None if before is None else before.until_ms
    conversation.hear_of([one for one in ordered if since_ms is None or one.at_ms > since_ms])
    conversation.take_at_its_word()
    conversation.end_interruptions()
    return conversation.state()


def folded_until(  # noqa: PLR0913, PLR0917 - what a fold works with, and up to when
    facts: Iterable[Fact],
    policy: Policy,
    departments: Departments,
    refused: Collection[Wish],
    until_ms: int,
    before: Folded | None = None,
) -> Folded | None:
    """Fold the facts of one call up to a moment, for `conversation_state` to go on from.

    Args:
        facts: As there.
        policy: As there.
        departments: As there.
        refused: As there.
        until_ms: The moment, by the sender's clock, ms since 1970; not before `before`'s.
        before: What was folded already.

    Returns:
        What is left of them; None where a later fact may change what an earlier one meant.

    Raises:
        WholeNeededError: What was folded rests on something else.
    """
    ordered = in_order(facts)
    if not can_be_folded(ordered):
        return None
    conversation = Conversation.begun(ordered, policy, departments, refused, before)
    since_ms = until_ms if before is None else before.until_ms
    told = [one for one in ordered if one.at_ms <= until_ms]
    new = told if before is None else [one for one in told if one.at_ms > since_ms]
    conversation.hear_of(new)
    return Folded(
        until_ms=until_ms,
        basis=basis_of(ordered, until_ms, refused),
        turns=(before.turns if before else 0) + sum(map(is_turn, new)),
        memory=conversation.memory(),
        version=before.version if before else 0,
    )
