"""A number while its forgetting goes on: nobody without the owner's key reads it.

It is 16 bytes, masked with as many that HMAC-SHA256 makes of the key and a word that is used once.
A mask that is used once is as good as its key; that the number is the right one is seen by the
person's mark, which is compared. No library: a cipher for 16 bytes would be one of three megabytes.
"""

from __future__ import annotations

import hashlib
import hmac

from contact_center.permission.domain.forgotten import forgotten_mark

_LENGTH = 16  # of an E.164 number with its plus


class UnsealableError(Exception):
    """It was sealed with another key, or is damaged."""


def sealed(key: str, e164: str, once: str) -> str:
    """A number as it is kept.

    Args:
        key: The owner's.
        e164: The number, at most 16 characters.
        once: A word that is used for no other number, of letters and digits.
    """
    return f"{once}.{_masked(key, once, e164.encode('ascii').ljust(_LENGTH)).hex()}"


def unsealed(key: str, kept: str, mark: str) -> str:
    """The number again. Raises UnsealableError: it is not the one of that mark."""
    once, _, masked = kept.partition(".")
    try:
        number = _masked(key, once, bytes.fromhex(masked)).decode("ascii").rstrip()
    except ValueError:
        raise UnsealableError from None
    if not hmac.compare_digest(forgotten_mark(key, number), mark):
        raise UnsealableError
    return number


def _masked(key: str, once: str, said: bytes) -> bytes:
    mask = hmac.new(key.encode(), f"sealed\n{once}".encode(), hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(said, mask[: len(said)], strict=True))
