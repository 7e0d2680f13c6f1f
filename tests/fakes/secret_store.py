"""Secrets Manager in memory: counts how often it is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass

from contact_center.kernel.ports import SecretUnavailableError


@dataclass
class FakeSecretStore:
    stored: str | None
    asked: int = 0

    @classmethod
    def holding(cls, current: str, previous: str | None = None) -> FakeSecretStore:
        held = {"current": current} | ({"previous": previous} if previous is not None else {})
        return cls(json.dumps(held))

    def fetch(self) -> str:
        self.asked += 1
        if self.stored is None:
            raise SecretUnavailableError
        return self.stored
