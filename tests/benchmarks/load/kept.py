"""Whether what was acknowledged is in our records: every final word of every call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from local.vapi.log import Entry

TRANSCRIPT = "transcript"


def words_told(entries: Iterable[Entry]) -> Counter[str]:
    """How many final transcripts of each call the simulator sent, one that was sent again once."""
    told: Counter[str] = Counter()
    for entry in entries:
        if not str(entry.get("type", "")).startswith(TRANSCRIPT) or entry["call"] is None:
            continue
        if entry["event"] == "message-leaves" and entry.get("transcriptType") == "final":
            told[entry["call"]] += 1
        elif entry["event"] == "message-sent" and entry.get("again"):
            told[entry["call"]] -= 1
    return told


def words_kept(
    calls: Sequence[str], read: Callable[[str], tuple[int, dict[str, Any]]]
) -> Counter[str]:
    """How many are in our record of each call, as the API tells them."""
    kept: Counter[str] = Counter()
    for call_id in calls:
        _, record = read(call_id)
        moments = record.get("timeline", ())
        kept[call_id] = sum(
            one.get("what") == "UtteranceHeard" and one.get("final") for one in moments
        )
    return kept
