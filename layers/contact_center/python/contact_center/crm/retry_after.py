"""How long somebody else's server asks us to wait."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT_MS = 86_400_000  # who says more does not know
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


def told_wait_ms(headers: Mapping[str, str]) -> int | None:
    """The milliseconds of a Retry-After in seconds; None: there is none, or it is a date.

    Args:
        headers: By names in lower case.
    """
    said = headers.get("retry-after", "").strip()
    if not _SECONDS.fullmatch(said):
        return None
    return min(round(float(said) * 1000), LONGEST_WAIT_MS)
