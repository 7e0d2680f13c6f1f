"""A call as those see it that parts of it are left to: commands, tools, who answers, who rings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from local.vapi.calls.caller import Line

if TYPE_CHECKING:
    from local.vapi.calls.account import Account
    from local.vapi.calls.report import CallRecordOfVapi
    from local.vapi.calls.team import Json, Team
    from local.vapi.calls.voice import AssistantVoice
    from local.vapi.scripts.callers_format import Caller
    from local.vapi.webhooks.delivery import Server


class Connections(Protocol):
    """Whom a call can be passed on to."""

    def hand_off(self, destination: Json, content: str, at_ms: int) -> None:
        """Another assistant takes over once the content is spoken."""
        ...

    def transfer(self, destination: Json, content: str, at_ms: int) -> None:
        """A person's telephone rings once the content is spoken."""
        ...

    def forward(self, destination: Json, at_ms: int, reason: str) -> None:
        """Ring the number; `reason` is how the call will have ended if a person answers."""
        ...


class LiveCall(Line, Protocol):
    """What may be asked of a call, and done to it, on the call's own thread."""

    call_id: str
    account: Account
    caller: Caller
    team: Team | None
    record: CallRecordOfVapi
    voice: AssistantVoice

    @property
    def commands(self) -> Connections:
        """What passes the call on."""
        ...

    def answered_by_server(self) -> None:
        """Simulated time begins with the answer: how long our server took is real time."""
        ...

    def wait_for_a_person(self, at_ms: int) -> None:
        """No assistant answers: the call goes straight to a telephone number."""
        ...

    def in_charge(self, team: Team) -> None:
        """Who will speak: the team's first assistant."""
        ...

    def open(self, team: Team, at_ms: int) -> None:
        """The line opens and the first assistant takes charge."""
        ...

    def end(self, reason: str, at_ms: int, **details: object) -> None:
        """Hang up, and send the report a little later."""
        ...

    def set_status(self, status: str, at_ms: int, **details: object) -> None:
        """The call has another status."""
        ...

    def hand_over(self, name: str, assistant: Json | None, at_ms: int) -> None:
        """Another assistant takes the call."""
        ...

    def forwarding(self, destination: Json, at_ms: int) -> None:
        """The call goes to a telephone number: it still holds a line."""
        ...

    def back_from_transfer(self, at_ms: int) -> None:
        """Nobody took the transfer; the assistant has the call again."""
        ...

    def encoded(self, kind: str, at_ms: int, fields: Json) -> bytes:
        """A message's bytes, in the envelope that the caller's script asks for."""
        ...

    def to_server(self, tool: Json | None = None) -> Server:
        """Where messages go now: the tool's server, the assistant's, or the number's."""
        ...

    def violation(self, what: str) -> None:
        """Our server, or this simulator, broke a rule."""
        ...

    def context(self) -> Json:
        """What every message says beside its news."""
        ...
