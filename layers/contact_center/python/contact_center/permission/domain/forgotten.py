"""A person who was forgotten is known by a mark: a keyed digest, which brings no number back."""

from __future__ import annotations

import hashlib
import hmac

MARK_CHARACTERS = 32
BY_FORGETTING = "asked to be forgotten"  # in the place of what was said when he opted out


def forgotten_mark(key: str, e164: str) -> str:
    """What stands for a number: 32 hexadecimal digits.

    Args:
        key: The owner's, never turned: with another one nobody who was forgotten is known again.
        e164: The number.
    """
    digest = hmac.new(key.encode(), f"forgotten\n{e164}".encode(), hashlib.sha256)
    return digest.hexdigest()[:MARK_CHARACTERS]
