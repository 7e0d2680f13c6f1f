"""What whoever watches a call may have done in it, and what of it is a decision of its own.

A department, or any person, is where the caller is to be: the conversation goes there as by the
caller's own wish, with all that follows when it is refused. Everything else is done as it is asked
for, once, by a decision of its own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import OperatorAsked

# What is asked for now is not done late: whoever asked sees that it was dropped, and asks again.
OPERATOR_FRESH_MS = 10_000


class Deeds(StrEnum):
    """What can be asked for."""

    SAY = "say"
    TELL = "tell"
    DEPARTMENT = "department"
    PERSON = "person"
    TAKE_OVER = "take_over"
    MUTE = "mute"
    UNMUTE = "unmute"
    END = "end"


def key_of(action_id: str) -> str:
    """The key of the fact: asked for again, it is the same."""
    return f"operator:{action_id}"


def goes_somewhere(asked: OperatorAsked) -> bool:
    """Whether it is a wish for where the caller should be, and nobody in person."""
    return asked.do == Deeds.DEPARTMENT or (asked.do == Deeds.PERSON and asked.person is None)
