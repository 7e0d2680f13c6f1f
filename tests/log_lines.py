"""What was logged or kept, as those read it who look for somebody's digits in it."""

from __future__ import annotations

import re

INSTANT_MS = re.compile(r"(?<!\d)\d{13}(?!\d)")


def but_instants(said: str) -> str:
    """A text without its instants in ms since 1970, in which any four digits come to stand.

    Args:
        said: Lines of a log, or the like.
    """
    return INSTANT_MS.sub("", said)
