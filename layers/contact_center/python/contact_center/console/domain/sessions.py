"""A session of the page: a signed value that whoever logged in carries, and nobody keeps.

    v1.<what it says, base64url of JSON>.<HMAC-SHA256 of that, base64url>

It says name, role, when it ends, and a mark of the token that was shown: a keyed digest, so that
neither the value nor a try at it offline tells a token. When the token is turned, nobody has one of
that mark any more, and the session is over.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re

from contact_center.kernel.data_classes import dataclass

SESSION_SECONDS = 12 * 60 * 60
VERSION = "v1"
LONGEST_VALUE = 1_024
PURPOSE = b"switchboard: sessions of the operators' page, 1"
_VALUE = re.compile(r"v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is logged in.

    Attributes:
        name, role: As the secret of operators' tokens had them.
        ends_at_s: Seconds since 1970.
        mark: Of the token that was shown.
    """

    name: str
    role: str
    ends_at_s: int
    mark: str


def session_key(secret: str) -> bytes:
    """The key that sessions are signed with, out of a secret that is kept for something else.

    One of its own for its own purpose: neither it nor a session tells anything of the secret.
    """
    return hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest()


def mark_of_token(key: bytes, token_digest: bytes) -> str:
    """What stands for a token, of which only the digest is known."""
    return hmac.new(key, b"token" + token_digest, hashlib.sha256).hexdigest()[:32]


def sealed(session: Session, key: bytes) -> str:
    """The value of a session: printable ASCII without a space, a comma or a semicolon."""
    said = [session.name, session.role, session.ends_at_s, session.mark]
    words = _text(json.dumps(said).encode())
    return f"{VERSION}.{words}.{_signature(words, key)}"


def opened(value: str, key: bytes, now_s: int) -> Session | None:
    """The session of a value; None: it is not one of ours, or is over.

    Args:
        value: What somebody sends.
        key: It has to be signed with.
        now_s: Seconds since 1970.
    """
    found = _VALUE.fullmatch(value) if len(value) <= LONGEST_VALUE else None
    if found is None or not hmac.compare_digest(found[2], _signature(found[1], key)):
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    match said:
        case [str(name), str(role), int(ends_at_s), str(mark)] if now_s < ends_at_s:
            return Session(name=name, role=role, ends_at_s=ends_at_s, mark=mark)
        case _:
            return None


def _signature(words: str, key: bytes) -> str:
    return _text(hmac.new(key, f"{VERSION}.{words}".encode(), hashlib.sha256).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
