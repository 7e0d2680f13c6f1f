"""What logging in needs of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.console.domain.login_tries import LoginTries


class TokenHolder(Protocol):
    """Somebody who may ask the API."""

    @property
    def name(self) -> str:
        """Of theirs alone."""

    @property
    def role(self) -> str:
        """What they may do."""


class TokenHolders(Protocol):
    """Everybody who has a token."""

    def holder_of(self, token: str) -> tuple[TokenHolder, bytes] | None:
        """Whose a token is, and its digest; None: nobody's. Raises when that cannot be judged."""

    def holder_with(self, is_theirs: Callable[[bytes], bool]) -> tuple[TokenHolder, bytes] | None:
        """Whose token has a digest of which that is true. Raises when that cannot be judged."""


class TriesMovedOnError(Exception):
    """Another try from the same address was written meanwhile: read again."""


class LoginTryBook(Protocol):
    """Tries by address. Each method may raise StoreUnavailableError, StoreRefusedError."""

    def read(self, mark: str) -> LoginTries:
        """Those of an address, consistently."""

    def write(self, before: LoginTries, after: LoginTries) -> None:
        """Put what an address has tried by now, still as read. Raises TriesMovedOnError."""
