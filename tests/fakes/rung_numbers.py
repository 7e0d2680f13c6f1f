"""Whom attempts ring, in memory, held to the table by contract/dialing/test_rung_numbers.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from contact_center.kernel.ports import StoreUnavailableError


@dataclass
class FakeRungNumbers:
    """RungNumbers."""

    numbers: dict[str, str] = field(default_factory=dict)
    down: bool = False

    def number_of(self, attempt_id: str) -> str | None:
        if self.down:
            raise StoreUnavailableError
        return self.numbers.get(attempt_id)
