"""What is taken out of words before they are kept, and which of it an owner has left in.

Small on purpose: the door loads it with the configuration, and nothing that looks for anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

MS_PER_SECOND = 1_000
USUAL_GAP_SECONDS = 30


class Kind(StrEnum):
    """What is looked for. The value is the key of config/policy.toml, [redaction]."""

    CARD = "card"
    ACCOUNT = "account"
    SSN = "ssn"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"


MARKS: dict[Kind, str] = {
    Kind.CARD: "[card]",
    Kind.ACCOUNT: "[account]",
    Kind.SSN: "[social security number]",
    Kind.EMAIL: "[email]",
    Kind.PHONE: "[phone]",
    Kind.BIRTH_DATE: "[date of birth]",
}
NUMBER_MARK = "[number]"  # in words that were not final: nobody knows yet of what kind it is


@dataclass(frozen=True, slots=True)
class Redaction:
    """An owner's rules.

    Attributes:
        kinds: What is taken out. Card numbers always are.
        gap_ms: Numbers of turns that follow one another within that time may be one number.
    """

    kinds: frozenset[Kind] = frozenset(Kind)
    gap_ms: int = USUAL_GAP_SECONDS * MS_PER_SECOND

    @classmethod
    def from_dict(cls, compiled: Mapping[str, object]) -> Self:
        """Read the compiled table. Raises ValueError where it keeps card numbers."""
        kinds = frozenset(kind for kind in Kind if compiled[kind] is True)
        if Kind.CARD not in kinds:
            raise ValueError("card must be true: card numbers are never kept")
        seconds = compiled["seconds_between_turns"]
        if not isinstance(seconds, int):
            raise TypeError("seconds_between_turns must be a whole number")
        return cls(kinds, seconds * MS_PER_SECOND)

    def takes_out(self, kind: Kind) -> bool:
        """Whether it is taken out."""
        return kind in self.kinds


EVERYTHING = Redaction()
