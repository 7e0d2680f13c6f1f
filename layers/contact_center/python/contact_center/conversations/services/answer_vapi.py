"""Answer the messages that want one: a pure rule, at most two reads and two writes.

Nothing here raises for what the table, the configuration or the caller does: a caller waits on
the line, so whatever fails, the answer is a sensible default and a metric says what failed.
"""

from __future__ import annotations

import json
from dataclasses import field, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.callbacks import CALLBACK_TOOL
from contact_center.conversations.domain.closed_people import (
    never_closed,
    whose_telephone,
)
from contact_center.conversations.domain.facts import ToolCalled
from contact_center.conversations.domain.messages import QuestionKind
from contact_center.conversations.domain.routing_tools import names_nowhere
from contact_center.conversations.services.answer_caller import Rang, answer_caller
from contact_center.conversations.services.tools import (
    NOT_KEPT,
    STAYS_WITH_YOU,
    answer_callback,
    answer_number_needed,
    answer_stop,
    answer_stop_later,
    answer_tool,
    result_of,
    with_call_at,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.spoken import SPOKEN_MOMENT
from contact_center.permission.domain.opt_out import STOP_TOOL
from contact_center.records.domain.redaction_kinds import EVERYTHING, Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from contact_center.conversations.domain.closed_people import ClosedAt
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.messages import Question, ToolCall
    from contact_center.conversations.domain.policy import Policy
    from contact_center.conversations.services.ports.callers import (
        BrokenVisits,
        CallMemory,
        EarlierTalks,
        Resumptions,
        SquadComposer,
    )
    from contact_center.conversations.services.ports.messages import ToolAnswers
    from contact_center.conversations.services.tools import ToolAnswer
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.services.card_ports import CardReads

# Vapi waits this long for more words when its endpointing server says nothing better; the
# assistants of the configuration do not ask (they use Vapi's own endpointing).
ENDPOINTING_SECONDS = 0.5

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What answers are made of.

    Attributes:
        departments: Who can take a call, the person's number included.
        squad_id: A saved squad to answer with, or None: the configured one is sent whole.
        visits: None: calls that were ordered for visits are not offered to who rings again here.
        stop_calling: Puts the customer of a question onto our do-not-call list; whether they are
            on it now, which they cannot be without a number. Raises StoreUnavailableError.
        may_dial: Whether a campaign of Vapi's own may call its contact.
        civil_at: The civil instant at a machine instant, aware.
        expected: Of a claim and a call, the caller of a visit that waits for it; None: there is
            none. None: calls that come in are of no visit.
        redaction: What is not kept of words.
        looks_up: Whether who answers can look up who calls once he has said his name.
        cards: What a CRM said of customers; None: none is asked.
        closed_at: When people of departments are not rung.
        keeping: By name the tools that keep something themselves: each is told the tool call and
            the message that it came with.
    """

    departments: Departments
    policy: Policy
    squad: SquadComposer
    tool_answers: ToolAnswers
    memory: CallMemory
    clock: Clock
    metrics: Metrics
    squad_id: str | None
    resumptions: Resumptions
    stop_calling: Callable[[Question], bool]
    may_dial: Callable[[Question], bool]
    civil_at: Callable[[int], datetime]
    visits: BrokenVisits | None = None
    talks: EarlierTalks | None = None
    expected: Callable[[str | None, str | None], Rang | None] | None = None
    redaction: Redaction = EVERYTHING
    looks_up: bool = False
    cards: CardReads | None = None
    closed_at: ClosedAt = never_closed
    keeping: Mapping[str, Callable[[ToolCall, Question], ToolAnswer]] = field(default_factory=dict)


def answer_vapi(question: Question, base_url: str, parts: Answering) -> str:
    """Answer one question.

    Args:
        question: What Vapi wants to know.
        base_url: Where Vapi reaches us, without a trailing slash.
        parts: What answers are made of.

    Returns:
        The JSON of the response; its status is always 200.
    """
    match question.kind:
        case QuestionKind.ASSISTANT:
            return _json(_who_answers(question, base_url, parts))
        case QuestionKind.TOOLS | QuestionKind.FUNCTION:
            return _tool_results(question, parts)
        case QuestionKind.TRANSFER:
            return _json(_transfer(question, parts))
        case QuestionKind.HANDOFF:
            return _json(_handoff(question, parts))
        case QuestionKind.PREDIAL:
            return _json({"eligible": parts.may_dial(question)})
        case _:
            return _json(_CONSTANT_ANSWERS[question.kind])


def _who_answers(question: Question, base_url: str, parts: Answering) -> Json:
    call_id = question.call_id
    rang: Rang | None = None
    if not question.for_visits:
        rang = Rang(number=question.customer_number, known_as=call_id, call_id=call_id)
    elif parts.expected is not None:
        rang = parts.expected(question.visit_claim, call_id)
    if rang is None:  # the leg that it may be the end of comes back to us, and is seen to
        return {"error": SPOKEN_MOMENT}
    return answer_caller(rang, base_url, parts).body


# Knowledge bases and voices of our own are not used: each gets the answer that does no harm.
_CONSTANT_ANSWERS: dict[QuestionKind, Json] = {
    QuestionKind.KNOWLEDGE: {"documents": []},
    QuestionKind.VOICE: {"data": ""},
    QuestionKind.ENDPOINTING: {"timeoutSeconds": ENDPOINTING_SECONDS},
}


def _json(answer: Json) -> str:
    return json.dumps(answer, separators=(",", ":"))


def _tool_results(question: Question, parts: Answering) -> str:
    results = [_tool_result(call, question, parts) for call in question.tool_calls]
    answer = f'{{"results":[{",".join(results)}]'
    if question.kind is QuestionKind.FUNCTION:  # the legacy message reads `result` alone
        first = json.loads(results[0])
        answer += f',"result":{json.dumps(first.get("result") or first.get("error"))}'
    return answer + "}"


def _tool_result(call: ToolCall, question: Question, parts: Answering) -> str:
    answer = _tool_answer(call, question, parts)
    parts.metrics.count("tool_called", failed=str(answer.failed).lower())
    if question.call_id is None or call.tool_call_id is None:
        # Without an id nothing tells a repetition from a second call: nothing is kept here.
        return _unless_lost(call, answer, question)
    called = _called(call, answer, question.call_id, question, parts)
    try:
        result = result_of(replace(call, name=called.name), answer)
        return parts.tool_answers.store_if_absent(called, result)
    except StoreUnavailableError:
        parts.metrics.count("tool_answer_unstored")
        return _unless_lost(call, answer, question)


def _unless_lost(call: ToolCall, answer: ToolAnswer, question: Question) -> str:
    """An answer that is in no table: the router writes it, if it hears of the question."""
    kept = question.queued and question.call_id is not None
    return result_of(call, NOT_KEPT if answer.promises and not kept else answer)


def _tool_answer(call: ToolCall, question: Question, parts: Answering) -> ToolAnswer:
    if call.name == STOP_TOOL:
        return _stop(question, parts)
    if call.name in parts.keeping and not call.problem:
        return parts.keeping[call.name](call, question)
    if call.name == CALLBACK_TOOL and not call.problem:
        return answer_callback(
            call.arguments,
            parts.civil_at(question.at_ms),
            zone=question.timezone,
            in_campaign=question.campaign_id is not None,
            reachable=question.reachable,
        )
    heard = None
    if names_nowhere(call.name, call.arguments) and not call.problem:
        heard = _heard(question, parts)
    return answer_tool(
        call,
        parts.departments,
        heard,
        of_visit=question.of_visit,
        closed=lambda key: parts.closed_at(key, parts.clock.now_ms()),
    )


def _heard(question: Question, parts: Answering) -> str | None:
    """Where the customer was heard to want to go, as far as the router has come."""
    return _read(parts.memory.intent_of, question, parts, "intent")


def _read(
    look: Callable[[str], str | None], question: Question, parts: Answering, what: str
) -> str | None:
    """What the record of the call says, or None."""
    if question.call_id is None:
        return None
    try:
        return look(question.call_id)
    except StoreUnavailableError:
        parts.metrics.count("read_failed", read=what)
        return None


def _stop(question: Question, parts: Answering) -> ToolAnswer:
    """Carry an opt-out out before it is answered: told again, it is written once."""
    try:
        stored = parts.stop_calling(question)
    except StoreUnavailableError:
        parts.metrics.count("opt_out_unstored")  # the router writes it when it hears of the call
        return answer_stop_later(placed=question.placed)
    return answer_stop(placed=question.placed) if stored else answer_number_needed()


def _called(
    call: ToolCall, answer: ToolAnswer, call_id: str, question: Question, parts: Answering
) -> ToolCalled:
    """The call as it is stored: what is not to be kept of its words goes before it is."""
    from contact_center.conversations.domain.redacted_facts import (  # noqa: PLC0415
        redacted_called,  # few questions need it, and who rings in waits for none of it
    )

    called = ToolCalled(
        call_id=call_id,
        at_ms=question.at_ms,
        key=call.key(question.stamp),
        tool_call_id=call.tool_call_id or "",
        name=call.name,
        arguments=with_call_at(call.arguments, answer),
        answer=answer.text,
        department=answer.department,
        in_campaign=question.campaign_id is not None,
        timezone=question.timezone,
        callback=answer.callback,
        reachable=question.reachable,
        follow_up=answer.follow_up,
    )
    return redacted_called(called, parts.redaction)


def _transfer(question: Question, parts: Answering) -> Json:
    if question.of_visit:
        # Vapi cannot ring from a line of ours: the router has people asked, and says so
        # (vapi/webhooks/facts.py).
        return {"error": STAYS_WITH_YOU}
    departments = parts.departments
    key = _asked_for(question, parts)
    department = departments.by_key.get(key or "")
    number = (department.number if department else None) or departments.person_number
    if number is None:
        return {"error": parts.policy.texts.nobody_free}
    said = parts.policy.texts.person
    closed = parts.closed_at(whose_telephone(number, key, departments), parts.clock.now_ms())
    if closed is not None and closed.number is None:
        return {"error": closed.say}
    if closed is not None:
        number, said = closed.number, closed.say
    return {"destination": {"type": "number", "number": number, "message": said}}


def _handoff(question: Question, parts: Answering) -> Json:
    departments = parts.departments
    key = _asked_for(question, parts)
    for department in (departments.by_key.get(key or ""), departments.by_key[departments.default]):
        if department is not None and department.assistant:
            destination = {"type": "assistant", "assistantName": department.assistant}
            return {"destination": destination}
    # Nobody's assistant serves the default department either: stay where the caller is. The
    # schema wants a destination, but one that does not exist would end the call.
    return {"error": parts.policy.texts.nobody_free}


def _asked_for(question: Question, parts: Answering) -> str | None:
    """The key that the question's own words mean, else what the call's record says."""
    for word in question.words:
        key = parts.departments.resolve(word)
        if key is not None:
            return key
    return _read(parts.memory.destination_of, question, parts, "destination")
