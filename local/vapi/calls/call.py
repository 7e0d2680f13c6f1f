"""One simulated call, from the first ring to the end-of-call report.

A call runs on a thread of its own (see `Timeline`). The order of its messages follows
Vapi §7: ringing, in-progress, (forwarding,) ended, and the report seconds later.
"""

from __future__ import annotations

import threading
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from local.vapi.calls import answers as vapi_answers
from local.vapi.calls.by_hand import CallerByHand
from local.vapi.calls.bypass import is_bypassed
from local.vapi.calls.caller import ScriptedCaller
from local.vapi.calls.commands import Commands
from local.vapi.calls.inbound import ask_who_answers
from local.vapi.calls.outbound import ring
from local.vapi.calls.report import CallRecordOfVapi
from local.vapi.calls.sound import wait_for_sound
from local.vapi.calls.team import Team, first_words, wanted_messages
from local.vapi.calls.timeline import PatientTimeline, Timeline, first_timestamp_ms
from local.vapi.calls.tools import ToolCalls
from local.vapi.calls.voice import AssistantVoice, Utterance
from local.vapi.ids import call_sid, new_id
from local.vapi.webhooks import messages as vapi_messages
from local.vapi.webhooks.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.vapi.calls.account import Account
    from local.vapi.calls.bypass import BorrowedLine
    from local.vapi.scripts.callers_format import Caller, Step, ToolUse

Json = dict[str, Any]

CONNECT_MS = 200  # from knowing who speaks to an open line
REPORT_MS = 1500  # the report comes after the end
LONGEST_SECONDS = 600  # Vapi's own, where an assistant names no maxDurationSeconds
# Told of a SIP call's end before its true reason, which comes with the report.
SIP_COMPLETED = "call.in-progress.sip-completed-call"
DELETED = "call-deleted"
FINAL_ONLY = 'transcript[transcriptType="final"]'


class Call:
    """A call and everything that happens in it.

    Args:
        account: The account that it belongs to.
        caller: Who calls, or is called.
        direction: `inbound` or `outbound`.
        asked: The body of the POST /call of an outbound call.
    """

    def __init__(
        self,
        account: Account,
        caller: Caller,
        direction: str = "inbound",
        asked: Json | None = None,
    ) -> None:
        self.call_id = new_id()
        self.account = account
        self.caller = caller
        self.team: Team | None = None
        self.status = "ringing" if direction == "inbound" else "queued"
        self.deleted = False
        self.reached_at_ms: int | None = None
        self.transfer_began_ms: int | None = None
        self.line: BorrowedLine | None = None
        outbound = direction == "outbound"
        self._speed = account.call_speed if outbound else account.speed
        self.timeline = self._new_timeline()
        # Its times are compared with those of whoever ordered the call, or brings the caller.
        self._begins_now = outbound
        self.record = CallRecordOfVapi(
            call_id=self.call_id,
            direction=direction,
            account=account,
            caller=caller,
            asked=asked or {},
            call_sid=call_sid(),
            created_at_ms=self._first_timestamp_ms(),
        )
        self.voice = AssistantVoice(self)
        self.commands = Commands(self)
        put_off = None if account.stillness is None else self._later
        self._delivery = Delivery(account.log, self.call_id, caller.faults, self._speed, put_off)
        played = CallerByHand if caller.by_hand else ScriptedCaller
        self._script = played(caller, self, self.voice)
        self._tools = ToolCalls(self, self._delivery)
        self._in_charge = ""
        self._epoch_ms = self.record.created_at_ms
        self._stalled = False
        self._thread = threading.Thread(target=self._run, name=f"call-{self.call_id}", daemon=True)

    # --- the life of a call -------------------------------------------------------------

    def start(self) -> None:
        """Begin to ring."""
        self._thread.start()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the report is delivered; False if that takes too long."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            if self.record.direction == "inbound":
                ask_who_answers(self)
            else:
                begin = wait_for_sound if is_bypassed(self.record.asked) else ring
                self.timeline.at(0, partial(begin, self))
            self.timeline.run()
        finally:
            self._delivery.close()
            if self.account.stillness is not None:
                self.account.stillness.wait(reminders=False)
            self.account.free_line()
            self.account.log.write("call-over", self.call_id)

    def answered_by_server(self) -> None:
        """Simulated time begins with the answer: how long our server took is real time."""
        self._epoch_ms = self._first_timestamp_ms()
        self.timeline = self._new_timeline()

    def _new_timeline(self) -> Timeline:
        if self.account.stillness is not None:
            return PatientTimeline(self._nothing_owed)
        return Timeline(self._speed, self.account.waiting_speed)

    def _first_timestamp_ms(self) -> int:
        if self._begins_now:
            return first_timestamp_ms(1.0)
        return first_timestamp_ms(inf if self.account.stillness else self._speed)

    def _nothing_owed(self, reminders: bool) -> None:  # noqa: FBT001 - as the timeline calls it
        self._delivery.wait_until_answered()
        if self.account.stillness is not None:
            self.account.stillness.wait(reminders=reminders)

    def _later(self, late_ms: int, then: Callable[[], None]) -> None:
        self.timeline.at(self.timeline.now_ms() + late_ms, lambda _: then())

    def wait_for_a_person(self, at_ms: int) -> None:
        """No assistant answers: the call goes straight to a telephone number."""
        self._script.wait_for_a_person(at_ms)

    def in_charge(self, team: Team) -> None:
        """Who will speak: the team's first assistant."""
        self.team, self._in_charge = team, team.first
        self.record.first = team.members[team.first]

    def open(self, team: Team, at_ms: int) -> None:
        """The line opens and the first assistant takes charge."""
        self.in_charge(team)
        if self.record.direction == "inbound":
            self.set_status("ringing", at_ms)
        self.timeline.at(at_ms + CONNECT_MS, self._connected)

    def _connected(self, at_ms: int) -> None:
        if self.status == "ended":
            return
        self.record.started_at_ms = self._epoch_ms + at_ms
        self.set_status("in-progress", at_ms)
        self._take_charge(self._in_charge, at_ms, first=True)
        self._script.begin(at_ms)
        if self.caller.by_hand:  # whoever plays them may have gone away
            most_ms = 1000 * int(self.assistant.get("maxDurationSeconds", LONGEST_SECONDS))
            self.timeline.at(at_ms + most_ms, partial(self.end, "exceeded-max-duration"))

    def end(self, reason: str, at_ms: int, **details: object) -> None:
        """Hang up, and send the report a little later."""
        if self.status == "ended":
            return
        self._script.stop()
        self.voice.silence()
        self.status = "ended"
        said = SIP_COMPLETED if self.caller.faults.passing_reason else reason
        self.record.ended(said, self._epoch_ms + at_ms)
        self.note("call-ended", at_ms, reason=reason)
        if self.line is not None:
            self.line.ended()
        first, second = partial(self._tell_ended, said, details), partial(self._report, reason)
        if self.caller.faults.report_before_ended:
            first, second = second, first
        first(at_ms)
        self.timeline.at(at_ms + REPORT_MS, second)
        self.timeline.at(at_ms + REPORT_MS, lambda _: self.timeline.finish())

    def _tell_ended(self, reason: str, details: Json, at_ms: int) -> None:
        self.tell("status-update", at_ms, status="ended", endedReason=reason, **details)

    def _report(self, reason: str, at_ms: int) -> None:
        self.tell("end-of-call-report", at_ms, endedReason=reason, **self.record.report())
        self.record.ended_reason = reason

    def delete(self) -> None:
        """Nobody finds the call any more, and if it goes on it ends; safe from any thread."""
        self.deleted = True
        self.timeline.soon(partial(self.end, DELETED))

    def borrow(self, line: BorrowedLine) -> bool:
        """Take a line that somebody else holds; False when the call has one, or is over."""
        if self.line is not None or self.status == "ended":
            return False
        self.line, self._begins_now = line, True
        self.record.call_sid = line.call_sid
        return True

    def cut_off(self) -> None:
        """Whoever holds the line has taken it away; from any thread."""
        self.line = None
        self.timeline.soon(partial(self.hang_up, "hangs up"))

    def set_status(self, status: str, at_ms: int, **details: object) -> None:
        """The call has another status."""
        self.status = status
        self.note("status", at_ms, status=status)
        self.tell("status-update", at_ms, status=status, **details)

    def tell_caller(self, step: Step) -> bool:
        """Let the caller do something now; False where nobody plays them by hand, or it is over."""
        if not isinstance(self._script, CallerByHand) or self.status == "ended":
            return False
        self._script.tell(step)
        return True

    # --- what the commands and the caller do to it ----------------------------------------

    def hand_over(self, name: str, assistant: Json | None, at_ms: int) -> None:
        """Another assistant takes the call."""
        if self.status != "in-progress" or self.team is None:
            return
        before = self.assistant
        if assistant is not None:
            self.team = Team(
                first=self.team.first,
                members={**self.team.members, name: assistant},
                from_request=self.team.from_request,
            )
        self.tell(
            "transfer-update",
            at_ms,
            destination={"type": "assistant", "assistantName": name, "message": ""},
            toAssistant=self.team.members[name],
            fromAssistant=before,
        )
        self.voice.pass_on()
        self._take_charge(name, at_ms, first=False)

    def _take_charge(self, name: str, at_ms: int, *, first: bool) -> None:
        self._in_charge = name
        self.record.activated(name)
        self.tell("assistant.started", at_ms, newAssistant=self.assistant)
        self.note("assistant-started", at_ms, assistant=name, first=first)
        words = first_words(self.assistant)
        greeting_may_be_cut = bool(self.assistant.get("firstMessageInterruptionsEnabled"))
        if words:
            greeting = Utterance(
                words, partial(self._greeted, name, first), interruptible=greeting_may_be_cut
            )
            self.voice.say(greeting, at_ms)
        else:
            self._greeted(name, first, at_ms)

    def _greeted(self, name: str, first: bool, at_ms: int) -> None:  # noqa: FBT001 - bound by partial
        self.note("reached", at_ms, kind="assistant", where=name, first=first)
        expected = self.caller.expects.destination
        if not first or self.account.departments.get(expected, expected) == name:
            self.reached_at_ms = at_ms
        self.happened(at_ms)

    def forwarding(self, destination: Json, at_ms: int) -> None:
        """The call goes to a telephone number: it still holds a line."""
        self.set_status("forwarding", at_ms, destination=destination)
        self.tell("transfer-update", at_ms, destination=destination)

    def back_from_transfer(self, at_ms: int) -> None:
        """Nobody took the transfer; the assistant has the call again."""
        self.set_status("in-progress", at_ms)

    def hang_up(self, how: str, at_ms: int) -> None:
        """The caller's side of the line is gone."""
        if self.line is not None:
            self.line.caller_left()
        dropped = how == "line drops"
        reason = "phone-call-provider-closed-websocket" if dropped else "customer-ended-call"
        if self.status == "forwarding":
            reason = self.commands.reason_when_forwarded()
        self.end(reason, at_ms)

    def model_calls_tool(self, tool: ToolUse, at_ms: int) -> None:
        """The model behind the assistant calls a tool."""
        self._tools.call(tool, at_ms)

    # --- what every part of the call needs -------------------------------------------------

    @property
    def assistant(self) -> Json:
        """The assistant in charge; empty before there is one."""
        return self.team.members[self._in_charge] if self.team else {}

    @property
    def from_request(self) -> bool:
        """Whether the assistants came in a POST /call."""
        return bool(self.team and self.team.from_request)

    def tell(self, kind: str, at_ms: int, **fields: object) -> None:
        """Send a server message, if the assistant in charge asked for its type."""
        wanted = wanted_messages(self.assistant)
        if kind == "transcript" and kind not in wanted and FINAL_ONLY in wanted:
            if fields["transcriptType"] != "final":
                return
            kind = FINAL_ONLY
        elif kind not in wanted:
            return
        details = {"v_ms": at_ms, **vapi_messages.for_the_log(fields)}
        self._delivery.tell(kind, self.encoded(kind, at_ms, fields), self.to_server(), details)

    def encoded(self, kind: str, at_ms: int, fields: Json) -> bytes:
        """A message's bytes, in the envelope that the caller's script asks for."""
        message = vapi_messages.body(kind, self._epoch_ms + at_ms, self.context(), fields)
        if self.account.check:
            for problem in self.account.check("ServerMessage", message):
                self.violation(f"simulator sent an invalid {kind}: {problem}")
        if self.caller.envelope == "tutorial":
            message = vapi_messages.tutorial_body(message)
        return vapi_answers.encode(message)

    def to_server(self, tool: Json | None = None) -> Any:  # noqa: ANN401 - a Server
        """Where messages go now: the tool's server, the assistant's, or the number's."""
        named = (tool or {}).get("server") or self.assistant.get("server")
        return self.account.server(
            named,
            from_request=self.from_request,
            call=self.call_id,
            number=self.record.phone_number,
        )

    def note(self, event: str, at_ms: int, **details: object) -> None:
        """Write a line in the simulator's log."""
        self.account.log.write(event, self.call_id, v_ms=at_ms, **details)

    def violation(self, what: str) -> None:
        """Our server, or this simulator, broke a rule."""
        self.account.log.write("violation", self.call_id, what=what)

    def heard(self, role: str, text: str, began_ms: int, ended_ms: int) -> None:
        """Keep words for the call's report."""
        self.record.heard(role, text, self._epoch_ms + began_ms, self._epoch_ms + ended_ms)
        self.tell("conversation-update", ended_ms, **self.record.conversation())
        if role == "user" and self.caller.faults.stalls and not self._stalled:
            self._stalled = True
            self.tell("hang", ended_ms)

    def happened(self, at_ms: int) -> None:
        """Let the caller see what just changed."""
        self._script.look(at_ms)

    def context(self) -> Json:
        """What every message says beside its news."""
        return self.record.context(self.status, self.assistant)
