"""Signing as Twilio does, by a hand of our own: the other side of what the door checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contact_center.kernel.ports import RawRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
BASE_URL = "https://contact.example.com"
TOKEN = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e"  # of all samples
WEBHOOKS: dict[str, dict[str, Any]] = json.loads((HERE / "webhooks.json").read_text("utf-8"))

type Fields = Sequence[tuple[str, str]]


def signature(url: str, fields: Fields, key: str = TOKEN, digest: str = "sha1") -> str:
    """What Twilio signs: names in order, of each the values that differ, in order."""
    said = "".join(name + value for name, value in sorted(set(fields)))
    mac = hmac.new(key.encode(), (url + said).encode(), getattr(hashlib, digest))
    return base64.b64encode(mac.digest()).decode()


def webhook(
    path: str, fields: Fields, key: str = TOKEN, digest: str = "sha1", **headers: str
) -> RawRequest:
    """A webhook as Twilio sends it to an address of ours; `a_b` is the header a-b."""
    signed = {"x-twilio-signature": signature(BASE_URL + path, fields, key, digest)}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawRequest(
        method="POST",
        path=path,
        host="abc123.execute-api.us-east-1.amazonaws.com",
        headers=signed | more,
        body=urlencode(fields).encode(),
    )
