"""The API key of Cal.com, for the door: without boto3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.aws.rotating_secret import BadSecretError, RotatingSecret, secrets_of
from contact_center.kernel.ports import CheckUnavailableError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Clock, Metrics

_USABLE = re.compile(r"[!-~]{1,512}")  # in an HTTP header


class LeanCalComKey:
    """ApiKey as it stands."""

    def __init__(self, fetch: Callable[[], str], clock: Clock, metrics: Metrics) -> None:
        """Keep where the key is; nothing is fetched before it is needed.

        Args:
            fetch: Gets the stored secret {"current"}; raises SecretUnavailableError.
            clock: For how long what was fetched is good.
            metrics: Counts what goes wrong with the secret.
        """
        self._clock = clock
        self._secret = RotatingSecret(fetch, _key_in, metrics)

    def current(self) -> str:
        """The key. Raises StoreUnavailableError when it cannot be had: nothing was sent."""
        try:
            return self._secret.current(self._clock.now_ms())
        except CheckUnavailableError:
            raise StoreUnavailableError from None

    def has_changed(self, used: str) -> bool:
        """Whether a key that was refused is not the one that stands now."""
        if not self._secret.looked_again(self._clock.now_ms()):
            return False
        try:
            return self.current() != used
        except StoreUnavailableError:
            return False


def _key_in(stored: str) -> str:
    key = secrets_of(stored)[0]
    if not _USABLE.fullmatch(key):
        raise BadSecretError("the key cannot be used")
    return key
