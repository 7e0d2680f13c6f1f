"""What waits for a person: one kind a row, and what to do about it."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class NeedKind(StrEnum):
    """Why somebody is needed."""

    DIAL_IN_DOUBT = "dial_in_doubt"  # say whether it rang
    ATTEMPT_SET_ASIDE = "attempt_set_aside"  # failed ten times by a fault of ours
    DEAD_EFFECT = "dead_effect"  # a receiver refused what it was to be told
    CALLBACK_OVERDUE = "callback_overdue"  # a kept place is past its turn
    CALLBACK_FAILED = "callback_failed"  # three tries in vain
    FOLLOW_UP = "follow_up"  # a caller left something for a person to do
    VOICEMAIL = "voicemail"  # a caller left a message after the tone
    RECORDING_LOST = "recording_lost"  # could not be copied
    NUMBER_RESTS = "number_rests"  # a number of ours is rested for its answer rate
    CAMPAIGN_STOPPED = "campaign_stopped"  # it broke, or its cap is reached
    IMPORT_FAILED = "import_failed"  # a list could not be taken in
    LINE_LOST = "line_lost"  # a line is held by nothing that lives
    FORGETTING_UNFINISHED = "forgetting_unfinished"  # a store has not let go of somebody
    SET_ASIDE = "set_aside"  # one of many failed ten times in a row by a fault of ours


# Of these each minute counts: somebody waits, or a line is lost. Of the others a day is not much.
URGENT = frozenset({NeedKind.DIAL_IN_DOUBT, NeedKind.CALLBACK_OVERDUE, NeedKind.LINE_LOST})

ADVICE: Mapping[NeedKind, str] = {
    NeedKind.DIAL_IN_DOUBT: (
        "Nobody can tell whether this rang. Look into the provider's log for the name, then say "
        "whether it rang: it is never dialled again before."
    ),
    NeedKind.ATTEMPT_SET_ASIDE: (
        "It failed ten times by a fault of ours and was set aside. Mend the cause, then take it up."
    ),
    NeedKind.DEAD_EFFECT: (
        "This was given up and is told nobody. Mend the cause, then replay it; those of the same "
        "customer that came after it have gone on."
    ),
    NeedKind.CALLBACK_OVERDUE: (
        "The department is open, and this caller has waited for longer than any may. See whether "
        "lines or people are missing, or ring by hand and take the place away."
    ),
    NeedKind.CALLBACK_FAILED: (
        "This caller could not be called back. Ring or write by hand, then take the place away."
    ),
    NeedKind.FOLLOW_UP: "A caller left this. Do it, then say that somebody attends to it.",
    NeedKind.VOICEMAIL: (
        "A caller for whom nobody was there left a message. Listen to its recording at the "
        "telephone provider, or read it in the visit; then say that somebody attends to it."
    ),
    NeedKind.RECORDING_LOST: (
        "This call was recorded, and its recording could not be copied. See whether the provider "
        "has it still, then say that somebody attends to it."
    ),
    NeedKind.NUMBER_RESTS: (
        "A number of ours rests: too many calls from it were flagged or not answered. Look at the "
        "carrier's reputation of it before it calls again."
    ),
    NeedKind.CAMPAIGN_STOPPED: (
        "This campaign has stopped by itself. See the reason in its progress; resume or cancel it."
    ),
    NeedKind.IMPORT_FAILED: (
        "The latest list of this campaign failed, so it cannot start. Mend the list and import it."
    ),
    NeedKind.FORGETTING_UNFINISHED: (
        "A person was to be forgotten a day ago, and these stores still hold something. See its "
        "certificate for why; it is tried again by itself."
    ),
    NeedKind.SET_ASIDE: (
        "This failed ten times in a row by a fault of ours, at the place named, and is tried no "
        "more. Mend the cause, then let it go on; if the caller has gone meanwhile, that is all."
    ),
    NeedKind.LINE_LOST: (
        "A line is held for longer than any call lasts. The reconciler asks the provider and frees "
        "it; if it stays, look at the alarm of calls that stay open."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that waits for a person.

    Attributes:
        of_id: Of the thing; with the kind it is a name of its own.
        since_ms: Since when it waits, ms since 1970; None: nobody wrote that down.
        says: Why, in a word of ours or the name of a thing of ours; never a customer's words.
        number: Whose telephone it is about, E.164.
        call_id, visit_id, campaign_id, department: Where it belongs.
    """

    kind: NeedKind
    of_id: str
    since_ms: int | None
    says: str = ""
    number: str | None = field(default=None, repr=False)
    call_id: str | None = None
    visit_id: str | None = None
    campaign_id: str | None = None
    department: str | None = None

    @property
    def urgent(self) -> bool:
        """Whether each minute counts."""
        return self.kind in URGENT


def oldest_first(needs: Iterable[Need]) -> list[Need]:
    """In the order in which they are to be seen to: of what is not known, it may be long."""
    return sorted(needs, key=lambda one: (one.since_ms or 0, one.kind, one.of_id))
