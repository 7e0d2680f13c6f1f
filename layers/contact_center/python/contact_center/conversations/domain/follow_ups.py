"""What customers leave for people to do: noted by a tool, listed until somebody attends to it.

    the assistant's tool ─► judge_follow_up ─┬─► what the model is told
                                             └─► the call's facts ─► what nobody has attended to

No text of ours promises more than that it is noted (decision 20). What a model passes on is data:
whoever judges it again, from the same words, comes to the same.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TAKE_EMAIL = "takeEmail"
TAKE_MESSAGE, TAKE_CANCELLATION = "takeMessage", "takeCancellation"

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_NOT_SAID = frozenset({"", "unknown", "none", "n/a", "null", "not sure"})
# What each tool has to be told, and how it is asked for.
_NEEDED = {
    TAKE_EMAIL: {},
    TAKE_MESSAGE: {"about": "what it is about"},
    TAKE_CANCELLATION: {"contract": "which contract or account", "endsOn": "the date"},
}
CALL_AT = "callAt"


class FollowUpKind(StrEnum):
    """What somebody is to do."""

    BOOKING = "booking"
    EMAIL = "email"
    CALL = "call"
    MESSAGE = "message"
    CANCELLATION = "cancellation"
    RECORDING = "recording"  # left by nobody: its copy is lost


_KINDS = {
    TAKE_EMAIL: FollowUpKind.EMAIL,
    TAKE_MESSAGE: FollowUpKind.MESSAGE,
    TAKE_CANCELLATION: FollowUpKind.CANCELLATION,
}
FOLLOW_UP_TOOLS = frozenset(_KINDS)


class IncompleteFollowUpError(Exception):
    """Something is missing; the message says what the model is to do about it."""


def judge_follow_up(name: str, arguments: Mapping[str, object]) -> FollowUpKind:
    """What is left with a tool.

    Args:
        name: One of FOLLOW_UP_TOOLS.
        arguments: Of the model.

    Returns:
        The kind: a message that says when to call is the wish for a call.

    Raises:
        IncompleteFollowUpError: It cannot be attended to as it is.
    """
    needed = _NEEDED[name].items()
    missing = [words for argument, words in needed if not was_said(arguments.get(argument))]
    if missing:
        raise IncompleteFollowUpError(f"ask for {' and '.join(missing)}.")
    email = arguments.get("email")
    if name == TAKE_EMAIL and not _is_email(email):
        raise IncompleteFollowUpError("the e-mail address is incomplete. Ask again.")
    if name == TAKE_MESSAGE and was_said(arguments.get(CALL_AT)):
        return FollowUpKind.CALL
    return _KINDS[name]


def left_by(name: str, arguments: Mapping[str, object]) -> FollowUpKind | None:
    """What a tool call leaves for people to do; None: nothing."""
    if name not in FOLLOW_UP_TOOLS:
        return None
    try:
        return judge_follow_up(name, arguments)
    except IncompleteFollowUpError:
        return None


def was_said(value: object) -> bool:
    """Whether a model passed something on, and not that it does not know."""
    if isinstance(value, str):
        return value.strip().lower() not in _NOT_SAID
    return value is not None


def _is_email(value: object) -> bool:
    return isinstance(value, str) and _EMAIL.fullmatch(value.strip()) is not None
