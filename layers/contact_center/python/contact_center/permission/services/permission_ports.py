"""Where what people permit is kept, as Protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.permission import Permission


class PermissionStore(Protocol):
    """What one person permits: PERSON#e164 / PERMISSION."""

    def read(self, number: str) -> Permission:
        """The permission; version 0 when nothing is stored."""
        ...

    def replace(self, number: str, before: Permission, after: Permission) -> bool:
        """Write `after` with the next version; False when the stored one is not `before`'s."""
        ...

    def record_consents(self, consents: Mapping[str, Consent]) -> None:
        """Add a consent to each number's, unless the same is there. Idempotent."""
        ...

    def suppress_many(self, sources: Mapping[str, str], at: datetime) -> None:
        """Put numbers (E.164) onto our own do-not-call list. Idempotent: the first word stands.

        Args:
            sources: What puts each of them there.
            at: Now, civil, aware.
        """
        ...


class OptOuts(Protocol):
    """Our own do-not-call list, as it is written in the middle of a call."""

    def suppress(self, number: str, source: str, at: datetime) -> bool:
        """Put a number (E.164) onto the list; `at` is civil and aware.

        Returns False when it is on the list: the first word stands. Raises
        StoreUnavailableError when it is not known to be on it.
        """
        ...


class ForgetKey(Protocol):
    """The key by which people who were forgotten are known again."""

    def current(self) -> str:
        """The key. Raises SecretUnavailableError when it cannot be had."""
        ...


class ForgottenPeople(Protocol):
    """People of whom nothing is kept but that they are not to be called."""

    def lift(self, number: str) -> None:
        """Let a number (E.164) be called again; one that was never forgotten stays as it is.

        Raises StoreUnavailableError.
        """
        ...
