"""What to do next in a call: compare what the conversation desires with what was decided.

A decision is made once. It is numbered when it is committed, in arrival order, and never
renumbered or repeated: a fact told again or late changes the state, and only a desire that
differs from the last decision of its kind becomes a new decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.domain.departments import PERSON
from contact_center.domain.policy import DEPARTMENT, DEPARTMENTS, Policy, PolicyError, Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.domain.conversation import ConversationState
    from contact_center.domain.departments import Departments

__all__ = [
    "ActionKind",
    "Command",
    "Decision",
    "EndCall",
    "Handoff",
    "Instruct",
    "Policy",
    "PolicyError",
    "Say",
    "Texts",
    "Transfer",
    "command_for",
    "due_at_ms",
    "next_actions",
]


class ActionKind(StrEnum):
    """What can be decided in a conversation."""

    ROUTE = "route"
    CLARIFY = "clarify"
    DEFAULT = "default"
    SIMPLIFY = "simplify"
    TO_PERSON = "to_person"


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


@dataclass(frozen=True, slots=True)
class Handoff:
    """Hand the caller to another assistant of the squad."""

    assistant: str
    content: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller to a telephone number (E.164)."""

    number: str
    content: str


@dataclass(frozen=True, slots=True)
class Say:
    """Speak to the caller; stale speech is dropped, never spoken late."""

    content: str
    end_call_after: bool = False


@dataclass(frozen=True, slots=True)
class Instruct:
    """Tell the assistant how to go on; nothing is spoken."""

    content: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up."""


Command = Handoff | Transfer | Say | Instruct | EndCall


@dataclass(frozen=True, slots=True)
class _Desire:
    kind: ActionKind
    department: str | None
    reason: str
    name: str
    count: int


def next_actions(
    state: ConversationState, committed: Sequence[Decision], call_id: str, now_ms: int
) -> tuple[Decision, ...]:
    """Decide what is to be done now.

    Args:
        state: The conversation as all facts known so far tell it.
        committed: Every decision of this call that was ever committed.
        call_id: Vapi's id of the call.
        now_ms: Our clock, ms since 1970.

    Returns:
        New decisions in the order in which they are to be acted on; empty when there is
        nothing new, and always after the call has ended.
    """
    if state.ended:
        return ()
    desires = (
        _destination(state, committed),
        _nobody_free(state, committed),
        _simplify(state, committed),
        _clarify(state, committed),
    )
    first = max((decision.number for decision in committed), default=0) + 1
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
        )
        for number, desire in enumerate((d for d in desires if d is not None), start=first)
    )


def due_at_ms(decision: Decision, policy: Policy) -> int:
    """When a decision may be acted on, ms since 1970 by our clock: a question waits a little."""
    waits_ms = policy.clarify_wait_ms if decision.kind is ActionKind.CLARIFY else 0
    return decision.decided_at_ms + waits_ms


def command_for(decision: Decision, departments: Departments, policy: Policy) -> Command:
    """Say how a decision is carried out.

    Args:
        decision: A committed decision.
        departments: Who can take the call, and the number of a person.
        policy: The texts.

    Returns:
        One command. A destination that cannot be reached becomes speech that says so and
        offers a callback: never silence.
    """
    texts = policy.simplified_texts if decision.simplified else policy.texts
    match decision.kind:
        case ActionKind.SIMPLIFY:
            return Instruct(policy.simplify_instruction)
        case ActionKind.CLARIFY:
            names = _spoken_list([d.name for d in departments.by_key.values()])
            return Say(texts.clarify[_count(decision) - 1].replace(DEPARTMENTS, names))
        case ActionKind.TO_PERSON:
            if departments.person_number is None:
                return Say(texts.nobody_free)
            return Transfer(departments.person_number, texts.person)
        case ActionKind.ROUTE:
            return _to_department(decision, departments, texts.route, texts.nobody_free)
        case _:
            return _to_department(decision, departments, texts.default, texts.nobody_free)


def _to_department(
    decision: Decision, departments: Departments, said: str, instead: str
) -> Command:
    department = departments.by_key.get(decision.department or "")
    if department is not None and department.assistant is not None:
        return Handoff(department.assistant, said.replace(DEPARTMENT, department.name))
    if department is not None and department.number is not None:
        return Transfer(department.number, said.replace(DEPARTMENT, department.name))
    return Say(instead)


def last_destination(committed: Sequence[Decision]) -> Decision | None:
    """The committed decision that last sent the caller somewhere, or None."""
    sent = [decision for decision in committed if decision.department is not None]
    return max(sent, key=lambda decision: decision.number, default=None)


def _destination(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Go where the state says, unless the caller is there or was last sent there.

    Sent there, and moved away by an assistant since, is sent again when the customer asks.
    """
    wanted = state.destination
    if wanted is None or state.arrived:
        return None
    last = last_destination(committed)
    if last is not None and last.department == wanted and _count(last) >= state.moves:
        return None
    kind = ActionKind.ROUTE
    if wanted == PERSON:
        kind = ActionKind.TO_PERSON
    elif state.reason == "default":
        kind = ActionKind.DEFAULT
    return _Desire(kind, wanted, state.reason, f"go-{wanted}", state.moves)


def _nobody_free(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Say once that no person can be reached; the conversation goes on."""
    said = any(d.kind is ActionKind.TO_PERSON and d.department is None for d in committed)
    if not state.person_missing or said:
        return None
    return _Desire(ActionKind.TO_PERSON, None, "nobody_free", "nobody-free", 1)


def _simplify(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Once a call, and not for an assistant whom the caller is leaving for a person."""
    done = any(decision.kind is ActionKind.SIMPLIFY for decision in committed)
    if state.mode == "normal" or done or state.destination == PERSON:
        return None
    return _Desire(ActionKind.SIMPLIFY, None, "rapid", "simplify", 1)


def _clarify(state: ConversationState, committed: Sequence[Decision]) -> _Desire | None:
    """Ask the question that is due, each once, and only a caller who is going nowhere."""
    due = state.clarifications
    asked = max((_count(d) for d in committed if d.kind is ActionKind.CLARIFY), default=0)
    last = last_destination(committed)
    leaving = last is not None and _count(last) >= state.moves
    if state.destination is not None or leaving or due <= asked:
        return None
    return _Desire(ActionKind.CLARIFY, None, "vague", "clarify", due)


def _count(decision: Decision) -> int:
    return int(decision.desire.rpartition(":")[2])


def _spoken_list(names: Sequence[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} or {last}" if before else last
