"""Tries by address, in memory."""

from __future__ import annotations

from dataclasses import replace

from contact_center.console.domain.login_tries import LoginTries
from contact_center.console.services.login_ports import TriesMovedOnError


class FakeLoginTries:
    """LoginTryBook."""

    def __init__(self) -> None:
        self.kept: dict[str, LoginTries] = {}

    def read(self, mark: str) -> LoginTries:
        return self.kept.get(mark, LoginTries(mark=mark))

    def write(self, before: LoginTries, after: LoginTries) -> None:
        if self.read(before.mark).version != before.version:
            raise TriesMovedOnError
        self.kept[after.mark] = replace(after, version=before.version + 1)
