"""A key of somebody's API, for a door: out of a secret that rotates, without boto3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.aws.rotating_secret import BadSecretError, RotatingSecret, held_in
from contact_center.kernel.ports import CheckUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Clock, Metrics

_USABLE = re.compile(r"[!-~]{1,512}")  # in an HTTP header


class LeanKey:
    """The key as it stands."""

    def __init__(
        self,
        fetch: Callable[[], str],
        field: str,
        clock: Clock,
        metrics: Metrics,
        unavailable: type[Exception],
    ) -> None:
        """Keep where the key is; nothing is fetched before it is needed.

        Args:
            fetch: Gets the stored secret, JSON or a bare text, which is its field `current`;
                raises SecretUnavailableError.
            field: Of the key in it.
            clock: For how long what was fetched is good.
            metrics: Counts what goes wrong with the secret.
            unavailable: What is raised when the key cannot be had.
        """
        self._field = field
        self._clock = clock
        self._unavailable = unavailable
        self._secret = RotatingSecret(fetch, self._key_in, metrics)

    def current(self) -> str:
        """The key. Raises what was agreed on when it cannot be had: nothing was sent."""
        try:
            return self._secret.current(self._clock.now_ms())
        except CheckUnavailableError:
            raise self._unavailable from None

    def has_changed(self, used: str) -> bool:
        """Whether a key that was refused is not the one that stands now."""
        now_ms = self._clock.now_ms()
        if not self._secret.looked_again(now_ms):
            return False
        try:
            return self._secret.current(now_ms) != used
        except CheckUnavailableError:
            return False

    def _key_in(self, stored: str) -> str:
        key = held_in(stored).get(self._field)
        if not isinstance(key, str) or not _USABLE.fullmatch(key.strip()):
            raise BadSecretError("the key cannot be used")
        return key.strip()
