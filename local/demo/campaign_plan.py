"""What the demo's two campaigns ask for, and the settings under which they run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.demo.campaign_list import OFFER, REMINDER
from local.settings import LocalSettings, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

SPEED = 240  # civil minutes in four real ones: an hour takes a quarter of a minute
CALL_SPEED = 8.0  # of what is said
NOON_IN_THE_WEST = datetime(2026, 7, 8, 19, tzinfo=UTC)  # a Wednesday; an hour after 8:00 in Hawaii
STAGGER_SECONDS = 0.3
PACE = {
    "ACCOUNT_CALLS_PER_SECOND": 5,
    "PREFIX_CALLS_PER_SECOND": 2,
    "CALL_LINES": 40,
    "LINES_KEPT_FOR_INBOUND": 4,
    "DIALER_CONCURRENCY": 12,
    "ROUTER_CONCURRENCY": 12,
}
SETUP_SECONDS = 7.0
CONTACT_SECONDS = 0.3  # each campaign calls at its own pace, and not everybody is awake at first
# Who was not in is called again after noon: those in the west, if all were called before it.
DAY_PARTS_SECONDS = 12.0

WISHES: Mapping[str, Json] = {
    OFFER: {
        "name": "Summer offer",
        "purpose": "marketing",
        "assistant": "sales",
        "priority": 4,
        "staggerSeconds": STAGGER_SECONDS,
        "voicemail": "hang_up",
        "retry": {
            "busy": {"shortest_minutes": 15, "longest_minutes": 20, "most": 2},
            "no_answer": {"shortest_minutes": 20, "longest_minutes": 30, "most": 2},
            "voicemail": {"shortest_minutes": 20, "longest_minutes": 30, "most": 1},
        },
    },
    REMINDER: {
        "name": "Appointment reminder",
        "purpose": "informational",
        "assistant": "sales",
        "priority": 2,
        "staggerSeconds": STAGGER_SECONDS,
        "voicemail": "leave_message",
        "retry": {
            "busy": {"shortest_minutes": 15, "longest_minutes": 20, "most": 1},
            "no_answer": {"most": 0},
            "voicemail": {"most": 0},
            "failed": {"shortest_minutes": 10, "longest_minutes": 10, "most": 1},
        },
    },
}


def first_pass_seconds(size: int) -> float:
    """About how long it takes to start, to list and to call everybody once."""
    return SETUP_SECONDS + size * CONTACT_SECONDS


def campaign_settings(size: int) -> LocalSettings:
    """The settings; the civil clock starts so that noon in the west comes near the end."""
    before = timedelta(seconds=(first_pass_seconds(size) + DAY_PARTS_SECONDS) * SPEED)
    settings = read_settings(None, {"PORT": "0"})
    told = {
        "LOCAL_NOW": (NOON_IN_THE_WEST - before).isoformat(),
        "LOCAL_SPEED": str(SPEED),
        **{name: str(value) for name, value in PACE.items()},
    }
    return replace(settings, values={**settings.values, **told})
