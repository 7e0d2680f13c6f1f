"""What a call cost: parts of a source in millionths of a US dollar, whole numbers.

Each source tells all its parts at once, and may tell them again: what it told last stands, so that
what is told twice counts once. Money of another currency is kept apart and never added: nobody here
knows a rate. Until a source has told its last word its parts are provisional.
"""

from __future__ import annotations

from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

USD = "USD"
MICROS = 1_000_000
MOST_USD = 10_000  # no call costs more: a figure beyond is a mistake of whoever tells it

# A call of three minutes at list prices of us-east-1: 169 millionths as counted by the benchmark of
# calls, and 29 for what follows it (docs/performance.md, which a test holds it to).
AWS_CALL_MICROS = 200


class Source(StrEnum):
    """Who tells what a part costs."""

    VAPI = "vapi"
    TWILIO = "twilio"
    AWS = "aws"  # nobody: it is reckoned


# The types of Vapi's `costs[]` (CallCost of its OpenAPI); one that is new there is `other`.
VAPI_PARTS = frozenset(
    {
        "transport",
        "transcriber",
        "model",
        "voice",
        "vapi",
        "voicemail-detection",
        "analysis",
        "knowledge-base",
        "chat",
    }
)
OTHER = "other"
REST = "rest"  # of what Vapi says a call cost in all, what none of its parts names


@dataclass(frozen=True, slots=True)
class SourceCosts:
    """What one source told.

    Attributes:
        parts: Millionths by name of the part.
        final: Whether it was its last word.
    """

    parts: Mapping[str, int]
    currency: str = USD
    final: bool = True


@dataclass(frozen=True, slots=True)
class CallCosts:
    """Everything that is known of what a call cost, by source; of Twilio's by leg as well."""

    told: Mapping[str, SourceCosts]

    @property
    def micros(self) -> int:
        """All of it that is in US dollars."""
        return sum(sum(one.parts.values()) for one in self.told.values() if one.currency == USD)

    @property
    def apart(self) -> Mapping[str, int]:
        """What is in another currency, in millionths of it."""
        sums: dict[str, int] = {}
        for one in self.told.values():
            if one.currency != USD:
                sums[one.currency] = sums.get(one.currency, 0) + sum(one.parts.values())
        return sums

    @property
    def final(self) -> bool:
        """Whether every source has told its last word, as far as is known who they are."""
        return bool(self.told) and all(one.final for one in self.told.values())


def vapi_parts(total: object, costs: object) -> tuple[dict[str, int], int]:
    """What Vapi's report says a call cost.

    Args:
        total: Its `cost`, in US dollars.
        costs: Its `costs[]`; parts of one type are added.

    Returns:
        Millionths by part, and how many figures were none: no number, negative, or more than any
        call costs. Those are left out.
    """
    found: dict[str, int] = {}
    wrong = 0
    for each in _entries(costs):
        micros = micros_of(each.get("cost"))
        if micros is None:
            wrong += 1
            continue
        kind = each.get("type")
        part = kind if isinstance(kind, str) and kind in VAPI_PARTS else OTHER
        found[part] = found.get(part, 0) + micros
    whole = micros_of(total)
    if whole is None:
        return found, wrong + (total is not None)
    rest = whole - sum(found.values())
    return (found | {REST: rest} if rest > 0 else found), wrong


def micros_of(said: object) -> int | None:
    """An amount of dollars as millionths; None when it is none that a call can cost."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not isfinite(said):
        return None
    return round(said * MICROS) if 0 <= said <= MOST_USD else None


def _entries(costs: object) -> Iterable[Mapping[str, object]]:
    found = costs if isinstance(costs, list) else []
    return [one for one in found if isinstance(one, dict)]
