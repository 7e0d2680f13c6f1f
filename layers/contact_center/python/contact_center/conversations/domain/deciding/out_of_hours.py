"""A telephone of people is not rung while they are closed, where Vapi would ring it.

    a decision that rings ──closed──► the other telephone of the hours, if they name one
                                      else words that say so, and the caller goes on talking

It is judged once, when it is decided, and kept with the decision. A department's own telephone has
the hours of the department, that of a person the company's. Callers of visits are not judged here:
whoever asks people for them asks the same hours then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.closed_people import whose_telephone
from contact_center.conversations.domain.deciding.call_commands import Transfer
from contact_center.conversations.domain.deciding.carrying_out import command_for
from contact_center.conversations.domain.deciding.routing import ActionKind, is_of_operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.closed_people import ClosedAt
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.policy import Policy

CLOSED = "closed"  # the reason of what was decided otherwise because of it


def within_hours(
    decision: Decision,
    state: ConversationState,
    committed: Sequence[Decision],
    told_by: tuple[Departments, Policy],
    closed_at: ClosedAt,
) -> Decision:
    """The decision, or what is decided instead of it because it would ring where it is closed.

    Args:
        decision: A new one.
        state: The call's.
        committed: All decisions of the call before it.
        told_by: Who can take the call, and what is said.
        closed_at: The hours.
    """
    departments, policy = told_by
    if state.of_visit or is_of_operator(decision):
        return decision
    command = command_for(decision, departments, policy)
    if not isinstance(command, Transfer):
        return decision
    whose = whose_telephone(command.number, decision.department, departments)
    closed = closed_at(whose, decision.decided_at_ms)
    if closed is None:
        return decision
    if closed.number is None or _was_rung(decision, closed.number, committed):
        return replace(decision, kind=ActionKind.SORRY, reason=CLOSED, text=closed.say)
    return replace(decision, reason=CLOSED, text=closed.say, to=closed.number)


def _was_rung(decision: Decision, number: str, committed: Sequence[Decision]) -> bool:
    wish = decision.department, decision.wish
    return any(one.to == number for one in committed if (one.department, one.wish) == wish)
