"""The bearer tokens of operators and viewers, out of a secret that rotates."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from contact_center.kernel.ports import Clock

type Role = Literal["operator", "viewer"]

ROLES: tuple[Role, ...] = ("operator", "viewer")
SCHEME = "bearer "

# A rotated token is known after this long at the latest, a new one after ASK_AGAIN_MS; strangers
# cannot make us ask Secrets Manager more often.
KEEP_MS = 300_000
ASK_AGAIN_MS = 60_000


class TokensUnavailableError(Exception):
    """Nobody can be let in: the tokens cannot be had or cannot be used."""


class OperatorTokens:
    """Says whose token a request carries."""

    def __init__(
        self, new_client: Callable[[], SecretsManagerClient], name: str, clock: Clock
    ) -> None:
        """Keep where the tokens are; nothing is fetched before the first request with one.

        Args:
            new_client: Makes boto3's client of Secrets Manager, when it is needed.
            name: Of the secret {"operator", "viewer"?}.
            clock: For how long what was fetched is good.
        """
        self._new_client = new_client
        self._name = name
        self._clock = clock
        self._digests: dict[Role, bytes] = {}
        self._fetched_at_ms: int | None = None

    def role_of(self, authorization: str | None) -> Role | None:
        """The role that an Authorization header proves, or None.

        Raises:
            TokensUnavailableError: It cannot be judged.
        """
        if authorization is None or authorization[: len(SCHEME)].lower() != SCHEME:
            return None
        said = _digest(authorization[len(SCHEME) :].strip())
        role = self._judged(said, KEEP_MS)
        return role or self._judged(said, ASK_AGAIN_MS)

    def _judged(self, said: bytes, keep_ms: int) -> Role | None:
        now_ms = self._clock.now_ms()
        if self._fetched_at_ms is None or now_ms - self._fetched_at_ms >= keep_ms:
            self._digests = self._fetched()
            self._fetched_at_ms = now_ms
        role: Role | None = None
        for name, digest in self._digests.items():  # all of them: time tells nothing
            if hmac.compare_digest(said, digest):
                role = name
        return role

    def _fetched(self) -> dict[Role, bytes]:
        try:
            stored = self._new_client().get_secret_value(SecretId=self._name)
            tokens = json.loads(stored["SecretString"])
        except (BotoCoreError, ClientError, KeyError, ValueError):
            raise TokensUnavailableError from None
        if not isinstance(tokens, dict):
            raise TokensUnavailableError
        known = {role: tokens[role] for role in ROLES if tokens.get(role)}
        if not known or not all(_is_token(token) for token in known.values()):
            raise TokensUnavailableError
        return {role: _digest(token.strip()) for role, token in known.items()}


def _is_token(token: object) -> bool:
    """Whether it lets anybody in: blank would be whoever sends nothing."""
    return isinstance(token, str) and bool(token.strip())


def _digest(token: str) -> bytes:
    """Of equal length for every token, so that comparing tells nothing of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
