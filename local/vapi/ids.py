"""Identifiers as Vapi makes them: version 7 UUIDs, which sort by time."""

from __future__ import annotations

import os
import time
import uuid

_RANDOM_BITS = 62


def new_id() -> str:
    """A UUIDv7 of this moment (RFC 9562 §5.7)."""
    now_ms = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10))
    value = (now_ms << 80) | (0x7 << 76) | ((chance >> 64 & 0xFFF) << 64)
    value |= (0b10 << _RANDOM_BITS) | (chance & ((1 << _RANDOM_BITS) - 1))
    return str(uuid.UUID(int=value))


def message_id() -> str:
    """A message id in the manner of Svix."""
    return f"msg_{uuid.uuid4().hex}"


def call_sid() -> str:
    """A Twilio call SID."""
    return f"CA{uuid.uuid4().hex}"


def tool_call_id() -> str:
    """The id a model gives to a tool call."""
    return f"call_{uuid.uuid4().hex[:24]}"
