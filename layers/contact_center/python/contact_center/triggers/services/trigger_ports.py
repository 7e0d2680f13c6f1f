"""What triggers need of the world: permissions, and the memory of what was answered.

As in dialing_ports.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.permission.domain.consent import Consent


class PermissionBook(Protocol):
    """Where consent is written down: one item a person."""

    def record_consent(self, number: str, consent: Consent) -> None:
        """Add a consent unless the same is there; raises the version. Idempotent.

        Raises StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer that a trigger was given: HTTP status and body."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerEntry:
    """What stands under an idempotency key.

    Attributes:
        body_digest: Of the first body that came with the key.
        first_at_ms: When that was; part of the attempt's name.
        answer: None while the first answer is being made, or its maker died.
        attempt_id: The attempt that was about to be made for it, if that was bound to the key.
    """

    body_digest: str
    first_at_ms: int
    answer: StoredAnswer | None
    attempt_id: str | None = None


class TriggerBook(Protocol):
    """Stored trigger answers, and which attempt a person without a key means. TTL 24 h."""

    def claim_key(self, key_digest: str, body_digest: str, at_ms: int) -> TriggerEntry:
        """Put an entry if there is none younger than 24 h; returns the one that stands.

        Raises StoreUnavailableError.
        """
        ...

    def bind(self, key_digest: str, attempt_id: str) -> None:
        """Note which attempt is about to be made for a key whose entry stands.

        For attempts whose name does not follow from the key: whoever dies before the answer is
        stored, and is asked again, finds the same attempt. Raises StoreUnavailableError.
        """
        ...

    def complete(self, key_digest: str, answer: StoredAnswer) -> StoredAnswer:
        """Store the answer unless one is stored; returns the one that stands.

        Raises StoreUnavailableError.
        """
        ...

    def turn(self, pair_digest: str) -> int:
        """Which attempt of this phone and campaign is meant now, from 1. Consistent read."""
        ...

    def next_turn(self, pair_digest: str, after: int) -> None:
        """Go on to after + 1, if it still stands at `after`; else change nothing."""
        ...
