"""What people permit, on the contacts table: one item a person, versioned for claims.

Claims are conditioned on a permission's version, so every change of it raises it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import batched
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get, get
from contact_center.aws.dynamodb.item_writes import as_seen, put_seen
from contact_center.aws.dynamodb.transactions import in_parts, transact
from contact_center.aws.dynamodb.writes import Write
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.permission.adapters.permission_items import (
    COMPLETE_LISTS_KEY,
    complete_lists_of,
    permission_item,
    permission_key,
    permission_of,
)
from contact_center.permission.services.suppress import with_consent, with_suppression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.permission import Permission

AT_ONCE = 100  # items of a transaction
TRIES = 6


class DynamoDBPermissions:
    """PermissionStore and PermissionBook."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the contacts table."""
        self._client = client
        self._table = table

    def read(self, number: str) -> Permission:
        """The permission, consistently; version 0 when nothing is stored.

        Raises StoreUnavailableError.
        """
        return permission_of(get(self._client, self._table, permission_key(number)))

    def read_many(self, numbers: Sequence[str]) -> dict[str, Permission]:
        """By E.164, consistently; every number asked for has an entry.

        Raises StoreUnavailableError.
        """
        wanted = [permission_key(number) for number in dict.fromkeys(numbers)]
        items = batch_get(self._client, self._table, wanted)
        found = {item["pk"]["S"]: item for item in items}
        return {number: permission_of(found.get(keys.person(number))) for number in numbers}

    def suppressed_of(self, numbers: Sequence[str]) -> frozenset[str]:
        """Which of these are on our own do-not-call list. Raises StoreUnavailableError."""
        found = self.read_many(numbers)
        return frozenset(one for one, known in found.items() if known.suppressed_at is not None)

    def complete_lists(self) -> Mapping[str, datetime]:
        """By country, the time of the latest complete national list.

        Raises StoreUnavailableError.
        """
        return complete_lists_of(get(self._client, self._table, COMPLETE_LISTS_KEY))

    def replace(self, number: str, before: Permission, after: Permission) -> bool:
        """Write `after` with the next version; False when the stored one is not `before`'s.

        Raises StoreUnavailableError.
        """
        item = permission_item(number, replace(after, version=before.version + 1))
        return put_seen(self._client, self._table, item, before.version)

    def record_consent(self, number: str, consent: Consent) -> None:
        """Add a consent unless the same is there; raises the version. Idempotent.

        Raises StoreUnavailableError, also when others keep changing what the person permits.
        """
        self._record({number: consent})

    def record_consents(self, consents: Mapping[str, Consent]) -> None:
        """Add a consent to each number's, unless the same is there. Idempotent.

        Raises StoreUnavailableError: some may have been added.
        """
        numbers = list(consents)
        for at in range(0, len(numbers), AT_ONCE):
            self._record({number: consents[number] for number in numbers[at : at + AT_ONCE]})

    def suppress_many(self, sources: Mapping[str, str], at: datetime) -> None:
        """Put numbers (E.164) onto our own do-not-call list. Idempotent: the first word stands.

        Raises StoreUnavailableError: some may be on it.
        """
        for part in batched(sources, AT_ONCE, strict=False):
            self.change_many(
                part, lambda number, known: with_suppression(known, sources[number], at)
            )

    def change_many(
        self, numbers: Sequence[str], change: Callable[[str, Permission], Permission]
    ) -> int:
        """Change what at most 100 people permit, in as few transactions as it takes.

        Args:
            numbers: E.164, each once.
            change: Number and permission as stored, to the permission as it shall be; asked
                again when somebody else was faster.

        Returns:
            How many were changed. Raises StoreUnavailableError: some may have been.
        """
        done = 0
        for _ in range(TRIES):
            known = self.read_many(numbers)
            changed = {number: change(number, before) for number, before in known.items()}
            writes = [
                self._write(number, known[number], after)
                for number, after in changed.items()
                if after != known[number]
            ]
            written = self._write_all(writes)
            done += written
            if written == len(writes):
                return done
        raise StoreUnavailableError

    def _write_all(self, writes: Sequence[Write]) -> int:
        """How many were written until somebody was faster, or until the end."""
        written = 0
        with suppress(ContentionError):
            for part in in_parts(writes):
                if transact(self._client, part):
                    break
                written += len(part)
        return written

    def _record(self, consents: Mapping[str, Consent]) -> None:
        self.change_many(
            list(consents), lambda number, known: with_consent(known, consents[number])
        )

    def _write(self, number: str, before: Permission, after: Permission) -> Write:
        item = permission_item(number, replace(after, version=before.version + 1))
        put: dict[str, Any] = {"TableName": self._table, "Item": item}
        return Write(number, {"Put": put | as_seen(before.version)})
