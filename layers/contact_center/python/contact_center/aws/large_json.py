"""JSON of large bodies. orjson takes half the time, and a cold start does not wait for it.

An end-of-call report of 60 KB is most of what the door computes over. orjson is loaded when the
first one comes; what it refuses, the standard library decides, so that both mean the same JSON
(but for whole numbers beyond 64 bits, which come out rounded: nothing of Vapi's is one).
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

LARGE_BYTES = 16_384  # below it, loading orjson would cost more than it saves for long


def loaded(body: bytes) -> tuple[bool, Any]:
    """Read a large body fast.

    Args:
        body: Raw bytes.

    Returns:
        True and the value, or False and None: not large, or not for orjson to judge.
    """
    if len(body) < LARGE_BYTES:
        return False, None
    import orjson  # noqa: PLC0415 - see the module

    try:
        return True, orjson.loads(body)
    except orjson.JSONDecodeError:  # lone surrogates and deep nesting, among what is malformed
        return False, None


def quoted(text: str) -> bytes:
    """A text as a JSON string in UTF-8."""
    if len(text) < LARGE_BYTES:
        return encode_basestring(text).encode()
    import orjson  # noqa: PLC0415 - see the module

    return orjson.dumps(text)
