"""`make destroy`: what it leaves, why, and what goes."""

from __future__ import annotations

from typing import Any

from tools.destroy import AWAY, KEPT


def test_what_is_said_to_stay_is_what_the_template_retains(written: dict[str, Any]) -> None:
    kept = {
        name: resource["Type"]
        for name, resource in written["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }

    assert set(kept) == set(KEPT)
    assert set(kept.values()) == set(AWAY)
