"""The credentials of a function that starts from a snapshot. Standard library only.

With SnapStart Lambda puts no keys into the environment: a snapshot lives longer than they do. It
tells them at an address instead, to whoever shows a token (AWS: snapshots and credentials).
"""

from __future__ import annotations

import http.client
import json
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contact_center.aws.connection import AwsUnavailableError
from contact_center.aws.signer import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

RENEWED_BEFORE_MS = 300_000  # AWS takes five minutes of a clock that is off
ANSWERS_WITHIN_SECONDS = 1.0  # it is on this machine
OK = 200


class ContainerCredentials:
    """CredentialSource over that address; asked once, and again before they are over."""

    def __init__(self, url: str, token: str) -> None:
        """Keep where to ask and what to show; nothing is asked before the first request."""
        self._where = urlsplit(url)
        self._token = token
        self._known: Credentials | None = None
        self._over_at_ms = 0

    def current(self, at_ms: int) -> Credentials:
        """What to sign with now; those that are about to end do where no others can be had.

        Raises:
            AwsUnavailableError: There are none.
        """
        if self._known is None or at_ms >= self._over_at_ms - RENEWED_BEFORE_MS:
            try:
                self._renew()
            except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
                if self._known is None or at_ms >= self._over_at_ms:
                    raise AwsUnavailableError from None
        if self._known is None:
            raise AwsUnavailableError
        return self._known

    def _renew(self) -> None:
        told = self._asked()
        over = datetime.fromisoformat(told["Expiration"])
        self._known = Credentials(told["AccessKeyId"], told["SecretAccessKey"], told["Token"])
        self._over_at_ms = int(over.timestamp() * 1000)

    def _asked(self) -> Mapping[str, str]:
        kind = (
            http.client.HTTPSConnection
            if self._where.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._where.netloc, timeout=ANSWERS_WITHIN_SECONDS)
        try:
            path = self._where.path or "/"
            query = f"?{self._where.query}" if self._where.query else ""
            connection.request("GET", f"{path}{query}", headers={"Authorization": self._token})
            answer = connection.getresponse()
            if answer.status != OK:
                raise ValueError(answer.status)
            told: Mapping[str, str] = json.loads(answer.read())
            return told
        finally:
            connection.close()
