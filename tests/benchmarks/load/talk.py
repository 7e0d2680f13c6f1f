"""Callers who talk for three minutes: as many of them as wished, each from a number of his own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from local.vapi.scripts.callers_format import Caller, Expects, Step, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterator

# Exchange 555 belongs to nobody.
AREAS = (212, 213, 312, 305, 415, 617, 702, 713, 404, 206, 303, 602, 214, 503, 615, 704)
WISHES = {
    "billing": "Hi, I was charged twice on my last invoice and I want a refund.",
    "sales": "I'd like to get a quote for your business plan.",
    "support": "My app keeps crashing with an error message when I log in.",
    "retention": "I want to close my account, I am moving to another company.",
}
SAID = (
    "It is the one from the beginning of the month, with two lines on it.",
    "Yes, that is what we have had with you since the spring.",
    "All right, and how long does that take from now on?",
    "I see, then let me think about that for a moment.",
)
ANSWERED = (
    "I can see that. Let me look at what the second line on it stands for.",
    "Thank you, I have found it, and it is as you say.",
    "I have written that down with all that you have told me so far.",
    "That usually takes three working days, and nothing is needed from you.",
)
MESSAGE = {"about": "Wants to know how it goes on."}
PAIRS = 12
THINKS_MS, ANSWERS_MS = 7_000, 700
PATIENCE_MS = 60_000


def callers() -> Iterator[Caller]:
    """Callers without end; each wants another department than the one before him."""
    wishes = itertools.cycle(WISHES.items())
    numbers = (f"+1{area}555{last:04}" for last in itertools.count(1_000) for area in AREAS)
    for number, (department, wish) in zip(numbers, wishes, strict=False):
        yield Caller(
            name=f"wants {department}",
            file="made up",
            number=number,
            expects=Expects(destination=department),
            steps=tuple(_steps(wish)),
            patience_ms=PATIENCE_MS,
        )


def _steps(wish: str) -> Iterator[Step]:
    yield Step(say=wish)
    for pair in range(PAIRS):
        first = pair == 0
        yield Step(
            say=SAID[pair % len(SAID)],
            wait_for="destination" if first else "silence",
            pause_ms=THINKS_MS,
        )
        if pair == PAIRS // 2:
            yield Step(
                tool=ToolUse(name="takeMessage", arguments=MESSAGE),
                wait_for="now",
                pause_ms=ANSWERS_MS,
            )
        else:
            yield Step(
                model_says=ANSWERED[pair % len(ANSWERED)], wait_for="now", pause_ms=ANSWERS_MS
            )
