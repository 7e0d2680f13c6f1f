"""Which keys `told` of an effect has, by its kind: plain JSON values, and no key that has none.

Whoever delivers effects reads these, so a key keeps its meaning; new ones may come.
"""

from __future__ import annotations

from contact_center.records.domain.effects import EffectKind

DIRECTION = "direction"  # inbound or outbound
STARTED_AT_MS = "started_at_ms"  # ms since 1970
ENDED_AT_MS = "ended_at_ms"
ENDED_REASON = "ended_reason"  # Vapi's word
INTENT = "intent"  # what the customer wanted: a department, or person
DESTINATION = "destination"  # to whom he was brought
CAMPAIGN_ID = "campaign_id"
ATTEMPT_ID = "attempt_id"
SUCCESS = "success"  # Vapi's own evaluation
COST_USD = "cost_usd"  # a decimal number, as text

FIELDS: dict[EffectKind, frozenset[str]] = {
    EffectKind.CALL: frozenset(
        {
            DIRECTION,
            STARTED_AT_MS,
            ENDED_AT_MS,
            ENDED_REASON,
            INTENT,
            DESTINATION,
            CAMPAIGN_ID,
            ATTEMPT_ID,
            SUCCESS,
            COST_USD,
        }
    ),
}
