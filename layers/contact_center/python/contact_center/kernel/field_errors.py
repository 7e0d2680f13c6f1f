"""The one shape of "this field breaks that rule", whoever reads the field."""

from __future__ import annotations


class FieldError(ValueError):
    """A value that cannot be used. The message never holds the value itself.

    Attributes:
        field: The field of the request, the column of the list, or the setting.
        reason: What is wrong, to be read after the field's name: "is too short".
    """

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field} {reason}")


class BadMessageError(Exception):
    """A message that cannot be understood: the field and the rule it breaks, never its value."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field} {rule}" if field else f"the body {rule}")
        self.field = field
        self.rule = rule
