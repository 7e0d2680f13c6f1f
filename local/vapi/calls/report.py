"""What Vapi keeps of a call: the `call` object of its messages, and the end-of-call report."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.vapi.calls.bypass import is_bypassed, provider_details
from local.vapi.calls.recording import is_recorded, link_to, stored_at, wav_of
from local.vapi.calls.structured_outputs import structured_outputs
from local.vapi.webhooks.messages import ORG_ID, iso

if TYPE_CHECKING:
    from local.vapi.calls.account import Account
    from local.vapi.calls.sip import SipInvite
    from local.vapi.calls.team import Team
    from local.vapi.scripts.callers_format import Caller

Json = dict[str, Any]

_ASKED = (
    *("assistantId", "assistantVersion", "squadId", "squadVersion"),
    *("name", "assistantOverrides", "metadata", "schedulePlan"),
)
NOTHING = "nothing"


@dataclass(slots=True, kw_only=True)
class CallRecordOfVapi:
    """A call as Vapi's side of the story tells it."""

    call_id: str
    direction: str
    account: Account
    caller: Caller
    asked: Json
    call_sid: str
    created_at_ms: int
    invite: SipInvite | None = None
    team: Team | None = None
    first: Json | None = None  # the assistant that it began with: its plan says what is asked
    started_at_ms: int | None = None
    ended_at_ms: int | None = None
    ended_reason: str | None = None
    messages: list[Json] = field(default_factory=list)
    transfers: list[Json] = field(default_factory=list)
    activations: list[Json] = field(default_factory=list)

    @property
    def phone_number(self) -> Json:
        """The account's number in the call, as it is saved now."""
        return self.account.number(self.asked.get("phoneNumberId"))

    @property
    def recorded(self) -> bool:
        """Whether there is a recording of it."""
        return is_recorded(self.first, self.started_at_ms)

    def recording(self) -> bytes:
        """The recording: a WAV file."""
        began_ms = self.started_at_ms or self.created_at_ms
        return wav_of(self.messages, began_ms, self.ended_at_ms or began_ms)

    def heard(self, role: str, text: str, began_ms: int, ended_ms: int) -> None:
        """Words of the `bot` or the `user`; times in ms since 1970."""
        since = (began_ms - self.created_at_ms) / 1000
        message = {
            "role": role,
            "message": text,
            "time": began_ms,
            "endTime": ended_ms,
            "secondsFromStart": since,
            "duration": ended_ms - began_ms,  # milliseconds, whatever the spec says
        }
        self.messages.append({**message, "source": ""} if role == "bot" else message)

    def told(self, message: Json) -> None:
        """A message that a command added to the conversation."""
        at_ms = self.messages[-1]["endTime"] if self.messages else self.created_at_ms
        if message["role"] in ("system", "user"):
            self.messages.append(
                {
                    "role": message["role"],
                    "message": message["content"],
                    "time": at_ms,
                    "endTime": at_ms,
                    "secondsFromStart": (at_ms - self.created_at_ms) / 1000,
                }
            )

    def activated(self, assistant: str) -> None:
        """An assistant took over."""
        self.activations.append({"assistantName": assistant})

    def transferred(self, destination: Json, status: str) -> None:
        """A transfer was tried; `status` is connected or no-answer."""
        mode = (destination.get("transferPlan") or {}).get("mode", "blind-transfer")
        self.transfers.append(
            {"destination": destination, "mode": mode, "status": status, "transcript": ""}
        )

    def ended(self, reason: str, at_ms: int) -> None:
        """The call is over."""
        self.ended_reason, self.ended_at_ms = reason, at_ms

    def conversation(self) -> Json:
        """The fields of a conversation-update."""
        roles = {"bot": "assistant", "user": "user", "system": "system"}
        spoken = [{"role": roles[m["role"]], "content": m["message"]} for m in self.messages]
        return {"messages": self.messages, "messagesOpenAIFormatted": spoken}

    def call(self, status: str) -> Json:
        """The call as REST and webhooks show it."""
        base = self.account.base_url
        call: Json = {
            "id": self.call_id,
            "orgId": ORG_ID,
            "createdAt": iso(self.created_at_ms),
            "updatedAt": iso(self.ended_at_ms or self.started_at_ms or self.created_at_ms),
            "type": f"{self.direction}PhoneCall",
            "status": status,
            "phoneCallProvider": "twilio",
            "phoneCallProviderId": self.call_sid,
            "phoneCallTransport": "sip" if "sipUri" in self._dialled() else "pstn",
            "phoneNumberId": self.phone_number["id"],
            **self._customer(),
            "monitor": self._monitor(base),
            "transport": {
                "conversationType": "voice",
                "provider": "twilio",
                "accountSid": "AC00000000000000000000000000000000",
            },
            **{name: self.asked[name] for name in _ASKED if name in self.asked},
        }
        if is_bypassed(self.asked):
            call["phoneCallProviderDetails"] = provider_details(base, self.call_id)
        if status not in ("queued", "scheduled"):
            call["transport"]["callSid"] = self.call_sid
        if self.invite is not None:
            call = self.invite.on(call)
        times = {"startedAt": self.started_at_ms, "endedAt": self.ended_at_ms}
        call |= {name: iso(at_ms) for name, at_ms in times.items() if at_ms is not None}
        return {**call, "endedReason": self.ended_reason} if self.ended_reason else call

    def whole(self, status: str, now_ms: int) -> Json:
        """The call as it is shown alone: once it is over, with what its report says by now."""
        call = self.call(status)
        if self.ended_at_ms is None:
            return call
        report = self.report(now_ms)
        return call | {name: said for name, said in report.items() if name not in call}

    def context(self, status: str, assistant: Json) -> Json:
        """What every message says beside its news."""
        context = {
            "call": self.call(status),
            "phoneNumber": self.phone_number,
            **self._customer(),
        }
        return {**context, "assistant": assistant} if assistant else context

    def report(self, now_ms: int | None = None) -> Json:
        """The fields of the end-of-call report, with today's and the older places.

        What a model answers may be known only some seconds after the end, and then at `now_ms`.
        """
        ended_ms = self.ended_at_ms or self.created_at_ms
        lasted_ms = ended_ms - (self.started_at_ms or ended_ms)
        voices = {"bot": "AI", "user": "User"}
        spoken = [m for m in self.messages if m["role"] in voices]
        transcript = "".join(f"{voices[m['role']]}: {m['message']}\n" for m in spoken)
        minutes = lasted_ms / 60_000
        cost = round(minutes * 0.09, 4)
        report: Json = {
            "artifact": {
                **self.conversation(),
                "transcript": transcript,
                "transfers": self.transfers,
                "assistantActivations": self.activations,
                **self._outputs(len(spoken), now_ms),
                **self._recording(),
            },
            "analysis": {"summary": f"A call of {len(spoken)} turns.", "successEvaluation": "true"},
            "startedAt": iso(self.started_at_ms or ended_ms),
            "endedAt": iso(ended_ms),
            "cost": cost,
            "costs": [{"type": "vapi", "subType": "normal", "minutes": minutes, "cost": cost}],
            "durationSeconds": lasted_ms / 1000,
            "durationMs": lasted_ms,
            "durationMinutes": minutes,
            "transcript": transcript,
            "summary": f"A call of {len(spoken)} turns.",
            "messages": self.messages,
        }
        if self.transfers:
            report["destination"] = self.transfers[-1]["destination"]
        return report

    def _outputs(self, turns: int, now_ms: int | None) -> Json:
        """What was asked for about the call; nothing where nobody was asked, or has answered."""
        late_ms = 1000 * self.caller.faults.late_outputs
        known_at_ms = (self.ended_at_ms or 0) + late_ms
        if self.first is None or (late_ms and (now_ms or 0) < known_at_ms):
            return {}
        outputs = structured_outputs(self.first, self.caller.outcome, turns)
        return {"structuredOutputs": outputs} if outputs else {}

    def _recording(self) -> Json:
        """Where it is to be had: the older fields, which lead nowhere, and links that expire."""
        if not self.recorded:
            return {}
        stored = stored_at(self.account, self.call_id)
        link, expires_at = link_to(self.account, self.call_id, time.time())
        return {
            "recordingUrl": stored,
            "recording": {"mono": {"combinedUrl": stored}},
            "presignedMonoUrl": link,
            "presignedUrlsExpiresAt": iso(expires_at * 1000),
        }

    def _monitor(self, base: str) -> Json:
        """The addresses of a live call, as far as who speaks has not turned them off."""
        plan: Json = {}
        if self.team is not None:
            plan = self.team.members[self.team.first].get("monitorPlan") or {}
        urls = {
            "listen": f"{base.replace('http', 'ws', 1)}/{self.call_id}/listen",
            "control": f"{base}/{self.call_id}/control",
        }
        return {f"{name}Url": url for name, url in urls.items() if plan.get(f"{name}Enabled", True)}

    def _dialled(self) -> Json:
        return dict(self.asked.get("customer") or {"number": self.caller.number})

    def _customer(self) -> Json:
        """What is told of the customer; nothing at all where the network withholds it."""
        shown = self.caller.faults.number_shown_as
        if shown is None:
            return {"customer": self._dialled()}
        if shown == NOTHING:
            return {}
        told = {name: said for name, said in self._dialled().items() if name != "number"}
        return {"customer": told | {"sipUri" if shown.startswith("sip:") else "number": shown}}
