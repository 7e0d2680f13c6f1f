"""How Vapi authenticates its webhooks: every mode of its credentials (Vapi §1).

Written from the sender's side and apart from our verifier, so that one mistake cannot hide in
both.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Protocol

MS_PER_SECOND = 1000


class Credential(Protocol):
    """A way to authenticate a webhook."""

    def headers(self, *, body: bytes, url: str, now_ms: int, message_id: str) -> dict[str, str]:
        """The headers that authenticate this body, posted to `url` at `now_ms`."""
        ...


@dataclass(frozen=True, slots=True)
class NoCredential:
    """Vapi's default: nothing is sent."""

    def headers(self, *, body: bytes, url: str, now_ms: int, message_id: str) -> dict[str, str]:
        """No header at all."""
        del body, url, now_ms, message_id
        return {}


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The legacy mode: the secret itself in X-Vapi-Secret."""

    secret: str

    def headers(self, *, body: bytes, url: str, now_ms: int, message_id: str) -> dict[str, str]:
        """The secret, in the clear, as Vapi sends it."""
        del body, url, now_ms, message_id
        return {"X-Vapi-Secret": self.secret}


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerToken:
    """A bearer credential."""

    token: str
    header_name: str = "Authorization"
    prefix_enabled: bool = True

    def headers(self, *, body: bytes, url: str, now_ms: int, message_id: str) -> dict[str, str]:
        """The token, behind `Bearer ` unless that is switched off."""
        del body, url, now_ms, message_id
        return {self.header_name: f"Bearer {self.token}" if self.prefix_enabled else self.token}


@dataclass(frozen=True, slots=True, kw_only=True)
class HmacSignature:
    """An HMAC credential with every option of Vapi's plan; the defaults are Vapi's."""

    secret_key: str
    algorithm: str = "sha256"
    signature_header: str = "x-signature"
    timestamp_header: str = "x-timestamp"
    include_timestamp: bool = True
    payload_format: str | None = None
    signature_prefix: str = ""
    signature_encoding: str = "hex"
    secret_is_base64: bool = False
    message_id_header: str | None = None
    timestamp_in_seconds: bool = False  # undocumented unit: live receivers see milliseconds

    def headers(self, *, body: bytes, url: str, now_ms: int, message_id: str) -> dict[str, str]:
        """Signature, and timestamp and message id where the plan asks for them."""
        timestamp = str(now_ms // MS_PER_SECOND if self.timestamp_in_seconds else now_ms)
        signed = self._signed_bytes(body, url, timestamp, message_id)
        key = base64.b64decode(self.secret_key) if self.secret_is_base64 else None
        digest = hmac.new(
            self.secret_key.encode() if key is None else key,
            signed,
            getattr(hashlib, self.algorithm),
        )
        encoded = (
            base64.b64encode(digest.digest()).decode()
            if self.signature_encoding == "base64"
            else digest.hexdigest()
        )
        headers = {self.signature_header: self.signature_prefix + encoded}
        if self.include_timestamp:
            headers[self.timestamp_header] = timestamp
        if self.message_id_header:
            headers[self.message_id_header] = message_id
        return headers

    def _signed_bytes(self, body: bytes, url: str, timestamp: str, message_id: str) -> bytes:
        default = "{timestamp}.{body}" if self.include_timestamp else "{body}"
        before, _, after = (self.payload_format or default).partition("{body}")
        values = {
            "{timestamp}": timestamp,
            "{method}": "POST",
            "{url}": url,
            "{svix-id}": message_id,
        }
        for placeholder, value in values.items():
            before = before.replace(placeholder, value)
            after = after.replace(placeholder, value)
        has_body = "{body}" in (self.payload_format or default)
        return before.encode() + (body if has_body else b"") + after.encode()


def credential_from_plan(plan: dict[str, Any]) -> Credential:
    """Read Vapi's `authenticationPlan` (the body of a custom credential).

    Raises:
        ValueError: The plan's type is none that this simulator can send.
    """
    kind = plan.get("type")
    if kind == "bearer":
        return BearerToken(
            token=plan["token"],
            header_name=plan.get("headerName", "Authorization"),
            prefix_enabled=plan.get("bearerPrefixEnabled", True),
        )
    if kind == "hmac":
        return HmacSignature(
            secret_key=plan["secretKey"],
            algorithm=plan["algorithm"],
            signature_header=plan.get("signatureHeader", "x-signature"),
            timestamp_header=plan.get("timestampHeader", "x-timestamp"),
            include_timestamp=plan.get("includeTimestamp", True),
            payload_format=plan.get("payloadFormat"),
            signature_prefix=plan.get("signaturePrefix", ""),
            signature_encoding=plan.get("signatureEncoding", "hex"),
            secret_is_base64=plan.get("secretIsBase64", False),
            message_id_header=plan.get("messageIdHeader"),
        )
    raise ValueError(f"authenticationPlan.type {kind!r} is not one of bearer, hmac")
