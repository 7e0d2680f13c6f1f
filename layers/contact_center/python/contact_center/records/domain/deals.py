"""Which calls a sale may come of: a meeting was booked, and the answers say that it may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRule:
    """An owner's rule (config/call_outcomes.toml).

    Attributes:
        when: What has to be answered, by question: any of these, of every question that is named.
        pipeline, stage: The CRM's ids of where a deal begins; empty: it has one of its own.
    """

    when: Mapping[str, frozenset[str]]
    pipeline: str = ""
    stage: str = ""

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError, AttributeError."""
        when = {str(name): frozenset(map(str, said)) for name, said in compiled["when"].items()}
        return cls(when=when, pipeline=str(compiled["pipeline"]), stage=str(compiled["stage"]))

    def is_met_by(self, answers: Mapping[str, str]) -> bool:
        """Whether these are the answers of a call that a sale may come of."""
        return all(answers.get(question) in wanted for question, wanted in self.when.items())
