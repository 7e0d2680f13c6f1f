"""The simulator's credential, from the settings that our own door reads (DESIGN §10).

One pair of names sets both ends, so whatever VAPI_WEBHOOK_AUTH says, the simulator sends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.vapi.webhooks.signing import (
    BearerToken,
    Credential,
    HmacSignature,
    NoCredential,
    SharedSecret,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_FALSE = {"0", "false", "no", "off"}


def credential_from_settings(values: Mapping[str, str], secret: str) -> Credential:
    """The credential that the webhook expects; the first mode if several are accepted.

    Args:
        values: Settings by name: VAPI_WEBHOOK_AUTH and VAPI_HMAC_*.
        secret: The webhook secret.
    """
    mode = values.get("VAPI_WEBHOOK_AUTH", "hmac").replace(",", " ").split()[0]
    match mode:
        case "none":
            return NoCredential()
        case "secret":
            return SharedSecret(secret)
        case "bearer":
            return BearerToken(token=secret)
        case "hmac-body":
            return HmacSignature(
                secret_key=secret, signature_header="x-vapi-signature", include_timestamp=False
            )
        case _:
            return _hmac(values, secret)


def _hmac(values: Mapping[str, str], secret: str) -> HmacSignature:
    def said(name: str, default: str = "") -> str:
        return values.get(f"VAPI_HMAC_{name}") or default

    return HmacSignature(
        secret_key=secret,
        algorithm=said("ALGORITHM", "sha256"),
        signature_header=said("SIGNATURE_HEADER", "x-signature"),
        timestamp_header=said("TIMESTAMP_HEADER", "x-timestamp"),
        include_timestamp=said("INCLUDE_TIMESTAMP", "true").lower() not in _FALSE,
        payload_format=said("PAYLOAD_FORMAT") or None,
        signature_prefix=said("PREFIX"),
        signature_encoding=said("ENCODING", "hex"),
        secret_is_base64=said("SECRET_IS_BASE64", "false").lower() not in _FALSE,
        message_id_header=said("MESSAGE_ID_HEADER") or None,
    )
