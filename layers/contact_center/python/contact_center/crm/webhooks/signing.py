"""Signatures by Standard Webhooks: HMAC-SHA256 over id, time and body, of every live secret.

Source: standard-webhooks/standard-webhooks@b2fa7b87, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import TYPE_CHECKING

from contact_center.aws.rotating_secret import BadSecretError, held_in, secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64


class Signer:
    """Signs with the current secret, and the one before it while an owner turns them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Read the secrets, `whsec_` and base64. Raises BadSecretError."""
        self._keys = [_key_of(secret) for secret in secrets]

    @classmethod
    def stored(cls, stored: str, name: str = "") -> Signer:
        """Of a stored secret, {"current": text, "previous"?: text}.

        Args:
            stored: As it is stored; it may hold others beside, by name.
            name: Whose is wanted; one that has none of its own has the one of all.

        Raises:
            BadSecretError: It cannot be used.
        """
        own = held_in(stored).get(name) if name else None
        return cls(secrets_of(json.dumps(own) if isinstance(own, dict) else stored))

    def headers(self, message_id: str, at_s: int, body: bytes) -> dict[str, str]:
        """The three headers of one attempt.

        Args:
            message_id: The same at every attempt of one message; without a point, or two texts
                could be signed alike.
            at_s: Seconds since 1970 at which this attempt is made.
            body: As it is sent.
        """
        signed = b".".join((message_id.encode(), str(at_s).encode(), body))
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in self._keys),
        }


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _key_of(secret: str) -> bytes:
    encoded = secret.removeprefix(PREFIX)
    if encoded == secret:
        raise BadSecretError(f"a webhook's secret begins with {PREFIX}")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecretError("a webhook's secret is base64") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise BadSecretError(f"a webhook's secret has {LEAST_BYTES} to {MOST_BYTES} bytes")
    return key
