"""What people permit, files, and the planner's small notes, in memory."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_ports import CallNotes
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services.import_ports import (
    PART_BYTES,
    FileChangedError,
    UploadLostError,
)
from contact_center.permission.adapters.dynamodb_permissions import AT_ONCE, TRIES
from contact_center.permission.domain.permission import Permission
from contact_center.permission.services.suppress import with_consent, with_suppression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.permission.domain.consent import Consent
    from tests.fakes.dialing_ledger import FakeLedger


@dataclass
class FakePermissions:
    """PermissionStore."""

    permissions: dict[str, Permission] = field(default_factory=dict)
    writes: int = 0
    between: Callable[[], None] = lambda: None

    def read(self, number: str) -> Permission:
        return self.permissions.get(number, Permission())

    def replace(self, number: str, before: Permission, after: Permission) -> bool:
        if self.read(number).version != before.version:
            return False
        self.permissions[number] = replace(after, version=before.version + 1)
        self.writes += 1
        return True

    def change_many(
        self, numbers: Sequence[str], change: Callable[[str, Permission], Permission]
    ) -> int:
        """One request to read, one to write, all or nothing; others may write in between."""
        assert len(numbers) <= AT_ONCE, "more than a transaction takes"
        for _ in range(TRIES):
            known = {number: self.read(number) for number in numbers}
            changed = {number: change(number, before) for number, before in known.items()}
            news = [number for number in numbers if changed[number] != known[number]]
            self.between()
            if all(self.read(number).version == known[number].version for number in news):
                return sum(self.replace(number, known[number], changed[number]) for number in news)
        raise StoreUnavailableError

    def suppress_many(self, sources: Mapping[str, str], at: datetime) -> None:
        for part in batched(sources, AT_ONCE, strict=False):
            self.change_many(
                part, lambda number, known: with_suppression(known, sources[number], at)
            )

    def record_consents(self, consents: Mapping[str, Consent]) -> None:
        """A change of many for each hundred: some may be recorded when a later one fails."""
        numbers = list(consents)
        for at in range(0, len(numbers), AT_ONCE):
            self.change_many(
                numbers[at : at + AT_ONCE],
                lambda number, known: with_consent(known, consents[number]),
            )


@dataclass
class FakePeople:
    """PeopleBook, on the fakes of the dialing and the contacts table."""

    ledger: FakeLedger
    permissions: FakePermissions
    reads: Counter[str] = field(default_factory=Counter)

    def read_many(self, numbers: Sequence[str]) -> Mapping[str, tuple[Customer, Permission]]:
        self.reads["people"] += len(set(numbers))
        return {
            number: (
                self.ledger.customer(number),
                self.ledger.with_lists(self.permissions.read(number)),
            )
            for number in numbers
        }


@dataclass
class FakeFiles:
    """PartedFiles; a part may be smaller than S3's where a test says so."""

    files: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    least_part_bytes: int = PART_BYTES
    uploads_begun: int = 0

    def size(self, key: str) -> int | None:
        found = self.files.get(key)
        return None if found is None else len(found)

    def version(self, key: str) -> str:
        found = self.files.get(key)
        return "" if found is None else hashlib.sha256(found).hexdigest()

    def read(self, key: str, offset: int, length: int, version: str = "") -> bytes:
        if version and version != self.version(key):
            raise FileChangedError
        return self.files[key][offset : offset + length]

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        self.files[key] = b"".join(parts)

    def begin_upload(self, key: str) -> str:
        self.uploads_begun += 1
        upload = f"{key}#{self.uploads_begun}"
        self.uploads[upload] = {}
        return upload

    def add_part(self, key: str, upload: str, number: int, part: bytes) -> str:
        if upload not in self.uploads:
            raise UploadLostError
        assert upload.startswith(f"{key}#")
        assert 1 <= number <= 10_000
        self.uploads[upload][number] = part
        return hashlib.sha256(part).hexdigest()

    def complete_upload(self, key: str, upload: str, parts: Sequence[tuple[int, str]]) -> None:
        there = self.uploads.get(upload, {})
        for number, tag in parts:
            if number not in there or hashlib.sha256(there[number]).hexdigest() != tag:
                raise UploadLostError
        numbers = [number for number, _ in parts]
        if numbers != sorted(set(numbers)) or any(
            len(there[number]) < self.least_part_bytes for number in numbers[:-1]
        ):
            raise StoreUnavailableError  # InvalidPartOrder, EntityTooSmall
        del self.uploads[upload]
        self.files[key] = b"".join(there[number] for number in numbers)

    def keys(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self.files if key.startswith(prefix))


@dataclass
class FakePlannerNotes:
    """PlannerNotes."""

    machine_ms: int = 0

    def reserved_until(self) -> int:
        return self.machine_ms

    def reserve_until(self, machine_ms: int) -> None:
        self.machine_ms = machine_ms


@dataclass
class FakeCallerRests:
    """CallerRests."""

    until: dict[str, int] = field(default_factory=dict)

    def resting(self, phone_number_id: str, now_ms: int) -> int | None:
        until_ms = self.until.get(phone_number_id, 0)
        return until_ms if until_ms > now_ms else None

    def rest(self, phone_number_id: str, until_ms: int) -> None:
        self.until[phone_number_id] = until_ms


@dataclass
class FakeCallBook:
    """CallBook: what calls cost, and when customers asked to be called again."""

    micros: dict[str, int] = field(default_factory=dict)
    open_legs: dict[str, int] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)  # have a record that says neither

    def notes(self, call_id: str) -> CallNotes:
        return CallNotes(
            price_micros=self.micros.get(call_id),
            open_legs=self.open_legs.get(call_id, 0),
            callback=self.callbacks.get(call_id),
        )

    def notes_of_many(self, call_ids: Sequence[str]) -> Mapping[str, CallNotes]:
        known = self.micros.keys() | self.callbacks.keys() | self.others
        return {name: self.notes(name) for name in call_ids if name in known}
