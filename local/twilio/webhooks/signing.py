"""How Twilio signs its webhooks: with the account's token, or with a shared key.

Written from the sender's side and apart from the check at our door, so that one mistake cannot
hide in both.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs requests.

    Attributes:
        key: The account's token, or a shared key.
        shared_key_sid: The shared key's name, when one signs: by SHA-256 then, and named.
    """

    key: str
    shared_key_sid: str = ""

    def headers(self, url: str, fields: Iterable[tuple[str, str]]) -> Mapping[str, str]:
        """The headers that sign a request.

        Args:
            url: As it is configured, without its fragment, with its query.
            fields: Of the form; none of a GET.
        """
        values: dict[str, set[str]] = {}
        for name, value in fields:
            values.setdefault(name, set()).add(value)
        pairs = (name + value for name in sorted(values) for value in sorted(values[name]))
        signed = "".join((url, *pairs)).encode()
        algorithm = hashlib.sha256 if self.shared_key_sid else hashlib.sha1
        digest = hmac.new(self.key.encode(), signed, algorithm).digest()
        headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
        if self.shared_key_sid:
            settings = f"key={self.shared_key_sid},algorithm=HMAC_SHA256"
            headers["X-Twilio-Webhooks-Signature-Settings"] = settings
        return headers
