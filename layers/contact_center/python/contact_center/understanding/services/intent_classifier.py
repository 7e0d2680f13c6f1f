"""What the use cases need of a classifier, as a Protocol. The model, adapters and fakes are one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contact_center.understanding.domain.intents import Hearing


class IntentClassifier(Protocol):
    """Says what a customer's words ask for, and how sure it is."""

    def hear(self, text: str) -> Hearing:
        """Classify one utterance. Never raises for any text."""
        ...
