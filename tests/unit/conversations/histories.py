"""Facts of calls as they happen, for tests: a caller is written down line by line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, Self

import contact_center
from contact_center.conversations.domain.departments import Department, Departments
from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallEnded,
    CallSeen,
    CustomerInterrupted,
    Fact,
    KeyPressed,
    Noticed,
    ResumeOffered,
    Role,
    SpeechChanged,
    StatusChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.domain.policy import Policy

Direction = Literal["inbound", "outbound"]

CALL_ID = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
BEGAN_MS = 1_787_266_800_000
PERSON_NUMBER = "+14155550177"
LEGAL_NUMBER = "+14155550188"

POLICY_FILE = Path(contact_center.__file__).parent / "config" / "policy.toml"


def policy_values() -> dict[str, object]:
    values = tomllib.loads(POLICY_FILE.read_text(encoding="utf-8"))
    del values["queue"], values["redaction"]  # no part of the conversation
    return values


POLICY = Policy.from_dict(policy_values())


def departments(person_number: str | None = PERSON_NUMBER) -> Departments:
    known = (
        Department(key="sales", name="sales", description="", assistant="sales", keypad="1"),
        Department(
            key="support",
            name="technical support",
            description="",
            assistant="support",
            keypad="2",
            aliases=("technical",),
        ),
        Department(key="billing", name="billing", description="", assistant="billing", keypad="3"),
        Department(key="retention", name="account changes", description="", assistant="retention"),
        Department(key="legal", name="the legal team", description="", number=LEGAL_NUMBER),
    )
    return Departments(
        by_key={each.key: each for each in known}, default="support", person_number=person_number
    )


class History:
    """What happens in one call, in order; `after` lets time pass, everything else is a fact."""

    def __init__(self, call_id: str = CALL_ID, direction: Direction = "inbound") -> None:
        self.call_id = call_id
        self.at_ms = BEGAN_MS
        self.facts: list[Fact] = []
        self._direction = direction

    def after(self, milliseconds: int) -> Self:
        self.at_ms += milliseconds
        return self

    def _add(self, kind: type[Fact], key: str, /, **said: object) -> Self:
        self.facts.append(kind(call_id=self.call_id, at_ms=self.at_ms, key=key, **said))
        return self

    def seen(self) -> Self:
        return self._add(
            CallSeen,
            f"call:{self.at_ms}",
            direction=self._direction,
            customer_number="+14155550123",
            created_at_ms=BEGAN_MS,
        )

    def status(self, status: str, ended_reason: str | None = None, *, again: bool = False) -> Self:
        key = f"status:{status}:{self.at_ms}" if again else f"status:{status}"
        return self._add(StatusChanged, key, status=status, ended_reason=ended_reason)

    def answered(self, assistant: str = "router") -> Self:
        """The usual beginning: it rings, it is answered, an assistant starts."""
        self.seen().status("ringing").after(900).status("in-progress")
        return self.after(100).assistant(assistant).after(1000)

    def says(
        self,
        text: str,
        intent: str | None = None,
        confidence: float = 0.9,
        *,
        wants_person: bool = False,
        perhaps_person: bool = False,
    ) -> Self:
        """A final transcript of the customer."""
        asks = {"wants_person": wants_person, "perhaps_person": perhaps_person}
        return self._transcript(text, final=True, intent=intent, confidence=confidence, **asks)

    def begins(
        self,
        text: str,
        intent: str | None = None,
        confidence: float = 0.99,
        *,
        wants_person: bool = False,
        perhaps_person: bool = False,
    ) -> Self:
        """A partial transcript of the customer."""
        asks = {"wants_person": wants_person, "perhaps_person": perhaps_person}
        return self._transcript(text, final=False, intent=intent, confidence=confidence, **asks)

    def assistant_says(self, text: str, promises: str | None = None) -> Self:
        return self._transcript(text, final=True, role="assistant", promises=promises)

    def offered(self, department: str = "billing", earlier: str = "call-before") -> Self:
        """The call begins with the question whether it is about one that broke off."""
        return self._add(ResumeOffered, "resume", earlier=earlier, department=department)

    def _transcript(self, text: str, **said: object) -> Self:
        said = {"role": "customer"} | said
        key = f"transcript:{self.at_ms}:{said['role']}:{said['final']}:{text}"
        return self._add(UtteranceHeard, key, text=text, **said)

    def vague(self) -> Self:
        return self.says("well, it's sort of complicated")

    def presses(self, digits: str) -> Self:
        return self._add(KeyPressed, f"keys:{self.at_ms}", digits=digits)

    def tool(self, department: str | None, tool_call_id: str | None = None) -> Self:
        tool_call_id = tool_call_id or f"call_{self.at_ms}"
        return self._add(
            ToolCalled,
            f"tool:{tool_call_id}",
            tool_call_id=tool_call_id,
            name="routeToDepartment",
            department=department,
        )

    def uses(self, tool: str) -> Self:
        tool_call_id = f"call_{self.at_ms}"
        return self._add(ToolCalled, f"tool:{tool_call_id}", tool_call_id=tool_call_id, name=tool)

    def interrupts(self, turn_id: str | None = None) -> Self:
        return self._add(
            CustomerInterrupted, f"interrupted:{turn_id or self.at_ms}", turn_id=turn_id
        )

    def speech(self, role: Role, lasts_ms: int, delay_ms: int = 0) -> Self:
        """A stretch of voice: its start and its end; time goes back to where it was."""
        began_ms = self.at_ms
        self.after(delay_ms)._voice(role, started=True)
        self.after(lasts_ms)._voice(role, started=False)
        self.at_ms = began_ms
        return self

    def starts_to_speak(self, role: Role) -> Self:
        return self._voice(role, started=True)

    def _voice(self, role: Role, *, started: bool) -> Self:
        return self._add(
            SpeechChanged, f"speech:{self.at_ms}:{role}:{started}", role=role, started=started
        )

    def barges_in(self) -> Self:
        """Over the assistant, as Vapi tells it: voice first, then its own word for it."""
        return self.starts_to_speak("customer").after(13).interrupts().after(-13)

    def assistant(self, name: str) -> Self:
        return self._add(AssistantStarted, f"assistant:{self.at_ms}:{name}", assistant_name=name)

    def transferred(self, assistant: str | None = None) -> Self:
        """To an assistant, or without a name to a telephone number."""
        return self._add(
            TransferReported,
            f"transfer:{self.at_ms}",
            to_assistant=assistant,
            to_number=assistant is None,
        )

    def noticed(self, kind: str) -> Self:
        return self._add(Noticed, f"noticed:{self.at_ms}:{kind}", kind=kind)

    def ends(self, reason: str = "customer-ended-call") -> Self:
        self.status("ended", reason).after(2000)
        return self._add(
            CallEnded,
            "end-of-call-report",
            ended_reason=reason,
            started_at_ms=BEGAN_MS,
            ended_at_ms=self.at_ms - 2000,
            cost_usd=0.07,
        )
