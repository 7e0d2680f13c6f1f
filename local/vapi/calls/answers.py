"""What our server answers to the questions of a call, and whether Vapi could use it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.vapi.calls.control import destination_problems
from local.vapi.calls.team import NotFoundError, Team, team_of
from local.vapi.rules import problems
from local.vapi.webhooks.delivery import SUCCESS, Reply

if TYPE_CHECKING:
    from local.vapi.calls.account import Account

Json = dict[str, Any]


def encode(message: Json) -> bytes:
    """The bytes of a message, as they are signed and sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of an assistant-request: a team, a number to forward to, or an end."""

    team: Team | None = None
    destination: Json | None = None
    ended_reason: str = "assistant-request-failed"
    problems: list[str] = field(default_factory=list)


def read_assistant_request(reply: Reply, account: Account, *, withheld: bool = False) -> Verdict:
    """Judge the answer to an assistant-request as Vapi does (Vapi §2).

    Args:
        reply: Our server's.
        account: Whose call it is.
        withheld: Whether a server that the answer names gets no credential, as one in a request.
    """
    if reply.status not in SUCCESS:
        why = f"Request failed with status code {reply.status}" if reply.status else "No answer"
        return Verdict(problems=[why])
    answer = reply.json
    if not isinstance(answer, dict):
        return _invalid(["the answer is no JSON object"])
    if "error" in answer:
        return Verdict(ended_reason="assistant-request-returned-error")
    found = _answer_problems(answer, account)
    if found:
        return _invalid(found)
    if "destination" in answer:
        return _forward(answer["destination"])
    return _team(answer, account, withheld=withheld)


def _answer_problems(answer: Json, account: Account) -> list[str]:
    found = account.wrong("AssistantRequestAnswer", "ServerMessageResponseAssistantRequest", answer)
    if found or not account.check:
        return found
    for name, schema in (("squad", "CreateSquadDTO"), ("assistant", "CreateAssistantDTO")):
        found += account.check(schema, answer[name]) if name in answer else []
    return found


def _team(answer: Json, account: Account, *, withheld: bool) -> Verdict:
    try:
        return Verdict(team=team_of(answer, account, from_request=withheld))
    except NotFoundError as error:
        if {"assistantId", "squadId", "squad"} & set(answer):
            return _invalid([str(error)])
        reason = "assistant-request-returned-no-assistant"
        return Verdict(ended_reason=reason, problems=[str(error)])


def _forward(destination: Json) -> Verdict:
    found = destination_problems(destination)
    if found:
        return _invalid(found)
    reason = "assistant-request-returned-forwarding-phone-number"
    return Verdict(destination=destination, ended_reason=reason)


def _invalid(found: list[str]) -> Verdict:
    return Verdict(ended_reason="assistant-request-returned-invalid-assistant", problems=found)


def tool_answer_problems(reply: Reply, tool_call_id: str, name: str) -> list[str]:
    """Why the model would read "No result returned"; empty when it gets the result."""
    if reply.status != SUCCESS.start:
        return [f"answered {reply.status}, not 200" if reply.status else "no answer in time"]
    answer = reply.json
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        return ["the answer has no list `results`"]
    mine = [each for each in answer["results"] if each.get("toolCallId") == tool_call_id]
    if len(mine) != len(answer["results"]):
        return ["a result names a toolCallId that was not asked"]
    if len(mine) != 1:
        return [f"{len(mine)} results for one tool call"]
    return _result_problems(mine[0], name) or problems("ToolCallsAnswer", answer)


def _result_problems(result: Json, name: str) -> list[str]:
    found = []
    if result.get("name") != name:
        found.append(f"name is {result.get('name')!r}, the tool is {name!r}")
    text = result.get("result", result.get("error"))
    if not isinstance(text, str):
        found.append("result is not a string")
    elif "\n" in text or "\r" in text:
        found.append("result has a line break")
    return found
