"""The tools that our assistants may call. What a model says is data, never obeyed or repeated.

Every answer is one line of ours; destinations are members of the configured set, whatever the
arguments were (docs/sources.md, reliability, controls 12 and 15).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.callbacks import BadCallbackError, judge_callback
from contact_center.conversations.domain.departments import PERSON
from contact_center.conversations.domain.routing_tools import ROUTING_TOOLS, department_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from contact_center.conversations.domain.departments import Departments
    from contact_center.conversations.domain.messages import ToolCall

LEAD_ARGUMENTS = {"budget": "budget", "timeline": "timeline", "decisionMaker": "decision maker"}
NOT_SAID = frozenset({"", "unknown", "none", "n/a", "null", "not sure"})

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
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
    """

    text: str
    failed: bool = False
    department: str | None = None
    callback: str | None = None


def answer_tool(call: ToolCall, departments: Departments, heard: str | None = None) -> ToolAnswer:
    """Answer one tool call.

    Args:
        call: What the model asked for.
        departments: Who can take the call.
        heard: Where the customer was heard to want to go: for a routing tool that names nowhere.

    Returns:
        The answer; an unknown tool or a missing argument is an error that says what to do.
    """
    if call.problem:
        return ToolAnswer(call.problem, failed=True)
    if call.name in ROUTING_TOOLS:
        asked = department_asked(call.name, call.arguments, departments)
        return _route(asked or departments.resolve(heard), departments)
    tool = _TOOLS.get(call.name)
    if tool is None:
        return ToolAnswer("There is no such tool. Go on without it.", failed=True)
    return tool(call.arguments)


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
    arguments: Mapping[str, object], now: datetime, *, zone: str | None, in_campaign: bool
) -> ToolAnswer:
    """Answer the tool that an agreed time for another call is passed on with.

    The answer says what the customer is told and what is kept: both are one judgement.

    Args:
        arguments: Of the model.
        now: The civil instant at which the message was sent, so that whoever reads it again
            comes to the same.
        zone: The zone in which the model was told the time, or None.
        in_campaign: Whether this is a campaign's call: only those are planned again. What is
            planned is taken from the call's record when the call has ended.
    """
    if not in_campaign:
        return ToolAnswer("Not stored: ask the customer to call us at that time.", failed=True)
    try:
        at = judge_callback(arguments, now, zone)
    except BadCallbackError as error:
        return ToolAnswer(f"Not stored: {error}. Ask again.", failed=True)
    return ToolAnswer(
        "Stored. Say that we call back then if the law allows it at that hour, thank the customer"
        " and end the call.",
        callback=at.isoformat(timespec="minutes"),
    )


def result_of(call: ToolCall, answer: ToolAnswer) -> str:
    """An answer as Vapi's result object, in JSON: one line, with the name (Vapi §2)."""
    result = {
        "toolCallId": call.tool_call_id or "",
        "name": call.name,
        "error" if answer.failed else "result": _LINE_BREAKS.sub(" ", answer.text).strip(),
    }
    return json.dumps(result, separators=(",", ":"))


def _route(key: str | None, departments: Departments) -> ToolAnswer:
    if key is None:
        known = ", ".join([*departments.by_key, PERSON])
        return ToolAnswer(f"No such department. The departments are: {known}.", failed=True)
    if key == PERSON and departments.person_number is None:
        return ToolAnswer(
            "No person can be reached by telephone, and the caller is being told so."
            " Go on helping them yourself.",
            department=key,
        )
    name = "a person" if key == PERSON else departments.by_key[key].name
    return ToolAnswer(f"The caller is being connected to {name}. Say nothing more.", department=key)


def _qualify_lead(arguments: Mapping[str, object]) -> ToolAnswer:
    missing = [name for key, name in LEAD_ARGUMENTS.items() if not _said(arguments.get(key))]
    if missing:
        return ToolAnswer(
            f"Stored. The lead is not qualified: {', '.join(missing)} unknown."
            " Offer to send information by e-mail."
        )
    return ToolAnswer("Stored. The lead is qualified. Offer a demo.")


def _book_demo(arguments: Mapping[str, object]) -> ToolAnswer:
    missing = [name for name in ("day", "time") if not _said(arguments.get(name))]
    if missing:
        return ToolAnswer(f"Not stored: ask for the {' and the '.join(missing)}.", failed=True)
    email = arguments.get("email")
    if _said(email) and not _is_email(email):
        return ToolAnswer("Not stored: the e-mail address is incomplete. Ask again.", failed=True)
    return ToolAnswer("The request for the demo is stored. Say that a colleague will confirm it.")


def _take_email(arguments: Mapping[str, object]) -> ToolAnswer:
    if not _is_email(arguments.get("email")):
        return ToolAnswer("Not stored: the e-mail address is incomplete. Ask again.", failed=True)
    return ToolAnswer("The address is stored. Say that the information is on its way.")


def _said(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in NOT_SAID
    return value is not None


def _is_email(value: object) -> bool:
    return isinstance(value, str) and _EMAIL.fullmatch(value.strip()) is not None


_TOOLS: dict[str, Callable[[Mapping[str, object]], ToolAnswer]] = {
    "qualifyLead": _qualify_lead,
    "bookDemo": _book_demo,
    "takeEmail": _take_email,
}
ANSWERED_TOOLS = frozenset(_TOOLS)  # beside the routing ones; config may offer no others
