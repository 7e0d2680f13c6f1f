"""What Vapi recorded: a real WAV file of each call that was to be, behind links that expire.

A link is made for whoever asks, signed and good for `recording_link_seconds`; without signature the
storage refuses, as the real one does. Nobody's voice is in the file: a tone for each turn, a low
one for the assistant, a high one for the customer.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import math
import wave
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local.vapi.calls.account import Account

RATE = 8_000  # samples a second, 16 bits each
LONGEST_SECONDS = 120  # of a file: a talk may last longer, its recording is cut here
PITCHES = {"bot": 220, "user": 440}
FOLDER = "recordings"
_LOUD = 8_000


def is_recorded(first: Mapping[str, Any] | None, started_at_ms: int | None) -> bool:
    """Whether a call was recorded: one that was answered is, unless who answered says not to be.

    Args:
        first: The assistant that it began with; None: nobody.
        started_at_ms: When it was answered, ms since 1970; None: never.
    """
    plan: Mapping[str, Any] = (first or {}).get("artifactPlan") or {}
    answered = first is not None and started_at_ms is not None
    return answered and bool(plan.get("recordingEnabled", True))


def wav_of(messages: Sequence[Mapping[str, Any]], began_ms: int, ended_ms: int) -> bytes:
    """The file of what was said between two times, ms since 1970."""
    lasted_ms = max(ended_ms - began_ms, 1_000)
    samples = bytearray(2 * int(min(lasted_ms / 1_000, LONGEST_SECONDS) * RATE))
    for message in messages:
        pitch = PITCHES.get(message["role"])
        if pitch is None:
            continue
        first, end = (
            int((message[name] - began_ms) / 1_000 * RATE) for name in ("time", "endTime")
        )
        for at in range(max(first, 0), min(end, len(samples) // 2)):
            loud = int(_LOUD * math.sin(2 * math.pi * pitch * at / RATE))
            samples[2 * at : 2 * at + 2] = loud.to_bytes(2, "little", signed=True)
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(bytes(samples))
    return file.getvalue()


def stored_at(account: Account, call_id: str) -> str:
    """Where the file is, which says nobody may have it."""
    return f"{account.base_url}/{FOLDER}/{call_id}-mono.wav"


def link_to(account: Account, call_id: str, now_s: float) -> tuple[str, int]:
    """A link to the file, and until when it is good, seconds since 1970."""
    expires_at = int(now_s + account.recording_link_seconds)
    query = {"expires": expires_at, "signature": _signature(account, call_id, str(expires_at))}
    return f"{stored_at(account, call_id)}?{urlencode(query)}", expires_at


def may_have(account: Account, call_id: str, query: Mapping[str, str], now_s: float) -> bool:
    """Whether a link is one of ours, and good."""
    expires = query.get("expires", "")
    signed = _signature(account, call_id, expires)
    ours = hmac.compare_digest(signed, query.get("signature", ""))
    return ours and expires.isdigit() and now_s < int(expires)


def _signature(account: Account, call_id: str, expires: str) -> str:
    said = f"{call_id} {expires}".encode()
    return hmac.new(account.storage_key, said, hashlib.sha256).hexdigest()
