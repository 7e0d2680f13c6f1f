"""What the operators are told when a call leaves something for one of them to do.

A notice may go by e-mail or text message: it says what kind of thing waits and where it is to be
seen, and nothing of the customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.follow_ups import FollowUpKind
from contact_center.records.domain.effect_fields import LONGEST_LINE
from contact_center.records.domain.effect_names import effect_name
from contact_center.records.domain.effects import Effect, EffectKind

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact

_TITLES = {
    FollowUpKind.BOOKING: "A caller has booked a meeting",
    FollowUpKind.EMAIL: "A caller wants to be written to",
    FollowUpKind.CALL: "A caller wants to be called back",
    FollowUpKind.MESSAGE: "A caller has left a message",
    FollowUpKind.CANCELLATION: "A caller wants to cancel",
    FollowUpKind.RECORDING: "A recording could not be copied",
}
_SEEN = "It is among what needs you in the console, and in GET /api/follow-ups."


def needs_somebody(fact: Fact) -> FollowUpKind | None:
    """What a fact leaves for people to do; None: nothing."""
    left = getattr(fact, "follow_up", None)
    return None if left is None else FollowUpKind(left)


def effect_of_notice(fact: Fact, kind: FollowUpKind, customer: str, receiver: str) -> Effect:
    """The effect at one receiver, the same however often it is made.

    Args:
        fact: What leaves it.
        kind: What is to be done.
        customer: Whose it is; it is not told.
        receiver: Where it is to happen.
    """
    call = " ".join(fact.call_id.split())[:LONGEST_LINE]
    return Effect(
        effect_id=effect_name(EffectKind.NOTICE, receiver, f"{fact.call_id}\x1f{fact.key}"),
        customer=customer,
        number=0,
        kind=EffectKind.NOTICE,
        receiver=receiver,
        told={"title": _TITLES[kind], "body": f"Call: {call}\n{_SEEN}"},
        caused_at_ms=fact.at_ms,
        call_id=fact.call_id,
    )
