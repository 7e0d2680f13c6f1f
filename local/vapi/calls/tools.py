"""The model's tool calls: our own functions, and the questions that Vapi's tools ask us."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from local.vapi.calls.answers import tool_answer_problems
from local.vapi.calls.control import command_problems, destination_problems
from local.vapi.ids import tool_call_id
from local.vapi.rules import problems
from local.vapi.webhooks import messages as vapi_messages
from local.vapi.webhooks.delivery import SUCCESS, Delivery, Reply

if TYPE_CHECKING:
    from local.vapi.calls.live_call import LiveCall
    from local.vapi.scripts.callers_format import ToolUse

Json = dict[str, Any]


class ToolCalls:
    """Sends a call's tool calls and judges the answers."""

    def __init__(self, call: LiveCall, delivery: Delivery) -> None:
        self._call = call
        self._delivery = delivery

    def call(self, use: ToolUse, at_ms: int) -> None:
        """The model calls a tool at a simulated time."""
        tool = self._definition(use.name)
        if use.name == "transferCall" and tool.get("type") != "function":
            self._ask("transfer-destination-request", {}, tool=tool, use=use, at_ms=at_ms)
        elif tool.get("type") == "handoff":
            self._hand_off(tool, use, at_ms)
        else:
            asked = tool_call_id()
            fields = vapi_messages.tool_calls(asked, use.name, use.arguments, use.shape, tool)
            self._ask("tool-calls", fields, tool=tool, use=use, at_ms=at_ms, asked=asked)

    def _definition(self, name: str) -> Json:
        model, saved = self._call.assistant.get("model", {}), self._call.account.saved["tool"]
        known = [saved[tool_id] for tool_id in model.get("toolIds", []) if tool_id in saved]
        for tool in (*model.get("tools", []), *known):
            own = tool.get("function", {}).get("name") or tool["type"]
            if own == name:
                return dict(tool)
        # A saved tool that is gone, or a script that plays an older configuration.
        anything = {"type": "object", "properties": {}}
        return {"type": "function", "function": {"name": name, "parameters": anything}}

    def _hand_off(self, tool: Json, use: ToolUse, at_ms: int) -> None:
        fixed = [each for each in tool.get("destinations", []) if each["type"] == "assistant"]
        if fixed:
            self._call.commands.hand_off(fixed[0], "", at_ms)
        else:
            fields = {"parameters": use.arguments}
            self._ask("handoff-destination-request", fields, tool=tool, use=use, at_ms=at_ms)

    def _ask(  # noqa: PLR0913 - one question, all of whose parts differ
        self, kind: str, fields: Json, *, tool: Json, use: ToolUse, at_ms: int, asked: str = ""
    ) -> None:
        details: Json = {"v_ms": at_ms, "tool": use.name, "arguments": use.arguments}
        self._delivery.ask(
            kind,
            self._call.encoded(kind, at_ms, fields),
            self._call.to_server(tool),
            details,
            lambda reply: self._call.timeline.soon(
                partial(self._answered, kind, use.name, asked, reply)
            ),
        )

    def _answered(self, kind: str, name: str, asked: str, reply: Reply, at_ms: int) -> None:
        found = self._judge(kind, name, asked, reply)
        self._call.note(
            "tool-answered",
            at_ms,
            type=kind,
            tool=name,
            status=reply.status,
            took_ms=reply.took_ms,
            answer=_told(reply),
            problems=found,
        )
        for problem in found:
            self._call.violation(f"answer to {kind} ({name}): {problem}")
        answer = reply.json
        if found or not isinstance(answer, dict) or "destination" not in answer:
            return
        if kind == "transfer-destination-request":
            self._call.commands.transfer(answer["destination"], "", at_ms)
        elif kind == "handoff-destination-request":
            self._call.commands.hand_off(answer["destination"], "", at_ms)

    def _judge(self, kind: str, name: str, asked: str, reply: Reply) -> list[str]:
        check = self._call.account.check
        if kind == "tool-calls":
            found = tool_answer_problems(reply, asked, name)
            schema = "ServerMessageResponseToolCalls"
        else:
            found = self._destination_problems(kind, reply)
            schema = "ServerMessageResponseTransferDestinationRequest"
        if not found and check and kind != "handoff-destination-request":
            found = check(schema, reply.json)
        return found

    def _destination_problems(self, kind: str, reply: Reply) -> list[str]:
        if reply.status not in SUCCESS:
            return [f"answered {reply.status}" if reply.status else "no answer in time"]
        transfer = kind == "transfer-destination-request"
        rule = "TransferDestinationAnswer" if transfer else "HandoffDestinationAnswer"
        found = problems(rule, reply.json)
        answer = reply.json
        if found or not isinstance(answer, dict) or "error" in answer:
            return found
        if "destination" not in answer:
            return ["the answer has neither destination nor error"]
        if transfer:
            return destination_problems(answer["destination"])
        team = self._call.team
        members = team.members if team else ()
        handoff = {"type": "handoff", "destination": answer["destination"]}
        return command_problems(handoff, assistants=members)


def _told(reply: Reply) -> str:
    """What the model is told, for the log: the results' texts, or the start of the body."""
    answer = reply.json
    results = answer.get("results") if isinstance(answer, dict) else None
    if isinstance(results, list) and all(isinstance(each, dict) for each in results):
        return "; ".join(str(each.get("result", each.get("error"))) for each in results)
    return reply.body.decode("utf-8", "replace")[:500]
