"""What came of bringing callers to people: one figure, whoever owns the number.

At our own number people are asked about callers (offers); at Vapi's own its report says what came
of each transfer. Success is that a person took the caller and both were together.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from contact_center.people.domain.offers import OfferOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.figures.services.count_calls import Json


def transfer_success(offers: Mapping[OfferOutcome, int], at_vapi: Mapping[str, int]) -> Json:
    """How many tries succeeded, and what came of the others.

    Args:
        offers: Of the day, by outcome.
        at_vapi: Transfers in the day's calls, by outcome in the same words.

    Returns:
        Ready for JSON; `share` is null where nobody was tried.
    """
    counted = Counter({outcome.value: count for outcome, count in offers.items()})
    counted.update(at_vapi)
    tried, succeeded = sum(counted.values()), counted[OfferOutcome.ANSWERED.value]
    return {
        "tried": tried,
        "succeeded": succeeded,
        "share": round(succeeded / tried, 4) if tried else None,
        "byOutcome": {outcome.value: counted[outcome.value] for outcome in OfferOutcome},
    }
