"""Whose bearer token a request carries, out of a secret that rotates."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from contact_center.aws.operator_list import BadOperatorsError, read_operators
from contact_center.kernel.observability import log
from contact_center.kernel.ports import SecretUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.aws.operator_list import Operator
    from contact_center.kernel.ports import Clock

SCHEME = "bearer "

# A rotated token is known after this long at the latest, a new one after ASK_AGAIN_MS; strangers
# cannot make us ask Secrets Manager more often.
KEEP_MS = 300_000
ASK_AGAIN_MS = 60_000


class TokensUnavailableError(Exception):
    """Nobody can be let in: the tokens cannot be had or cannot be used."""


class OperatorTokens:
    """Says who has sent a request."""

    def __init__(self, stored: Callable[[], str], clock: Clock) -> None:
        """Keep where the tokens are; nothing is fetched before the first request with one.

        Args:
            stored: Gets the secret, as `read_operators` takes it. Raises SecretUnavailableError.
            clock: For how long what was fetched is good.
        """
        self._stored = stored
        self._clock = clock
        self._digests: dict[bytes, Operator] = {}
        self._fetched_at_ms: int | None = None

    def who(self, authorization: str | None) -> Operator | None:
        """Whose token an Authorization header carries; None: nobody's.

        Raises:
            TokensUnavailableError: It cannot be judged.
        """
        if authorization is None or authorization[: len(SCHEME)].lower() != SCHEME:
            return None
        found = self.holder_of(authorization[len(SCHEME) :].strip())
        return None if found is None else found[0]

    def holder_of(self, token: str) -> tuple[Operator, bytes] | None:
        """Whose a token is, and its digest; None: nobody's. Raises TokensUnavailableError."""
        said = _digest(token)
        return self.holder_with(lambda digest: hmac.compare_digest(said, digest))

    def holder_with(self, is_theirs: Callable[[bytes], bool]) -> tuple[Operator, bytes] | None:
        """Whose token has a digest of which that is true; it is asked of all of them.

        Raises:
            TokensUnavailableError: It cannot be judged.
        """
        return self._judged(is_theirs, KEEP_MS) or self._judged(is_theirs, ASK_AGAIN_MS)

    def names(self) -> list[str]:
        """Of everybody who has a token, as far as was fetched for those who asked."""
        return sorted({one.name for one in self._digests.values()})

    def _judged(
        self, is_theirs: Callable[[bytes], bool], keep_ms: int
    ) -> tuple[Operator, bytes] | None:
        now_ms = self._clock.now_ms()
        if self._fetched_at_ms is None or now_ms - self._fetched_at_ms >= keep_ms:
            self._digests = self._fetched()
            self._fetched_at_ms = now_ms
        found: tuple[Operator, bytes] | None = None
        for digest, one in self._digests.items():  # all of them: time tells nothing
            if is_theirs(digest):
                found = one, digest
        return found

    def _fetched(self) -> dict[bytes, Operator]:
        try:
            people = read_operators(self._stored())
        except BadOperatorsError as error:
            log("ERROR", "operators refused", rule=str(error))
            raise TokensUnavailableError from None
        except SecretUnavailableError:
            raise TokensUnavailableError from None
        return {_digest(token): one for token, one in people.items()}


def _digest(token: str) -> bytes:
    """Of equal length for every token, so that comparing tells nothing of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
