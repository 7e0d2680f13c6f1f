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

import hashlib

# Ids and fact keys come from outside. DynamoDB takes 2048 bytes of partition key and 1024 of
# sort key; this leaves room for the prefixes.
WORD_LIMIT = 256

RECORD = "RECORD"
ACTIVE_SHARD = "ACTIVE"


def call(call_id: str) -> str:
    """Partition key of a call."""
    return f"CALL#{word(call_id)}"


def fact(key: str) -> str:
    """Sort key of a fact that is not a final utterance."""
    return f"FACT#{word(key)}"


def turn(at_ms: int, key: str) -> str:
    """Sort key of a final utterance; sorts by time."""
    return f"TURN#{at_ms:013d}#{word(key)}"


def tool(tool_call_id: str) -> str:
    """Sort key of a tool call's stored answer."""
    return f"TOOL#{word(tool_call_id)}"


def decision(number: int) -> str:
    """Sort key of a decision; sorts by number."""
    return f"DECISION#{number:06d}"


def word(said: str) -> str:
    """A word from outside as part of a key: itself when short printable ASCII, else its digest.

    The same word gives the same part, and no word can make a key that DynamoDB refuses.
    """
    if said.isascii() and said.isprintable() and 0 < len(said) <= WORD_LIMIT:
        return said
    return "sha256-" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
