"""What whoever watches a call has done in it: judged here, done by the router.

The wish goes into the queue of the call's own messages, under a name that is the same however often
it is asked for. The router writes it down as a fact of the call, and decides in one transaction: so
it is done once, in its place among all that happens, or dropped, and the call says which.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from contact_center.conversations.domain.facts import Corrected, OperatorAsked
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.operators import Deeds, key_of
from contact_center.conversations.services.read_calls import FORGOTTEN_MS
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.path_ids import named_by
from contact_center.records.domain.redaction import redact
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.services.ports.calls import CallHistory
    from contact_center.kernel.ports import Clock
    from contact_center.people.domain.roster import Colleague
    from contact_center.people.services.who_can_take import TakerParts
    from contact_center.records.domain.redaction_kinds import Redaction

ID_DIGITS = 32
CALL_OVER, NOT_POSSIBLE = "call_over", "not_possible"
# What each deed is about; nothing else may be said with it.
FIELDS: dict[Deeds, frozenset[str]] = {
    Deeds.SAY: frozenset({"text"}),
    Deeds.TELL: frozenset({"text"}),
    Deeds.DEPARTMENT: frozenset({"department"}),
    Deeds.PERSON: frozenset({"person"}),
    Deeds.TAKE_OVER: frozenset({"person"}),
}
NEEDED = frozenset({"text", "department"})


class NoCallError(Exception):
    """There is no such call."""


class CallRefusedError(Exception):
    """It cannot be done to this call.

    Attributes:
        reason: CALL_OVER or NOT_POSSIBLE.
        why: In words.
    """

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.why = why


class OtherActionError(Exception):
    """The idempotency key came before, with something else to be done."""


class CallWishes(Protocol):
    """The queue of calls' messages."""

    def send(self, fact: OperatorAsked | Corrected) -> None:
        """Have something written down of a call. Raises QueueUnavailableError: nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWish:
    """What is to be done. `key` names it: asked for again, it is the same."""

    do: Deeds
    key: str
    text: str | None = None
    department: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDesk:
    """What is judged with, and where wishes go; `history` reads one call's."""

    history: Callable[[str], CallHistory]
    wishes: CallWishes
    takers: TakerParts
    departments: Departments
    policy: Policy
    redaction: Redaction
    clock: Clock


def act_on_call(desk: ActionDesk, call_id: str, wish: CallWish, by: str) -> str:
    """Have something done in a call, once.

    Args:
        desk: What it works with.
        call_id: As answers carry it.
        wish: What.
        by: Whose wish it is: the name that goes with the token.

    Returns:
        The name of the action; the call's decisions say what becomes of it.

    Raises:
        FieldError: A field is missing, or does not go with it, or names nobody.
        NoCallError: There is no such call.
        CallRefusedError: It cannot be done.
        OtherActionError: The key stands for another action in this call.
        QueueUnavailableError: It may have been taken: to be asked again with the same key.
    """
    _check_fields(wish, desk)
    history = _history(desk, call_id)
    named = history.record.call_id if history.record else ""
    asked = OperatorAsked(
        call_id=named,
        at_ms=desk.clock.now_ms(),
        key=key_of(_action_id(named, wish.key)),
        do=wish.do.value,
        action_id=_action_id(named, wish.key),
        by=by,
        text=wish.text or "",
        department=wish.department,
        person=wish.person,
    )
    before = next((one for one in history.facts if one.key == asked.key), None)
    if isinstance(before, OperatorAsked):
        if _said(before) != _said(asked):
            raise OtherActionError
        return asked.action_id
    desk.wishes.send(_judged(asked, history, desk))
    return asked.action_id


def correct_call(desk: ActionDesk, call_id: str, department: str, by: str) -> None:
    """Say where the caller should have been sent; said again, the last one stands.

    Raises:
        FieldError: There is no such department.
        NoCallError: There is no such call.
        QueueUnavailableError: It may have been taken: to be said again.
    """
    if department != PERSON and department not in desk.departments.by_key:
        raise FieldError("department", f"must be one of {_known(desk)}, {PERSON}")
    history = _history(desk, call_id)
    at_ms = desk.clock.now_ms()
    named = history.record.call_id if history.record else ""
    key = f"correction:{at_ms}:{hashlib.sha256(by.encode()).hexdigest()[:8]}"
    desk.wishes.send(Corrected(call_id=named, at_ms=at_ms, key=key, department=department, by=by))


def _check_fields(wish: CallWish, desk: ActionDesk) -> None:
    said = {"text": wish.text, "department": wish.department, "person": wish.person}
    theirs = FIELDS.get(wish.do, frozenset())
    for name, value in said.items():
        if value is not None and name not in theirs:
            raise FieldError(name, f"does not go with {wish.do.value}")
        if value is None and name in theirs & NEEDED:
            raise FieldError(name, f"is needed for {wish.do.value}")
    if wish.text is not None and redact(wish.text, desk.redaction).text != wish.text:
        raise FieldError("text", "must hold no number or address of anybody: it is kept")
    if wish.department is not None and wish.department not in desk.departments.by_key:
        raise FieldError("department", f"must be one of {_known(desk)}")
    if wish.person is not None and wish.person not in desk.takers.roster.people:
        raise FieldError("person", "must be a key of people.toml")


def _known(desk: ActionDesk) -> str:
    return ", ".join(sorted(desk.departments.by_key))


def _history(desk: ActionDesk, call_id: str) -> CallHistory:
    named = named_by(call_id)
    history = None if named is None else desk.history(named)
    if history is None or history.record is None:
        raise NoCallError
    return history


def _action_id(call_id: str, key: str) -> str:
    return hashlib.sha256(f"{call_id}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[
        :ID_DIGITS
    ]


def _said(asked: OperatorAsked) -> tuple[object, ...]:
    return asked.do, asked.text, asked.department, asked.person


def _judged(asked: OperatorAsked, history: CallHistory, desk: ActionDesk) -> OperatorAsked:
    """The wish with all that the router needs to carry it out. Raises CallRefusedError."""
    _check_reachable(history.record, desk.clock.now_ms())
    state = conversation_state(history.facts, desk.policy, desk.departments)
    if state.transfer_pending:
        raise CallRefusedError(NOT_POSSIBLE, "A telephone rings for the caller, or has him.")
    match asked.do:
        case Deeds.DEPARTMENT if state.arrived and state.location == asked.department:
            raise CallRefusedError(NOT_POSSIBLE, "The caller is there.")
        case Deeds.PERSON if asked.person is None:
            if not state.of_visit:
                _check_person_can_be_rung(desk)
            return asked
        case Deeds.TAKE_OVER | Deeds.PERSON:
            return _with_whom(asked, state, desk)
        case _:
            return asked


def _check_reachable(record: CallRecord | None, now_ms: int) -> None:
    if record is None or record.ended:
        raise CallRefusedError(CALL_OVER, "The call is over.")
    if now_ms - (record.last_seen_ms or 0) > FORGOTTEN_MS:
        raise CallRefusedError(CALL_OVER, "Nothing was heard of it for longer than a call lasts.")
    if record.value("control_url") is None:
        raise CallRefusedError(NOT_POSSIBLE, "It is not known yet how this call can be reached.")


def _check_person_can_be_rung(desk: ActionDesk) -> None:
    """Whether the telephone of a person is rung now, by the provider. Raises CallRefusedError."""
    if desk.departments.person_number is None:
        raise CallRefusedError(NOT_POSSIBLE, "No telephone of a person is configured.")
    if not desk.takers.is_open(PERSON):
        raise CallRefusedError(NOT_POSSIBLE, "It is closed: no person is rung now.")


def _with_whom(asked: OperatorAsked, state: ConversationState, desk: ActionDesk) -> OperatorAsked:
    """Who takes the caller: whoever is named, else whoever asks; see `_judged`."""
    colleague = _colleague(asked, desk)
    if not state.of_visit and colleague.number is None:
        why = "The call is at the provider, which rings no address of SIP."
        raise CallRefusedError(NOT_POSSIBLE, why)
    stands = desk.takers.stands(colleague)
    if not stands.is_open:
        where = ", ".join(colleague.departments)
        why = f"It is closed where {colleague.name} takes callers: {where}."
        raise CallRefusedError(NOT_POSSIBLE, why)
    if not state.of_visit:  # nobody logs in where the provider owns the number
        return replace(asked, person=colleague.person_id, number=colleague.number)
    if not stands.can_take:
        why = f"{colleague.name} is {stands.state.value}; whoever takes callers has to be ready."
        raise CallRefusedError(NOT_POSSIBLE, why)
    return replace(asked, person=colleague.person_id)


def _colleague(asked: OperatorAsked, desk: ActionDesk) -> Colleague:
    people = desk.takers.roster.people
    if asked.person is not None:
        return people[asked.person]
    mine = asked.by.casefold()
    for person_id, one in people.items():
        if mine in {person_id.casefold(), one.name.casefold()}:
            return one
    why = "Nobody of your name is in people.toml: say by `person` whose telephone is to ring."
    raise CallRefusedError(NOT_POSSIBLE, why)
