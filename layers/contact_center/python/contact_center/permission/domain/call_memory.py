"""How long it is remembered that a person was called: no rule may count further back.

A cap or quiet days that reach beyond it would be kept by what was forgotten, and break unseen.
"""

from __future__ import annotations

HISTORY_DAYS = 31  # rings
LONGEST_HISTORY = 100  # rings, the latest
MOST_QUIET_DAYS = 2 * HISTORY_DAYS  # what a call ended with
