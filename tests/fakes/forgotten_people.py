"""Nobody was ever forgotten."""

from __future__ import annotations


class NobodyForgotten:
    """ForgottenPeople of an empty table: nothing to lift."""

    def lift(self, number: str) -> None:
        """Leave it as it is."""
