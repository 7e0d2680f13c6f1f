"""The audit trail in memory, held to the real table by their contract test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.audit.services.audit_ports import EntryPage, Wanted
from contact_center.kernel.ports import SecretUnavailableError

if TYPE_CHECKING:
    from contact_center.audit.domain.entries import Entry


@dataclass
class FakeTrail:
    """AuditBook. `looked_through` are read at once where only some are wanted; None: as asked."""

    entries: dict[str, Entry] = field(default_factory=dict)
    error: Exception | None = None
    looked_through: int | None = None
    asked: int = 0
    read: int = 0

    def write(self, entry: Entry) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.entries.setdefault(f"{entry.at_ms:013d}#{entry.entry_id}", entry)

    def page(self, day: str, wanted: Wanted, limit: int, after: str | None, look: int) -> EntryPage:
        self.asked += 1
        if self.error is not None:
            raise self.error
        places = sorted(
            (
                place
                for place, one in self.entries.items()
                if _day(one) == day and (after is None or place < after)
            ),
            reverse=True,
        )
        seen = places[: (self.looked_through or look) if wanted != Wanted() else limit]
        self.read += len(seen)
        found = [place for place in seen if wanted.takes(self.entries[place])]
        last = seen[-1] if len(seen) < len(places) else None
        if len(found) > limit:
            found, last = found[:limit], found[limit - 1]
        return EntryPage([self.entries[place] for place in found], last)


@dataclass
class FakeMarkKey:
    """MarkKey; None: it cannot be had."""

    key: str | None = "a key"
    asked: int = 0

    def current(self) -> str:
        self.asked += 1
        if self.key is None:
            raise SecretUnavailableError
        return self.key


def _day(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.at_ms / 1000, tz=UTC).date().isoformat()
