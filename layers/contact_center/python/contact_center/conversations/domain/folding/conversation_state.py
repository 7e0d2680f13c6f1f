"""What is known of a conversation, as far as its facts tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import (
        OperatorAsked,
    )
    from contact_center.conversations.domain.folding.person_question import Doubt
    from contact_center.conversations.domain.folding.whereabouts import Reason

Mode = Literal["normal", "simplified"]
OptOut = Literal["words", "key", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationState:
    """What is known of a conversation.

    Attributes:
        intent: What the customer last asked for: a department's key, 'person' or None.
        confidence: How sure that is, 0 to 1; the tool and the keypad are sure.
        destination: Where the caller should be: a department's key, 'person', or None.
        reason: What made it the destination.
        wish: The number of the wish for it that is to be carried out, from 1; 0 without one.
        asked_anew_ms: That wish was made because the one before came to nothing, if the caller had
            been sent there by then, ms since 1970; None: it was not.
        number_instead: Whether people can be rung if the destination itself refuses.
        person_missing: A person is wanted and none can be reached.
        clarifications: Clarifying questions that are due so far; the one after a person may be one.
        may_want_person: Whether the question if the caller wants a person is due: where another
            matter of theirs is 'clear', or none is ('vague'); None: it is not.
        interruptions: Barge-ins counted towards a person.
        turn: All barge-ins; speech decided in an older turn is stale.
        mode: Whether the caller needs slower, simpler words.
        location: The department whose assistant has the caller; None: the router or unknown.
        arrived: Whether the caller is at the destination and nothing else is under way.
        moves: How often the assistants themselves moved the caller somewhere unasked.
        transfer_pending: A transfer to a telephone number was reported, and neither an assistant
            nor the call itself has come back since. Cancelling a leg that still rings is a
            matter for whoever placed that leg, and needs no more than this.
        outbound: Whether it was us who called.
        opt_out: How the customer asked not to be called again, or None.
        in_danger: Whether the customer said that a life is in danger.
        customer_known: Whether anything tells whose telephone it is.
        of_visit: Whether the call was ordered for a caller who is on a line of ours: no number can
            be rung from it, people are asked for him, and he stays with the assistant meanwhile.
        never_minds: How often he let a wish for a person be.
        resumes: The call that was cut off and that this one goes on with; None: it is of its own.
        sent_by: Who watches the call and set the destination; None: nobody.
        asked_for: What else whoever watches it has asked for, in order.
        understood: Whom he asked for first, by words, keys or an assistant's tool.
        routed_ms: When it was first known where he should be, by the sender's clock.
        ended: Whether the call is over.
    """

    intent: str | None = None
    confidence: float = 0.0
    destination: str | None = None
    reason: Reason = "unknown"
    wish: int = 0
    asked_anew_ms: int | None = None
    number_instead: bool = False
    person_missing: bool = False
    clarifications: int = 0
    may_want_person: Doubt | None = None
    interruptions: int = 0
    turn: int = 0
    mode: Mode = "normal"
    location: str | None = None
    arrived: bool = False
    moves: int = 0
    transfer_pending: bool = False
    outbound: bool = False
    opt_out: OptOut | None = None
    in_danger: bool = False
    customer_known: bool = False
    of_visit: bool = False
    never_minds: int = 0
    resumes: str | None = None
    sent_by: OperatorAsked | None = None
    asked_for: tuple[OperatorAsked, ...] = ()
    understood: str | None = None
    routed_ms: int | None = None
    ended: bool = False
