"""Stored tool answers in memory, held to the table by contract/aws/test_queue_and_answers.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import ToolCalled


@dataclass
class FakeToolAnswers:
    stored: dict[tuple[str, str], tuple[ToolCalled, str]] = field(default_factory=dict)
    down: bool = False

    def store_if_absent(self, called: ToolCalled, result: str) -> str:
        if self.down:
            raise StoreUnavailableError
        key = (called.call_id, called.key)
        return self.stored.setdefault(key, (called, result))[1]
