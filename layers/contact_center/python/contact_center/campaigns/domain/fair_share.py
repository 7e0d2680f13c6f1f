"""Which calls get the next slots, when campaigns want more than there are.

A campaign of priority p is served p times as often as one of priority 1. Its first turn is
drawn within its own interval from the tick's number, so that over many ticks even a campaign
whose share of one tick is less than a call gets exactly its share; nothing is remembered.

    priority 2   ─●────●────●────●────●──►   turns at (u + 0)/2, (u + 1)/2, …
    priority 1   ────●─────────●─────────►   turns at (u + 0)/1, (u + 1)/1, …

A call whose area has had its part of the tick is passed over: it would only wait, and whoever
has calls to other areas can use the slot.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class WantedCalls:
    """What one campaign wants.

    Attributes:
        campaign_id: Who wants it.
        priority: 1 to 5.
        room: It may have so many at most: caps and its own pace.
        prefixes: The area of each call it wants, in its own order.
    """

    campaign_id: str
    priority: int
    room: int
    prefixes: Sequence[str]


def share_out(
    wanted: Sequence[WantedCalls], slots: int, per_prefix: int, turn: int
) -> list[tuple[int, int]]:
    """Choose the calls that are planned in a tick.

    Args:
        wanted: What each campaign wants.
        slots: So many calls at most.
        per_prefix: So many to one area at most.
        turn: The number of the tick.

    Returns:
        In the order of their turns: which campaign (its place in `wanted`) and which of its
        calls (its place in `prefixes`).
    """
    chosen: list[tuple[int, int]] = []
    used: Counter[str] = Counter()
    next_call = [0] * len(wanted)
    served = [0] * len(wanted)
    turns = [(_first(one, turn), place) for place, one in enumerate(wanted) if one.prefixes]
    heapq.heapify(turns)
    while turns and len(chosen) < slots:
        at, place = heapq.heappop(turns)
        one = wanted[place]
        call = next_call[place]
        while call < len(one.prefixes) and used[one.prefixes[call]] >= per_prefix:
            call += 1
        if call >= len(one.prefixes) or served[place] >= one.room:
            continue
        chosen.append((place, call))
        used[one.prefixes[call]] += 1
        next_call[place] = call + 1
        served[place] += 1
        heapq.heappush(turns, (at + 1 / one.priority, place))
    return chosen


def _first(one: WantedCalls, turn: int) -> float:
    drawn = hashlib.blake2b(f"{turn}\x1f{one.campaign_id}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) / 2**64 / one.priority
