"""The private key of Vapi's REST API without boto3, for Twilio's door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.aws.rotating_secret import BadSecretError, RotatingSecret, held_in
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.ports import CheckUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.kernel.ports import Clock, Metrics

_USABLE = re.compile(r"[!-~]{1,512}")  # in an HTTP header


class LeanVapiKey:
    """The key as it stands."""

    def __init__(self, fetch: Callable[[], str], clock: Clock, metrics: Metrics) -> None:
        """Keep where the key is; nothing is fetched before it is needed.

        Args:
            fetch: Gets the stored secret {"key"}; raises SecretUnavailableError.
            clock: For how long what was fetched is good.
            metrics: Counts what goes wrong with the secret.
        """
        self._clock = clock
        self._secret = RotatingSecret(fetch, _key_in, metrics)

    def current(self) -> str:
        """The key. Raises VoiceUnavailableError when it cannot be had: nothing was sent."""
        try:
            return self._secret.current(self._clock.now_ms())
        except CheckUnavailableError:
            raise VoiceUnavailableError from None

    def has_changed(self, used: str) -> bool:
        """Whether a key that Vapi refused is not the one that stands now."""
        if not self._secret.looked_again(self._clock.now_ms()):
            return False
        try:
            return self.current() != used
        except VoiceUnavailableError:
            return False


def _key_in(stored: str) -> str:
    key = held_in(stored).get("key")
    if not isinstance(key, str) or not _USABLE.fullmatch(key.strip()):
        raise BadSecretError("the key cannot be used")
    return key.strip()
