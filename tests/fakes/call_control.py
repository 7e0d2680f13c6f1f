"""Vapi's control URLs in memory: what was asked of which call, and how it came out."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.services.ports.calls import ControlOutcome

if TYPE_CHECKING:
    from contact_center.conversations.domain.deciding.call_commands import Command


@dataclass
class FakeCallControl:
    """Remembers every command; answers with `outcomes` in turn, then with SENT."""

    outcomes: list[ControlOutcome] = field(default_factory=list)
    sent: list[tuple[str, Command]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        with self._lock:
            self.sent.append((control_url, command))
            return self.outcomes.pop(0) if self.outcomes else ControlOutcome.SENT

    @property
    def commands(self) -> list[Command]:
        return [command for _, command in self.sent]
