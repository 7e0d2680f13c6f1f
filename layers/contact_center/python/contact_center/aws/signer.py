"""AWS Signature Version 4 for the few requests that the door makes. Standard library only.

boto3 would cost the door three times its cold start (docs/performance.md); a contract test
holds this to botocore's own signer, header by header.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Protocol, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Lambda puts into the environment of a function; never in a log or an error."""

    access_key: str
    secret_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"

    def current(self, at_ms: int) -> Self:  # noqa: ARG002 - as CredentialSource
        """Themselves: these do not change while a process lives."""
        return self


class CredentialSource(Protocol):
    """Whoever knows what to sign with."""

    def current(self, at_ms: int) -> Credentials:
        """What to sign with at a time, ms since 1970."""
        ...


class AwsSigner:
    """Signs requests to one service in one region."""

    def __init__(self, service: str, region: str, credentials: CredentialSource) -> None:
        """Keep whom to sign for, in which scope."""
        self._service = service
        self._region = region
        self._credentials = credentials
        self._made_for = ("", "")
        self._key = b""

    def sign(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, at_ms: int
    ) -> dict[str, str]:
        """Sign one request without a query.

        Args:
            method: Of HTTP, in capitals.
            path: As it is sent, already percent-encoded.
            headers: Those to send and sign, names in lower case; `host` must be among them.
            body: What is sent.
            at_ms: The time of signing, ms since 1970; AWS takes five minutes either side.

        Returns:
            The headers with those that sign them.
        """
        digest = hashlib.sha256(body).hexdigest()
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at_ms // 1000))
        signed = {**headers, "x-amz-date": at}
        credentials = self._credentials.current(at_ms)
        if credentials.session_token:
            signed["x-amz-security-token"] = credentials.session_token
        if self._service == "s3":  # the one service that wants the digest as a header
            signed["x-amz-content-sha256"] = digest
        ordered = sorted(signed.items())
        names = ";".join([name for name, _ in ordered])
        lines = "".join([f"{name}:{value.strip()}\n" for name, value in ordered])
        request = f"{method}\n{path}\n\n{lines}\n{names}\n{digest}"
        scope = f"{at[:8]}/{self._region}/{self._service}/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = f"{ALGORITHM}\n{at}\n{scope}\n{hashed}"
        signature = hmac.digest(self._key_of(at[:8], credentials), text.encode(), "sha256").hex()
        signed["authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return signed

    def _key_of(self, day: str, credentials: Credentials) -> bytes:
        """The key of a day: the same for every request, so derived once."""
        made_for = (day, credentials.secret_key)
        if made_for != self._made_for:
            key = b"AWS4" + credentials.secret_key.encode()
            for word in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, word.encode(), "sha256")
            self._made_for, self._key = made_for, key
        return self._key
