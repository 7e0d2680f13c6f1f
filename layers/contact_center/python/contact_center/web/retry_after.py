"""How long somebody else's server asks us to wait."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST_WAIT_MS = 86_400_000  # who says more does not know
_SECONDS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,3})?")


def told_wait_ms(headers: Mapping[str, str], longest_wait_ms: int = LONGEST_WAIT_MS) -> int | None:
    """The milliseconds of a Retry-After, in seconds or as a date (RFC 9110, 10.2.3).

    A date is later than the answer's own `Date` by so much: whose clock is wrong is wrong in both.

    Args:
        headers: By names in lower case.
        longest_wait_ms: Nobody waits longer, whatever is said.

    Returns:
        At most that; None: there is none, or none that can be read.
    """
    said = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(said):
        return min(round(float(said) * 1000), longest_wait_ms)
    until, now = _date(said), _date(headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max(round((until - now).total_seconds() * 1000), 0), longest_wait_ms)


def _date(said: str) -> datetime | None:
    """A date of HTTP, which always has a zone; None: it is none."""
    try:
        at = parsedate_to_datetime(said.strip())
    except (ValueError, OverflowError):  # a year of twenty digits
        return None
    return at if at.tzinfo is not None else None
