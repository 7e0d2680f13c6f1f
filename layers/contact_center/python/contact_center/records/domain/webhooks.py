"""Systems of an owner's that are told what happened in calls: each a receiver with its own line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

WEBHOOK = "webhook"  # the one of the setting WEBHOOK_URL; those of the file are webhook:<name>
ENDED, UPDATED = "call.ended", "call.updated"
BOOKED, LEAD, WISHED = "meeting.booked", "lead.taken", "information.wished"
DEAL, NEEDED = "deal.expected", "person.needed"
EVENTS = (ENDED, UPDATED, BOOKED, LEAD, WISHED, DEAL, NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One of them.

    Attributes:
        events: What it wants to be told, of EVENTS.
        secret: The name of its key in the stored secret.
    """

    name: str
    url: str
    events: frozenset[str]
    secret: str

    @property
    def receiver(self) -> str:
        """What it is called among those who effects are delivered to."""
        return f"{WEBHOOK}:{self.name}"

    @classmethod
    def from_dict(cls, compiled: Mapping[str, Any]) -> Self:
        """Read what `make config` wrote. Raises KeyError, TypeError."""
        texts = {name: str(compiled[name]) for name in ("name", "url", "secret")}
        return cls(**texts, events=frozenset(map(str, compiled["events"])))


def takes_events(receiver: str) -> bool:
    """Whether a receiver is a webhook, and told in the words of events."""
    return receiver.partition(":")[0] == WEBHOOK
