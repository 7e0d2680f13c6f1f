"""What the API could tell, for states that no system of minutes comes to by itself.

Every answer here is held to openapi.json by tests/unit/operator_api/test_browser_answers.py.
"""

from __future__ import annotations

from tests.browser.told.calls import call, calls, effects, found, visit
from tests.browser.told.campaigns import (
    CALLBACKS,
    LIMITS,
    PREVIEW,
    PROGRESS,
    campaign,
    campaigns,
    contacts,
    imported,
    message,
    our_numbers,
)
from tests.browser.told.customers import contactable, story
from tests.browser.told.figures import AUDIT, figures
from tests.browser.told.live import WORDS, attempt, live, live_call, need, needs
from tests.browser.told.words import HOSTILE, Json, iso

__all__ = [
    "AUDIT",
    "CALLBACKS",
    "HOSTILE",
    "LIMITS",
    "PREVIEW",
    "PROGRESS",
    "WORDS",
    "Json",
    "attempt",
    "call",
    "calls",
    "campaign",
    "campaigns",
    "contactable",
    "contacts",
    "effects",
    "figures",
    "found",
    "imported",
    "iso",
    "live",
    "live_call",
    "message",
    "need",
    "needs",
    "our_numbers",
    "story",
    "visit",
]
