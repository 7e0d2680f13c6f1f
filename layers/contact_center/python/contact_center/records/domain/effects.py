"""What must happen elsewhere because of a fact: a note in a CRM, a message to a webhook, a notice.

An effect is written in the transaction of the fact that causes it, in its customer's partition and
numbered there; of one customer only the oldest open one for a receiver is delivered, so that
whoever receives them reads a customer's story in its order (DESIGN §2, the outbox; §4, *effect*).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


AMENDS = "amends"  # in what is told: the id of the effect whose record this one says anew


class EffectKind(StrEnum):
    """What is to be done at the receiver."""

    CALL = "call"  # what a call came to, as a call or note in a CRM
    LEAD = "lead"  # who somebody is and what he is interested in
    TASK = "task"  # something a person has to do, with a due time
    DEAL = "deal"  # a sale that may come of it
    EVENT = "event"  # a message to an owner's webhook
    SUBSCRIBE = "subscribe"  # somebody asked for information by e-mail
    NOTICE = "notice"  # the operators are told


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that must happen at one receiver.

    `effect_id` never changes and is what the receiver knows it by: sent as the idempotency key, and
    looked up after an answer that got lost. `customer` is his key (E.164, or `visit:<id>` of one
    who withheld his number), `number` its place among his effects for this receiver, from 1; 0
    while it is written, because its line gives it the place (`records/domain/effect_lines.py`).
    `told` holds plain JSON values, redacted already; which keys it has, `kind` says
    (`records/domain/effect_fields.py`).
    """

    effect_id: str
    customer: str
    number: int
    kind: EffectKind
    receiver: str  # "built_in", "hubspot", "webhook:<name>", "notices"
    told: Mapping[str, object]
    caused_at_ms: int
    call_id: str | None = None

    @property
    def amended(self) -> str | None:
        """The id of the effect whose record is to say this instead; None: it is a record anew."""
        said = self.told.get(AMENDS)
        return said if isinstance(said, str) else None

    @property
    def record_id(self) -> str:
        """By what a receiver knows the record that it makes of this, however often it is said."""
        return self.amended or self.effect_id
