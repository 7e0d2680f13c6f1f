"""The private key of Vapi's REST API, out of a secret that rotates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.stored_key import StoredKey
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.ports import SecretUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from contact_center.kernel.ports import Clock


class VapiKey:
    """The key as it stands."""

    def __init__(
        self, new_client: Callable[[], SecretsManagerClient], name: str, clock: Clock
    ) -> None:
        """Keep where the key is; nothing is fetched before it is needed.

        Args:
            new_client: Makes boto3's client of Secrets Manager, when it is needed.
            name: Of the secret {"key"}.
            clock: For how long what was fetched is good.
        """
        self._stored = StoredKey(new_client, name, "key", clock)

    def current(self) -> str:
        """The key. Raises VoiceUnavailableError when it cannot be had: nothing was sent."""
        try:
            return self._stored.current()
        except SecretUnavailableError:
            raise VoiceUnavailableError from None

    def has_changed(self, used: str) -> bool:
        """Whether a key that Vapi refused is not the one that stands now."""
        return self._stored.has_changed(used)
