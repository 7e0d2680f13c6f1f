"""What webhooks are checked against: out of a stored secret that rotates without a deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contact_center.kernel.ports import CheckUnavailableError, SecretUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Metrics

# Secrets Manager's answer is good for this long; a rotated secret is noticed sooner, because
# a signature that fails asks again, but strangers cannot make us ask more than once a minute.
KEEP_MS = 300_000
ASK_AGAIN_MS = 60_000
AFTER_FAILURE_MS = 5_000


class BadSecretError(ValueError):
    """The stored secret cannot be used; the message never holds it."""


class RotatingSecret[Verifier]:
    """The verifier that the secret, as it stands, makes."""

    def __init__(
        self, fetch: Callable[[], str], read: Callable[[str], Verifier], metrics: Metrics
    ) -> None:
        """Keep where the secret is; nothing is fetched before it is needed.

        Args:
            fetch: Gets the stored secret; raises SecretUnavailableError.
            read: Makes the verifier of it; raises BadSecretError.
            metrics: Counts what goes wrong with the secret.
        """
        self._fetch = fetch
        self._read = read
        self._metrics = metrics
        self._verifier: Verifier | None = None
        self._fetched_at_ms: int | None = None
        self._asked_at_ms: int | None = None
        self._asked_again_at_ms: int | None = None

    def current(self, now_ms: int) -> Verifier:
        """The verifier in force.

        Raises CheckUnavailableError: nobody can be let in without a secret that can be used.
        """
        if self._is_due(now_ms):
            self._refresh(now_ms)
        if self._verifier is None:
            raise CheckUnavailableError
        return self._verifier

    def looked_again(self, now_ms: int) -> bool:
        """After a signature that failed: whether the secret, which may have rotated, is new."""
        if not self._may_have_rotated(now_ms):
            return False
        self._asked_again_at_ms = now_ms
        self._refresh(now_ms)
        return True

    def warm(self, now_ms: int) -> None:
        """Fetch the secret ahead of the first request; that one tries again if this fails."""
        self._refresh(now_ms)
        if self._fetched_at_ms is None:
            self._asked_at_ms = None

    def _is_due(self, now_ms: int) -> bool:
        if self._fetched_at_ms is not None and now_ms - self._fetched_at_ms <= KEEP_MS:
            return False
        return self._asked_at_ms is None or now_ms - self._asked_at_ms >= AFTER_FAILURE_MS

    def _may_have_rotated(self, now_ms: int) -> bool:
        if self._fetched_at_ms == now_ms:
            return False
        asked = self._asked_again_at_ms
        return asked is None or now_ms - asked >= ASK_AGAIN_MS

    def _refresh(self, now_ms: int) -> None:
        """Fetch the secret; one that cannot be had leaves the known one in force."""
        self._asked_at_ms = now_ms
        try:
            stored = self._fetch()
        except SecretUnavailableError:
            self._metrics.count("secret_unavailable")
            return
        self._fetched_at_ms = now_ms
        try:
            self._verifier = self._read(stored)
        except BadSecretError:
            self._verifier = None  # an empty secret lets nobody in
            self._metrics.count("secret_unusable")


def secrets_of(stored: str) -> tuple[str, ...]:
    """The secrets that are good now, out of what Secrets Manager holds.

    Args:
        stored: JSON {"current": text, "previous"?: text}; a bare text is the current secret.
            Space and line ends around a secret come of how it was stored, and are no part of it.

    Returns:
        The current secret, then the previous one while a rotation is under way.

    Raises:
        BadSecretError: There is no current secret, or it is blank: an empty key would accept
            everybody who signs with the empty key.
    """
    held = held_in(stored)
    current, previous = held.get("current"), held.get("previous")
    if not isinstance(current, str) or not current.strip():
        raise BadSecretError("the current secret is empty")
    if previous is None or previous == "":
        return (current.strip(),)
    if not isinstance(previous, str) or not previous.strip():
        raise BadSecretError("the previous secret is not a text")
    return (current.strip(), previous.strip())


def held_in(stored: str) -> dict[str, object]:
    """What a stored secret holds, by name; a bare text is `current`. Raises BadSecretError."""
    if not stored.lstrip().startswith("{"):
        return {"current": stored}
    try:
        held: dict[str, object] = json.loads(stored)
    except ValueError:
        raise BadSecretError("the stored secret begins like JSON and is not") from None
    return held
