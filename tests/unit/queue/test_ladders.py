"""What comes after what for a caller whom nobody takes: only ladders that lead somewhere."""

from __future__ import annotations

import pytest

from contact_center.queue.domain.ladders import ladder_mistake


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        ([], "is empty"),
        (["next_person", "next_person", "sorry"], "loops: next_person comes twice"),
        (["queue", "next_person", "sorry"], "goes back"),
        (["next_person", "queue"], "leads nowhere"),
        (["callback", "queue", "sorry"], "goes back"),
        (["voicemail", "sorry"], "'voicemail' is no step"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(steps: list[str], rule: str) -> None:
    mistake = ladder_mistake(steps)
    assert mistake is not None
    assert rule in mistake


@pytest.mark.parametrize(
    "steps", [["sorry"], ["next_person", "sorry"], ["next_person", "queue", "sorry"]]
)
def test_a_ladder_that_can_be_climbed_is_taken(steps: list[str]) -> None:
    assert ladder_mistake(steps) is None
