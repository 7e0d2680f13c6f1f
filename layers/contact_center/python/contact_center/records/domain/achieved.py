"""What a call achieved: facts of ours first, then what a model claims of it.

How a call ended (busy, voicemail, hung up, transferred) is another question, and another field: a
caller who hung up contentedly and one who did so in anger end alike.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.call_questions import NOT_SAID

if TYPE_CHECKING:
    from collections.abc import Collection


class Proof(StrEnum):
    """What a call can have achieved of which there is a fact of ours; the first of several counts.

    A model that claims one of these is believed only where there is the fact.
    """

    OPTED_OUT = "opted_out"  # is off every list
    MEETING_BOOKED = "meeting_booked"  # the booking exists
    TRANSFERRED = "transferred"  # a person was bridged
    CALLBACK_PROMISED = "callback_promised"  # a time is kept
    LEAD_TAKEN = "lead_taken"  # name or interest was confirmed
    INFORMATION_SENT = "information_sent"  # an address was confirmed and the wish passed on


@dataclass(frozen=True, slots=True)
class Achieved:
    """What a call achieved.

    Attributes:
        what: A `Proof`, or one of the owner's own choices; None: not known.
        proved: Whether a fact of ours says so.
        disagrees: Whether a model claimed something else that facts of ours contradict.
    """

    what: str | None
    proved: bool
    disagrees: bool


def achieved(claimed: str | None, proofs: Collection[str]) -> Achieved:
    """What a call achieved.

    Args:
        claimed: The model's answer; None or `not_said`: it has none.
        proofs: Of what there are facts.

    Returns:
        The first proof, or else the claim, if it is none that needs one. Contradicted is a claim
        that needs a fact and has none; one that is true beside others is not.
    """
    provable = set(Proof)
    disagrees = claimed in provable and claimed not in proofs
    proved = next((proof for proof in Proof if proof in proofs), None)
    if proved is not None:
        return Achieved(proved.value, proved=True, disagrees=disagrees)
    said = claimed is not None and claimed != NOT_SAID and not disagrees
    return Achieved(claimed if said else None, proved=False, disagrees=disagrees)
