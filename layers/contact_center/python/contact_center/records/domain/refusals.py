"""Which answers about a call say that the customer is not interested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRule:
    """An owner's rule (config/call_outcomes.toml).

    Attributes:
        when: What has to be answered, by question: any of these, of every question that is named.
    """

    when: Mapping[str, frozenset[str]]

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, AttributeError."""
        return cls(
            when={str(name): frozenset(map(str, said)) for name, said in compiled["when"].items()}
        )

    def is_met_by(self, answers: Mapping[str, str]) -> bool:
        """Whether these are the answers of a call in which somebody refused."""
        return all(answers.get(question) in wanted for question, wanted in self.when.items())
