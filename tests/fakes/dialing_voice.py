"""A voice provider that answers as it is told, for tests of one dial."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import LookUp, Placed, VoiceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.voice_ports import CallRequest, FoundCall, PostOutcome


@dataclass
class FakeVoice:
    """Attributes say what the next answers are; `posted` is what reached the provider."""

    outcome: PostOutcome = field(default_factory=lambda: Placed("call-1"))
    found: LookUp = field(default_factory=lambda: LookUp(complete=True, calls=()))
    call: FoundCall | None = None
    reachable: bool = True
    posted: list[CallRequest] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    connections: int = 0
    latest_ms: int | None = None
    on_post: Callable[[], None] = lambda: None

    def open(self) -> FakeConnection:
        if not self.reachable:
            raise VoiceUnavailableError
        self.connections += 1
        return FakeConnection(self)

    def find_calls(self, name: str, since_ms: int) -> LookUp:
        self.asked.append((name, since_ms))
        return self.found if self.reachable else LookUp(complete=False, calls=())

    def get_call(self, call_id: str) -> FoundCall | None:
        del call_id
        if not self.reachable:
            raise VoiceUnavailableError
        return self.call


@dataclass
class FakeConnection:
    voice: FakeVoice

    def place(self, request: CallRequest, not_after_ms: int) -> PostOutcome:
        self.voice.latest_ms = not_after_ms
        self.voice.posted.append(request)
        self.voice.on_post()
        return self.voice.outcome

    def close(self) -> None:
        self.voice.connections -= 1
