"""What is kept of a tool call's arguments: words without what nobody is to keep, but for one thing.

A tool that is there to take an address down keeps the address, in the argument that asks for it and
nowhere else: whoever attends to it could do nothing without. A card number is kept in none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.follow_ups import (
    TAKE_CANCELLATION,
    TAKE_EMAIL,
    TAKE_MESSAGE,
)
from contact_center.records.domain.redaction import redact
from contact_center.records.domain.redaction_kinds import EVERYTHING, Kind, Redaction
from contact_center.records.domain.redaction_values import redacted_value

if TYPE_CHECKING:
    from collections.abc import Mapping

TAKEN_DOWN = {
    (TAKE_EMAIL, "email"): frozenset({Kind.EMAIL}),
    (TAKE_MESSAGE, "contact"): frozenset({Kind.EMAIL, Kind.PHONE}),
    # A contract's number looks like anything.
    (TAKE_CANCELLATION, "contract"): frozenset({Kind.ACCOUNT, Kind.PHONE, Kind.SSN}),
}


def kept_arguments(
    name: str, arguments: Mapping[str, object], rules: Redaction = EVERYTHING
) -> dict[str, object]:
    """The arguments as they are stored.

    Args:
        name: Of the tool.
        arguments: Of the model: plain values.
        rules: An owner's.
    """
    return {
        kept_words(argument, rules): redacted_value(value, _but_for(name, argument, rules))
        for argument, value in arguments.items()
    }


def kept_words(text: str, rules: Redaction = EVERYTHING) -> str:
    """A text as it is stored."""
    return redact(text, rules).text


def _but_for(name: str, argument: str, rules: Redaction) -> Redaction:
    taken_down = TAKEN_DOWN.get((name, argument))
    return rules if taken_down is None else Redaction(rules.kinds - taken_down, rules.gap_ms)
