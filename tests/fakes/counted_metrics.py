"""Counters that can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class CountedMetrics:
    counted: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def count(self, name: str, **dimensions: str) -> None:
        self.counted.append((name, dimensions))

    def of(self, name: str) -> list[dict[str, str]]:
        """The dimensions of every count of one name, in order."""
        return [dimensions for counted, dimensions in self.counted if counted == name]
