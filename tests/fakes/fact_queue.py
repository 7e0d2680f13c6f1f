"""The call-events queue in memory.

Held to the real one by tests/contract/aws/test_queue_and_answers.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class FakeFactQueue:
    messages: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    down: bool = False

    def send(self, body: str, attributes: Mapping[str, str]) -> None:
        if self.down:
            raise QueueUnavailableError
        self.messages.append((body, dict(attributes)))
