"""Nobody was ever forgotten; and a key by which it would be known."""

from __future__ import annotations


class NobodyForgotten:
    """ForgottenPeople of an empty table: nothing to lift."""

    def lift(self, number: str) -> None:
        """Leave it as it is."""


class MarkKey:
    """ForgetKey at hand."""

    def current(self) -> str:
        """The key."""
        return "k"
