"""How and when a decision is carried out, and when it is not any more.

A decision is made once (routing.py); by the time somebody can act on it, the caller may have cut
in, be leaving, be there already or be gone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.deciding.call_commands import (
    Command,
    EndCall,
    GetPerson,
    Handoff,
    Instruct,
    Mute,
    Say,
    Transfer,
)
from contact_center.conversations.domain.deciding.routing import (
    ActionKind,
    asks_back,
    awaits_the_tool,
    hands_over,
    is_of_operator,
    is_owed,
    ordinal,
    says_goodbye,
)
from contact_center.conversations.domain.folding.person_question import CLEAR
from contact_center.conversations.domain.operators import OPERATOR_FRESH_MS
from contact_center.conversations.domain.policy import DEPARTMENT, DEPARTMENTS
from contact_center.conversations.domain.resuming import RESUMED
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.policy import Policy, Texts

# A decision that a crash left behind is acted on by whoever hears of the call next. A caller who
# asked for billing half a minute ago still wants it; one who asked before a longer break has
# been told something else since. Speech has its own, shorter limit (policy.toml).
ACTION_FRESH_MS = 30_000

_FOR_A_PERSON = frozenset({ActionKind.TO_PERSON, ActionKind.INSTEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A call as it stands when its decisions are carried out.

    Attributes:
        ended: Whether the call is over.
        decisions: All that were ever committed.
        new: Those that the message at hand has brought.
        failed: Numbers of those that the other side refused or let fall.
        by_name: Whether callers are handed to an assistant by its name while that works.
        heard_at_ms: When that message was received, ms since 1970: speech that it calls for is
            late when the message itself has waited.
        on_list: Whether a customer who asked for it certainly is on our do-not-call list.
    """

    state: ConversationState
    ended: bool
    decisions: Sequence[Decision]
    new: Sequence[Decision]
    failed: Collection[int]
    heard_at_ms: int
    by_name: bool = False
    on_list: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """One decision, ready to be carried out.

    Attributes:
        due_at_ms: When, ms since 1970 by our clock.
        overtaken: Whether it would be late, or is not what the call wants any more.
    """

    command: Command | GetPerson
    due_at_ms: int
    overtaken: bool


def deed(
    decision: Decision, call: Situation, departments: Departments, policy: Policy, now_ms: int
) -> Deed:
    """What becomes of a committed decision now.

    Args:
        decision: One that nobody has begun to act on.
        call: The call it belongs to.
        departments: Who can take the call, and the number of a person.
        policy: Texts and limits.
        now_ms: Our clock, ms since 1970.
    """
    command = command_for(
        decision,
        departments,
        policy,
        by_name=_by_name(call),
        on_list=call.on_list,
        people_of=people_of(decision, call.state, departments),
    )
    if isinstance(command, Handoff) and decision.reason == RESUMED:
        command = replace(command, whole=True, resumes=call.state.resumes)
    due_ms = due_at_ms(decision, call.state, policy)
    overtaken = _is_overtaken(decision, command, call, policy, now_ms)
    return Deed(command, due_ms, overtaken)


def people_of(decision: Decision, state: ConversationState, departments: Departments) -> str | None:
    """Key of the department whose people a decision is about; None: the call is of no visit."""
    if not state.of_visit:
        return None
    if decision.kind is ActionKind.TAKE_OVER:
        return state.location or departments.default
    known = decision.department in departments.by_key
    return decision.department if known else state.location or departments.default


def takes_back(decision: Decision, decisions: Sequence[Decision], departments: Departments) -> bool:
    """Whether a caller for whom people were asked does not want one any more, by this decision."""
    leaves = hands_over(decision) or decision.kind is ActionKind.NEVER_MIND
    before = [one for one in decisions if one.number < decision.number]
    return leaves and any(_asks_people(one, departments) for one in before)


def due_at_ms(decision: Decision, state: ConversationState, policy: Policy) -> int:
    """When a decision may be acted on, ms since 1970 by our clock: a question waits a little."""
    waits_ms = policy.clarify_wait_ms if asks_back(decision) else 0
    if awaits_the_tool(decision, state):
        waits_ms = policy.promise_wait_ms
    return decision.decided_at_ms + waits_ms


def command_for(  # noqa: PLR0913 - each of these is known of the call
    decision: Decision,
    departments: Departments,
    policy: Policy,
    *,
    by_name: bool = False,
    on_list: bool = False,
    people_of: str | None = None,
) -> Command | GetPerson:
    """Say how a decision is carried out.

    Args:
        decision: A committed decision.
        departments: Who can take the call, and the number of a person.
        policy: The texts.
        by_name: Whether the call knows our assistants, so that a name is enough.
        on_list: Whether the customer is on our do-not-call list: only then it may be said.
        people_of: Key of the department whose people are asked, in a call that belongs to a visit:
            no number can be rung from it.

    Returns:
        One command. A destination that cannot be reached becomes speech that says so and
        offers to take a message: never silence.
    """
    if is_of_operator(decision):
        command = _as_asked(decision, _texts_for(decision, policy))
    else:
        command = _command_for(decision, departments, policy, on_list=on_list)
    if isinstance(command, Handoff):
        return replace(command, whole=not by_name)
    if people_of is not None and _asks_people(decision, departments):
        texts = _texts_for(decision, policy)
        content = command.content if isinstance(command, Transfer) else texts.person
        return GetPerson(people_of, content, decision.person)
    return command


def _command_for(
    decision: Decision, departments: Departments, policy: Policy, *, on_list: bool
) -> Command:
    """How a decision is carried out where numbers can be rung."""
    texts = _texts_for(decision, policy)
    match decision.kind:
        case ActionKind.STOP_CALLING | ActionKind.NUMBER_NEEDED | ActionKind.EMERGENCY:
            return _owed(decision, texts, on_list=on_list)
        case ActionKind.SIMPLIFY:
            return Instruct(policy.simplify_instruction)
        case ActionKind.NEVER_MIND:
            return Instruct(policy.never_mind_instruction)
        case ActionKind.CLARIFY | ActionKind.ASK_PERSON:
            names = _spoken_list([d.name for d in departments.by_key.values()])
            return Say(_question(decision, texts).replace(DEPARTMENTS, names))
        case ActionKind.TO_PERSON | ActionKind.INSTEAD | ActionKind.SORRY:
            number, said = _people(decision, departments), decision.text
            nobody = Say(said or texts.nobody_free)
            return Transfer(number, said or texts.person) if number else nobody
        case _:
            said = texts.route if decision.kind is ActionKind.ROUTE else texts.default
            said = texts.resumed if decision.reason == RESUMED else said
            return _to_department(decision, departments, said) or Say(texts.nobody_free)


def _as_asked(decision: Decision, texts: Texts) -> Command:
    """What whoever watches the call has asked for."""
    match decision.kind:
        case ActionKind.TELL:
            return Instruct(decision.text)
        case ActionKind.MUTE | ActionKind.UNMUTE:
            return Mute(muted=decision.kind is ActionKind.MUTE)
        case ActionKind.END:
            return EndCall()
        case ActionKind.TAKE_OVER if decision.to is not None:
            return Transfer(decision.to, texts.person)
        case _:
            return Say(decision.text or texts.person)


def _texts_for(decision: Decision, policy: Policy) -> Texts:
    return policy.simplified_texts if decision.simplified else policy.texts


def _owed(decision: Decision, texts: Texts, *, on_list: bool) -> Say:
    """What is said however late. Nothing is promised that is not stored."""
    if says_goodbye(decision):
        return Say(texts.stop_calling if on_list else texts.goodbye, end_call_after=True)
    in_danger = decision.kind is ActionKind.EMERGENCY
    return Say(texts.emergency if in_danger else texts.number_needed)


def _question(decision: Decision, texts: Texts) -> str:
    """What a caller is asked who goes nowhere yet."""
    if decision.kind is ActionKind.CLARIFY:
        return texts.clarify[ordinal(decision) - 1]
    return texts.ask_person if decision.reason == CLEAR else texts.ask_person_or


def _by_name(call: Situation) -> bool:
    """Whether a colleague's name is enough, where an owner has chosen names.

    Whom we call hears one assistant and no squad. A caller may as well, when the number at Vapi
    has an assistant of its own: there the first handoff by name fails.
    """
    failed = any(
        hands_over(decision) and decision.number in call.failed for decision in call.decisions
    )
    return call.by_name and not call.state.outbound and not failed


def _is_overtaken(
    decision: Decision, command: Command | GetPerson, call: Situation, policy: Policy, now_ms: int
) -> bool:
    if is_of_operator(decision):
        late = now_ms - decision.decided_at_ms > OPERATOR_FRESH_MS
        return call.ended or late or decision.kind is ActionKind.AS_IT_IS
    if is_owed(decision):  # never late: the customer would still be on the line
        return call.ended
    if any(says_goodbye(later) and later.number > decision.number for later in call.decisions):
        return True
    if not isinstance(command, Say):
        return now_ms - decision.decided_at_ms > ACTION_FRESH_MS or _is_unwanted(decision, call)
    since_ms = due_at_ms(decision, call.state, policy)
    if decision in call.new:
        since_ms = min(since_ms, call.heard_at_ms)
    return now_ms - since_ms > policy.speech_fresh_ms or _is_unsayable(decision, call)


def _is_unsayable(decision: Decision, call: Situation) -> bool:
    """Whether the caller has cut in since, is leaving, or is gone."""
    is_stale = decision.turn < call.state.turn
    is_leaving = any(
        later.number > decision.number and later.department is not None for later in call.decisions
    )
    return call.ended or is_stale or is_leaving


def _is_unwanted(decision: Decision, call: Situation) -> bool:
    """Whether the caller is to be elsewhere by now, is there already, or is gone."""
    if call.ended:
        return True
    if decision.department is None:
        return False
    return call.state.arrived or call.state.destination != decision.department


def _asks_people(decision: Decision, departments: Departments) -> bool:
    department = departments.by_key.get(decision.department or "")
    by_people = department is not None and department.assistant is None
    if decision.kind is ActionKind.TAKE_OVER:
        return True
    return _wants_people(decision) or (hands_over(decision) and by_people)


def _wants_people(decision: Decision) -> bool:
    return decision.kind in _FOR_A_PERSON and decision.department is not None


def _people(decision: Decision, departments: Departments) -> str | None:
    """Whom to ring, or None: then it is only spoken of."""
    if decision.to is not None:
        return decision.to
    if decision.kind is ActionKind.INSTEAD:
        return departments.number_instead_of(decision.department)
    return departments.person_number if _wants_people(decision) else None


def _to_department(
    decision: Decision, departments: Departments, said: str
) -> Handoff | Transfer | None:
    department = departments.by_key.get(decision.department or "")
    if department is None:
        return None
    content = said.replace(DEPARTMENT, department.name)
    if department.assistant is not None:
        return Handoff(department.assistant, content)
    number = decision.to or department.number
    return None if number is None else Transfer(number, decision.text or content)


def _spoken_list(names: Sequence[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} or {last}" if before else last
