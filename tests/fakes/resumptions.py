"""To whom calls that broke off were offered, in memory; held to the table by tests/contract."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.resuming import Talk
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import ResumeOffered


@dataclass
class FakeResumptions:
    offered: dict[str, str] = field(default_factory=dict)
    noted: list[ResumeOffered] = field(default_factory=list)
    down: bool = False
    unwritable: bool = False
    refusing: bool = False

    def offer(self, earlier: str, known_as: str) -> bool:
        if self.down:
            raise StoreUnavailableError
        return self.offered.setdefault(earlier, known_as) == known_as

    def asked(self, offered: ResumeOffered, call_id: str) -> None:
        if self.down or self.unwritable:
            raise StoreUnavailableError
        if self.refusing:
            raise StoreRefusedError
        self.noted.append(replace(offered, call_id=call_id))


@dataclass
class FakeTalks:
    """What was said in calls."""

    talks: dict[str, Talk] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    def of(self, call_id: str) -> Talk:
        self.asked.append(call_id)
        if self.down:
            raise StoreUnavailableError
        return self.talks.get(call_id, Talk())
