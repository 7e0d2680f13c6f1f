"""Names that others gave, as a path can carry them.

A call's id is Vapi's: it may hold anything, and API Gateway hands over a path decoded, so that
`%2F` is a slash and the call behind it could be listed and never read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_MARK = "~"  # begins no plain name
_PLAIN_FILE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def path_id(name: str | None) -> str | None:
    """The name itself when it is plain, else a word that stands for it; None stays None."""
    if name is None or _PLAIN.fullmatch(name):
        return name
    word = base64.urlsafe_b64encode(name.encode("utf-8", "surrogatepass")).decode("ascii")
    return _MARK + word.rstrip("=")


def named_by(word: str) -> str | None:
    """The name that a word out of a path stands for; None when it stands for none."""
    if not word.startswith(_MARK):
        return word
    said = word.removeprefix(_MARK)
    try:
        raw = base64.b64decode(said + "=" * (-len(said) % 4), altchars=b"-_", validate=True)
        return raw.decode("utf-8", "surrogatepass")
    except (ValueError, binascii.Error):
        return None


def file_name(name: str) -> str:
    """The name itself when a file may be called so, else its digest: always the same."""
    if _PLAIN_FILE.fullmatch(name):
        return name
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
