"""The tools that our assistants may call. What a model says is data, never obeyed or repeated.

Every answer is one line of ours; destinations are members of the configured set, whatever the
arguments were (docs/sources.md, reliability, controls 12 and 15).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.callbacks import (
    CALLBACK_TOOL,
    BadCallbackError,
    judge_callback,
)
from contact_center.conversations.domain.follow_ups import (
    CALL_AT,
    FOLLOW_UP_TOOLS,
    TAKE_MESSAGE,
    FollowUpKind,
    IncompleteFollowUpError,
    judge_follow_up,
    was_said,
)
from contact_center.conversations.domain.routing_tools import ROUTING_TOOLS, department_asked
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from contact_center.conversations.domain.closed_people import ClosedPeople
    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.messages import ToolCall

LEAD_ARGUMENTS = {"budget": "budget", "timeline": "timeline", "decisionMaker": "decision maker"}
QUALIFY_LEAD, BOOK_DEMO = "qualifyLead", "bookDemo"
SAVE_LEAD, SEND_INFORMATION = "saveLead", "sendInformation"
LOOK_UP = "lookUpCustomer"
# With services of their own; and all that config may offer.
KEEPING_TOOLS = frozenset({BOOK_DEMO, SAVE_LEAD, SEND_INFORMATION, LOOK_UP})
ANSWERED_TOOLS = FOLLOW_UP_TOOLS - {TAKE_MESSAGE} | KEEPING_TOOLS | {QUALIFY_LEAD}

# What is true once it is noted, and no more: nobody confirms, sends or calls by himself.
_NOTED = {
    FollowUpKind.EMAIL: "the address. Say that it is noted for a colleague, and that nothing was"
    " sent yet.",
    FollowUpKind.CALL: "the wish to be called. Say that it is noted for a colleague; promise"
    " neither the call nor its time.",
    FollowUpKind.MESSAGE: "the message. Say that it is noted for a colleague; promise no answer.",
    FollowUpKind.CANCELLATION: "the cancellation, with today's date. Say that it is noted for a"
    " colleague, and that it is not confirmed yet.",
}

_LINE_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool call is told.

    Attributes:
        text: One line.
        failed: Whether it is an error rather than a result.
        department: The key the caller is to be sent to, or None.
        callback: When the customer is called again, as ISO 8601 in UTC; None: nothing of the
            kind was promised.
        follow_up: What is left for people to do, or None.
        call_at: When people are asked to call, as `callback` is written; None: at no certain time.
    """

    text: str
    failed: bool = False
    department: str | None = None
    callback: str | None = None
    follow_up: FollowUpKind | None = None
    call_at: str | None = None

    @property
    def promises(self) -> bool:
        """Whether it says that something is kept: nobody is told so before it is."""
        return self.callback is not None or self.follow_up is not None


NOT_KEPT = ToolAnswer(
    "Not stored: say that it could not be noted, and offer a person instead.", failed=True
)


_NUMBER_FIRST = ToolAnswer(
    "Not stored: this call does not show a number. Ask for one, and note it and the time with"
    " takeMessage.",
    failed=True,
)

# The caller of a visit, while people's telephones ring for him.
STAYS_WITH_YOU = (
    "A colleague is being asked, and the caller is told so for you. Until one takes the call the"
    " caller stays with you: do not call this again, and go on helping."
)


def answer_tool(
    call: ToolCall,
    departments: Departments,
    heard: str | None = None,
    *,
    of_visit: bool = False,
    closed: Callable[[str], ClosedPeople | None] = lambda _: None,
) -> ToolAnswer:
    """Answer one tool call.

    Args:
        call: What the model asked for.
        departments: Who can take the call.
        heard: Where the customer was heard to want to go: for a routing tool that names nowhere.
        of_visit: Whether people are asked for the caller, who stays with the assistant meanwhile.
        closed: What becomes of who wants people of a destination; None: they can be rung.

    Returns:
        The answer; an unknown tool or a missing argument is an error that says what to do.
    """
    if call.problem:
        return ToolAnswer(call.problem, failed=True)
    if call.name in ROUTING_TOOLS:
        asked = department_asked(call.name, call.arguments, departments)
        key = asked or departments.resolve(heard)
        return _route(key, departments, closed, of_visit=of_visit)
    if call.name in FOLLOW_UP_TOOLS:
        return _note(call)
    if call.name == QUALIFY_LEAD:
        return _qualify_lead(call.arguments)
    return ToolAnswer("There is no such tool. Go on without it.", failed=True)


_GOODBYE = "Say nothing more: the goodbye is spoken for you, and the call ends."


def answer_stop(*, placed: bool) -> ToolAnswer:
    """Answer the tool that a customer's opt-out is passed on with, once it is stored.

    Args:
        placed: Whether the call goes out from us: then the goodbye is not the assistant's own.
    """
    what_next = _GOODBYE if placed else "Say so, and go on with what they called for."
    return ToolAnswer(f"Done: nobody calls this customer again. {what_next}")


def answer_stop_later(*, placed: bool) -> ToolAnswer:
    """The same when nobody knows whether it is stored."""
    what_next = _GOODBYE if placed else "Do not say that it is done."
    return ToolAnswer(f"Not done yet, it is tried again. {what_next}", failed=True)


def answer_number_needed() -> ToolAnswer:
    """The same where nobody knows whose telephone it is."""
    return ToolAnswer(
        "Not done: the customer's number is needed, and this call does not show it. Say so, and"
        " that they can call us again with their number shown.",
        failed=True,
    )


def answer_callback(
    arguments: Mapping[str, object],
    now: datetime,
    *,
    zone: str | None,
    in_campaign: bool,
    reachable: bool = True,
) -> ToolAnswer:
    """Answer the tool that an agreed time for another call is passed on with.

    The answer says what the customer is told and what is kept: both are one judgement. Only a
    campaign rings by itself; what is planned is taken from the call's record when the call has
    ended. In any other call the time is noted for people, and nothing is promised.

    Args:
        arguments: Of the model.
        now: The civil instant at which the message was sent, so that whoever reads it again
            comes to the same.
        zone: The zone in which the model was told the time; None: it was told to ask for one.
        in_campaign: Whether this is a campaign's call.
        reachable: Whether the call shows where the customer can be called.
    """
    try:
        if in_campaign:
            at = judge_callback(arguments, now, zone)
        elif reachable:
            at = judge_callback(_as_agreed(arguments, now, zone), now, None)
        else:
            return _NUMBER_FIRST
    except FieldError as error:
        return ToolAnswer(f"Not stored: {error}. Ask again.", failed=True)
    agreed = at.isoformat(timespec="minutes")
    if not in_campaign:
        kind = FollowUpKind.CALL
        return ToolAnswer(f"Stored: {_NOTED[kind]}", follow_up=kind, call_at=agreed)
    return ToolAnswer(
        "Stored. Say that we call back then if the law allows it at that hour, thank the customer"
        " and end the call.",
        callback=agreed,
    )


def with_call_at(arguments: Mapping[str, object], answer: ToolAnswer) -> dict[str, object]:
    """The arguments of a tool call, with the instant that was made of a day and a time in words."""
    return dict(arguments) | ({} if answer.call_at is None else {CALL_AT: answer.call_at})


def _as_agreed(
    arguments: Mapping[str, object], now: datetime, zone: str | None
) -> dict[str, object]:
    """A day and a time in words, as the judge of them reads them: nobody was told today's date.

    Raises FieldError: one is missing, or cannot be told.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - few messages ask for it, and a start does not

    from contact_center.kernel.time_zones import zone_named  # noqa: PLC0415 - as above
    from contact_center.records.domain.spoken_times import read_wish  # noqa: PLC0415 - as above

    place = zone_named(arguments.get("timezone") or zone)
    if place is None:
        raise BadCallbackError("timezone", "must be the customer's own, such as America/Chicago")
    wish = read_wish(arguments, now.astimezone(ZoneInfo(place)).date())
    if wish.day is None:
        raise BadCallbackError("day", "must be a date such as 2026-11-23")
    if len(wish.minutes) != 1:
        raise BadCallbackError("time", "must be a time of the day such as 15:30")
    [minute] = wish.minutes
    time = f"{minute // 60:02d}:{minute % 60:02d}"
    return {"day": wish.day.isoformat(), "time": time, "timezone": place}


def result_of(call: ToolCall, answer: ToolAnswer) -> str:
    """An answer as Vapi's result object, in JSON: one line, with the name (Vapi §2)."""
    result = {
        "toolCallId": call.tool_call_id or "",
        "name": call.name,
        "error" if answer.failed else "result": _LINE_BREAKS.sub(" ", answer.text).strip(),
    }
    return json.dumps(result, separators=(",", ":"))


def _route(
    key: str | None,
    departments: Departments,
    closed: Callable[[str], ClosedPeople | None],
    *,
    of_visit: bool,
) -> ToolAnswer:
    department = departments.by_key.get(key or "")
    by_people = key == PERSON or (department is not None and department.assistant is None)
    if of_visit and by_people:
        return ToolAnswer(STAYS_WITH_YOU, department=key)
    if key is None:
        known = ", ".join([*departments.by_key, PERSON])
        return ToolAnswer(f"No such department. The departments are: {known}.", failed=True)
    if key == PERSON and departments.person_number is None:
        return ToolAnswer(
            "No person can be reached by telephone, and the caller is being told so."
            " Go on helping them yourself; what you cannot do, note with takeMessage.",
            department=key,
        )
    name = "a person" if key == PERSON else departments.by_key[key].name
    now = closed(key) if by_people else None
    if now is not None and now.number is None:
        note = CALLBACK_TOOL if now.calls_back else TAKE_MESSAGE
        return ToolAnswer(
            "It is closed there now, and the caller is being told so. Go on helping them yourself;"
            f" offer to note with {note} what has to wait.",
            department=key,
        )
    return ToolAnswer(f"The caller is being connected to {name}. Say nothing more.", department=key)


def _note(call: ToolCall) -> ToolAnswer:
    try:
        kind = judge_follow_up(call.name, call.arguments)
    except IncompleteFollowUpError as error:
        return ToolAnswer(f"Not stored: {error}", failed=True)
    return ToolAnswer(f"Stored: {_NOTED[kind]}", follow_up=kind)


def _qualify_lead(arguments: Mapping[str, object]) -> ToolAnswer:
    missing = [name for key, name in LEAD_ARGUMENTS.items() if not was_said(arguments.get(key))]
    if missing:
        return ToolAnswer(
            f"Stored. The lead is not qualified: {', '.join(missing)} unknown."
            " Offer to note an e-mail address."
        )
    return ToolAnswer("Stored. The lead is qualified. Offer a demo.")
