"""The dialing table's index of what is due: attempts, visits that wait, offers, each a shard."""

from __future__ import annotations

INDEX = "open-by-due-time"
IS_DUE = "#open = :shard AND #due <= :now"
