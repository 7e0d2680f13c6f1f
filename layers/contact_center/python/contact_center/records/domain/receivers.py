"""Who is told of what: operators of what needs one of them, a CRM of all else, webhooks of both."""

from __future__ import annotations

from contact_center.records.domain.effects import EffectKind
from contact_center.records.domain.webhooks import takes_events

NOTICES = "notices"  # the topic of NOTICE_TOPIC_ARN


def takes(receiver: str, kind: EffectKind) -> bool:
    """Whether a receiver is told of such things."""
    return takes_events(receiver) or (receiver == NOTICES) == (kind is EffectKind.NOTICE)
