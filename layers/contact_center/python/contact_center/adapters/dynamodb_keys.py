"""The keys of the three tables: the one place where they are spelled (DESIGN §5).

calls table, partition `CALL#<call id>`:

    sort key                     item
    RECORD                       the call's record: small, merged, versioned
    TURN#<at_ms>#<hash>          one final utterance
    FACT#<fact key>              every other fact, for deduplication and the fold
    TOOL#<tool call id>          the stored answer of a tool call, and the call itself
    DECISION#<number>            one decision of the conversation policy and its outcome

Indexes: by-customer (customer, started_at_ms), by-day (day, started_at_ms),
active (active, last_seen_ms; sparse: only calls that have not ended).
"""

from __future__ import annotations

RECORD = "RECORD"
ACTIVE_SHARD = "ACTIVE"


def call(call_id: str) -> str:
    """Partition key of a call."""
    return f"CALL#{call_id}"


def fact(key: str) -> str:
    """Sort key of a fact that is not a final utterance."""
    return f"FACT#{key}"


def turn(at_ms: int, key: str) -> str:
    """Sort key of a final utterance; sorts by time."""
    return f"TURN#{at_ms:013d}#{key}"


def tool(tool_call_id: str) -> str:
    """Sort key of a tool call's stored answer."""
    return f"TOOL#{tool_call_id}"


def decision(number: int) -> str:
    """Sort key of a decision; sorts by number."""
    return f"DECISION#{number:06d}"
