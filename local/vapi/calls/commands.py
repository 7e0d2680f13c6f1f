"""Live control of a call: what its control URL is told, and what becomes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from local.vapi.calls.bypass import is_bypassed
from local.vapi.calls.control import command_problems
from local.vapi.calls.voice import Utterance

if TYPE_CHECKING:
    from local.vapi.calls.live_call import LiveCall

Json = dict[str, Any]

OK, BAD_REQUEST, NOT_FOUND = 200, 400, 404
RING_MS = 4000  # how long a transfer rings before nobody is there
FORWARDED = "assistant-forwarded-call"


class Commands:
    """Obeys a call's commands, on the call's own thread."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._forwarded_reason = FORWARDED
        faults = call.caller.faults
        self._to_swallow = {
            "handoff": faults.swallowed_handoffs,
            "transfer": faults.swallowed_transfers,
        }

    def receive(self, command: object) -> tuple[int, list[str]]:
        """Take one command from the control URL; safe from any thread.

        Returns:
            The HTTP status and what was wrong.
        """
        call = self._call
        kind = command.get("type") if isinstance(command, dict) else None
        status, found = self._judge(command)
        call.note(
            "command",
            call.timeline.now_ms(),
            kind=str(kind),
            accepted=not found,
            problems=found,
            target=_target(command),
            content=command.get("content") if isinstance(command, dict) else None,
        )
        if status == BAD_REQUEST:  # to command a call that has just ended is no mistake
            call.violation(f"command {kind}: {found[0]}")
        if not found and isinstance(command, dict) and not self._swallows(command):
            call.timeline.soon(partial(self._obey, command))
        return status, found

    def _swallows(self, command: Json) -> bool:
        """Whether a command is accepted and comes to nothing."""
        call, kind = self._call, command["type"]
        if not self._to_swallow.get(kind):
            return False
        self._to_swallow[kind] -= 1
        call.note(f"{kind}-swallowed", call.timeline.now_ms(), where=_target(command))
        return True

    def _judge(self, command: object) -> tuple[int, list[str]]:
        call = self._call
        if call.status == "ended":
            return NOT_FOUND, ["the call has ended"]
        members = call.team.members if call.team else ()
        found = command_problems(command, assistants=members)
        kind = command.get("type") if isinstance(command, dict) else None
        if not found and kind == "transfer" and is_bypassed(call.record.asked):
            found = ["Vapi does not transfer calls whose provider it bypasses"]
        if not found and call.status != "in-progress":
            found = [f"the call is {call.status}, not in progress"]
        return (BAD_REQUEST if found else OK), found

    def _obey(self, command: Json, at_ms: int) -> None:
        call = self._call
        match command["type"]:
            case "say":
                ends = partial(call.end, "assistant-ended-call-after-message-spoken")
                after = ends if command.get("endCallAfterSpoken") else None
                call.voice.say(Utterance(command["content"], after, commanded=True), at_ms)
            case "add-message":
                call.record.told(command["message"])
                if command.get("triggerResponseEnabled", True):
                    call.voice.say(Utterance("I see."), at_ms)
            case "control":
                self._control(command["control"], at_ms)
            case "end-call":
                call.end("assistant-ended-call", at_ms)
            case "transfer":
                self.transfer(command["destination"], command.get("content", ""), at_ms)
            case "handoff":
                self.hand_off(command["destination"], command.get("content", ""), at_ms)

    def _control(self, control: str, at_ms: int) -> None:
        voice = self._call.voice
        if control == "say-first-message":
            voice.say(Utterance(str(self._call.assistant.get("firstMessage", ""))), at_ms)
        elif control in ("mute-assistant", "unmute-assistant"):
            voice.mute(muted=control == "mute-assistant")

    def hand_off(self, destination: Json, content: str, at_ms: int) -> None:
        """Another assistant takes over once the content is spoken."""
        own = destination.get("assistant")
        name = destination.get("assistantName") or destination.get("assistantId")
        if own is not None:
            name = own.get("name", "assistant")
        self._begin(str(name), at_ms)
        self._after(content, partial(self._call.hand_over, str(name), own), at_ms)

    def transfer(self, destination: Json, content: str, at_ms: int) -> None:
        """A person's telephone rings once the content is spoken."""
        self._begin(str(destination.get("number") or destination.get("sipUri")), at_ms)
        self._after(content, partial(self._forward_after_words, destination), at_ms)

    def _forward_after_words(self, destination: Json, at_ms: int) -> None:
        if self._call.status == "in-progress":
            self.forward(destination, at_ms, FORWARDED)

    def forward(self, destination: Json, at_ms: int, reason: str) -> None:
        """Ring the number; `reason` is how the call will have ended if a person answers."""
        call = self._call
        self._forwarded_reason = reason
        call.voice.silence()
        call.timeline.at(at_ms, partial(call.forwarding, destination))
        rings_ms = call.caller.person_answers_after_ms if call.caller.person_answers else RING_MS
        settle = self._person_answered if call.caller.person_answers else self._nobody_answered
        call.timeline.at(at_ms + rings_ms, partial(settle, destination))

    def reason_when_forwarded(self) -> str:
        """How a call ends whose caller hangs up after, or during, a transfer."""
        if self._call.reached_at_ms is None:
            return "customer-ended-call-during-transfer"
        return self._forwarded_reason

    def _begin(self, target: str, at_ms: int) -> None:
        self._call.note("transfer-began", at_ms, where=target)
        self._call.transfer_began_ms = at_ms
        self._call.happened(at_ms)

    def _after(self, content: str, then: Any, at_ms: int) -> None:  # noqa: ANN401 - an Action
        if content:
            self._call.voice.say(Utterance(content, then, commanded=True), at_ms)
        else:
            then(at_ms)

    def _person_answered(self, destination: Json, at_ms: int) -> None:
        call = self._call
        if call.status != "forwarding":
            return
        where = destination.get("number") or destination.get("sipUri")
        call.record.transferred(destination, "connected")
        call.note("reached", at_ms, kind="person", where=where, first=False)
        call.reached_at_ms = at_ms
        call.happened(at_ms)

    def _nobody_answered(self, destination: Json, at_ms: int) -> None:
        call = self._call
        if call.status != "forwarding":
            return
        call.record.transferred(destination, "no-answer")
        call.note("transfer-failed", at_ms, where=destination.get("number"), why="no answer")
        fallback = (destination.get("transferPlan") or {}).get("fallbackPlan")
        if fallback is None:
            call.end("call.forwarding.no-answer", at_ms)
            return
        call.back_from_transfer(at_ms)
        ends = partial(call.end, "call.forwarding.no-answer")
        after = ends if fallback.get("endCallEnabled", True) else None
        call.voice.say(Utterance(str(fallback.get("message", "Nobody answered.")), after), at_ms)


def _target(command: object) -> str | None:
    """Whom a command names, or what a control is, for the log."""
    destination = command.get("destination") if isinstance(command, dict) else None
    if not isinstance(destination, dict):
        return (
            str(command["control"]) if isinstance(command, dict) and "control" in command else None
        )
    names = ("assistantName", "assistantId", "number", "sipUri")
    whole = destination.get("assistant")
    named = {**whole, **destination} if isinstance(whole, dict) else destination
    return next((str(named[name]) for name in (*names, "name") if name in named), None)
