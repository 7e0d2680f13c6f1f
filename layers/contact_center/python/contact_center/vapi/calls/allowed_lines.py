"""How many calls at once Vapi allows the account: its answers to POST /call alone say so.

It is not reckoned with (`remainingConcurrentCalls` has been seen stale): CALL_LINES is. It stands
in the log, where `make doctor` holds the one to the other.
"""

from __future__ import annotations

from contact_center.kernel.observability import log
from contact_center.vapi.calls.call_outcome import json_of

ALLOWED = "lines allowed"  # a line of the log; `make doctor` reads it


def tell_allowed_lines(body: bytes) -> None:
    """Write down what the answer to a POST /call says of the limit; nothing where it says none."""
    told = json_of(body)
    limits = told.get("subscriptionLimits") if isinstance(told, dict) else None
    lines = limits.get("concurrencyLimit") if isinstance(limits, dict) else None
    if isinstance(lines, int) and not isinstance(lines, bool):
        log("INFO", ALLOWED, lines=lines)
