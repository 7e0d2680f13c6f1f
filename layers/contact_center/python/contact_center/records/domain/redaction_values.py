"""Plain values, as JSON has them, without what nobody is to keep: whatever names a model gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.records.domain.redaction import SHORTEST_NUMBER, redact
from contact_center.records.domain.redaction_kinds import EVERYTHING

if TYPE_CHECKING:
    from contact_center.records.domain.redaction_kinds import Redaction

_SHORTEST = 10 ** (SHORTEST_NUMBER - 1)


def redacted_value(value: Any, rules: Redaction = EVERYTHING) -> Any:  # noqa: ANN401 - any JSON value
    """A value with every text and number in it redacted; a number that goes becomes its mark.

    Args:
        value: Of JSON; no deeper than its reader lets it be.
        rules: An owner's.
    """
    if isinstance(value, str):
        return redact(value, rules).text
    if isinstance(value, dict):
        return {
            redact(str(name), rules).text: redacted_value(one, rules) for name, one in value.items()
        }
    if isinstance(value, list):
        return [redacted_value(one, rules) for one in value]
    if isinstance(value, int | float) and abs(value) >= _SHORTEST:
        return _number(value, rules)
    return value


def _number(value: float, rules: Redaction) -> int | float | str:
    if isinstance(value, float) and not value.is_integer():
        return value
    written = str(int(value))
    kept = redact(written, rules).text
    return value if kept == written else kept
