"""What to do next in a call: compare what the conversation desires with what was decided.

A decision is made once. It is numbered when it is committed, in arrival order, and never
renumbered or repeated: a fact told again or late changes the state, and only a desire that
differs from the last decision of its kind becomes a new decision.

A destination that refuses is a new situation, and the caller waits (DESIGN §1, promise 4):

    go there ──refused──► ring people instead, if a number is known ──refused──► say so
                                                                  each once a wish

Accepted and not heard of in time is refused as well (carrying_out.py).
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.operators import Deeds, goes_somewhere
from contact_center.conversations.domain.promised import PROMISE
from contact_center.kernel.data_classes import dataclass
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from contact_center.conversations.domain.facts import OperatorAsked
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.folding.whereabouts import Wish


class ActionKind(StrEnum):
    """What can be decided in a conversation; INSTEAD and SORRY follow a refusal.

    From SAY on: what whoever watches the call asks for; AS_IT_IS: the caller is there already.
    """

    ROUTE = "route"
    CLARIFY = "clarify"
    ASK_PERSON = "ask_person"
    DEFAULT = "default"
    SIMPLIFY = "simplify"
    TO_PERSON = "to_person"
    NEVER_MIND = "never_mind"
    INSTEAD = "instead"
    SORRY = "sorry"
    STOP_CALLING = "stop_calling"
    NUMBER_NEEDED = "number_needed"
    EMERGENCY = "emergency"
    SAY = "say"
    TELL = "tell"
    MUTE = "mute"
    UNMUTE = "unmute"
    END = "end"
    TAKE_OVER = "take_over"
    AS_IT_IS = "as_it_is"


_OF_OPERATORS = {
    Deeds.SAY.value: ActionKind.SAY,
    Deeds.TELL.value: ActionKind.TELL,
    Deeds.MUTE.value: ActionKind.MUTE,
    Deeds.UNMUTE.value: ActionKind.UNMUTE,
    Deeds.END.value: ActionKind.END,
    Deeds.TAKE_OVER.value: ActionKind.TAKE_OVER,
    Deeds.PERSON.value: ActionKind.TAKE_OVER,  # a person who is named
}
_AFTER_REFUSAL = frozenset({ActionKind.INSTEAD, ActionKind.SORRY})
_OWED = frozenset({ActionKind.STOP_CALLING, ActionKind.NUMBER_NEEDED, ActionKind.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision of the conversation policy; (call_id, number) is the id of its action.

    Attributes:
        call_id: Vapi's id of the call.
        number: 1, 2, 3 ... in the order of committing.
        kind: What is to be done.
        department: Where the caller is sent: a department's key or 'person'; else None.
        turn: Barge-ins known when it was decided; speech of an older turn is dropped.
        reason: Why, one word of ours (never the caller's): final, tool, interruptions, ...
        decided_at_ms: Our clock, ms since 1970.
        desire: What the state desired, `name:count`; the count tells when it is a new one.
        simplified: Whether the simplified wording is used.
        wish: Which wish for the destination it carries out, from 1; 0 without a destination.
        asked: The name of the action that whoever watches the call asked for; None: nobody did.
        by: Who that was.
        text: What is to be said or told; with a destination, instead of the usual words.
        person, to: Who is to take the caller: a key of people.toml, and E.164.
    """

    call_id: str
    number: int
    kind: ActionKind
    department: str | None
    turn: int
    reason: str
    decided_at_ms: int
    desire: str
    simplified: bool = False
    wish: int = 0
    asked: str | None = None
    by: str | None = None
    text: str = field(default="", repr=False)
    person: str | None = None
    to: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Desire:
    kind: ActionKind
    department: str | None
    reason: str
    name: str
    count: int
    wish: int = 0
    asked: OperatorAsked | None = None


def next_actions(  # noqa: PLR0913, PLR0917 - all that a decision rests on
    state: ConversationState,
    committed: Sequence[Decision],
    call_id: str,
    now_ms: int,
    failed: Collection[int] = (),
    after: int = 0,
) -> tuple[Decision, ...]:
    """Decide what is to be done now.

    Args:
        state: The conversation as all facts known so far tell it.
        committed: Every decision of this call that was ever committed and counts.
        call_id: Vapi's id of the call.
        now_ms: Our clock, ms since 1970.
        failed: Numbers of those decisions that certainly were not carried out.
        after: The last number that was ever given, to one that does not count included.

    Returns:
        New decisions in the order in which they are to be acted on; empty when there is
        nothing new. After the call has ended only what was asked for is decided: to be dropped.
    """
    asked_for = tuple(_asked_for(state, committed))
    desires: tuple[_Desire | None, ...] = (
        _destination(state, committed, failed),
        _nobody_free(state, committed),
        _never_mind(state, committed),
        _simplify(state, committed),
        _ask_person(state, committed),
        _clarify(state, committed, failed),
    )
    if state.opt_out is not None and not state.customer_known:
        desires = (_number_needed(state.opt_out, committed), *desires)
    elif state.outbound and state.opt_out is not None:
        desires = (_goodbye(state.opt_out, committed),)  # nothing else is worth a word
    desires = asked_for if state.ended else (_emergency(state, committed), *desires, *asked_for)
    first = max((decision.number for decision in committed), default=0)
    first = max(first, after) + 1
    return tuple(
        Decision(
            call_id=call_id,
            number=number,
            kind=desire.kind,
            department=desire.department,
            turn=state.turn,
            reason=desire.reason,
            decided_at_ms=now_ms,
            desire=f"{desire.name}:{desire.count}",
            simplified=state.mode == "simplified",
            wish=desire.wish,
            **_of_operator(desire.asked),
        )
        for number, desire in enumerate((d for d in desires if d is not None), start=first)
    )


def is_of_operator(decision: Decision) -> bool:
    """Whether it is done as somebody who watches the call has asked for it."""
    return decision.kind in _OF_OPERATORS.values() or decision.kind is ActionKind.AS_IT_IS


def asks_back(decision: Decision) -> bool:
    """Whether it is a question to a caller who goes nowhere yet."""
    return decision.kind in (ActionKind.CLARIFY, ActionKind.ASK_PERSON)


def awaits_the_tool(decision: Decision, state: ConversationState) -> bool:
    """Whether a decision rests on a promise alone, whose tool may still be called."""
    return decision.reason == PROMISE == state.reason and decision.kind not in _AFTER_REFUSAL


def says_goodbye(decision: Decision) -> bool:
    """Whether the call is over with this decision: whatever was decided before is void."""
    return decision.kind is ActionKind.STOP_CALLING


def is_owed(decision: Decision) -> bool:
    """Whether it is said however late, as long as somebody is on the line."""
    return decision.kind in _OWED


def hands_over(decision: Decision) -> bool:
    """Whether a decision brings the caller to a department as it should be."""
    return decision.kind in (ActionKind.ROUTE, ActionKind.DEFAULT)


def given_up(committed: Sequence[Decision]) -> frozenset[int]:
    """Numbers of the decisions that others were committed instead of: they have failed.

    Of what was accepted and never took place nothing else stays written.
    """
    instead = {(one.department, one.wish) for one in committed if one.kind in _AFTER_REFUSAL}
    return frozenset(
        one.number
        for one in committed
        if one.kind not in _AFTER_REFUSAL and (one.department, one.wish) in instead
    )


def refused_wishes(committed: Sequence[Decision], failed: Collection[int]) -> frozenset[Wish]:
    """The wishes that could not be carried out as wished: of which the caller was told so, too.

    Args:
        committed: Every decision of the call.
        failed: Numbers of those that certainly were not carried out.
    """
    return frozenset(
        (decision.department, decision.wish)
        for decision in committed
        if decision.department is not None
        and (decision.number in failed or decision.kind is ActionKind.SORRY)
    )


def last_destination(committed: Sequence[Decision]) -> Decision | None:
    """The committed decision that last sent the caller somewhere, or None."""
    sent = [decision for decision in committed if decision.department is not None]
    return max(sent, key=lambda decision: decision.number, default=None)


def ordinal(decision: Decision) -> int:
    """Which of its kind a decision is, from 1."""
    return int(decision.desire.rpartition(":")[2])


def _asked_for(state: ConversationState, committed: Sequence[Decision]) -> Iterable[_Desire]:
    """What whoever watches has asked for, each once."""
    decided = {one.asked for one in committed}
    for one in state.asked_for:
        if one.action_id not in decided:
            kind = ActionKind.AS_IT_IS if goes_somewhere(one) else _OF_OPERATORS[one.do]
            yield _Desire(kind, None, "operator", f"operator-{one.action_id}", 1, asked=one)


def _of_operator(asked: OperatorAsked | None) -> dict[str, Any]:
    if asked is None:
        return {}
    return {
        "asked": asked.action_id,
        "by": asked.by,
        "text": asked.text,
        "person": asked.person,
        "to": asked.number,
    }


def _goodbye(opt_out: str, committed: Sequence[Decision]) -> _Desire | None:
    """Once: whoever asked not to be called is not kept on the line."""
    if any(says_goodbye(decision) for decision in committed):
        return None
    return _Desire(ActionKind.STOP_CALLING, None, opt_out, "stop-calling", 1)


def _emergency(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Once a call, before anything else."""
    said = any(decision.kind is ActionKind.EMERGENCY for decision in committed)
    if said or not state.in_danger:
        return None
    return _Desire(ActionKind.EMERGENCY, None, "words", "emergency", 1)


def _number_needed(opt_out: str, committed: Sequence[Decision]) -> _Desire | None:
    """Once; who asked through the assistant's tool is told by the assistant."""
    said = any(decision.kind is ActionKind.NUMBER_NEEDED for decision in committed)
    if opt_out == "tool" or said:
        return None
    return _Desire(ActionKind.NUMBER_NEEDED, None, opt_out, "number-needed", 1)


def _destination(
    state: ConversationState, committed: Sequence[Decision], failed: Collection[int]
) -> _Desire | None:
    """Go where the state says, unless the caller is there or was last sent there.

    Sent there, and moved away by an assistant since, is sent again when the customer asks; so
    is one who asks again for what was refused, or came to nothing.
    """
    wanted = state.destination
    if wanted is None or state.arrived:
        return None
    last = last_destination(committed)
    kind: ActionKind | None = ActionKind.ROUTE
    if wanted == PERSON:
        kind = ActionKind.TO_PERSON
    elif state.reason == "default":
        kind = ActionKind.DEFAULT
    if last is not None and last.department == wanted and ordinal(last) >= state.moves:
        is_new = last.wish < state.wish
        over = last.number in failed or last.kind is ActionKind.SORRY
        if not over and not (is_new and _was_in_vain(last, committed, state)):
            return None
        if not is_new:
            kind = _after_refusal(last, failed, number_instead=state.number_instead)
    if kind is None:
        return None
    name = f"{kind if kind in _AFTER_REFUSAL else 'go'}-{wanted}"
    by = state.sent_by
    return _Desire(kind, wanted, state.reason, name, state.moves, state.wish, by)


def _was_in_vain(last: Decision, committed: Sequence[Decision], state: ConversationState) -> bool:
    """Whether who asks again was sent there so long before that it must have come to nothing.

    His first words may have lain in our queue until a moment ago.
    """
    wish = (last.department, last.wish)
    sent_ms = min(one.decided_at_ms for one in committed if (one.department, one.wish) == wish)
    return state.asked_anew_ms is not None and sent_ms <= state.asked_anew_ms


def _after_refusal(
    last: Decision, failed: Collection[int], *, number_instead: bool
) -> ActionKind | None:
    if last.kind is ActionKind.SORRY or last.number not in failed:
        return None  # nothing is left but to wait for the caller's next word
    tried = last.kind is ActionKind.INSTEAD
    return ActionKind.INSTEAD if number_instead and not tried else ActionKind.SORRY


def _nobody_free(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Say once that no person can be reached; the conversation goes on."""
    said = any(
        (d.kind is ActionKind.TO_PERSON and d.department is None)
        or (d.kind is ActionKind.SORRY and d.department == PERSON)
        for d in committed
    )
    if not state.person_missing or said:
        return None
    return _Desire(ActionKind.TO_PERSON, None, "nobody_free", "nobody-free", 1)


def _never_mind(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Each time a person who was asked for is not wanted any more."""
    done = [ordinal(d) for d in committed if d.kind is ActionKind.NEVER_MIND]
    if state.destination is not None or state.never_minds <= max(done, default=0):
        return None
    return _Desire(ActionKind.NEVER_MIND, None, "final", "never-mind", state.never_minds)


def _simplify(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Once a call, and not for an assistant whom the caller is leaving for a person."""
    done = any(decision.kind is ActionKind.SIMPLIFY for decision in committed)
    if state.mode == "normal" or done or state.destination == PERSON:
        return None
    return _Desire(ActionKind.SIMPLIFY, None, "rapid", "simplify", 1)


def _ask_person(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Ask once whether a person is wanted; not whom anything has sent somewhere meanwhile."""
    asked = any(decision.kind is ActionKind.ASK_PERSON for decision in committed)
    if state.may_want_person is None or asked or state.destination is not None:
        return None
    return _Desire(ActionKind.ASK_PERSON, None, state.may_want_person, "ask-person", 1)


def _clarify(
    state: ConversationState, committed: Sequence[Decision], failed: Collection[int]
) -> _Desire | None:
    """Ask the question that is due, each once, and only a caller who is going nowhere."""
    due = state.clarifications
    asked = max((ordinal(d) for d in committed if d.kind is ActionKind.CLARIFY), default=0)
    last = last_destination(committed)
    leaving = last is not None and ordinal(last) >= state.moves and last.number not in failed
    if state.destination is not None or leaving or due <= asked:
        return None
    if state.may_want_person is not None:  # asked instead
        return None
    return _Desire(ActionKind.CLARIFY, None, "vague", "clarify", due)
